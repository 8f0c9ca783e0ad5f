from __future__ import annotations

import warnings
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.geo.errors import ConfigError, DataError, InfeasibleError
from capillare.planning.siting import set_covering
from capillare.planning.siting.analyst import solve_tables
from capillare.planning.siting.median_levels import find_levels
from capillare.planning.siting.questions import read_question

KEYS = ["status", "objective", "bound", "gap", "seconds", "chosen", "closed", "notes"]
FULL_COST = 39_000.0


def tables(people, minutes, *, cost=None, status=None):
    """Three tables from a dense matrix, NaN for a pair out of reach."""
    minutes = np.asarray(minutes, dtype=float)
    demand = pd.DataFrame({"id": [f"d{i}" for i in range(len(people))], "people": people})
    candidates = pd.DataFrame({"id": [f"c{j}" for j in range(minutes.shape[1])]})
    if cost is not None:
        candidates["cost_eur"] = cost
    if status is not None:
        candidates["status"] = status
    row, column = np.nonzero(~np.isnan(minutes))
    travel = pd.DataFrame(
        {
            "from_id": demand["id"].to_numpy()[row],
            "to_id": candidates["id"].to_numpy()[column],
            "travel_min": minutes[row, column],
        }
    )
    return demand, candidates, travel


def solve(question, objective, **asked):
    asked = {"within_min": 20.0, "full_cost_eur": FULL_COST, **asked}
    return solve_tables(*question, objective=objective, **asked)


def city(n, seed, *, far=np.inf):
    draws = np.random.default_rng(seed)
    spots = draws.random((n, 2)) * 60
    minutes = np.linalg.norm(spots[:, None] - spots[None], axis=2).round(1)
    return draws.integers(1, 500, n), np.where(minutes <= far, minutes, np.nan)


@st.composite
def questions(draw):
    """People, minutes (NaN out of reach), costs, statuses, most sites and a budget."""
    n_demand, n_candidates = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    n_pairs = n_demand * n_candidates
    some_minutes = st.one_of(st.none(), st.sampled_from([0.0, 5.0, 10.0, 20.0, 20.5, 40.0]))
    minutes = draw(st.lists(some_minutes, min_size=n_pairs, max_size=n_pairs))
    return {
        "people": draw(st.lists(st.integers(0, 9), min_size=n_demand, max_size=n_demand)),
        "minutes": np.array(minutes, dtype=float).reshape(n_demand, n_candidates),
        "cost": draw(
            st.lists(st.sampled_from([1.0, 2.0, 5.0]), min_size=n_candidates, max_size=n_candidates)
        ),
        "status": draw(
            st.lists(
                st.sampled_from(["fixed", "candidate", "candidate"]),
                min_size=n_candidates,
                max_size=n_candidates,
            )
        ),
        "new_sites": draw(st.one_of(st.none(), st.integers(0, 4))),
        "budget": draw(st.one_of(st.none(), st.sampled_from([0.0, 2.0, 3.0, 7.0]))),
    }


def brute_force(question, objective, *, within_min=20.0, share=1.0):
    """Best objective over every allowed choice; None if none is allowed."""
    people, cost = np.array(question["people"], dtype=float), np.array(question["cost"])
    minutes = np.nan_to_num(question["minutes"], nan=np.inf)
    is_fixed = np.array(question["status"]) == "fixed"
    free = np.flatnonzero(~is_fixed)
    best = None
    for n in range(free.size + 1):
        for chosen in combinations(free, n):
            if question["new_sites"] is not None and n > question["new_sites"]:
                continue
            if question["budget"] is not None and cost[list(chosen)].sum() > question["budget"]:
                continue
            opened = is_fixed.copy()
            opened[list(chosen)] = True
            nearest = minutes[:, opened].min(axis=1, initial=np.inf)
            covered = people[nearest <= within_min].sum()
            reached = np.isfinite(nearest[people > 0]).all()
            if objective == "mclp":
                worth = -covered
            elif objective == "lscp" and covered >= share * people.sum() - 1e-9:
                worth = n
            elif objective == "p-median" and reached:
                worth = float((people * np.where(people > 0, nearest, 0)).sum())
            elif objective == "p-center" and reached:
                worth = nearest[people > 0].max(initial=0.0)
            else:
                continue
            best = worth if best is None else min(best, worth)
    return best if best is None or objective != "mclp" else -best


