"""Calls and renewals on real municipalities: counted anew, in every order, with every refusal."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from capillare.geo.errors import ConfigError, InfeasibleError
from capillare.geo.points import read_registry
from capillare.geo.schema import RANKED_APPLICATIONS, RENEWAL
from capillare.planning.funding import keep_points, points_to_keep, rank_call
from capillare.planning.network import Inputs, Network, describe_network
from capillare.planning.scenario import Scenario
from capillare.views.faults import told

EXAMPLE = Path(__file__).parents[2] / "examples" / "call"
AS_OF = date(2026, 3, 2)
SEATS = {
    "a": "046009", "b": "046004", "c": "046019", "d": "045014", "e": "045017", "f": "045001",
    "g": "045007", "i": "049012",
}  # fmt: skip
PROGRESS = {"a": 900, "g": 20}


@pytest.fixture(scope="module")
def network() -> Network:
    return describe_network(Scenario(as_of=AS_OF), Inputs(registry=EXAMPLE))


@pytest.fixture(scope="module")
def renewing(tmp_path_factory) -> Network:
    """Eight points: two at one place's reach, one on the coast, progress of two known."""
    folder = tmp_path_factory.mktemp("registry")
    points = pd.DataFrame({"point_id": list(SEATS), "point": [f"Punto {p}" for p in SEATS]})
    points.assign(
        entity_id="ente", entity_basis="stated", status="active", weekly_hours_due=24,
        assigned_target=1000,
    ).to_csv(folder / "points.csv", index=False)  # fmt: skip
    desks = pd.DataFrame({"desk_id": [f"d-{p}" for p in SEATS], "point_id": list(SEATS)})
    desks.assign(
        network="pdf", kind="main", name="Sportello", istat_code=list(SEATS.values()),
        status="active",
    ).to_csv(folder / "desks.csv", index=False)  # fmt: skip
    pd.DataFrame({"point_id": list(PROGRESS), "citizens": list(PROGRESS.values())}).assign(
        as_of="2026-01-31"
    ).to_csv(folder / "progress.csv", index=False)
    return describe_network(Scenario(as_of=AS_OF), Inputs(registry=folder))


def ends_of(ranking):
    return ranking.table.groupby("outcome")["application_id"].agg(list).to_dict()


def newly_reached(network, seats):
    """Adults without a desk whom some of the seats reach, straight from the minutes."""
    places = network.territory.places.set_index("place_id")
    served = set(network.access.places.loc[network.access.places["is_within"], "place_id"])
    return int(places.loc[sorted(set(seats["from_id"]) - served), "adults"].sum())


def pairs_of(ranking, ids):
    return ranking.pairs[ranking.pairs["to_id"].str.split("/").str[0].isin(ids)]


def test_the_best_set_of_the_example_against_every_subset(network):
    ranking = rank_call(network, budget_eur=150_000)
    table = ranking.table.set_index("application_id")
    assert RANKED_APPLICATIONS.check(ranking.table).shape == ranking.table.shape
    places = network.territory.places
    is_open = ~network.access.places["is_within"].to_numpy()
    adults = np.where(is_open, places["adults"], 0)
    fit = [i for i in table.index if table.loc[i, "n_seats"]]
    reach = np.column_stack(
        [places["place_id"].isin(pairs_of(ranking, [one])["from_id"]) for one in fit]
    )
    cost, score = (
        table.loc[fit, "cost_eur"].to_numpy(),
        table.loc[fit, "score"].fillna(0).to_numpy(),
    )
    best = 0.0
    for size in range(len(fit) + 1):
        for chosen in map(list, combinations(range(len(fit)), size)):
            by = reach[:, chosen].sum(axis=1)
            own = adults @ (reach[:, chosen] & (by == 1)[:, None])
            if cost[chosen].sum() <= 150_000 and own.all():
                best = max(best, adults[by > 0].sum() + 10 * score[chosen].sum())
    assert ranking.answer.status == "optimal"
    assert ranking.answer.objective == best
    funded = ranking.funded
    assert newly_reached(network, pairs_of(ranking, funded["application_id"])) == (
        funded["adults_gained"].sum()
    )
    assert ranking.spent_eur <= 150_000


