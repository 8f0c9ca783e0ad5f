"""The map itself, made with folium, from layers that are ready."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import branca.element
import folium

from capillare.geo.errors import SourceError
from capillare.publish.outlines import land_around
from capillare.publish.portable_map.features import feature_collection
from capillare.publish.portable_map.layers import (
    MANY_MUNICIPALITIES,
    desk_features,
    municipality_features,
    site_features,
    town_features,
)
from capillare.publish.portable_map.proposed import leg_features, seat_features, stop_features

if TYPE_CHECKING:
    from collections.abc import Callable

    from capillare.planning.plan import Plan
    from capillare.publish.portable_map.classes import MinuteClasses
    from capillare.publish.portable_map.features import Features

MIN_ZOOM, MAX_ZOOM = 5, 15
DESK_COLOUR, SITE_COLOUR, UNDER_SERVED_COLOUR = "#08519c", "#54278f", "#1f1f1f"
SEAT_COLOUR, VAN_COLOUR = "#00594f", "#8a1253"
_GROUND_COLOUR = "#e9e7e1"

# What folium asks content delivery networks for. Leaflet goes into the page from its installed
# package; nothing drawn here uses the others.
_EMBEDDED = frozenset({"leaflet", "leaflet_css"})
_NEVER_USED = frozenset(
    {
        "jquery",
        "bootstrap",
        "awesome_markers",
        "bootstrap_css",
        "glyphicons_css",
        "awesome_markers_font_css",
        "awesome_markers_css",
        "awesome_rotate_css",
    }
)


@dataclass(frozen=True)
class Drawing:
    """A drawn map: the element it lives in, and the script that draws it with Leaflet."""

    html: str
    script: str


def draw(plan: Plan, classes: MinuteClasses) -> Drawing:
    """Draw the map of a plan: municipalities by minutes, desks, proposed sites."""
    west, south, east, north = plan.network.territory.municipalities.total_bounds.tolist()
    drawn = _named(
        folium.Map(
            location=[(south + north) / 2, (west + east) / 2],
            tiles=None,
            control_scale=True,
            zoom_snap=0.5,
        ),
        "plan",
    )
    # Without tiles folium forgets how far one may zoom.
    drawn.options |= {"min_zoom": MIN_ZOOM, "max_zoom": MAX_ZOOM}
    drawn.fit_bounds([[south, west], [north, east]], padding=(12, 12))
    _name_last(drawn, "bounds")
    _add_ground(drawn, plan)
    _add_municipalities(drawn, plan, classes)
    _add_desks(drawn, desk_features(plan))
    if plan.tours is not None:
        _add_ways(drawn, leg_features(plan))
        _add_stops(drawn, stop_features(plan))
    if plan.season is not None:
        _add_seats(drawn, seat_features(plan))
    _add_sites(drawn, site_features(plan))
    _add_towns(drawn, town_features(plan))
    control: Any = folium.LayerControl(position="topright")
    # On a phone an open control would hide a third of the map.
    control.options["collapsed"] = folium.JsCode("window.innerWidth < 640")
    drawn.add_child(_named(control, "layers"))
    return rendered(drawn)


def rendered(drawn: Any) -> Drawing:  # noqa: ANN401 (folium's types say less than it does)
    """Render a map without the links that folium would put into the page.

    Raises
    ------
    SourceError
        If something on the map needs a script or style that does not travel with the page.
    """
    figure = drawn.get_root()
    figure.render()
    links = (branca.element.JavascriptLink, branca.element.CssLink)
    asked = {name for name, part in figure.header._children.items() if isinstance(part, links)}  # noqa: SLF001 (folium offers no reader)
    unknown = asked - _EMBEDDED - _NEVER_USED
    if unknown:
        raise SourceError(
            f"map: {', '.join(sorted(unknown))} would be asked of another site. Embed it, or do "
            "without."
        )
    return Drawing(figure.html.render(), figure.script.render())


def _add_ground(drawn: folium.Map, plan: Plan) -> None:
    _add_pane(drawn, "ground", 210)
    land = land_around(plan.network.territory)
    if land is None:
        return
    feature = {"type": "Feature", "properties": {}, "geometry": land}
    ground = _layer(
        [feature],
        "Regioni vicine",
        lambda _: {"stroke": False, "fillColor": _GROUND_COLOUR, "fillOpacity": 1},
        pane="ground",
        interactive=False,
        control=False,
    )
    drawn.add_child(_named(ground, "ground"))


def _add_municipalities(drawn: folium.Map, plan: Plan, classes: MinuteClasses) -> None:
    features = municipality_features(plan, classes)
    _add_pane(drawn, "areas", 220)
    _add_pane(drawn, "edges", 230)
    areas = _layer(
        features,
        "Minuti allo sportello",
        lambda feature: {
            "fillColor": feature["properties"]["colour"],
            "fillOpacity": 0.9,
            "color": "#ffffff",
            # Thousands of borders would hide the colours between them.
            "weight": 0.6 if len(features) <= MANY_MUNICIPALITIES else 0.1,
        },
        pane="areas",
    )
    _add_tip(areas, sticky=True)
    drawn.add_child(_named(areas, "areas"))
    edges = _layer(
        [
            {**feature, "properties": {}}
            for feature in features
            if feature["properties"]["is_under_served"]
        ],
        "Comuni sotto-serviti (bordo scuro)",
        lambda _: {"fill": False, "color": UNDER_SERVED_COLOUR, "weight": 1.2},
        pane="edges",
        interactive=False,
    )
    drawn.add_child(_named(edges, "edges"))


def _add_desks(drawn: folium.Map, features: Features) -> None:
    desks = _layer(
        features,
        "Sportelli in servizio",
        lambda feature: {
            "radius": 5 if feature["properties"]["n_desks"] == 1 else 7,
            "color": "#ffffff" if not feature["properties"]["is_to_be_confirmed"] else DESK_COLOUR,
            "fillColor": "#ffffff" if feature["properties"]["is_to_be_confirmed"] else DESK_COLOUR,
            "fill": True,
            "fillOpacity": 1,
            "weight": 1.5,
        },
        marker=_named(folium.CircleMarker(), "desk"),
    )
    _add_tip(desks)
    _add_card(desks)
    drawn.add_child(_named(desks, "desks"))


def _add_sites(drawn: folium.Map, features: Features) -> None:
    sites = _symbols(
        features,
        "Sedi proposte",
        lambda said: (
            f"<span>{said['rank']}</span><span class='unseen'>Sede proposta: {said['tip']}</span>"
        ),
        kind="site",
        z_index_offset=1000,
    )
    drawn.add_child(_named(sites, "sites"))


def _add_seats(drawn: folium.Map, features: Features) -> None:
    seats = _symbols(
        features,
        "Sedi stagionali proposte",
        lambda said: f"<span>S</span><span class='unseen'>Sede stagionale: {said['tip']}</span>",
        kind="seat",
        z_index_offset=600,
    )
    drawn.add_child(_named(seats, "seats"))


def _add_ways(drawn: folium.Map, features: Features) -> None:
    _add_pane(drawn, "ways", 240)
    ways = _layer(
        features,
        "Giri dei furgoni (linee rette)",
        lambda _: {"color": VAN_COLOUR, "weight": 2, "dashArray": "6 5"},
        pane="ways",
        interactive=False,
    )
    drawn.add_child(_named(ways, "ways"))


def _add_stops(drawn: folium.Map, features: Features) -> None:
    stops = _symbols(
        features,
        "Soste dei furgoni proposte",
        lambda said: f"<span>F</span><span class='unseen'>Sosta di {said['tip']}</span>",
        kind="stop",
        z_index_offset=300,
        size_px=20,
    )
    drawn.add_child(_named(stops, "stops"))


def _symbols(
    features: Features,
    name: str,
    words: Callable[[dict[str, Any]], str],
    *,
    kind: str,
    z_index_offset: int,
    size_px: int = 24,
) -> folium.GeoJson:
    """Return a layer of symbols that the keyboard reaches, with tooltip and card."""
    icon = _named(folium.DivIcon(icon_size=(size_px, size_px), class_name=kind), f"{kind}-icon")
    layer = _layer(
        features,
        name,
        lambda feature: {"html": words(feature["properties"])},
        marker=_named(folium.Marker(icon=icon, z_index_offset=z_index_offset), kind),
    )
    _add_tip(layer)
    _add_card(layer)
    return layer


def _add_towns(drawn: folium.Map, features: Features) -> None:
    icon = _named(folium.DivIcon(icon_size=(0, 0), class_name="town"), "town-icon")
    towns = _layer(
        features,
        "Nomi dei capoluoghi",
        lambda feature: {"html": f"<span>{feature['properties']['tip']}</span>"},
        marker=_named(folium.Marker(icon=icon, interactive=False, keyboard=False), "town"),
    )
    drawn.add_child(_named(towns, "towns"))


def _layer(
    features: Features,
    name: str,
    style: Callable[[dict[str, Any]], dict[str, Any]],
    **options: Any,  # noqa: ANN401 (Leaflet's own options)
) -> folium.GeoJson:
    # Folium finds a feature's style by its id.
    data = feature_collection(
        [{**feature, "id": number} for number, feature in enumerate(features)]
    )
    if not features:
        return folium.GeoJson(data, name=name)
    return folium.GeoJson(data, name=name, style_function=style, smooth_factor=0.3, **options)


def _add_tip(layer: folium.GeoJson, *, sticky: bool = False) -> None:
    if layer.data["features"]:
        tip = folium.GeoJsonTooltip(fields=["tip"], labels=False, sticky=sticky)
        layer.add_child(_named(tip, f"{layer.layer_name}-tip"))


def _add_card(layer: folium.GeoJson) -> None:
    if layer.data["features"]:
        card = folium.GeoJsonPopup(fields=["card"], labels=False, max_width=360, max_height=320)
        layer.add_child(_named(card, f"{layer.layer_name}-card"))


def _add_pane(drawn: folium.Map, name: str, z_index: int) -> None:
    pane = folium.map.CustomPane(name, z_index=z_index, pointer_events=name == "areas")
    drawn.add_child(_named(pane, name))


def _named(element: Any, name: str) -> Any:  # noqa: ANN401 (folium ships no types)
    """Give an element a fixed id: folium draws them at random, and no two files would be alike."""
    element._id = "".join(letter if letter.isalnum() else "_" for letter in name)  # noqa: SLF001 (the same)
    return element


def _name_last(drawn: folium.Map, name: str) -> None:
    _named(list(drawn._children.values())[-1], name)  # noqa: SLF001 (folium offers no reader)
