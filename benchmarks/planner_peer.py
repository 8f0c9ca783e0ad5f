"""A peer of the planner's coverage page, as it is usually written: folium's HTML in an iframe.

The same municipalities, figures and rows; data read once and cached; Leaflet from its own server,
since the default page asks four others. It is built to be measured, and does nothing else.
"""

from __future__ import annotations

import shutil
import sys
from importlib import resources
from typing import TYPE_CHECKING

from capillare.planning.network import describe_network
from capillare.planning.scenario import Scenario

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

_APP = """
from pathlib import Path

import folium
import geopandas as gpd
import streamlit as st

HERE = Path(__file__).parent
folium.Map.default_js = [("leaflet", "/app/static/leaflet.js")]
folium.Map.default_css = [("leaflet_css", "/app/static/leaflet.css")]
COLOURS = ["#f1eef6", "#bdc9e1", "#74a9cf", "#2b8cbe", "#045a8d"]


@st.cache_data
def read():
    return gpd.read_file(HERE / "coverage.geojson")


st.set_page_config(layout="wide")
rows = read()
minutes = st.radio("Minuti in auto", [10, 15, 20, 30], horizontal=True)
column = f"adults_{minutes}min_share"
st.markdown(f"Maggiorenni con uno sportello entro {minutes} minuti")
left, right = st.columns(2)
west, south, east, north = rows.total_bounds
drawn = folium.Map(tiles=None)
drawn.fit_bounds([[south, west], [north, east]])


def style(feature):
    share = feature["properties"][column] or 0
    colour = COLOURS[min(int(share * 5), 4)]
    return {"fillColor": colour, "fillOpacity": 1, "color": "#555", "weight": 0.6}


folium.GeoJson(
    rows[["istat_code", "municipality", column, "geometry"]],
    style_function=style,
    tooltip=folium.GeoJsonTooltip(["municipality", column]),
).add_to(drawn)
drawn.get_root().html.add_child(folium.Element(f"<p>entro {minutes} minuti</p>"))
with left:
    st.iframe(drawn.get_root().render(), height=560)
right.dataframe(
    rows.sort_values(column)[["municipality", column, "adults", "province"]], hide_index=True
)
"""


def write_peer(folder: Path, *, as_of: date) -> None:
    """Write the peer's program, its table with boundaries, and the Leaflet files it serves."""
    network = describe_network(Scenario(as_of=as_of))
    outlines = network.territory.municipalities[["istat_code", "geometry"]]
    rows = outlines.merge(network.coverage, on="istat_code", validate="one_to_one")
    rows = rows.drop(columns=[name for name in rows if str(rows[name].dtype) == "category"])
    rows.geometry = rows.geometry.simplify(0.002)
    rows.to_file(folder / "coverage.geojson", driver="GeoJSON")
    (folder / "peer.py").write_text(_APP, encoding="utf-8")
    (folder / "static").mkdir()
    leaflet = resources.files("js_lib_leaflet") / "static" / "js_lib_leaflet"
    for name in ("leaflet.js", "leaflet.css"):
        with resources.as_file(leaflet / name) as source:
            shutil.copy(source, folder / "static" / name)


def peer_command(folder: Path, port: int) -> list[str]:
    """Return the command line of the peer."""
    options = {
        "server.address": "127.0.0.1",
        "server.port": str(port),
        "server.headless": "true",
        "server.enableStaticServing": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    flags = [part for name, setting in options.items() for part in (f"--{name}", setting)]
    return [sys.executable, "-m", "streamlit", "run", str(folder / "peer.py"), *flags]
