"""Real roads, a given matrix and a routing server, as their user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.conftest import Capillare
from tests.geo.road_files import Way, needs_extract, position, write_pbf
from tests.geo.routing_stand_in import stand_in

AS_OF = ("--as-of", "2025-06-30")
FLORENCE = "048017"
ROAD = {"highway": "secondary"}
# A ladder over Florence: the grid starts at 43.80 N, 11.20 E, the city stands at 43.78, 11.25.
LADDER: list[Way] = [
    *(([(row, column) for column in range(9)], ROAD) for row in range(-5, 1)),
    *(([(row, column) for row in range(-5, 1)], ROAD) for column in range(9)),
]


def _build(capillare: Capillare, *options: object) -> None:
    extract = write_pbf(Path("firenze.osm.pbf"), LADDER)
    outcome = capillare("roads", "build", extract, *options)
    assert outcome.code == 0, outcome.err


def _positions(name: str, rows: dict[str, tuple[float, float]]) -> str:
    lines = [f"{key},{lat},{lon}" for key, (lat, lon) in rows.items()]
    Path(name).write_text("id,lat,lon\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return name


def test_built_roads_are_used_by_themselves(capillare: Capillare):
    _build(capillare)
    starts = {"south": position((-5, 0)), "prato": (43.8777, 11.1022)}
    origins = _positions("from.csv", starts)
    ends = _positions("to.csv", {"north": position((0, 0)), "siena": (43.3188, 11.3308)})
    outcome = capillare("travel", origins, ends, "--max-min", 200)
    assert outcome.code == 0, outcome.err
    legs = pd.read_csv("travel.csv").set_index(["from_id", "to_id"])
    # Five hundredths of a degree of latitude at 58 km/h.
    assert legs.loc[("south", "north"), "travel_min"] == pytest.approx(5.7516, abs=0.006)
    assert legs["basis"].to_dict() == {
        ("prato", "north"): "estimated",
        ("prato", "siena"): "estimated",
        ("south", "north"): "road",
        ("south", "siena"): "estimated",
    }
    assert capillare("roads", "forget", "--all").code == 0
    assert capillare("travel", origins, ends).code == 0
    assert set(pd.read_csv("travel.csv")["basis"]) == {"estimated"}


def test_a_plan_says_which_roads_and_what_stays_estimated(capillare: Capillare):
    _build(capillare, "--quiet")
    outcome = capillare("plan", *AS_OF, "--new-sites", 0, "--json", "--out", "piano")
    assert outcome.code == 0, outcome.err
    summary = json.loads(outcome.out)
    caveats = " ".join(summary["caveats"])
    assert "firenze.osm.pbf (senza data)" in caveats
    assert "sono fuori dall'area della rete" in caveats
    assert "distano da una strada in media" in caveats
    assert "e strade veloci in" in caveats
    assert any("firenze.osm.pbf" in source["name"] for source in summary["inputs"])
    assert "firenze.osm.pbf" in summary["travel_error"]["basis"]
    coverage = pd.read_csv("piano/coverage.csv", dtype={"istat_code": "str"})
    bases = coverage.set_index("istat_code")["travel_basis"]
    assert bases[FLORENCE] == "road"
    assert bases["052032"] == "estimated"
    used = pd.read_csv("piano/travel_used.csv")
    assert set(used["basis"]) == {"road", "estimated"}


def test_roads_are_listed_and_forgotten(capillare: Capillare):
    assert "Nessuna rete" in capillare("roads", "list").out
    _build(capillare)
    described = json.loads(capillare("roads", "list", "--json").out)
    assert [(row["file"], row["is_current"]) for row in described] == [("firenze.osm.pbf", True)]
    key = described[0]["key"]
    assert f"* {key}  firenze.osm.pbf (senza data)" in capillare("roads", "list").out
    assert capillare("roads", "forget").code == 2
    assert "names 0 built networks" in capillare("roads", "forget", "zz").err
    assert key in capillare("roads", "forget", key[:6]).out
    assert "Nessuna rete" in capillare("roads", "list").out


def test_what_is_built_is_said(capillare: Capillare):
    extract = write_pbf(Path("firenze.osm.pbf"), [*LADDER, ([(5, 20), (6, 20), (9, 20)], ROAD)])
    outcome = capillare("roads", "build", extract)
    assert "firenze.osm.pbf (senza data)" in outcome.out
    assert "Parti tenute: 2" in outcome.out
    assert "Staccate dalla principale: 4,4 km" in outcome.out
    assert "distano da una strada in media" in outcome.out
    said = json.loads(capillare("roads", "build", extract, "--json").out)
    assert said["n_pieces"] == 2
    assert said["notes"]


def test_a_real_extract_from_end_to_end(capillare: Capillare):
    """Positions outside Italy count where roads are known; elsewhere they are refused."""
    outcome = capillare("roads", "build", needs_extract())
    assert outcome.code == 0, outcome.err
    assert "Nessuna località italiana" in outcome.out
    towns = {"vaduz": (47.1410, 9.5215), "schaan": (47.1650, 9.5087), "malbun": (47.1025, 9.6100)}
    table = _positions("towns.csv", towns)
    assert capillare("travel", table, table).code == 0
    legs = pd.read_csv("travel.csv").set_index(["from_id", "to_id"])
    assert set(legs["basis"]) == {"road"}
    assert len(legs) == 9
    # Vaduz to Schaan is a street of 3 km, Vaduz to Malbun a mountain road of 15 km.
    assert 3 < legs.loc[("vaduz", "schaan"), "travel_min"] < 8
    assert 15 < legs.loc[("vaduz", "malbun"), "travel_min"] < 35
    assert capillare("roads", "forget", "--all").code == 0
    refused = capillare("travel", table, table)
    assert refused.code == 2
    assert "in the sea or outside Italy" in refused.err


@pytest.mark.parametrize(
    "name", ["half.osm.pbf", "text.osm.pbf", "empty.osm.pbf", "absent.osm.pbf"]
)
def test_what_is_no_extract_is_one_sentence(capillare: Capillare, name: str):
    whole = write_pbf(Path("whole.osm.pbf"), LADDER).read_bytes()
    contents = {"half": whole[: len(whole) // 2], "text": b"not a map\n" * 50, "empty": b""}
    if name.partition(".")[0] in contents:
        Path(name).write_bytes(contents[name.partition(".")[0]])
    outcome = capillare("roads", "build", name)
    assert outcome.code == 2
    assert outcome.err.startswith(f"capillare: {name}: ")
    assert "Traceback" not in outcome.err
    assert not Path(".reti").exists()


def test_a_damaged_network_stops_with_a_sentence(capillare: Capillare):
    _build(capillare)
    next(Path(".reti").glob("*/network.npz")).write_bytes(b"")
    outcome = capillare("coverage", *AS_OF)
    assert outcome.code == 2
    assert "Build it again" in outcome.err


def test_a_given_matrix_is_used_where_it_knows(capillare: Capillare):
    rows = "Name;Origine;Destinazione;Total_Minu;Total_Mete\n48014-48017;48014;48017;77,5;20000\n"
    Path("Toscana.txt").write_text(rows, encoding="utf-8")
    options = (*AS_OF, "--travel-matrix", "Toscana.txt", "--out", "piano")
    outcome = capillare("plan", *options, "--new-sites", 0, "--json")
    assert outcome.code == 0, outcome.err
    caveats = " ".join(json.loads(outcome.out)["caveats"])
    assert "dal file Toscana.txt: 1 coppie fra 2 codici noti" in caveats
    used = pd.read_csv("piano/travel_used.csv")
    given = used[used["basis"] == "given"]
    assert set(given["travel_min"]) <= {77.5}
    step = capillare("coverage", *options[:-1], "step")
    assert step.code == 0, step.err
    assert Path("step/coverage.csv").read_bytes() == Path("piano/coverage.csv").read_bytes()


def test_absurd_minutes_are_refused_with_their_pairs(capillare: Capillare):
    Path("m.csv").write_text("from_id,to_id,travel_min\na,b,-3\nb,c,\n", encoding="utf-8")
    outcome = capillare("plan", *AS_OF, "--travel-matrix", "m.csv")
    assert outcome.code == 2
    assert "negative minutes, 1 row [a→b]" in outcome.err
    assert "no minutes, 1 row [b→c]" in outcome.err
    assert not Path("capillare-out").exists()


def test_a_configured_server_is_asked(capillare: Capillare, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("routingpy")
    starts = _positions("from.csv", {"a": (43.80, 11.20), "b": (43.80, 11.30)})
    ends = _positions("to.csv", {"x": (43.81, 11.20)})
    with stand_in() as server:
        monkeypatch.setenv("CAPILLARE_ROUTING_URL", server.url)
        assert "one without the other" in capillare("travel", starts, ends).err
        monkeypatch.setenv("CAPILLARE_ROUTING_KIND", "osrm")
        outcome = capillare("travel", starts, ends)
        assert outcome.code == 0, outcome.err
        legs = pd.read_csv("travel.csv")
        assert legs["basis"].tolist() == ["server", "server"]
        # 1,113 m at 10 m/s.
        assert legs["travel_min"].iloc[0] == pytest.approx(1.86, abs=0.01)
        Path("travel.csv").unlink()
        server.faults = ["400"]
        refused = capillare("travel", starts, ends)
    assert refused.code == 2
    assert "refuses the request" in refused.err
    assert not Path("travel.csv").exists()
