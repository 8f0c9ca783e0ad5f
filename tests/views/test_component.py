"""The map's script and styles."""

import re
import shutil
import subprocess
from importlib import resources

import pytest

from capillare.views.leaflet_map.component import map_script, map_styles

ASSETS = resources.files("capillare.views.leaflet_map") / "assets"
OWN = {name: (ASSETS / name).read_text("utf-8") for name in ("map.js", "loader.js")}


def test_leaflet_stands_before_our_module():
    script = map_script()
    assert script.index("Leaflet 1.9") < script.index("export function show")
    assert script.count("export function") == 2
    assert "sourceMappingURL" not in script
    assert ".leaflet-container" in map_styles()


@pytest.mark.parametrize("name", OWN)
def test_text_never_becomes_markup(name):
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\("
    assert not re.search(forbidden, OWN[name])


def test_only_the_files_that_an_answer_names_are_asked_for():
    forbidden = r"XMLHttpRequest|tileLayer|WebSocket|sendBeacon|https?://(?!www\.w3\.org)"
    for text in OWN.values():
        assert not re.search(forbidden, text)
    assert re.findall(r"(?:fetch|import)\([^)]*\)", OWN["map.js"]) == ["fetch(address)"]
    asked = re.findall(r"(?:fetch|import)\([^)]*\)", OWN["loader.js"])
    assert asked == ["import(new URL(data.files.script, location.origin)"]


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize("text", [map_script(), OWN["loader.js"]], ids=["map", "loader"])
def test_a_script_is_a_valid_module(tmp_path, text):
    path = tmp_path / "map.mjs"
    path.write_text(text, encoding="utf-8")
    assert subprocess.run(["node", "--check", str(path)], check=False).returncode == 0
