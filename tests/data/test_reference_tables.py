"""The packaged tables: declared, joined, counted, sourced, and free of personal data."""

from __future__ import annotations

import csv
import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from opening_hours import OpeningHours

from capillare.geo.schema import (
    APPLICATION_MUNICIPALITIES,
    APPLICATION_SEATS,
    APPLICATIONS,
    CALLS,
    CANDIDATES,
    DESKS,
    ENTITIES,
    ENTITY_MEMBERS,
    FIGURES,
    INNER_AREAS,
    LINEAGE,
    POINTS,
    POLES,
    PROGRESS,
    REGISTRY_TABLES,
    SERVICES,
    STOPS,
    VENUES,
    Table,
)
from capillare.geo.sources.embedded import read_boundaries
from capillare.geo.sources.reference import read_table, reference_file

if TYPE_CHECKING:
    from capillare.geo.places import Territory
    from capillare.geo.settings import Policy

TABLES = (INNER_AREAS, POLES, LINEAGE, *REGISTRY_TABLES)
BORN_IN_2023 = {"005122", "012144"}
# Points that a page counts without telling their seats: (slug, how many).
UNSEATED = {
    "colle-di-val-d-elsa-daisy": 5,
    "casole-d-elsa-daisy": 2,
    "monteriggioni-daisy": 3,
    "poggibonsi-daisy": 4,
    "pontassieve-rete-pdf": 10,
    "pelago-rete-pdf": 4,
    "prato-comune-rete": 4,
    "pisa-ancos": 2,
    "pisa-arci-servizio-civile": 2,
}
FACT_ROWS = 91
NOT_CALLED_PDF = 4

every_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


@every_table
def test_table_validates(table: Table) -> None:
    frame = read_table(table)
    # No public page tells the stops of a van or the seats of an open application, and candidates
    # are the user's: none is made up.
    assert bool(len(frame)) is (table not in {STOPS, APPLICATION_SEATS, CANDIDATES})
    assert list(frame.columns) == table.names


@every_table
def test_file_is_canonical(table: Table) -> None:
    raw = reference_file(table).read_bytes()
    text = raw.decode("utf-8")
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    rows = list(csv.reader(text.splitlines(), strict=True))
    assert rows[0] == table.names
    assert {len(row) for row in rows} == {len(table.names)}
    assert all(cell == cell.strip() for row in rows for cell in row)
    places = [table.names.index(name) for name in table.key]
    keys = [tuple(row[place] for place in places) for row in rows[1:]]
    assert all(before < after for before, after in pairwise(keys))


@every_table
def test_every_row_has_a_source(table: Table) -> None:
    source = read_table(table)["source"]
    assert source.notna().all()
    assert source.str.contains(r"https?://|ISTAT|slides|texts", regex=True).all()


@every_table
def test_no_personal_data(table: Table) -> None:
    text = reference_file(table).read_text(encoding="utf-8")
    assert not re.findall(r"\b[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]\b", text)
    # Offices only: certified or municipal mailboxes, and landlines.
    assert all(
        re.search(r"@(postacert|pec|comune)\.", mail) for mail in re.findall(r"\S+@\S+", text)
    )
    assert not re.findall(r"\+39 ?3\d", text)


def test_phones_are_international_landlines() -> None:
    phones = read_table(DESKS)["phone"].dropna()
    assert len(phones)
    assert phones.str.fullmatch(r"\+39 0\d{1,3} \d{5,8}").all()


def test_foreign_keys_hold() -> None:
    entities = set(read_table(ENTITIES)["entity_id"])
    applications = read_table(APPLICATIONS)
    points = read_table(POINTS)
    desks = read_table(DESKS)
    territories = read_table(APPLICATION_MUNICIPALITIES)
    assert set(read_table(ENTITY_MEMBERS)["entity_id"]) <= entities
    assert set(applications["entity_id"]) <= entities
    assert set(points["entity_id"]) <= entities
    assert set(points["application_id"]) == set(applications["application_id"])
    assert set(territories["application_id"]) == set(applications["application_id"])
    assert set(desks["point_id"].dropna()) == set(points["point_id"])
    assert set(read_table(PROGRESS)["point_id"]) <= set(points["point_id"])


