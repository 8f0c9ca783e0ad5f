from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from capillare.geo.errors import ConfigError
from capillare.geo.schema import SITES
from capillare.planning.comparison import compare_plans, places_after
from capillare.planning.network import describe_network
from capillare.planning.plan import plan_from, rank_network_gaps
from capillare.planning.scenario import Scenario

AS_OF = date(2025, 6, 30)


@pytest.fixture(scope="module")
def network():
    return describe_network(Scenario(as_of=AS_OF))


@pytest.fixture(scope="module")
def plans(network):
    gaps = rank_network_gaps(network)
    return [
        plan_from(replace(network, scenario=replace(network.scenario, new_sites=n)), gaps=gaps)
        for n in (0, 5)
    ]


def figure(comparison, name):
    return comparison.figures.set_index("figure").loc[name]


def test_what_changes_is_what_the_sites_bring(plans):
    none, five = plans
    comparison = compare_plans(none, five)
    gained = five.proposal.sites["adults_gained"].sum()
    assert figure(comparison, "Sedi proposte")["difference"] == 5
    assert figure(comparison, "Maggiorenni entro 20 minuti")["difference"] == gained
    assert comparison.municipalities["difference_within"].sum() == gained
    assert figure(comparison, "Costo delle sedi proposte")["difference"] == 5 * 39_000
    share = figure(comparison, "Quota di maggiorenni entro 20 minuti")["second"]
    assert share == pytest.approx(five.proposal.sites["covered_share_after"].iloc[-1], abs=1e-6)
    assert len(comparison.municipalities) == 273
    assert set(comparison.sites["proposed_by"]) == {"second"}


def test_provinces_hold_what_their_municipalities_and_sites_do(plans):
    comparison = compare_plans(*plans)
    provinces = comparison.provinces.set_index("province")
    towns = comparison.municipalities.groupby("province")
    for column in ("adults", "first_within", "second_within", "difference_within"):
        assert provinces[column].to_dict() == towns[column].sum().to_dict()
    sites = plans[1].proposal.sites.merge(
        comparison.municipalities[["istat_code", "province"]], on="istat_code"
    )
    spent = sites.groupby("province")["cost_eur"].sum().reindex(provinces.index).fillna(0)
    assert provinces["difference_cost_eur"].to_dict() == spent.to_dict()
    assert provinces["second_cost_eur"].sum() == 5 * 39_000
    # The mean of the region is that of its provinces, weighed by who reaches a desk.
    after = places_after(plans[1]).dropna(subset=["travel_min"])
    town = plans[1].network.territory.municipalities.set_index("istat_code")["province"]
    reached = after.groupby(after["istat_code"].map(town))["adults"].sum()
    mean = np.average(provinces["second_min"], weights=reached.reindex(provinces.index))
    said = figure(comparison, "Minuti medi di chi raggiunge uno sportello")["second"]
    assert mean == pytest.approx(said)


def test_minutes_after_equal_a_search_over_every_desk_and_site(plans, network):
    from capillare.geo.travel import spots_of

    five = plans[1]
    after = places_after(five)
    origins = spots_of(network.territory.places, id_column="place_id")
    candidates = five.candidates.set_index("candidate_id", drop=False)
    sites = candidates.loc[five.proposal.sites["candidate_id"]]
    to_sites = network.travel.nearest(origins, spots_of(sites, id_column="candidate_id"))
    expected = np.fmin(network.access.places["travel_min"], to_sites.travel_min)
    np.testing.assert_allclose(after["travel_min"], expected)
    assert after["is_within"].sum() >= network.access.places["is_within"].sum()


def test_a_desk_that_the_plan_closes_serves_nobody_after(plans, network):
    five = plans[1]
    busiest = network.access.places["nearest_desk_id"].mode().iloc[0]
    closing = replace(five, proposal=replace(five.proposal, ceased=(busiest,)))
    with_it, without = places_after(five), places_after(closing)
    assert (without["travel_min"].fillna(np.inf) >= with_it["travel_min"].fillna(np.inf)).all()
    served = network.access.places["nearest_desk_id"] == busiest
    assert without.loc[served, "travel_min"].gt(with_it.loc[served, "travel_min"]).any()


def test_a_plan_does_not_differ_from_itself_and_swapping_turns_the_sign(plans):
    none, five = plans
    same = compare_plans(five, five)
    assert (same.figures["difference"].dropna() == 0).all()
    assert (same.municipalities["difference_within"] == 0).all()
    assert set(same.sites["proposed_by"]) == {"both"}
    there, back = compare_plans(none, five), compare_plans(five, none)
    np.testing.assert_allclose(there.figures["difference"], -back.figures["difference"])


def test_nothing_proposed_on_either_side_is_an_empty_table(plans):
    sites = compare_plans(plans[0], plans[0]).sites
    assert sites.empty
    assert set(sites.columns) <= {*SITES.names, "proposed_by"}


def test_plans_of_two_regions_are_not_compared(plans):
    none = plans[0]
    territory = replace(none.network.territory, region="11")
    elsewhere = replace(none, network=replace(none.network, territory=territory))
    with pytest.raises(ConfigError, match="regions 09 and 11"):
        compare_plans(none, elsewhere)


def test_seasons_and_vans_stand_beside_the_sites_where_a_scenario_has_them(plans):
    none, five = plans
    assert not {"Furgoni", "Sedi stagionali"} & set(compare_plans(none, five).figures["figure"])
    tours = SimpleNamespace(vans=(1, 2), worth=SimpleNamespace(people=1_500), cost_eur=78_000.0)
    compared = compare_plans(replace(none, tours=tours), five)
    assert figure(compared, "Furgoni")["difference"] == -2
    assert figure(compared, "Costo dei furgoni")["difference"] == -78_000
    said = figure(compared, "Maggiorenni senza sportello con una sosta di un furgone")
    assert (said["first"], said["second"]) == (1_500, 0)
    season = SimpleNamespace(n_seasonal=3, points=pd.DataFrame({"cost_eur": [100.0, 50.5]}))
    compared = compare_plans(none, replace(five, season=season))
    assert figure(compared, "Sedi stagionali")["second"] == 3
    assert figure(compared, "Costo annuo delle sedi stagionali")["second"] == 150.5


def test_two_thresholds_are_compared_under_a_name_of_their_own(plans):
    none, _ = plans
    policy = none.network.policy
    nearer = replace(policy, reach=replace(policy.reach, within_min=10.0))
    other = replace(none, network=replace(none.network, policy=nearer))
    compared = compare_plans(none, other)
    said = figure(compared, "Maggiorenni entro la soglia del proprio scenario")
    adults = none.network.access.places["adults"].to_numpy()
    minutes = none.network.access.places["travel_min"].to_numpy()
    assert said["first"] == adults[minutes <= 20].sum()
    assert said["second"] == adults[minutes <= 10].sum()
