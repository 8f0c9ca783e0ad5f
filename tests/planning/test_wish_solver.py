from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.planning.siting.case import NOTHING, Limits, Opened
from capillare.planning.siting.clashes import WishesInfeasibleError, find_clashes
from capillare.planning.siting.measures import broken_rules, nearest_min, reached
from capillare.planning.siting.wish_solver import choose_as_wished
from capillare.planning.siting.wishes import SitingWishes
from tests.planning.siting_cases import FAR, brute_force, make_case

INF = float("inf")


def choose(case, wishes, limits, **settings_):
    return choose_as_wished(case, wishes, limits, tolerance_share=0.0, **settings_)


@st.composite
def cases(draw, *, rich=True):
    """Small cases; rich ones have branches, movable and closable desks and rules of all kinds."""
    n_places, n_sites = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    n_desks = draw(st.integers(0, 2))
    minutes = st.sampled_from([0.0, 8.0, 15.0, 20.0, 20.01, 33.0, 59.0, INF])

    def matrix(n_columns):
        size = n_places * n_columns
        return np.reshape(
            draw(st.lists(minutes, min_size=size, max_size=size)), (n_places, n_columns)
        )

    adults = draw(st.lists(st.integers(0, 40), min_size=n_places, max_size=n_places))
    extra = {}
    if rich and n_desks:
        sites = st.integers(0, n_sites - 1)
        desks = st.integers(0, n_desks - 1)
        roles = draw(
            st.lists(st.sampled_from(["stay", "move", "close"]), min_size=n_desks, max_size=n_desks)
        )
        movable = [d for d, role in enumerate(roles) if role == "move"]
        moves = draw(st.lists(st.tuples(sites, desks), max_size=3, unique=True))
        extra = {
            "spare": draw(
                st.lists(st.sampled_from([0.0, 6.0, 12.0]), min_size=n_desks, max_size=n_desks)
            ),
            "branches": draw(st.lists(st.tuples(sites, desks), max_size=3, unique=True)),
            "moves": [(c, d) for c, d in moves if d in movable],
            "movable": movable,
            "closable": [d for d, role in enumerate(roles) if role == "close"],
            "near_desks": draw(st.lists(st.tuples(sites, desks), max_size=1, unique=True)),
        }
    if rich:
        some = st.sets(st.integers(0, n_sites - 1), max_size=2)
        extra |= {
            "excluded": draw(some),
            "unable": draw(some),
            "inner": draw(st.lists(st.booleans(), min_size=n_places, max_size=n_places)),
            "provinces": [(draw(some), 1)] if draw(st.booleans()) else [],
            "required": draw(st.sets(st.integers(0, n_sites - 1), max_size=1)),
        }
        if n_sites > 1 and draw(st.booleans()):
            extra["near_sites"] = [(0, 1)]
    return make_case(adults, matrix(n_sites), matrix(n_desks), **extra)


OBJECTIVES = st.sampled_from(
    [
        ("coverage",),
        ("minutes",),
        ("worst",),
        ("coverage", "minutes"),
        ("minutes", "cost"),
        ("worst", "coverage", "cost"),
        ("coverage", "worst", "minutes"),
    ]
)
LIMITS = st.one_of(
    st.builds(Limits, n_sites=st.integers(0, 3)),
    st.builds(Limits, budget_eur=st.sampled_from([0.0, 5.0, 39.0, 45.0, 80.0])),
)


@given(cases(rich=False), OBJECTIVES, LIMITS)
@settings(max_examples=60)
def test_plain_wishes_equal_brute_force(case, objective, limits):
    _check(case, SitingWishes(objective=objective), limits)


