"""What the first visitor would wait for, made ready while the server starts."""

from __future__ import annotations

import gc
import logging
from threading import Thread
from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.errors import CapillareError
from capillare.planning.scenario import Scenario
from capillare.views.cached import KEYS, base_of, derived_of, facts_seen, gaps_of, network_of
from capillare.views.leaflet_map.component import offer_files
from capillare.views.leaflet_map.files import shelf

if TYPE_CHECKING:
    from capillare.planning.network import Inputs
    from capillare.views.deployment import Deployment

_LOG = logging.getLogger(__name__)
_PATIENCE_S = 20.0
"""A region is ready long before; for the whole country the server does not wait any longer."""


def warm_up(deployment: Deployment) -> Thread:
    """Fill the caches with what the first page shows; return the thread that does.

    Meanwhile nothing is served, for a page and this at once would be slower than one after the
    other; what is not done in `_PATIENCE_S` goes on beside the server, and who comes waits for the
    rest of it only. A registry that cannot be read is said by the page, which asks for it again.
    """
    offer_files()
    thread = Thread(target=_run, args=(deployment,), name="warm-up", daemon=True)
    thread.start()
    thread.join(_PATIENCE_S)
    return thread


def _run(deployment: Deployment) -> None:
    scenario = Scenario(as_of=deployment.first_day, region=deployment.region)
    try:
        _fill(scenario, deployment.inputs)
    except CapillareError as fault:
        _LOG.info("nothing made ready: %s", fault)
    settle_memory()


# Within a cached function those that it calls show no progress: nobody is looking.
@st.cache_resource(max_entries=1, show_spinner=False, hash_funcs=KEYS)
def _fill(scenario: Scenario, inputs: Inputs) -> bool:
    network = network_of(scenario, inputs)
    shelf().offer(base_of(network).file)
    gaps_of(scenario, inputs)
    facts_seen(scenario, inputs)
    _ = derived_of(scenario, inputs).by_province
    return True


def settle_memory() -> None:
    """Take what lives as long as the server out of the rounds of the garbage collector.

    Streamlit collects everything after each run of a page. Modules and the first network are a
    million objects that never become garbage: looking at them took half of a change's processor,
    while every other planner waited.
    """
    gc.collect()
    gc.freeze()