def test_each_ends_where_it_should_and_is_told_why(network):
    ranking = rank_call(network, budget_eur=150_000)
    table = ranking.table.set_index("application_id")
    assert ends_of(ranking)["funded"] == ["es-09", "es-01", "es-02", "es-03"]
    assert ends_of(ranking)["reserve"] == ["es-07", "es-05"]
    assert table["reserve_rank"].dropna().tolist() == [1, 2]
    assert table["refusal_rule"].dropna().to_dict() == {
        "es-04": "adds_nobody", "es-06": "over_budget", "es-08": "no_seats",
    }  # fmt: skip
    assert table.loc["es-07", "displaces"] == "es-03"
    assert table.loc["es-07", "worth_lost_people"] > 0
    assert "24.000 €" in table.loc["es-07", "reasons"]
    assert "100.000 €" in table.loc["es-06", "reasons"]
    assert table.loc["es-08", "cost_basis"] == "assumed"
    assert (table["rank"] == np.arange(1, 10)).all()


def test_what_a_swap_costs_is_said_in_adults_and_of_as_many_as_leave(network):
    one = rank_call(network, budget_eur=150_000).table.set_index("application_id")
    assert (
        "uscirebbe Circolo Esempio Gamma (es-03): la scelta varrebbe 2.532 maggiorenni"
        in (one.loc["es-07", "reasons"])
    )
    rules = replace(network.policy.calls, most_per_body=1, province_budget_share=0.5)
    policy = replace(network.policy, calls=rules)
    held = rank_call(replace(network, policy=policy), budget_eur=150_000)
    two = held.table.set_index("application_id")
    assert two.loc["es-02", "displaces"] == "es-01;es-03"
    assert (
        "per finanziarla uscirebbero Cooperativa Esempio Beta (es-01), Circolo Esempio Gamma "
        "(es-03): la scelta varrebbe 5.482 maggiorenni in meno, punteggi compresi"
    ) in two.loc["es-02", "reasons"]


def test_a_reserve_displaces_what_the_forced_set_lacks(network):
    ranking = rank_call(network, budget_eur=150_000)
    table = ranking.table.set_index("application_id")
    for row in ranking.table.query("outcome == 'reserve'").itertuples():
        out = row.displaces.split(";")
        swapped = [*set(ranking.funded["application_id"]) - set(out), row.application_id]
        people = newly_reached(network, pairs_of(ranking, swapped))
        worth = people + 10 * table.loc[swapped, "score"].fillna(0).sum()
        assert ranking.answer.objective - worth == pytest.approx(row.worth_lost_people)
        assert table.loc[swapped, "cost_eur"].sum() <= 150_000


def test_a_bigger_budget_is_never_worth_less(network):
    worths = [
        rank_call(network, budget_eur=budget).answer.objective
        for budget in (40_000, 80_000, 120_000, 500_000)
    ]
    assert worths == sorted(worths)
    assert len(set(worths)) == len(worths)


def test_the_order_of_the_files_changes_nothing(network, tmp_path):
    folder = tmp_path / "call"
    shutil.copytree(EXAMPLE, folder)
    for file in folder.glob("*.csv"):
        rows = pd.read_csv(file, dtype="str").iloc[::-1]
        rows.to_csv(file, index=False)
    turned = replace(network, registry=read_registry(folder, network.territory))
    one, other = rank_call(network, budget_eur=90_000), rank_call(turned, budget_eur=90_000)
    pd.testing.assert_frame_equal(one.table, other.table)


@pytest.mark.parametrize(
    ("rules", "refused"),
    [
        ({"needs_score": True}, {"es-07": "no_score"}),
        ({"least_score": 70.0}, {"es-03": "low_score", "es-07": "no_score", "es-06": "low_score"}),
        ({"least_adults": 6000}, {"es-07": "adds_nobody"}),
        ({"body_budget_share": 0.1}, {"es-01": "over_body_cap", "es-06": "over_body_cap"}),
        ({"province_budget_share": 0.1}, {"es-03": "over_province_cap"}),
        ({"most_per_province": 0}, {"es-02": "over_province_cap", "es-04": "adds_nobody"}),
    ],
)
def test_rules_of_the_policy_refuse(network, rules, refused):
    policy = replace(network.policy, calls=replace(network.policy.calls, **rules))
    ranking = rank_call(replace(network, policy=policy), budget_eur=300_000)
    found = ranking.table.set_index("application_id")["refusal_rule"]
    assert {one: found[one] for one in refused} == refused