@given(
    case=cases(),
    objective=OBJECTIVES,
    limits=LIMITS,
    cover=st.sampled_from([None, 0.5, 1.0]),
    inner=st.sampled_from([None, 0.4, 1.0]),
    ceiling=st.sampled_from([None, 20.0, 40.0]),
    honour=st.booleans(),
)
@settings(max_examples=100)
def test_every_wish_together_equals_brute_force(
    *, case, objective, limits, cover, inner, ceiling, honour
):
    wishes = SitingWishes(
        objective=objective,
        cover_share=cover,
        inner_share=inner,
        max_min=ceiling,
        honour_targets=honour,
        spacing_min=5.0,
        branches=True,
        per_province=1 if case.areas_province else 0,
        require=tuple(group.name for group in case.required),
        exclude=tuple(f"x{c}" for c in case.excluded),
    )
    _check(case, wishes, limits)


@given(cases(), st.sampled_from([0.3, 0.9, 1.0]), st.sampled_from(["fewest", "cost"]))
@settings(max_examples=50)
def test_fewest_and_cheapest_equal_brute_force(case, share, first):
    wishes = SitingWishes(
        objective=(first, "coverage"), cover_share=share, exclude=("x",), branches=True
    )
    _check(case, wishes, Limits())


def _check(case, wishes, limits):
    if brute_force(case, wishes, limits) is None:
        with pytest.raises(WishesInfeasibleError) as fault:
            choose(case, wishes, limits)
        _check_clashes(case, wishes, limits, fault.value.clashes)
        return
    choice = choose(case, wishes, limits)
    assert not broken_rules(case, wishes, limits, choice.opened)
    assert [stage.status for stage in choice.stages] == ["optimal"] * len(wishes.objective)
    levels = [reached(case, choice.opened, name) for name in wishes.objective]
    expected = brute_force(case, wishes, limits, most_after_coverage=choice.limits.n_sites)
    assert levels == pytest.approx(expected)
    assert [stage.bound for stage in choice.stages] == pytest.approx(expected)


def _check_clashes(case, wishes, limits, clashes):
    """Giving up what a clash says, and nothing else, leaves a choice; one step less does not."""
    assert clashes
    for clash in clashes:
        if clash.is_enough and clash.rule == "new_sites":
            enough = replace(limits, n_sites=int(clash.possible))
            assert brute_force(case, wishes, enough) is not None
            assert (
                brute_force(case, wishes, replace(limits, n_sites=int(clash.possible) - 1)) is None
            )
        if clash.is_enough and clash.rule == "budget_eur":
            assert brute_force(case, wishes, replace(limits, budget_eur=clash.possible)) is not None
            short = replace(limits, budget_eur=clash.possible - 0.5)
            assert brute_force(case, wishes, short) is None
        if clash.is_enough and clash.rule == "max_min" and clash.possible < FAR:
            assert brute_force(case, replace(wishes, max_min=clash.possible), limits) is not None
            short = replace(wishes, max_min=clash.possible - 0.005)
            assert brute_force(case, short, limits) is None


def test_minutes_are_brought_down_without_losing_anybody():
    # Both candidates cover both places; the second lies in the larger one.
    case = make_case([10, 90], [[0, 18], [18, 0]])
    wishes = SitingWishes()
    choice = choose(case, wishes, Limits(1))
    assert choice.opened.options.tolist() == [1]
    assert [stage.reached for stage in choice.stages] == [100, 180]


def test_the_tolerance_gives_up_few_people_for_much_nearer_ones():
    # At the edge 100 people are within reach, in the town 99 and these are on the spot.
    case = make_case([99, 1], [[19, 0], [1, 25]])
    keep = choose_as_wished(case, SitingWishes(), Limits(1), tolerance_share=0.0)
    give = choose_as_wished(case, SitingWishes(), Limits(1), tolerance_share=0.01)
    assert keep.opened.options.tolist() == [0]
    assert give.opened.options.tolist() == [1]
    assert give.stages[0].reached == 100
    assert reached(case, give.opened, "coverage") == 99


def test_a_branch_costs_less_until_its_point_has_no_hours_left():
    case = make_case(
        [50, 40, 30],
        [[0, INF, INF], [INF, 0, INF], [INF, INF, 0]],
        [[INF], [INF], [INF]],
        branches=[(0, 0), (1, 0), (2, 0)],
        spare=[12.0],
    )
    wishes = SitingWishes(branches=True)
    choice = choose(case, wishes, Limits(3))
    options = case.options
    assert options.is_branch[choice.opened.options].sum() == 2
    assert options.cost_eur[choice.opened.options].sum() == 39 + 3 + 3
    poor = choose(case, wishes, Limits(budget_eur=7.0))
    assert options.candidate[poor.opened.options].tolist() == [0, 1]