def test_point_agrees_with_its_application() -> None:
    joined = read_table(POINTS).merge(
        read_table(APPLICATIONS), on="application_id", validate="many_to_one"
    )
    assert (joined["entity_id_x"] == joined["entity_id_y"]).all()
    assert (joined["campaign_x"] == joined["campaign_y"]).all()


@pytest.mark.parametrize("table", [POINTS, APPLICATIONS, CALLS], ids=lambda table: table.name)
def test_campaigns_are_of_the_policy(table: Table, policy: Policy) -> None:
    assert set(read_table(table)["campaign"]) <= {c.campaign for c in policy.campaigns}


@pytest.mark.parametrize(
    "table",
    [ENTITY_MEMBERS, APPLICATION_MUNICIPALITIES, DESKS, VENUES, INNER_AREAS],
    ids=lambda table: table.name,
)
def test_municipalities_exist(table: Table, tuscany: Territory) -> None:
    assert set(read_table(table)["istat_code"]) <= set(tuscany.municipalities["istat_code"])


def test_entity_seats_bear_the_entity_name(tuscany: Territory) -> None:
    names = tuscany.municipalities.set_index("istat_code")["municipality"]
    entities = read_table(ENTITIES)
    of_municipality = entities[entities["entity_kind"] == "municipality"]
    assert ("Comune di " + of_municipality["seat_istat_code"].map(names)).equals(
        of_municipality["entity"]
    )
    assert set(entities["seat_istat_code"].dropna()) <= set(names.index)


def test_point_and_desk_arithmetic() -> None:
    desks = read_table(DESKS)
    points = read_table(POINTS)
    of_pdf = desks[desks["network"] == "pdf"]
    from_facts = FACT_ROWS - len(UNSEATED) + sum(UNSEATED.values())
    assert from_facts == 118
    assert len(of_pdf) == from_facts - NOT_CALLED_PDF
    assert of_pdf["point_id"].notna().all()
    assert desks.loc[desks["network"] != "pdf", "point_id"].isna().all()
    assert len(points) == of_pdf["point_id"].nunique() == 91


@pytest.mark.parametrize(("slug", "n"), UNSEATED.items())
def test_unseated_points_are_never_one_exact_place(slug: str, n: int) -> None:
    desks = read_table(DESKS)
    counted = desks[desks["desk_id"].str.fullmatch(rf"{slug}-\d+")]
    assert len(counted) == n
    assert (counted["desk_id"] == counted["point_id"]).all()
    assert (counted["n_desks"] == 1).all()
    assert counted[["address", "locality", "lat", "lon"]].isna().all(axis=None)
    assert counted["name"].str.endswith(f" di {n})").all()
    assert counted["note"].str.contains("Seat not stated").all()


def test_points_shared_by_two_municipalities_follow_their_residents(tuscany: Territory) -> None:
    residents = tuscany.municipalities.set_index("istat_code")["residents"]
    share = residents["048033"] / (residents["048033"] + residents["048032"])
    assert round(14 * share) == UNSEATED["pontassieve-rete-pdf"]
    assert UNSEATED["pontassieve-rete-pdf"] + UNSEATED["pelago-rete-pdf"] == 14


def test_point_status_is_its_best_desk() -> None:
    order = {"active": 0, "planned": 1, "unknown": 2}
    desks = read_table(DESKS).dropna(subset=["point_id"])
    best = desks["status"].map(order).groupby(desks["point_id"]).min()
    points = read_table(POINTS).set_index("point_id")
    assert points["status"].map(order).eq(best.reindex(points.index)).all()


@pytest.mark.parametrize("table", [DESKS, VENUES], ids=lambda table: table.name)
def test_opening_hours_parse(table: Table) -> None:
    hours = read_table(table)["opening_hours"].dropna()
    assert len(hours)
    for expression in hours:
        OpeningHours(expression)


def test_hours_say_their_basis() -> None:
    desks = read_table(DESKS)
    assert desks["hours_basis"].notna().equals(desks["opening_hours"].notna())
    assert set(desks["hours_basis"].dropna()) == {"stated"}


