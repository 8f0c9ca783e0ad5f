"""The map's script and styles."""

import re
import shutil
import subprocess
from importlib import resources

import pytest

from capillare.views.leaflet_map.component import map_script, map_styles

OWN = (resources.files("capillare.views.leaflet_map") / "assets" / "map.js").read_text("utf-8")


def test_leaflet_stands_before_our_module():
    script = map_script()
    assert script.index("Leaflet 1.9") < script.index("export default function")
    assert script.count("export default") == 1
    assert "sourceMappingURL" not in script
    assert ".leaflet-container" in map_styles()


def test_text_never_becomes_markup():
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", OWN)


def test_nothing_is_asked_of_the_network():
    assert not re.search(
        r"fetch\(|XMLHttpRequest|tileLayer|import\(|https?://(?!www\.w3\.org)", OWN
    )


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_script_is_a_valid_module(tmp_path):
    path = tmp_path / "map.mjs"
    path.write_text(map_script(), encoding="utf-8")
    assert subprocess.run(["node", "--check", str(path)], check=False).returncode == 0