def test_hours_that_are_spent_serve_nobody_else():
    # One desk of 2 hours serves 20 of 50; a new point of 24 hours serves the other 30.
    case = make_case([50], [[5]], [[5]], desk_hours=[2.0], adults_per_hour=10.0)
    wishes = SitingWishes(objective=("coverage",), capacity=True)
    none = choose(case, wishes, Limits(0))
    one = choose(case, wishes, Limits(1))
    assert none.stages[0].reached == pytest.approx(20)
    assert one.stages[0].reached == pytest.approx(50)
    assert not broken_rules(case, wishes, Limits(1), one.opened)
    # A branch takes its six hours from the main seat: nothing is gained where both serve.
    branch = make_case(
        [500], [[5]], [[5]], desk_hours=[24.0], branches=[(0, 0)], spare=[12.0],
        adults_per_hour=10.0, unable=[0],
    )  # fmt: skip
    wishes = replace(wishes, branches=True, honour_targets=True)
    assert choose(branch, wishes, Limits(1)).stages[0].reached == pytest.approx(240)


def test_a_desk_moves_where_it_serves_more():
    case = make_case(
        [10, 90], [[0, 40], [40, 0]], [[0], [40]], moves=[(1, 0)], movable=[0], spare=[0.0]
    )
    choice = choose(case, SitingWishes(movable=("all",)), Limits(0))
    assert choice.opened.ceased.tolist() == [0]
    assert choice.stages[0].reached == 90


def test_closing_hurts_least_where_another_desk_is_near():
    case = make_case([10, 20], [[], []], [[0, INF], [INF, 0]], closable=[0, 1])
    wishes = SitingWishes(closable=("all",), close_desks=1)
    assert choose(case, wishes, Limits(0)).opened.ceased.tolist() == [0]


@pytest.mark.parametrize(
    ("wishes", "extra", "limits", "rule", "possible", "word"),
    [
        ({"cover_share": 1.0}, {}, Limits(1), "new_sites", 2, "almeno 2 nuove sedi invece di 1"),
        ({"cover_share": 1.0}, {}, Limits(1), "cover_share", 0.75, "al più 75,0 %"),
        ({"cover_share": 1.0}, {}, Limits(budget_eur=50), "budget_eur", 78, "almeno 78 €"),
        ({"max_min": 5.0}, {}, Limits(1), "max_min", 60, "resterebbero 10 maggiorenni: g1 (max_min)"),
        ({"exclude": ("c0",), "cover_share": 1.0}, {"excluded": [0]}, Limits(2), "exclude", 1, ": c0 (exclude)"),
        ({"per_province": 1}, {"provinces": [({0}, 1), ({1}, 1)]}, Limits(1), "per_province", 1, "P"),
        ({"honour_targets": True, "cover_share": 1.0}, {"unable": [1]}, Limits(2), "honour_targets", 1, ": c1 ("),
        ({"spacing_min": 3.0, "cover_share": 1.0}, {"near_sites": [(0, 1)]}, Limits(2), "spacing", 1, "c0 - c1"),
        ({"require": ("c0", "c1")}, {"required": [0, 1]}, Limits(1), "require", 1, "una sede obbligata: c1"),
    ],
)  # fmt: skip
def test_clashes_say_which_rule_and_by_how_much(*, wishes, extra, limits, rule, possible, word):
    case = make_case([30, 10], [[0, INF], [INF, 0]], **extra)
    with pytest.raises(WishesInfeasibleError) as fault:
        choose(case, SitingWishes(**wishes), limits)
    by_rule = {clash.rule: clash for clash in fault.value.clashes}
    assert by_rule[rule].possible == pytest.approx(possible)
    assert by_rule[rule].is_enough
    assert word in str(fault.value)
    told = fault.value.stated()
    assert told["status"] == "infeasible"
    assert "no choice keeps every wish" in told["reason_en"]


