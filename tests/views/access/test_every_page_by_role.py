"""Every page, file and action, held against every role: what is not granted is refused."""

from __future__ import annotations

import io
from datetime import date
from types import SimpleNamespace
from unittest.mock import MagicMock

import openpyxl
import pandas as pd
import pytest

from capillare.geo.schema import COVERAGE, GAPS, SITES, SITING_CURVE, TARGETS
from capillare.planning.coordinators import find_grounds, list_for
from capillare.planning.network import Inputs
from capillare.planning.scenario import Scenario
from capillare.publish.provenance import provenance_of
from capillare.publish.sheets import DESKS_AS_OF, sheet_of
from capillare.views import calls, coordinator_lists, downloads, exports, frame
from capillare.views.access import gate, writing
from capillare.views.access.roles import ENDED, REFUSED, RIGHTS, AccessError
from capillare.views.exports import PageRows, report_download
from tests.views.access.test_pages_by_role import MINE, PLANNER, READER, SIENA, SIGN_IN, user

PAGES = (
    *("overview", "targets", "coverage", "gaps", "sites", "seasons", "vans", "calls"),
    *("scenarios", "registry", "about"),
)
INSIDE = {"planner": PLANNER, "reader": READER, "coordinator": SIENA}
OUTSIDE = {
    "nobody": ({}, REFUSED),
    "another role": (user("altro"), REFUSED),
    "coordinator of nothing": (user("c"), REFUSED),
    "expired planner": (user("p", lasts_s=-1), ENDED),
}


@pytest.fixture
def at_work(monkeypatch, tuscan_plan):
    """Somebody at work on the real network, without a page around them."""
    scenario = tuscan_plan.network.scenario

    def make(who):
        session = SimpleNamespace(sign_in=SIGN_IN, scenario=scenario, inputs=Inputs())
        for module in (gate, downloads, exports, coordinator_lists):
            monkeypatch.setattr(module, "current", lambda: session)
        monkeypatch.setattr(gate, "network_of", lambda *_: tuscan_plan.network)
        monkeypatch.setattr(gate.st, "user", SimpleNamespace(to_dict=lambda: who))

    return make


@pytest.fixture
def framed(monkeypatch):
    """The pages as the frame hands them to Streamlit, each of which only says that it was shown."""
    shown = []
    for name in PAGES:
        monkeypatch.setattr(getattr(frame, name), "show", lambda name=name: shown.append(name))
    for name, held in list(vars(frame).items()):
        around = str(getattr(held, "__module__", "")).startswith("capillare.views.")
        if callable(held) and around and held.__module__ != frame.__name__ and name != "require":
            monkeypatch.setattr(frame, name, MagicMock())
    pages = []
    streamlit = MagicMock()
    streamlit.Page = lambda show, **_: pages.append(show) or show
    monkeypatch.setattr(frame, "st", streamlit)
    frame.show_planner(MagicMock())
    return pages, shown


@pytest.mark.parametrize("who", [*INSIDE, *OUTSIDE])
def test_every_page_is_shown_to_roles_and_to_nobody_else(framed, at_work, who):
    pages, shown = framed
    assert len(pages) == len(PAGES)
    at_work(INSIDE[who] if who in INSIDE else OUTSIDE[who][0])
    for page in pages:
        if who in INSIDE:
            page()
        else:
            with pytest.raises(AccessError, match=OUTSIDE[who][1]):
                page()
    assert shown == (list(PAGES) if who in INSIDE else [])


@pytest.mark.parametrize("who", [*INSIDE, *OUTSIDE])
def test_every_action_is_granted_as_the_table_says_or_refused(at_work, who):
    at_work(INSIDE[who] if who in INSIDE else OUTSIDE[who][0])
    rights = RIGHTS.get(who, {})
    for action in RIGHTS["planner"]:
        for extent in ("own", "region"):
            if extent in rights.get(action, ()):
                gate.require(action, extent)
            else:
                with pytest.raises(AccessError):
                    gate.require(action, extent)


@pytest.mark.parametrize("who", ["coordinator", *OUTSIDE])
@pytest.mark.parametrize("part", [calls._show_call, calls._show_renewal])
def test_applications_are_the_region_s_affair_even_where_a_part_runs_by_itself(at_work, who, part):
    at_work(INSIDE[who] if who in INSIDE else OUTSIDE[who][0])
    with pytest.raises(AccessError):
        part.__wrapped__()


