"""What pages make of a network, once for every reader."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from capillare.planning.network import Inputs, serving_desks
from capillare.planning.pace import pace_by_province
from capillare.planning.scenario import Scenario
from capillare.views.cached import derived_of, network_of
from tests.views.test_pages import AS_OF

HERE = Scenario(as_of=AS_OF)


def test_what_is_wanted_and_a_title_change_nothing_of_it():
    derived = derived_of(HERE, Inputs())
    wanting = replace(HERE, new_sites=7, seasons=True, vans=2, title="Sette sedi")
    assert derived_of(wanting, Inputs()) is derived
    assert derived_of(replace(HERE, networks="all"), Inputs()) is not derived


def test_it_says_what_the_network_says():
    network, derived = network_of(HERE, Inputs()), derived_of(HERE, Inputs())
    pd.testing.assert_frame_equal(derived.by_province, pace_by_province(network))
    assert derived.by_province is derived.by_province
    desks = serving_desks(network.desks, network.scenario)
    assert len(derived.marks) == desks["lat"].notna().sum()
    names = list(derived.municipality_names.values())
    assert names == sorted(names)
    assert len(names) == len(network.coverage)


def test_a_desk_on_the_map_stands_for_its_municipality_and_an_area_for_itself():
    derived = derived_of(HERE, Inputs())
    desk = derived.serving.iloc[0]
    assert derived.municipality_of[desk["desk_id"]] == desk["istat_code"]
    assert derived.municipality_of["048017"] == "048017"