def test_a_clash_is_told_by_names_and_by_how_much_everywhere():
    names = {"g1": "Zeri", "c0": "Pisa (Pisa)", "c1": "Zeri", "P": "Lucca", "Q": "Massa"}
    case = replace(make_case([30, 10], [[0, INF], [INF, INF]]), names=names)
    with pytest.raises(
        WishesInfeasibleError, match=r"invece di 80,0 %, 2 maggiorenni in meno: Zeri \(c"
    ):
        choose(case, SitingWishes(cover_share=0.8), Limits(2))
    near = make_case([30, 10], [[0, INF], [INF, 0]], near_sites=[(0, 1)])
    near = replace(near, names=names)
    with pytest.raises(WishesInfeasibleError, match=r"vicinanza .*: Pisa \(Pisa\) - Zeri"):
        choose(near, SitingWishes(spacing_min=3.0, cover_share=1.0), Limits(2))
    areas = make_case([30, 10], [[0, INF], [INF, 0]], provinces=[({0}, 1), ({1}, 2)])
    with pytest.raises(WishesInfeasibleError) as fault:
        choose(areas, SitingWishes(per_province=1), Limits(1))
    told = {clash["rule"]: clash for clash in fault.value.stated()["clashes"]}
    lacking = told["per_province"]["lacking"]
    assert lacking == sorted(lacking, reverse=True)
    assert sum(lacking) == told["per_province"]["possible"] == 2


@given(cases(rich=True), st.data())
@settings(max_examples=30)
def test_minutes_held_at_once_are_those_of_the_pairs(case, data):
    n_options, free = case.options.candidate.size, np.flatnonzero(case.seats.is_free)
    options = data.draw(st.sets(st.integers(0, n_options - 1))) if n_options else set()
    ceased = data.draw(st.sets(st.sampled_from(free.tolist()))) if free.size else set()
    opened = Opened(*(np.array(sorted(some), dtype=np.intp) for some in (options, ceased)))
    for place, minutes in enumerate(nearest_min(case, opened)):
        sites = set(case.options.candidate[opened.options].tolist())
        legs = [
            one.travel_min[(one.origin == place) & np.isin(one.destination, list(open_))]
            for one, open_ in (
                (case.to_site, sites),
                (case.to_desk, set(range(case.seats.hours.size)) - ceased),
            )
        ]
        assert minutes == np.concatenate([*legs, [np.inf]]).min()


def test_a_share_of_everybody_is_no_matter_of_rounding():
    rng = np.random.default_rng(3)
    adults = rng.integers(1, 200_000, 30)
    minutes = np.where(np.eye(30) > 0, 0.0, INF)
    choice = choose(
        make_case(adults.tolist(), minutes.tolist()),
        SitingWishes(objective=("fewest",), cover_share=1.0),
        Limits(),
    )
    assert choice.opened.options.size == 30


def test_rules_that_only_give_way_together_are_said_so():
    # Nobody reaches anything: no single rule, given up, makes everybody covered and near.
    case = make_case([30, 10], [[INF], [INF]], inner=[True, False])
    wishes = SitingWishes(cover_share=0.5, inner_share=0.5)
    clashes = find_clashes(case, wishes, Limits(1), effort="normal")
    assert [(clash.rule, clash.is_enough) for clash in clashes] == [
        ("cover_share", False),
        ("inner_share", False),
    ]
    assert [clash.possible for clash in clashes] == [0, 0]


@given(cases(rich=False), st.integers(0, 3))
@settings(max_examples=40)
def test_one_more_site_never_worsens_and_doubled_people_double(case, n_sites):
    wishes = SitingWishes(objective=("minutes",), inner_share=None)
    fewer, more = (
        choose(case, wishes, Limits(n)).stages[0].reached for n in (n_sites, n_sites + 1)
    )
    assert more <= fewer + 1e-6
    twice = replace(case.demand, adults=2 * case.demand.adults, weight=2 * case.demand.weight)
    doubled = choose(replace(case, demand=twice), wishes, Limits(n_sites)).stages[0].reached
    assert doubled == pytest.approx(2 * fewer)


