"""What is made ready before the first visitor."""

from __future__ import annotations

import gc

import pytest

from capillare.planning.network import Inputs
from capillare.planning.scenario import Scenario
from capillare.views import cached
from capillare.views.deployment import Deployment
from capillare.views.leaflet_map.files import shelf
from capillare.views.warm_up import warm_up
from tests.views.test_pages import AS_OF


@pytest.fixture(autouse=True)
def thaw():
    yield
    gc.unfreeze()


def test_the_first_page_finds_everything_ready(monkeypatch, capfd):
    warm_up(Deployment(as_of=AS_OF)).join()
    assert gc.get_freeze_count() > 0
    assert any(url.startswith("/mappa/territorio-09.") for url in shelf().urls())
    assert any(url.endswith(".js") for url in shelf().urls())

    def refuse(*_given):
        pytest.fail("computed again")

    for name in ("describe_network", "rank_network_gaps", "facts_of", "base_layer"):
        monkeypatch.setattr(cached, name, refuse)
    asked = Scenario(as_of=AS_OF), Inputs()
    network = cached.network_of(*asked)
    assert cached.base_of(network).file.url in shelf().urls()
    assert len(cached.gaps_of(*asked).table) > 0
    assert cached.facts_seen(*asked)
    # It runs beside the server, where nobody looks at a page.
    assert "ScriptRunContext" not in capfd.readouterr().err


def test_a_registry_that_cannot_be_read_stops_nothing(tmp_path):
    thread = warm_up(Deployment(as_of=AS_OF, inputs=Inputs(registry=tmp_path / "no.csv")))
    thread.join()
    assert not thread.is_alive()