@pytest.mark.parametrize("objective", ["mclp", "p-median", "lscp", "p-center"])
@given(questions(), st.sampled_from([1.0, 0.8, 0.5]))
@settings(max_examples=80, deadline=None)
def test_small_questions_equal_brute_force(objective, question, share):
    if objective != "lscp" and question["new_sites"] is None and question["budget"] is None:
        question["new_sites"] = 2
    frames = tables(
        question["people"], question["minutes"], cost=question["cost"], status=question["status"]
    )
    asked = {
        "new_sites": question["new_sites"],
        "budget_eur": question["budget"],
        "cover_share": share,
    }
    best = brute_force(question, objective, share=share)
    if best is None:
        with pytest.raises(InfeasibleError):
            solve(frames, objective, **asked)
        return
    answer = solve(frames, objective, **asked)
    assert list(answer) == KEYS
    assert answer["status"] == "optimal"
    assert answer["objective"] == pytest.approx(best)
    assert answer["bound"] == answer["objective"]
    assert answer["gap"] == 0
    candidates = frames[1].set_index("id")
    assert answer["chosen"] == sorted(answer["chosen"])
    assert (candidates.loc[answer["chosen"], "status"] == "candidate").all()
    if question["budget"] is not None:
        assert candidates.loc[answer["chosen"], "cost_eur"].sum() <= question["budget"]
    if question["new_sites"] is not None:
        assert len(answer["chosen"]) <= question["new_sites"]


def test_coverage_with_fixed_desks_and_a_budget_by_hand():
    # c0 is open and covers 10. For 5 EUR: c1 (30 people) costs 5; c2 and c3 (20 each) cost 2.
    people = [10, 30, 20, 20]
    minutes = np.where(np.eye(4) > 0, 20.0, np.nan)
    frames = tables(
        people, minutes, cost=[9, 5, 2, 2], status=["fixed", "candidate", "candidate", None]
    )
    answer = solve(frames, "mclp", budget_eur=5.0)
    assert answer["chosen"] == ["c2", "c3"]
    assert answer["objective"] == 50
    assert solve(frames, "mclp", budget_eur=1.0)["chosen"] == []
    assert solve(frames, "mclp", new_sites=1)["chosen"] == ["c1"]
    assert solve(frames, "mclp", new_sites=9)["objective"] == 80


def test_an_absent_cost_is_the_full_cost():
    people, minutes = [5, 4], [[1, np.nan], [np.nan, 1]]
    frames = tables(people, minutes, cost=[None, 100.0])
    assert solve(frames, "mclp", budget_eur=38_999.0)["chosen"] == ["c1"]
    assert solve(frames, "mclp", budget_eur=39_000.0)["chosen"] == ["c0"]
    assert solve(tables(people, minutes), "mclp", budget_eur=78_000.0)["chosen"] == ["c0", "c1"]


def test_the_boundary_is_within():
    frames = tables([7], [[20.0]])
    assert solve(frames, "mclp", new_sites=1)["objective"] == 7
    assert solve(frames, "mclp", new_sites=1, within_min=19.999)["objective"] == 0


def test_fractions_of_people_are_weighed():
    frames = tables([0.5, 0.75, 0.25], np.where(np.eye(3) > 0, 1.0, np.nan))
    answer = solve(frames, "mclp", new_sites=2)
    assert (answer["status"], answer["objective"]) == ("optimal", 1.25)
    assert answer["chosen"] == ["c0", "c1"]


def test_levels_by_hand():
    # One demand: c1 and c2 at 5 minutes, c0 at 8; the fixed c3 at 9 cuts c4 at 12.
    frames = tables([3], [[8, 5, 5, 9, 12]], status=["candidate"] * 3 + ["fixed", "candidate"])
    levels = find_levels(read_question(*frames, full_cost_eur=1.0))
    assert levels.travel_min.tolist() == [5, 8]
    assert levels.beyond_min.tolist() == [8, 9]
    assert levels.pair_candidate.tolist() == [1, 2, 0]
    assert levels.pair_level.tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("objective", "asked", "words"),
    [
        ("p-median", {"new_sites": 3}, r"1 row \[d2\], 40 people; 40 more"),
        ("p-center", {"new_sites": 3}, r"1 row \[d2\], 40 people; 40 more"),
        ("lscp", {"cover_share": 0.7}, r"within 20 minutes by 1 row \[d2\], 40 people; 10 more"),
    ],
)
def test_unreachable_people_are_named_and_counted(objective, asked, words):
    frames = tables([30, 30, 40], [[1, 9], [9, 1], [np.nan, np.nan]])
    with pytest.raises(InfeasibleError, match=words):
        solve(frames, objective, **asked)