def test_caps_hold_by_body_and_by_province(network):
    capped = replace(network.policy.calls, most_per_body=1, most_per_province=2)
    policy = replace(network.policy, calls=capped)
    funded = rank_call(replace(network, policy=policy), budget_eur=500_000).funded
    assert funded["entity_id"].is_unique
    assert funded["provinces"].value_counts().max() <= 2
    reserve = rank_call(replace(network, policy=policy), budget_eur=500_000).table
    assert reserve["reasons"].str.contains("limite dell'ente").any()


def test_english_reasons(network):
    english = replace(network, scenario=replace(network.scenario, lang="en"))
    reasons = rank_call(english, budget_eur=150_000).table["reasons"]
    assert reasons.str.contains("more adults within 20 minutes|reserve|alone|no usable seat").any()
    assert not reasons.str.contains("maggiorenni").any()


def test_nothing_fits_is_infeasible_and_says_by_how_much(network):
    ranking = rank_call(network, budget_eur=10_000)
    assert set(ranking.table["outcome"]) == {"refused"}
    with pytest.raises(InfeasibleError) as fault:
        ranking.refuse_if_nothing_fits()
    # One language a message: the engine's, or the page's.
    assert str(fault.value) == (
        "call: no application fits. The cheapest is es-02, 30,000 EUR, against a budget of 10,000 "
        "EUR: alone it passes the budget of the call by €20,000. Raise the budget or the caps."
    )
    assert told(fault.value) == (
        "Nessuna domanda rientra nella spesa. La meno cara è es-02, 30.000 €, con 10.000 € a "
        "disposizione: da sola supera il bilancio dell'avviso di 20.000 €. Alza la spesa o i limiti."
    )
    rank_call(network, budget_eur=90_000).refuse_if_nothing_fits()


@pytest.fixture(scope="module")
def real() -> Network:
    return describe_network(Scenario(as_of=date(2025, 6, 30)))


def test_a_registry_without_open_applications_says_so(real):
    ranking = rank_call(real)
    assert ranking.table.empty
    assert "Nessuna domanda aspetta una decisione" in ranking.summary()
    ranking.refuse_if_nothing_fits()


def test_a_campaign_must_be_known(network):
    with pytest.raises(ConfigError, match="extension-2026"):
        rank_call(network, campaign="pnrr-1.7.2")
    assert rank_call(network, campaign="extension-2026").budget_eur == 2_000_000


def test_a_seat_in_the_sea_takes_its_bundle_with_it(network, tmp_path):
    folder = tmp_path / "call"
    shutil.copytree(EXAMPLE, folder)
    seats = pd.read_csv(folder / "application_seats.csv", dtype="str")
    at_sea = seats["application_id"].eq("es-01") & seats["seat_id"].eq("2")
    seats = seats.assign(lat=np.where(at_sea, "43.5", ""), lon=np.where(at_sea, "9.0", ""))
    seats.to_csv(folder / "application_seats.csv", index=False)
    broken = replace(network, registry=read_registry(folder, network.territory))
    faults = broken.registry.faults.query("is_refused")
    assert faults["column"].tolist() == ["application_id", "lat, lon"]
    ranking = rank_call(broken, budget_eur=150_000).table.set_index("application_id")
    assert ranking.loc["es-01", "refusal_rule"] == "no_seats"


def test_a_seat_beyond_the_border_is_said_not_to_be_counted(network, tmp_path):
    folder = tmp_path / "call"
    shutil.copytree(EXAMPLE, folder)
    seats = folder / "application_seats.csv"
    seats.write_text(seats.read_text(encoding="utf-8").replace("045014", "015146"), "utf-8")
    ranking = rank_call(
        replace(network, registry=read_registry(folder, network.territory)), budget_eur=150_000
    )
    assert ranking.table.set_index("application_id").loc["es-01", "n_seats"] == 1
    assert ranking.caveats[0].startswith("1 sede di una domanda sta fuori dal territorio: ")
    assert "Attenzione: 1 sede di una domanda sta fuori" in ranking.summary()