def every_file(plan):
    """Every kind of file that pages offer, by a name."""
    network = plan.network
    sheets = (
        sheet_of(COVERAGE, network.coverage),
        sheet_of(TARGETS, network.targets),
        sheet_of(GAPS, plan.gaps.table),
        sheet_of(DESKS_AS_OF, network.desks),
        sheet_of(SITES, plan.proposal.sites),
        sheet_of(SITING_CURVE, plan.proposal.curve),
    )
    rows = PageRows("prova", "Prova", sheets, network, provenance_of(network))
    siena, pisa = find_grounds(network, ["SI", "PI"])
    files = {
        "workbook": rows.workbook(),
        "layers": rows.geopackage(),
        "whole plan": downloads.workbook_download(),
        "figures": downloads.summary_download(),
        "own report": report_download(siena),
        "another's report": report_download(pisa),
    }
    for sheet in sheets:
        files[f"csv {sheet.table.name}"] = rows.csv(sheet)
    for sheet in rows.placed:
        files[f"geojson {sheet.table.name}"] = rows.geojson(sheet)
    lists = {"own": list_for(plan, siena), "another's": list_for(plan, pisa)}
    for ending in coordinator_lists.FORMATS:
        for whose, content in lists.items():
            files[f"{whose} list {ending}"] = coordinator_lists._list_download(content, ending)
    return files


NOT_A_COORDINATORS = {
    *("whole plan", "figures", "another's report", "csv siting_curve"),
    *(f"another's list {ending}" for ending in coordinator_lists.FORMATS),
}


def test_every_file_is_offered_as_the_role_allows(at_work, tuscan_plan):
    at_work(PLANNER)
    files = every_file(tuscan_plan)
    for who, claims in INSIDE.items():
        at_work(claims)
        offered = {name: downloads._offered(file) for name, file in files.items()}
        refused = {name for name, file in offered.items() if file is None}
        assert refused == (NOT_A_COORDINATORS if who == "coordinator" else set())
        if who != "coordinator":
            assert offered == files
    for claims, refusal in OUTSIDE.values():
        at_work(claims)
        for file in files.values():
            with pytest.raises(AccessError, match=refusal):
                downloads._offered(file)
            with pytest.raises(AccessError, match=refusal):
                downloads._checked(file.write)


def test_what_a_coordinator_takes_holds_their_own_rows_only(at_work, tuscan_plan):
    at_work(SIENA)
    files = every_file(tuscan_plan)
    for table in ("coverage", "gaps", "sites", "desks"):
        content = downloads._offered(files[f"csv {table}"]).write()
        taken = pd.read_csv(io.BytesIO(content), dtype="str")
        whole = pd.read_csv(io.BytesIO(files[f"csv {table}"].write()), dtype="str")
        own = whole["istat_code"].str.startswith(MINE)
        assert taken["istat_code"].tolist()
        if table == "desks":
            # A desk of a point of theirs may stand beyond the border.
            assert set(whole.loc[own, "desk_id"]) <= set(taken["desk_id"]) < set(whole["desk_id"])
        else:
            assert taken["istat_code"].tolist() == whole.loc[own, "istat_code"].tolist()
    book = openpyxl.load_workbook(io.BytesIO(downloads._offered(files["workbook"]).write()))
    titles = [
        sheet_of(table, None).title for table in (COVERAGE, TARGETS, GAPS, DESKS_AS_OF, SITES)
    ]
    assert book.sheetnames == ["Leggimi", *titles]
    assert book[titles[0]].max_row == 1 + 35


@pytest.mark.parametrize("who", ["reader", "coordinator", *OUTSIDE])
def test_shared_scenarios_are_renamed_by_planners_only(at_work, tmp_path, who):
    at_work(PLANNER)
    kept = writing.keep_scenario(tmp_path, Scenario(as_of=date(2026, 3, 2), title="Prova"))
    at_work(INSIDE[who] if who in INSIDE else OUTSIDE[who][0])
    with pytest.raises(AccessError):
        writing.rename_scenario(tmp_path, kept.key, "Altra")
    assert [file.stem for file in tmp_path.iterdir()] == [kept.key]