def test_too_few_sites_say_how_many_it_takes():
    frames = tables([1, 1, 1], np.where(np.eye(3) > 0, 1.0, np.nan), cost=[2, 2, 2])
    for objective in ("p-median", "p-center"):
        with pytest.raises(InfeasibleError, match="2 may open, at least 3 are needed"):
            solve(frames, objective, new_sites=2)
        with pytest.raises(InfeasibleError, match="at least 3 are needed"):
            solve(frames, objective, budget_eur=5.0)
    with pytest.raises(InfeasibleError, match="2 are not enough, at least 3"):
        solve(frames, "lscp", new_sites=2)
    with pytest.raises(InfeasibleError, match="budget_eur: 5 does not"):
        solve(frames, "lscp", budget_eur=5.0)


@pytest.mark.parametrize("objective", ["p-median", "p-center", "lscp", "mclp"])
def test_demand_without_people_asks_for_nothing(objective):
    frames = tables([4, 0], [[3.0, 7.0], [np.nan, np.nan]])
    answer = solve(frames, objective, new_sites=1)
    assert answer["status"] == "optimal"
    assert answer["objective"] == {"p-median": 12, "p-center": 3, "lscp": 1, "mclp": 4}[objective]


@pytest.mark.parametrize("objective", ["mclp", "p-median", "lscp", "p-center"])
def test_no_demand_and_everybody_served(objective):
    nobody = tables([], np.empty((0, 2)))
    assert solve(nobody, objective, new_sites=1)["chosen"] == []
    assert solve(nobody, objective, new_sites=1)["objective"] == 0
    served = tables([4], [[3.0, 3.0]], status=["fixed", "candidate"])
    answer = solve(served, objective, new_sites=1)
    assert (answer["status"], answer["chosen"]) == ("optimal", [])


@pytest.mark.parametrize("objective", ["mclp", "p-median", "p-center"])
def test_a_stopped_run_is_never_called_optimal(objective):
    frames = tables(*city(60, 2))
    best = solve(frames, objective, new_sites=6, within_min=8.0)
    stopped = solve(frames, objective, new_sites=6, within_min=8.0, time_limit_s=0.0)
    assert best["status"] == "optimal"
    if stopped["status"] == "optimal":  # only where it was proved without the clock
        assert (objective, stopped["objective"]) == ("mclp", best["objective"])
        return
    assert stopped["status"] in {"feasible", "no_solution"}
    sign = 1 if objective == "mclp" else -1
    if stopped["bound"] is not None:
        assert sign * stopped["bound"] >= sign * best["objective"] - 1e-6
    if stopped["status"] == "no_solution":
        assert stopped["objective"] is stopped["gap"] is None
        assert stopped["chosen"] == []


def test_a_stopped_set_covering_keeps_its_bound():
    frames = tables(*city(60, 2))
    best = solve(frames, "lscp", within_min=8.0, cover_share=0.9)
    stopped = solve(frames, "lscp", within_min=8.0, cover_share=0.9, time_limit_s=0.0)
    assert (best["status"], stopped["status"]) == ("optimal", "feasible")
    assert stopped["bound"] <= best["objective"] <= stopped["objective"]


def test_a_requested_gap_is_stated():
    frames = tables(*city(60, 2))
    best = solve(frames, "p-median", new_sites=6)
    loose = solve(frames, "p-median", new_sites=6, gap=0.9)
    assert best["status"] == "optimal"
    assert loose["bound"] <= best["objective"] <= loose["objective"]
    assert (loose["status"] == "optimal") == (loose["gap"] == 0)


@pytest.mark.parametrize("objective", ["mclp", "p-median", "p-center"])
def test_one_more_site_never_worsens(objective):
    frames = tables(*city(25, 4))
    sign = 1 if objective == "mclp" else -1
    worth = [
        sign * solve(frames, objective, new_sites=n, within_min=9.0)["objective"]
        for n in range(1, 7)
    ]
    assert worth == sorted(worth)


