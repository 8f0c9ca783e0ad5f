"""Whose list it is, and what stands in it."""

from __future__ import annotations

import numpy as np
import pytest

from capillare.geo.errors import ConfigError
from capillare.geo.schema import COORDINATOR_SITES
from capillare.planning.coordinators import find_grounds, known_grounds, list_for


@pytest.fixture(scope="module")
def siena(tuscan_plan):
    return list_for(tuscan_plan, find_grounds(tuscan_plan.network, ["Siena"])[0])


@pytest.mark.parametrize(
    ("wish", "kind", "name", "n_towns"),
    [
        ("Siena", "province", "Siena", 35),
        ("SI", "province", "Siena", 35),
        ("052", "province", "Siena", 35),
        ("massa carrara", "province", "Massa-Carrara", 17),
        ("unione-valdera", "union", "Unione Valdera", 8),
        ("UNIONE VALDERA", "union", "Unione Valdera", 8),
        ("Garfagnana", "union", "Unione Comuni Garfagnana", 14),
        ("ancos-aps-pisa", "entity", "ANCoS APS Pisa", 1),
        ("Zeri", "municipality", "Zeri", 1),
        ("045017", "municipality", "Zeri", 1),
    ],
)
def test_a_territory_is_found_by_name_or_code(tuscan_plan, wish, kind, name, n_towns):
    (ground,) = find_grounds(tuscan_plan.network, [wish])
    assert (ground.kind, ground.name, len(ground.istat_codes)) == (kind, name, n_towns)


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("Sienna", r"no province.* Did you mean 'siena'\?"),
        ("", "no province"),
        ("amiata", r"several are called so, .*\(unione-dei-comuni-amiata-val-d-orcia\)"),
    ],
)
def test_what_is_no_territory_or_several_is_refused(tuscan_plan, wish, said):
    with pytest.raises(ConfigError, match=said):
        find_grounds(tuscan_plan.network, [wish])


def test_every_union_of_the_registry_has_a_list(tuscan_plan):
    unions = [ground for ground in known_grounds(tuscan_plan.network) if ground.kind == "union"]
    assert len(unions) == 20
    assert sum(len(union.istat_codes) for union in unions) == 129


def test_rows_stand_where_they_should(tuscan_plan, siena):
    table, sites = siena.table, tuscan_plan.proposal.sites
    assert COORDINATOR_SITES.check(table).shape == table.shape
    codes = set(siena.ground.istat_codes)
    own = sites[sites["istat_code"].isin(codes)]
    proposed = table[table["proposal"] == "proposed"]
    assert proposed["plan_rank"].tolist() == own["rank"].tolist()
    assert proposed["adults_gained"].tolist() == own["adults_gained"].tolist()
    nearby = table[table["proposal"] == "nearby"]
    assert not nearby["istat_code"].isin(codes).any()
    assert (nearby["adults_gained_here"] > 0).all()
    runners = table[table["proposal"] == "runner_up"]
    assert runners["istat_code"].isin(codes).all()
    assert not runners["candidate_id"].isin(sites["candidate_id"]).any()
    assert runners["adults_gained"].is_monotonic_decreasing
    assert table["proposal"].tolist() == ["proposed"] * len(proposed) + ["nearby"] * len(nearby) + [
        "runner_up"
    ] * len(runners)


def test_gains_are_counted_anew_from_the_minutes(tuscan_plan, siena):
    network = tuscan_plan.network
    places = network.territory.places.set_index("place_id")
    served = set(network.access.places.loc[network.access.places["is_within"], "place_id"])
    pairs = tuscan_plan.proposal.pairs
    near = pairs[pairs["travel_min"] <= network.policy.reach.within_min]
    reached = {
        site: set(near.loc[near["to_id"] == site, "from_id"]) - served
        for site in tuscan_plan.proposal.sites["candidate_id"]
    }
    seen: set[str] = set()
    here = set(places.index[places["istat_code"].isin(siena.ground.istat_codes)])
    table = siena.table.set_index("candidate_id")
    for site, reaches in reached.items():
        if site in table.index:
            row = table.loc[site]
            assert (
                row["adults_gained_here"]
                == places.loc[list((reaches - seen) & here), "adults"].sum()
            )
            assert row["adults_alone"] == places.loc[list(reaches), "adults"].sum()
        seen |= reaches
    # A runner-up brings no more beside the plan than alone, and no more here than everywhere.
    assert (siena.table["adults_gained"] <= siena.table["adults_alone"]).all()
    assert (siena.table["adults_gained_here"] <= siena.table["adults_gained"]).all()


def test_the_territory_reaches_what_the_list_says(siena):
    within = siena.coverage["adults_within"].sum()
    gained = siena.table.loc[siena.table["proposal"] != "runner_up", "adults_gained_here"].sum()
    assert f"{within + gained:,}".replace(",", ".") in siena.sentences[1]
    assert len(siena.coverage) == 35
    assert siena.desks["istat_code"].isin(siena.ground.istat_codes).all()


def test_targets_are_those_of_points_here(tuscan_plan):
    (valdera,) = find_grounds(tuscan_plan.network, ["Unione Valdera"])
    content = list_for(tuscan_plan, valdera)
    assert "pontedera-unione-valdera" in set(content.targets["point_id"])
    desks = tuscan_plan.network.desks
    here = desks[desks["istat_code"].isin(valdera.istat_codes)]["point_id"].dropna()
    assert set(here) <= set(content.targets["point_id"])


def test_a_territory_served_already_says_that_nothing_falls_there(tuscan_plan):
    towns = [g for g in known_grounds(tuscan_plan.network) if g.kind == "municipality"]
    coverage = tuscan_plan.network.coverage.set_index("istat_code")
    share = coverage["adults_within"] / coverage["adults"]
    full = next(
        g
        for g in towns
        if share[g.key] == 1 and np.isclose(coverage["travel_min"][g.key], 0, atol=15)
    )
    content = list_for(tuscan_plan, full)
    assert not (content.table["proposal"] == "proposed").any()
    assert any("Nessuna sede del piano cade" in sentence for sentence in content.sentences)
