"""What a map shows, built from tables."""

import gzip
import json

import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import shape

from capillare.geo.places import METRIC_CRS
from capillare.views.leaflet_map.areas import coverage_areas, gap_areas
from capillare.views.leaflet_map.classes import MISSING_COLOUR, classes_at
from capillare.views.leaflet_map.drawing import base_content, base_layer, draw
from capillare.views.leaflet_map.files import shelf
from capillare.views.leaflet_map.marks import desk_marks, site_marks, spread_px
from tests.publish.conftest import NASTY, make_desks, make_plan

CLASSES = classes_at([10, 20], scheme="YlGnBu", unit="minutes")


@pytest.fixture(scope="module")
def tuscan_base(tuscany):
    return json.loads(gzip.decompress(base_layer(tuscany, simplify_m=200).file.zipped))


@pytest.fixture(scope="module")
def plan(tiny, policy):
    return make_plan(tiny, policy)


def test_every_municipality_has_one_outline(tuscan_base, tuscany):
    codes = [feature["id"] for feature in tuscan_base["areas"]]
    assert codes == tuscany.municipalities["istat_code"].tolist()
    assert len(set(codes)) == 273


def test_outlines_still_cover_the_region(tuscan_base, tuscany):
    drawn = shapely.union_all([shape(feature["geometry"]) for feature in tuscan_base["areas"]])
    real = shapely.union_all(tuscany.municipalities.geometry.to_numpy())
    assert drawn.symmetric_difference(real).area < 0.01 * real.area


def test_the_base_is_light_and_names_come_with_zoom(tuscan_base):
    assert len(json.dumps(tuscan_base, allow_nan=False, separators=(",", ":"))) < 400_000
    names = {name for name, *_ in tuscan_base["towns"]}
    assert {"Firenze", "Siena", "Grosseto"} <= names
    assert max(zoom for *_, zoom in tuscan_base["towns"]) <= 10


def test_a_page_names_the_outlines_and_does_not_carry_them(tiny, plan):
    base = base_layer(tiny, simplify_m=1)
    areas = coverage_areas(plan.network.coverage, within_min=20)
    content = draw(base, areas, CLASSES, title="", label="", missing="")
    assert content["base"] == base.file.url
    assert "geometry" not in json.dumps(content)
    assert shelf().find(base.file.name) == base.file


def test_figures_take_the_colour_of_their_class(tiny, plan):
    coverage = plan.network.coverage.assign(travel_min=[5.0, 10.0, 20.0, 20.1, np.nan, *[1.0] * 7])
    content = draw(
        base_layer(tiny, simplify_m=1),
        coverage_areas(coverage, within_min=20),
        CLASSES,
        title="Minuti",
        label="Mappa",
        missing="nessuno",
    )
    low, middle, high = CLASSES.colours
    drawn = [content["area_colours"][f"09000{number}"] for number in range(1, 6)]
    assert drawn == [low, low, middle, high, MISSING_COLOUR]
    assert content["legend"]["entries"][-1] == {"colour": MISSING_COLOUR, "label": "nessuno"}


def test_a_legend_names_only_what_is_drawn(tiny, plan):
    desks = desk_marks(plan.network.desks, {})
    content = draw(
        base_layer(tiny, simplify_m=1),
        coverage_areas(plan.network.coverage.assign(travel_min=1.0), within_min=20),
        CLASSES,
        title="",
        label="",
        missing="nessuno",
        marks=desks,
    )
    labels = [entry["label"] for entry in content["legend"]["entries"]]
    assert labels == [*CLASSES.labels, "sportello in servizio"]


def test_a_tip_says_minutes_people_and_class(plan):
    row = plan.network.coverage.iloc[[0]].assign(
        travel_min=7.4, adults=1000, adults_within=500, adults_unreachable=3, inner_class="D"
    )
    assert coverage_areas(row, within_min=20).tips == [
        [
            "Comune 1",
            "in media 7 minuti allo sportello più vicino",
            "1.000 maggiorenni, 50 % entro 20 min",
            "3 non raggiungono sportelli via strada",
            "classe D",
        ]
    ]


def test_a_municipality_that_is_not_ranked_has_no_figure(plan):
    areas = gap_areas(plan.network.coverage, plan.gaps.table)
    ranked = set(plan.gaps.table["istat_code"])
    for code, figure, tip in zip(areas.istat_codes, areas.figures, areas.tips, strict=True):
        assert np.isnan(figure) == (code not in ranked)
        assert (tip[1] == "non è in elenco") == (code not in ranked)


def test_desks_say_how_sure_they_are(tiny):
    desks = make_desks(tiny, ["Uno", "Due", "Tre"]).assign(
        is_to_be_confirmed=[True, False, False], network=["pdf", "pdf", "bottega_salute"]
    )
    kinds = {mark["name"]: mark["kind"] for mark in desk_marks(desks, {})}
    assert kinds == {"Uno": "desk_to_confirm", "Due": "desk", "Tre": "desk_other_network"}


def test_a_desk_without_position_is_not_drawn(tiny):
    desks = make_desks(tiny, ["Uno", "Due"])
    desks.loc[0, ["lat", "lon"]] = np.nan
    assert [mark["name"] for mark in desk_marks(desks, {})] == ["Due"]


def test_sites_come_in_their_order(plan):
    shuffled = plan.proposal.sites.iloc[::-1]
    assert [mark["text"] for mark in site_marks(shuffled)] == ["1", "2"]


def test_no_table_no_marks(plan):
    assert site_marks(plan.proposal.sites.iloc[:0]) == []
    assert desk_marks(plan.network.desks.iloc[:0], {}) == []


def test_crowded_symbols_are_parted_and_lonely_ones_stay():
    lat = np.array([43.0] * 10 + [44.0])
    lon = np.array([11.0] * 10 + [11.0])
    shifts = spread_px(lat, lon)
    assert shifts[-1].tolist() == [0, 0]
    apart = np.linalg.norm(shifts[:10, None] - shifts[None, :10], axis=2)
    assert apart[~np.eye(10, dtype=bool)].min() > 10


def test_content_is_plain_json_whatever_people_type(tiny, policy):
    plan = make_plan(tiny, policy, name=NASTY)
    content = draw(
        base_layer(tiny, simplify_m=1),
        coverage_areas(plan.network.coverage, within_min=20),
        CLASSES,
        title="",
        label="",
        missing="",
        marks=[*site_marks(plan.proposal.sites), *desk_marks(plan.network.desks, {})],
    )
    assert json.loads(json.dumps(content, allow_nan=False))["marks"] == content["marks"]
    assert any(NASTY in mark["name"] for mark in content["marks"])


def test_neighbours_keep_their_shared_border(tiny):
    base = base_content(tiny, simplify_m=200)
    outlines = pd.Series([shape(f["geometry"]) for f in base["areas"]])
    squares = tiny.municipalities.to_crs(METRIC_CRS).geometry
    for number in range(11):
        touching = squares.iloc[number].touches(squares.iloc[number + 1])
        assert outlines[number].touches(outlines[number + 1]) == touching