@pytest.mark.parametrize("objective", ["mclp", "p-median", "lscp", "p-center"])
def test_row_order_and_doubled_people(objective):
    people, minutes = city(25, 5)
    demand, candidates, travel = tables(people, minutes)
    asked = {"new_sites": None if objective == "lscp" else 4, "within_min": 12.0}
    answer = solve((demand, candidates, travel), objective, **asked)
    shuffled = [frame.sample(frac=1, random_state=1) for frame in (demand, travel)]
    again = solve((shuffled[0], candidates, shuffled[1]), objective, **asked)
    assert again["objective"] == answer["objective"]
    doubled = solve((demand.assign(people=2 * people), candidates, travel), objective, **asked)
    factor = 2 if objective in {"mclp", "p-median"} else 1
    assert doubled["objective"] == pytest.approx(factor * answer["objective"])
    repeat = solve((demand, candidates, travel), objective, **asked)
    assert {**repeat, "seconds": 0} == {**answer, "seconds": 0}


@pytest.mark.parametrize(
    ("table", "change", "words"),
    [
        ("demand", {"people": [1, -1]}, r"demand.people: not a number of 0 or more, 1 row \[d1\]"),
        ("demand", {"people": [np.inf, 1]}, r"demand.people.*1 row \[d0\]"),
        ("demand", {"people": ["many", "1"]}, r"demand.people.*1 row \[d0\]"),
        ("demand", {"id": ["d0", "d0"]}, r"demand.id: repeated, 1 row \[d0\]"),
        ("demand", {"id": ["d0", None]}, r"demand.id: missing, 1 row \[2\]"),
        ("candidates", {"id": ["c1", "c1"]}, "candidates.id: repeated"),
        ("candidates", {"cost_eur": [1, -5]}, r"candidates.cost_eur.*\[c1\]"),
        ("candidates", {"status": ["open", "fixed"]}, "not one of fixed, candidate, closable"),
        ("travel", {"travel_min": [-1, 2, 3, 4]}, r"travel.travel_min.*1 row \[d0 to c0\]"),
        ("travel", {"travel_min": [np.nan, 2, 3, 4]}, "travel.travel_min"),
        ("travel", {"travel_min": [np.inf, 2, 3, 4]}, "travel.travel_min"),
        ("travel", {"from_id": ["x", "d0", "d1", "d1"]}, r"travel.from_id: not in demand.*\[x\]"),
        ("travel", {"to_id": ["y", "c1", "c0", "c1"]}, r"not in candidates, 1 row \[y\]"),
        ("travel", {"to_id": ["c1", "c1", "c0", "c1"]}, r"pair repeated, 1 row \[d0 to c1\]"),
    ],
)
def test_faulty_tables_are_refused(table, change, words):
    demand, candidates, travel = tables([1, 2], [[1, 2], [3, 4]])
    frames = {"demand": demand, "candidates": candidates, "travel": travel}
    frames[table] = frames[table].assign(**change)
    with pytest.raises(DataError, match=words):
        solve(frames.values(), "mclp", new_sites=1)


def test_all_faults_are_told_at_once():
    demand, candidates, travel = tables([1, -2], [[1, 2], [3, 4]])
    travel = travel.assign(travel_min=[-1, 2, 3, 4])
    with pytest.raises(DataError, match=r"demand\.people.*travel\.travel_min"):
        solve((demand, candidates, travel), "mclp", new_sites=1)
    with pytest.raises(DataError, match="demand: columns absent: people"):
        solve((demand[["id"]], candidates, travel), "mclp", new_sites=1)


@pytest.mark.parametrize(
    ("objective", "asked", "words"),
    [
        ("p-hub", {"new_sites": 1}, "choose one of mclp"),
        ("mclp", {"new_sites": -1}, "new_sites: -1 is not 0 or more"),
        ("mclp", {"budget_eur": -1.0}, "budget_eur"),
        ("mclp", {"budget_eur": np.inf}, "budget_eur"),
        ("mclp", {"new_sites": 1, "within_min": np.nan}, "within_min"),
        ("mclp", {"new_sites": 1, "within_min": None}, "within_min is missing"),
        ("mclp", {"new_sites": 1, "gap": -0.1}, "gap"),
        ("mclp", {"new_sites": 1, "time_limit_s": -1.0}, "time_limit_s"),
        ("p-median", {}, "give new_sites or a budget"),
        ("lscp", {"cover_share": 1.5}, "cover_share"),
        ("lscp", {"cover_share": 0.0}, "cover_share"),
    ],
)
def test_asks_without_meaning_are_refused(objective, asked, words):
    with pytest.raises(ConfigError, match=f"(?i){words}"):
        solve(tables([1], [[1]]), objective, **asked)


