"""What falls to each desk, against what its hours are meant for."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from capillare.geo.places import Territory
from capillare.geo.settings import Policy
from capillare.planning.plan import Plan
from capillare.planning.service import adults_per_hour, load_of_desks, open_by_hour
from tests.geo.test_access import make_desks, measure


def small_network(territory: Territory, policy: Policy, desks) -> SimpleNamespace:
    return SimpleNamespace(
        territory=territory, policy=policy, desks=desks, access=measure(territory, desks, policy)
    )


def with_points(policy: Policy, n_points: int) -> Policy:
    first = replace(policy.first_campaign, n_points=n_points)
    return replace(policy, campaigns=(first, *policy.campaigns[1:]))


def test_load_by_hand(tiny: Territory, policy: Policy):
    """3,820 adults and 5 points of 24 hours: an hour is meant for 31.83 of them."""
    desks = make_desks(tiny, [1, 8], weekly_hours=[40.0, 0.0]).assign(name=["Uno", "Due"])
    desks["istat_code"] = ["090001", "090008"]
    network = small_network(tiny, with_points(policy, 5), desks)
    assert adults_per_hour(network) == pytest.approx(3820 / 120)
    load = load_of_desks(network).set_index("name")
    near = network.access.places["is_served"]
    assert load.loc["Uno", "adults_allotted"] == tiny.places["adults"][near].sum()
    assert load.loc["Uno", "adults_capacity"] == pytest.approx(40 * 3820 / 120)
    expected = load.loc["Uno", "adults_allotted"] / (40 * 3820 / 120)
    assert load.loc["Uno", "utilisation_share"] == pytest.approx(expected, abs=1e-6)
    over = load.loc["Uno", "adults_allotted"] - 40 * 3820 / 120
    assert load.loc["Uno", "adults_unmet"] == pytest.approx(over, abs=1e-5)
    assert load.loc["Uno", "municipality"] == "Comune 1"
    assert (
        load.loc["Due", ["adults_allotted", "adults_capacity", "adults_unmet"]].tolist() == [0] * 3
    )
    assert np.isnan(load.loc["Due", "utilisation_share"])


def test_a_campaign_that_declares_no_points_has_no_ratio(tiny: Territory, policy: Policy):
    desks = make_desks(tiny, [1]).assign(name="Uno", istat_code="090001")
    load = load_of_desks(small_network(tiny, with_points(policy, 0), desks))
    assert load[["adults_capacity", "utilisation_share", "adults_unmet"]].isna().all(axis=None)


def test_no_desk_no_load(tiny: Territory, policy: Policy):
    desks = make_desks(tiny, [1]).assign(name="Uno", istat_code="090001").iloc[:0]
    assert load_of_desks(small_network(tiny, policy, desks)).empty


def test_tuscany_adds_up(tuscan_plan: Plan):
    network = tuscan_plan.network
    load = load_of_desks(network)
    adults = int(network.coverage["adults"].sum())
    served = adults - network.access.adults_unserved
    assert load["adults_allotted"].sum() == pytest.approx(served)
    assert adults_per_hour(network) == pytest.approx(3_124_321 / (169 * 24))
    met = load["adults_allotted"] - load["adults_unmet"]
    assert (met <= load["adults_capacity"] + 1e-5).all()
    week = open_by_hour(network)
    coverage = network.coverage
    mean = (coverage["weekly_coverage_share"] * coverage["adults"]).sum() / adults
    assert week.loc[week["is_usual"], "open_low_share"].mean() == pytest.approx(mean, abs=1e-4)
