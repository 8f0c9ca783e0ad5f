"""The proposal for the real Tuscany, recomputed by other means, and what explains it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from capillare.geo.errors import ConfigError
from capillare.geo.schema import SITE_EXPLANATIONS, SITING_CURVE
from capillare.planning.plan import site_ground
from capillare.planning.siting.case import Limits, Opened
from capillare.planning.siting.cautions import find_cautions
from capillare.planning.siting.measures import broken_rules, nearest_min
from capillare.planning.siting.posing import pose_case
from capillare.planning.siting.tradeoffs import draw_front, draw_stability
from capillare.planning.siting.wish_solver import choose_as_wished
from capillare.planning.siting.wishes import AtLeast, SitingWishes

NOBODY = np.empty(0, dtype=np.intp)


@pytest.fixture(scope="module")
def ground(tuscan_plan):
    return site_ground(tuscan_plan.network, tuscan_plan.candidates)


def choose(ground, wishes, limits):
    case = pose_case(ground, wishes)
    choice = choose_as_wished(case, wishes, limits, tolerance_share=0.02, proves_minutes=False)
    assert not broken_rules(case, wishes, limits, choice.opened)
    return case, choice


def test_sites_stand_in_towns_not_at_their_edge(tuscan_plan):
    localities = set(tuscan_plan.proposal.sites["locality"])
    assert {"Livorno", "Arezzo", "Grosseto"} <= localities
    assert "Quercianella" not in localities


def test_every_stage_is_proved_and_what_was_given_up_is_said(tuscan_plan):
    answer = tuscan_plan.proposal.answer
    assert [stage.status for stage in answer.stages] == ["optimal", "optimal"]
    assert answer.objective == tuscan_plan.proposal.sites["adults_gained"].sum()
    assert answer.given_up == answer.bound - answer.objective
    assert 0 < answer.given_up <= 0.02 * answer.bound
    assert any("vi si rinuncia" in caveat for caveat in tuscan_plan.caveats)


def test_explanations_are_what_happens_without_each_site(tuscan_plan):
    proposal = tuscan_plan.proposal
    case, opened = proposal.case, proposal.choice.opened
    adults = case.demand.adults
    after = nearest_min(case, opened)
    explained = SITE_EXPLANATIONS.check(proposal.explanations).set_index("candidate_id")
    assert explained["rank"].tolist() == list(range(1, len(explained) + 1))
    for option in opened.options[[0, 7, -1]].tolist():
        row = explained.loc[case.candidate_ids[option]]
        others = opened.options[opened.options != option]
        without = nearest_min(case, Opened(others, NOBODY))
        lost = adults[(after <= 20) & (without > 20)].sum()
        assert row["adults_lost"] == lost
        stand_in = np.flatnonzero(case.candidate_ids == row["next_candidate_id"])
        swapped = nearest_min(case, Opened(np.append(others, stand_in), NOBODY))
        fewer = adults[after <= 20].sum() - adults[swapped <= 20].sum()
        assert row["next_adults_fewer"] == fewer
    assert explained["adults_nearest"].sum() <= adults.sum()


def test_the_curve_rises_to_the_best_choice(tuscan_plan):
    curve = SITING_CURVE.check(tuscan_plan.proposal.curve)
    assert curve["n_sites"].tolist() == list(range(21))
    assert (curve["adults_added"].iloc[1:] > 0).all()
    assert (curve["adults_within"] <= curve["bound_people"]).all()
    first = tuscan_plan.proposal.answer.first
    assert curve["adults_within"].iloc[-1] == first.reached
    assert curve["adults_within"].iloc[0] == tuscan_plan.network.coverage["adults_within"].sum()


def test_branches_take_hours_of_a_point_nearby(ground, tuscan_plan):
    wishes = SitingWishes(branches=True)
    case, choice = choose(ground, wishes, Limits(budget_eur=45_000.0))
    options, opened = case.options, choice.opened.options
    assert options.is_branch[opened].all()
    assert options.cost_eur[opened].sum() == 3_000 * opened.size <= 45_000
    rules = tuscan_plan.network.policy.siting
    assert (options.weekly_hours[options.is_branch] == rules.branch_hours).all()
    assert (case.points.spare_hours <= 24 - rules.main_seat_hours).all()
    # Nobody drives to the islands: no mainland point has a branch there.
    land = ground.candidates["landmass"].to_numpy()[options.candidate[options.is_branch]]
    main = case.points.main_desk[options.point[options.is_branch]]
    assert (land == ground.desks["landmass"].to_numpy()[main]).all()


def test_equity_is_kept_on_the_real_network(ground):
    wishes = SitingWishes(
        objective=("coverage",),
        per_province=2,
        at_least=(AtLeast("arezzo", 4), AtLeast("Unione Comuni Garfagnana", 1)),
        exclude=("049009",),
        require=("053012",),
        spacing_min=10.0,
    )
    case, choice = choose(ground, wishes, Limits(26))
    codes = ground.candidates["istat_code"].to_numpy()[
        case.options.candidate[choice.opened.options]
    ]
    towns = ground.territory.municipalities.set_index("istat_code")
    provinces = towns.loc[codes, "province"].value_counts()
    assert provinces.min() >= 2
    assert len(provinces) == 10
    assert provinces["Arezzo"] >= 4
    assert "049009" not in codes
    assert "053012" in codes


def test_names_that_do_not_exist_are_said_all_at_once(ground):
    wishes = SitingWishes(
        exclude=("048099",),
        require=("c-nowhere",),
        movable=("nobody",),
        at_least=(AtLeast("Arezo", 1),),
    )
    with pytest.raises(ConfigError) as fault:
        pose_case(ground, wishes)
    for word in ("'048099'", "'c-nowhere'", "'nobody'", "'Arezo'", "did you mean 'Arezzo'?"):
        assert word in str(fault.value)
    clash = SitingWishes(exclude=("049009",), require=("c-g3175453",))
    inside = ground.candidates.loc[ground.candidates["istat_code"] == "049009", "candidate_id"]
    with pytest.raises(ConfigError, match="excluded by another wish"):
        pose_case(ground, replace(clash, require=(inside.iloc[0],)))


def test_a_share_or_sites_of_nothing_are_not_called_kept(ground):
    nobody_inner = replace(ground, inner_class=ground.inner_class.map(lambda _: "A"))
    with pytest.raises(ConfigError, match="inner_share: nobody here is known to live in an inner"):
        pose_case(nobody_inner, SitingWishes(inner_share=0.7))
    entities = ground.registry.entities
    without = replace(ground.registry, entities=entities[entities["entity_kind"] != "union"])
    with pytest.raises(ConfigError, match="per_union: the registry holds no union with candidates"):
        pose_case(replace(ground, registry=without), SitingWishes(per_union=1))


def test_the_front_falls_as_the_worst_off_come_nearer(ground):
    wishes = SitingWishes()
    case = pose_case(ground, wishes)
    front = draw_front(case, wishes, Limits(20), effort="normal", exact_places=1000)
    assert front["max_min"].is_monotonic_increasing
    assert front["adults_within"].is_monotonic_increasing
    assert (front["worst_min"] <= front["max_min"]).all()
    assert (front["proof"] == "optimal").all()
    assert len(front) > 2


def test_without_error_every_draw_chooses_the_same(ground):
    wishes = SitingWishes(objective=("coverage",))
    calm = replace(
        ground,
        travel_error_min=0.0,
        policy=replace(ground.policy, siting=replace(ground.policy.siting, n_draws=2)),
    )
    case, choice = choose(calm, wishes, Limits(5))
    asked = {"effort": "normal", "exact_places": 1000}
    stable = draw_stability(calm, case, wishes, Limits(5), choice.opened, **asked)
    assert len(stable) == 5
    assert (stable["chosen_share"] == 1).all()
    shaken = draw_stability(
        replace(calm, travel_error_min=4.7), case, wishes, Limits(5), choice.opened, **asked
    )
    assert shaken["chosen_share"].sum() == pytest.approx(5)
    assert (shaken["near_share"] >= shaken["chosen_share"]).all()


def test_what_a_budget_cannot_buy_is_said(ground, tuscan_plan):
    from capillare.planning.siting.proposal import propose_sites

    proposal = propose_sites(
        ground, SitingWishes(), Limits(budget_eur=100.0), effort="normal", exact_places=1000
    )
    assert proposal.sites.empty
    assert proposal.curve["adults_within"].nunique() == 1
    (caution,) = find_cautions(proposal, tuscan_plan.network.policy, budget_eur=100.0)
    assert caution == "100 € non bastano per nessuna sede: la meno costosa ne chiede 39.000 €."