@pytest.mark.parametrize(("objective", "new_sites"), [("lscp", None), ("p-center", 4)])
def test_large_questions_are_searched_and_bounded(monkeypatch, objective, new_sites):
    frames = tables(*city(60, 7))
    best = solve(frames, objective, new_sites=new_sites, within_min=9.0)
    monkeypatch.setattr(set_covering, "EXACT_PLACES", 0)
    searched = solve(frames, objective, new_sites=new_sites, within_min=9.0)
    assert best["status"] == "optimal"
    assert searched["bound"] <= best["objective"] <= searched["objective"]
    assert searched["objective"] <= 1.25 * best["objective"]


def test_closable_desks_close_where_nobody_misses_them():
    # c0 and c1 are open; c0 serves d0 alone. c2, new, serves d1 and d2, and makes c1 superfluous.
    minutes = [[2, np.nan, np.nan], [np.nan, 5, 4], [np.nan, np.nan, 6]]
    frames = tables([10, 10, 10], minutes, status=["closable", "closable", "candidate"])
    for objective, expected in (("mclp", 30), ("p-median", 120), ("lscp", 1), ("p-center", 6)):
        answer = solve(frames, objective, new_sites=1)
        assert (answer["status"], answer["objective"]) == ("optimal", expected)
        assert (answer["chosen"], answer["closed"]) == (["c2"], ["c1"])


@pytest.mark.parametrize("objective", ["mclp", "p-median", "lscp", "p-center"])
@given(questions())
@settings(max_examples=30, deadline=None)
def test_closing_changes_nothing(objective, question):
    if objective != "lscp" and question["new_sites"] is None and question["budget"] is None:
        question["new_sites"] = 2
    asked = {"new_sites": question["new_sites"], "budget_eur": question["budget"]}
    best = brute_force(question, objective)
    if best is None:
        return
    status = ["closable" if word == "fixed" else word for word in question["status"]]
    frames = tables(question["people"], question["minutes"], cost=question["cost"], status=status)
    answer = solve(frames, objective, **asked)
    assert answer["objective"] == pytest.approx(best)
    words = dict(zip(frames[1]["id"], status, strict=True))
    assert {words[name] for name in answer["closed"]} <= {"closable"}
    # What is left open, fixed for good, is worth as much.
    kept = [
        "closable" if name in answer["closed"] else "fixed" if word == "closable" else word
        for name, word in words.items()
    ]
    is_open = np.array(
        [w == "fixed" or n in answer["chosen"] for n, w in zip(words, kept, strict=True)]
    )
    minutes = np.nan_to_num(question["minutes"], nan=np.inf)[:, is_open]
    nearest, people = minutes.min(axis=1, initial=np.inf), np.array(question["people"])
    worth = {
        "mclp": people[nearest <= 20].sum(),
        "lscp": len(answer["chosen"]),
        "p-median": people[people > 0] @ nearest[people > 0],
        "p-center": nearest[people > 0].max(initial=0.0),
    }[objective]
    assert worth == pytest.approx(best)
    if objective == "lscp":
        assert people[nearest <= 20].sum() == people.sum()


def oracle(name, minutes, people, n_sites):
    """What spopt finds on the same matrix with CBC."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pulp
        from spopt import locate

        cbc = pulp.PULP_CBC_CMD(msg=False)
        if name == "mclp":
            model = locate.MCLP.from_cost_matrix(minutes, people, 12.0, p_facilities=n_sites)
        elif name == "lscp":
            model = locate.LSCP.from_cost_matrix(minutes, 12.0)
        elif name == "p-median":
            model = locate.PMedian.from_cost_matrix(minutes, people, p_facilities=n_sites)
        else:
            model = locate.PCenter.from_cost_matrix(minutes, p_facilities=n_sites)
        return pulp.value(model.solve(cbc).problem.objective)


@pytest.mark.parametrize("objective", ["mclp", "lscp", "p-median", "p-center"])
@pytest.mark.parametrize("seed", [0, 1])
def test_spopt_finds_the_same_optimum(objective, seed):
    people, minutes = city(40, seed)
    new_sites = None if objective == "lscp" else 5
    answer = solve(tables(people, minutes), objective, new_sites=new_sites, within_min=12.0)
    assert answer["status"] == "optimal"
    assert answer["objective"] == pytest.approx(oracle(objective, minutes, people, 5))