def test_lineage_codes(tuscany: Territory) -> None:
    lineage = read_table(LINEAGE)
    in_force = read_boundaries().set_index("istat_code")["municipality"]
    successors = lineage[~lineage["new_istat_code"].isin(BORN_IN_2023)]
    assert successors["new_istat_code"].map(in_force).equals(successors["new_municipality"])
    assert not set(lineage["old_istat_code"]) & set(in_force.index)
    assert not set(lineage["old_istat_code"]) & set(lineage["new_istat_code"])
    # Every merger joins at least two; each new Tuscan code is one of the 273.
    assert (lineage.groupby("new_istat_code").size() >= 2).all()
    tuscan = lineage[lineage["old_istat_code"].str[:3].isin(tuscan_provinces(tuscany))]
    assert set(tuscan["new_istat_code"]) <= set(tuscany.municipalities["istat_code"])


def tuscan_provinces(tuscany: Territory) -> set[str]:
    return set(tuscany.municipalities["istat_code"].str[:3])


def test_lineage_fills_the_codes_left_free(tuscany: Territory) -> None:
    """ISTAT numbers a province's municipalities by name: an ended code sits between neighbours."""
    lineage = read_table(LINEAGE).set_index("old_istat_code")["old_municipality"]
    names = tuscany.municipalities.set_index("istat_code")["municipality"]
    numbered = pd.concat([names, lineage[lineage.index.str[:3].isin(tuscan_provinces(tuscany))]])
    for province, last in {
        "046": 35,
        "047": 21,
        "049": 20,
        "050": 39,
        "051": 39,
        "052": 36,
    }.items():
        codes = [f"{province}{number:03d}" for number in range(1, last + 1)]
        assert set(codes) <= set(numbered.index)
    for code in lineage.index.intersection(numbered.index):
        before, after = f"{int(code) - 1:06d}", f"{int(code) + 1:06d}"
        between = [c for c in (before, code, after) if c in numbered.index]
        assert all(spelled(numbered[a]) < spelled(numbered[b]) for a, b in pairwise(between)), code


def spelled(name: str) -> str:
    """Letters only, as the official numbering sorts them."""
    return "".join(letter for letter in name.lower() if letter.isalpha())


def test_poles(tuscany: Territory) -> None:
    poles = read_table(POLES)
    names = read_boundaries().set_index("istat_code")["municipality"]
    assert poles["istat_code"].map(names).equals(poles["municipality"])
    own = poles["istat_code"].isin(tuscany.municipalities["istat_code"])
    assert own.sum() == 17
    assert poles.loc[own, "inner_class"].value_counts().to_dict() == {"A": 13, "B": 4}
    assert poles.loc[~own, "inner_class"].isna().all()
    assert (~own).sum() == 5


def test_inner_areas() -> None:
    areas = read_table(INNER_AREAS)
    classes = areas["inner_class"].value_counts().to_dict()
    assert classes == {"E": 64, "D": 40, "E-F": 9, "F": 8, "C": 3}
    assert areas["minutes_to_pole_min"].isna().equals(areas["inner_class"] == "E-F")


def test_known_classes_respect_the_cuts(policy: Policy) -> None:
    areas = read_table(INNER_AREAS).dropna(subset=["minutes_to_pole_min"])
    to_d, to_e, to_f = policy.inner_areas.cuts_min
    by_cut = pd.cut(
        areas["minutes_to_pole_min"],
        [0, to_d, to_e, to_f, float("inf")],
        labels=["C", "D", "E", "F"],
    )
    assert by_cut.astype("str").eq(areas["inner_class"]).all()


def test_services_are_in_two_languages() -> None:
    services = read_table(SERVICES)
    assert len(services) == 52
    assert services[["name_it", "name_en"]].notna().all(axis=None)
    assert not services["name_it"].duplicated().any()


def test_figures_and_calls_agree(policy: Policy) -> None:
    figures = read_table(FIGURES).set_index("figure_id")["figure"]
    calls = read_table(CALLS).set_index("call_id")
    first = policy.campaigns[0]
    assert figures["target-points-2025-12-31"] == first.n_points
    assert figures["target-citizens-2025-12-31"] == first.target_citizens
    assert figures["target-services-2025-12-31"] == first.target_services
    assert figures["regional-funding-2022-11-07"] == first.budget_eur
    assert figures["first-call-budget-2023-04-13"] == calls.loc["avviso-1-2023", "budget_eur"]
    assert (
        calls.loc["avviso-1-2023", "n_points_funded"]
        == figures["points-active-2024-03-15"] + (figures["points-activating-2024-03-31"])
    )
    assert (
        calls.loc["avviso-1-2023", "n_points_funded"]
        + calls.loc["avviso-2-2023", "n_points_sought"]
        == first.n_points
    )