@given(cases(rich=False), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_order_of_places_leaves_no_trace(case, shuffled):
    order = list(range(case.demand.adults.size))
    shuffled.shuffle(order)
    position = np.argsort(order)

    def turned(pairs):
        origin = position[pairs.origin]
        kept = np.lexsort((pairs.destination, origin))
        return replace(
            pairs,
            origin=origin[kept],
            destination=pairs.destination[kept],
            travel_min=pairs.travel_min[kept],
        )

    names = ("place_ids", "istat_code", "adults", "over65", "weight", "is_inner")
    demand = replace(case.demand, **{name: getattr(case.demand, name)[order] for name in names})
    other = replace(case, demand=demand, to_site=turned(case.to_site), to_desk=turned(case.to_desk))
    wishes = SitingWishes(objective=("coverage", "minutes"))
    first, second = (choose(question, wishes, Limits(2)) for question in (case, other))
    assert [s.reached for s in first.stages] == pytest.approx([s.reached for s in second.stages])


def test_nothing_to_do_is_an_answer():
    nobody = make_case([0, 0], [[0, INF], [INF, 0]])
    covered = make_case([5, 5], [[0, INF], [INF, 0]], [[3], [3]])
    away = make_case([5], [[INF]])
    twins = make_case([5], [[3, 3, 3]])
    for case, people, opened in (
        (nobody, 0, []),
        (covered, 10, []),
        (away, 0, []),
        (twins, 5, [0]),
    ):
        choice = choose(case, SitingWishes(), Limits(9))
        assert choice.stages[0].reached == people
        assert choice.opened.options.tolist() == opened
        assert {stage.status for stage in choice.stages} == {"optimal"}


def test_the_same_question_has_the_same_answer():
    draws = np.random.default_rng(4)
    spots = draws.random((40, 2)) * 60
    minutes = np.round(np.linalg.norm(spots[:, None] - spots[None], axis=2), 2)
    case = make_case(draws.integers(1, 900, 40), minutes, within=10.0)
    wishes = SitingWishes(inner_share=None, cover_share=0.3)
    first, second = (choose(case, wishes, Limits(4)) for _ in range(2))
    assert first.opened.options.tolist() == second.opened.options.tolist()


def test_a_stopped_run_is_never_called_optimal(monkeypatch):
    from capillare.planning.siting import stages
    from capillare.planning.siting.choices import Search

    draws = np.random.default_rng(7)
    spots = draws.random((120, 2)) * 60
    minutes = np.round(np.linalg.norm(spots[:, None] - spots[None], axis=2), 2)
    case = make_case(draws.integers(1, 900, 120), minutes, within=6.0)
    wishes = SitingWishes(objective=("coverage",), cover_share=0.1)
    proved = choose(case, wishes, Limits(12)).stages[0]
    monkeypatch.setattr(stages, "SEARCHES", {"quick": Search(1, 1, 0, 0)})
    stopped = choose(case, wishes, Limits(12), effort="quick").stages[0]
    assert proved.status == "optimal"
    assert stopped.status in {"feasible", "no_solution"}
    assert stopped.stopped_by == "nodes"
    assert stopped.bound >= proved.reached


def test_measures_by_hand():
    case = make_case([10, 20], [[5, 40], [30, 25]], [[50], [INF]])
    opened = Opened(np.array([0]), np.empty(0, dtype=np.intp))
    assert nearest_min(case, NOTHING).tolist() == [50, INF]
    assert nearest_min(case, opened).tolist() == [5, 30]
    assert reached(case, opened, "coverage") == 10
    assert reached(case, NOTHING, "minutes") == 10 * 50 + 20 * FAR
    assert reached(case, opened, "worst") == 30
    assert reached(case, opened, "cost") == 39
