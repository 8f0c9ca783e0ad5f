"""No option is passed over in silence: each does something, or is refused with its name."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from click import Parameter
from typer.main import get_command

from capillare.cli import app
from capillare.commands.funding import FUNDING
from capillare.commands.options import OF_A_NETWORK, SHARED
from capillare.commands.siting import OF_BOTH, OF_REGION, OF_TABLES
from capillare.commands.wishes import WISHES
from tests.cli.conftest import Capillare

OF_TABLES_ARGS = ("--demand", "d.csv", "--candidates", "c.csv", "--travel", "t.csv")
BESIDES_SITES = {"out", "call", "coordinators", "formats", *FUNDING}
GIVEN = {
    "as_of": "2025-06-30",
    "new_sites": "3",
    "budget_eur": "100000",
    "within_min": "15",
    "gap": "0.1",
    "time_limit": "5",
    "keep": "70%",
    "effort": "quick",
    "close_desks": "1",
}


def options_of(command: str) -> dict[str, Parameter]:
    group = get_command(app)
    return {
        option.name: option
        for option in group.commands[command].params  # type: ignore[attr-defined]
        if option.name
    }


def flag_of(option: Parameter) -> tuple[str, ...]:
    flag = max(option.opts, key=len)
    is_flag = getattr(option, "is_flag", False)
    return (flag,) if is_flag else (flag, GIVEN.get(str(option.name), "1"))


SITES = options_of("sites")
OF_REGION_ONLY = sorted(set(SITES) - set(OF_TABLES) - set(OF_BOTH))


def test_every_option_of_sites_is_of_a_region_of_tables_or_of_both():
    known = {*OF_REGION, *WISHES, *OF_TABLES, *OF_BOTH, *BESIDES_SITES}
    assert set(SITES) == known


@pytest.mark.parametrize("name", OF_REGION_ONLY)
def test_what_asks_about_a_region_is_refused_with_tables(capillare: Capillare, name: str):
    flag = flag_of(SITES[name])
    outcome = capillare("sites", *OF_TABLES_ARGS, *flag)
    assert outcome.code == 2
    assert flag[0] in outcome.err
    assert "not about --demand" in outcome.err


@pytest.mark.parametrize("name", ["gap", "time_limit"])
def test_what_asks_about_tables_is_refused_of_a_region(capillare: Capillare, name: str):
    flag = flag_of(SITES[name])
    outcome = capillare("sites", *flag)
    assert outcome.code == 2
    assert f"{flag[0]}: ask about tables of your own" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("plan", "--new-sites", "3", "--budget", "9"), "Keep one of the two"),
        (("sites", "--new-sites", "3", "--budget", "9"), "Keep one of the two"),
        (("sites", *OF_TABLES_ARGS, "--new-sites", "3", "--budget", "9"), "Keep one of the two"),
        (("sites", "--new-sites", "3", "--objective", "fewest", "--max-min", "40"), "--new-sites"),
        (("plan", "--new-sites", "3", "--objective", "cost", "--max-min", "40"), "--new-sites"),
        (("sites", "--over65-weight", "3"), "over65_weight"),
        (("sites", "--objective", "coverage", "--tolerance", "0.1"), "tolerance_share"),
        (("sites", "--movable", "all", "--closable", "d-1"), "none is left to close"),
        (("sites", "--close-desks", "2"), "no desk is closable"),
        (("sites", "--campaign", "x"), "goes with --call"),
        (("sites", "--format", "csv"), "goes with --for"),
        (("sites", "--within-min", "0"), "within_min"),
        (("coverage", "--within-min", "999"), "within_min"),
        (("sites", "--demand", "d.csv"), "all three are needed"),
    ],
)
def test_options_that_mean_nothing_together_are_refused(
    capillare: Capillare, arguments: tuple[str, ...], sentence: str
):
    outcome = capillare(*arguments)
    assert outcome.code == 2
    assert sentence in outcome.err
    assert not Path("capillare-out").exists()


def test_steps_take_what_their_answer_hangs_on():
    assert set(options_of("plan")) == {*SHARED, *WISHES, "out", "quiet", "as_json"}
    assert set(options_of("targets")) == {*OF_A_NETWORK, "lang", "out", "quiet"}
    assert set(options_of("gaps")) == {*OF_A_NETWORK, "lang", "within_min", "out", "quiet"}
    assert set(options_of("coverage")) == {
        *OF_A_NETWORK,
        "lang",
        "within_min",
        "at",
        "out",
        "quiet",
    }


def test_minutes_within_reach_rule_the_sites(capillare: Capillare):
    options = ("--as-of", "2025-06-30", "--within-min", "10", "--new-sites", "1")
    outcome = capillare("sites", *options, "--effort", "quick", "--out", "piano")
    assert outcome.code == 0, outcome.err
    first = pd.read_csv("piano/sites.csv").iloc[0]
    assert "entro 10 minuti" in first["reasons"]
    # Within the policy's twenty minutes 64.1 % of the adults have a desk before any site opens.
    assert first["covered_share_after"] < 0.5


def test_tables_say_which_options_an_objective_does_not_look_at(capillare: Capillare):
    Path("d.csv").write_text("id,people\na,10\n", encoding="utf-8")
    Path("c.csv").write_text("id\nc\n", encoding="utf-8")
    Path("t.csv").write_text("from_id,to_id,travel_min\na,c,5\n", encoding="utf-8")
    options = ("--objective", "p-median", "--within-min", "9", "--new-sites", "1")
    outcome = capillare("sites", *OF_TABLES_ARGS, *options)
    assert outcome.code == 0
    assert "--within-min: p-median non ne tiene conto" in outcome.err
    assert "chosen: c" in outcome.out
    assert capillare("sites", *OF_TABLES_ARGS, *options, "--quiet").out == ""