def test_it_is_said_whose_money_it_is_and_which_cannot_be_judged(network):
    stated = rank_call(network).summary()
    assert "Bilancio: 2.000.000 €, come nell'avviso «" in stated
    assert "domande senza una sede utilizzabile, che nessuno può valutare: 1." in stated
    assert "Bilancio: 150.000 €." in rank_call(network, budget_eur=150_000).summary()


def within_reach(network, points):
    """Adults with a desk of some of the points within 20 minutes, from the minutes themselves."""
    pairs = network.access.pairs
    owner = network.desks.set_index("desk_id")["point_id"]
    near = pairs[(pairs["travel_min"] <= 20) & pairs["to_id"].map(owner).isin(points)]
    places = network.territory.places.set_index("place_id")
    return int(places.loc[sorted(set(near["from_id"])), "adults"].sum())


@pytest.mark.parametrize("n_kept", [1, 3, 5, 8])
def test_the_points_kept_against_every_choice(renewing, n_kept):
    renewal = keep_points(renewing, str(n_kept))
    assert RENEWAL.check(renewal.table).shape == renewal.table.shape
    best = max(
        within_reach(renewing, chosen)
        for chosen in combinations(SEATS, n_kept)
        if "a" in chosen  # beyond the line: 900 of 1,000
    )
    kept = renewal.table[renewal.is_kept]
    assert renewal.answer.status == "optimal"
    assert within_reach(renewing, kept["point_id"]) == best == renewal.adults_after
    assert len(kept) == n_kept
    decision = renewal.table.set_index("point_id")["decision"]
    assert decision["a"] == "kept_direct"
    assert (decision == "kept_direct").sum() == 1


def test_what_a_closure_costs_is_counted_once(renewing):
    renewal = keep_points(renewing, "4")
    table = renewal.table.set_index("point_id")
    closed = table[table["decision"] == "closed"]
    kept = table.index[table["decision"] != "closed"]
    assert renewal.adults_before - renewal.adults_after == closed["adults_lost"].sum()
    assert table["adults_lost"][kept].eq(0).all()
    for point in closed.index:
        back = within_reach(renewing, [*kept, point]) - renewal.adults_after
        assert table.loc[point, "adults_at_stake"] == back
    for point in kept:
        left = within_reach(renewing, set(kept) - {point})
        assert table.loc[point, "adults_at_stake"] == renewal.adults_after - left
    moved = closed[closed["adults_moved"] > 0]
    assert (moved["travel_after_min"] >= moved["travel_now_min"] - 1e-9).all()
    assert set(moved["next_point_id"].dropna()) <= set(kept)


def test_unknown_progress_stays_unknown_and_is_said(renewing):
    renewal = keep_points(renewing, "50%")
    table = renewal.table.set_index("point_id")
    assert table["target_share"].notna().sum() == len(PROGRESS)
    assert "avanzamento non noto" in table.loc["d", "reasons"]
    assert any("avanzamento non noto per 6 punti su 8" in line for line in renewal.caveats)
    assert renewal.n_asked == 4


def test_those_over_the_line_stay_even_beyond_what_was_asked(renewing):
    renewal = keep_points(renewing, "0")
    assert renewal.table[renewal.is_kept]["point_id"].tolist() == ["a"]
    assert any("più dei 0 chiesti" in line for line in renewal.caveats)


def test_more_than_there_are_is_infeasible(renewing):
    with pytest.raises(InfeasibleError, match=r"9 points, but 8 .* 1 fewer"):
        keep_points(renewing, "9")


@pytest.mark.parametrize("wish", ["", "-3", "1.5", "120%", "tutti", "nan"])
def test_wishes_that_mean_nothing_are_refused(wish):
    with pytest.raises(ConfigError, match="neither a count of points nor a share"):
        points_to_keep(wish, 10)


def test_the_real_network_keeps_most_people_at_seven_in_ten(real):
    before = keep_points(real, "100%")
    assert before.adults_before == before.adults_after
    figures = [keep_points(real, f"{share}%").adults_after for share in (10, 30, 70)]
    assert figures == sorted(figures)
    assert figures[-1] <= before.adults_after
