from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from capillare.geo.points.journal import read_journal
from capillare.geo.schema.changes import ROW_CHANGES
from capillare.geo.schema.csv_text import table_as_csv
from capillare.geo.schema.tours import TOUR_STOPS
from capillare.geo.sources.records import checksum
from capillare.geo.sources.reference import registry_records
from tests.cli.conftest import Capillare

POINT = "arcidosso-nido-di-fate"
PLACES = (("Arcidosso", None), ("Montelaterone", "weekly"), ("Arcidosso", None))


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A written plan of the packaged registry with one van and one stop."""
    rows = [
        {
            "van": "Amiata", "point_id": POINT, "date": "2026-12-03", "week": 1, "weekday": "Th",
            "stop_order": order, "place_id": None, "istat_code": "053001",
            "municipality": "Arcidosso", "locality": locality, "lat": 42.872, "lon": 11.541,
            "arrive": f"{9 + order:02d}:00", "depart": f"{9 + order:02d}:50", "setup_min": 10,
            "drive_min": 5, "pattern": pattern, "adults_served": 1,
        }
        for order, (locality, pattern) in enumerate(PLACES)
    ]  # fmt: skip
    folder = tmp_path / "piano"
    folder.mkdir()
    text = table_as_csv(TOUR_STOPS.check(pd.DataFrame(rows)), TOUR_STOPS)
    (folder / "tour_stops.csv").write_text(text, encoding="utf-8", newline="")
    summary = {
        "as_of": "2026-11-22",
        "inputs": [{"name": r.name, "sha256": r.sha256} for r in registry_records(None)],
        "outputs": {"tour_stops.csv": checksum(folder / "tour_stops.csv")},
    }
    (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    return folder


def test_a_proposal_is_shown_approved_and_taken_back(capillare: Capillare, plan: Path):
    asked = ("registry", "approve", plan, "packaged", "--out", "o")
    shown = capillare(*asked)
    assert shown.code == 0, shown.err
    assert "+ desks/mobile-amiata  Sportello mobile Amiata (053001)" in shown.out
    assert "Montelaterone Th 10:10-10:50 2026-12-03…2026-12-03" in shown.out
    assert "Righe nuove: 2, cambiate: 0, tolte: 0" in shown.out
    assert "Nulla è cambiato nel registro" in shown.out
    assert [path.name for path in Path("o").iterdir()] == ["diff.csv"]
    diff = pd.read_csv("o/diff.csv", dtype="str")
    assert diff.columns.tolist() == ROW_CHANGES.names
    assert set(diff["change"]) == {"new"}

    accepted = capillare(*asked, "--accept", "--who", "Anna")
    assert accepted.code == 0, accepted.err
    (entry,) = read_journal(Path("o/registry"))
    assert (entry.who, entry.what) == (
        "Anna",
        "approvate le soste dei furgoni del piano del 2026-11-22",
    )
    again = capillare("registry", "approve", plan, "o/registry", "--out", "o2")
    assert "Il registro è già così" in again.out
    assert capillare(*asked, "--accept").code == 2  # no registry is overwritten

    undone = capillare("registry", "undo", "o/registry", "--who", "Bruno")
    assert "Annullata la modifica 1" in undone.out
    assert not Path("o/registry/stops.csv").exists()


def test_bad_wishes_are_one_sentence(capillare: Capillare, plan: Path):
    asked = ("registry", "approve", plan, "packaged")
    for wish, said in (
        (("--season",), "no season_plan.csv"),
        (("--only", "Amiatta"), "Did you mean 'Amiata'?"),
        (("--until", "2027-02-31"), "not a day"),
    ):
        outcome = capillare(*asked, *wish)
        assert outcome.code == 2
        assert said in outcome.err
        assert outcome.err.count("\n") == 1
