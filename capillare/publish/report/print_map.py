"""A map for paper: municipalities by minutes, desks and proposed sites, as one SVG picture.

Everything is drawn in EPSG:32632, metres, turned so that north is up; no tiles, no script.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from capillare.geo.places import FILE_CRS, METRIC_CRS, metric_xy
from capillare.publish.outlines import land_around
from capillare.publish.portable_map.classes import minute_classes
from capillare.publish.tour_layers import stop_places

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from capillare.geo.places import Territory
    from capillare.planning.coordinators import CoordinatorList
    from capillare.publish.portable_map.classes import MinuteClass

WIDTH = 1000.0
"""Of the picture, in its own units; heights follow the territory."""

_MARGIN_SHARE = 0.06
_SMALLEST_M = 12_000.0
_SIMPLIFY_SHARE = 1 / 900
_TALLEST = 1.25
_LETTER, _LINE = 11.0, 24.0
_MOST_LABELS = 40
_NUMBERED = frozenset({"proposed", "nearby"})
"""Kinds of symbols that no name may cover."""


@dataclass(frozen=True)
class Shape:
    """A municipality: its outline as an SVG path, its colour, and whether it is the territory's."""

    path: str
    colour: str
    is_own: bool


@dataclass(frozen=True)
class Symbol:
    """A desk, site, seasonal seat or stop: `text` stands inside, `name` beside the pointer."""

    x: float
    y: float
    kind: str
    text: str
    name: str


@dataclass(frozen=True)
class Label:
    """The name of a municipality, centred."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Picture:
    """Everything the template draws; `height` goes with `WIDTH`, `land` is other regions'."""

    height: float
    land: str
    shapes: tuple[Shape, ...]
    symbols: tuple[Symbol, ...]
    labels: tuple[Label, ...]
    legend: tuple[MinuteClass, ...]


@dataclass(frozen=True)
class _Window:
    west: float
    north: float
    scale: float
    height: float

    def place(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn EPSG:32632 metres, shape (n, 2), into the picture's units."""
        moved = (xy - [self.west, self.north]) * [self.scale, -self.scale]
        return np.round(moved, 1)


def draw_report_map(listing: CoordinatorList) -> Picture:
    """Draw the map of a coordinator's territory, with what surrounds it in grey."""
    network = listing.plan.network
    towns = network.territory.municipalities
    metric = towns.geometry.to_crs(METRIC_CRS).to_numpy()
    is_own = towns["istat_code"].isin(listing.ground.istat_codes).to_numpy()
    window = _window(metric[is_own])
    span_m = WIDTH / window.scale
    outlines = shapely.coverage_simplify(metric, span_m * _SIMPLIFY_SHARE)
    seen = shapely.box(
        window.west, window.north - window.height / window.scale, window.west + span_m, window.north
    )
    outlines = shapely.intersection(outlines, seen)
    classes = minute_classes(network.policy.reach.within_min)
    minutes = network.coverage.set_index("istat_code")[["travel_min", "adults"]]
    shapes, used = [], []
    for code, outline, own in zip(towns["istat_code"], outlines, is_own, strict=True):
        if outline.is_empty:
            continue
        row = minutes.loc[code]
        found = classes.of(float(row["travel_min"]), adults=int(row["adults"]))
        used += [found] if own else []
        shapes.append(Shape(_path(outline, window), found.colour if own else "", bool(own)))
    shapes.sort(key=lambda shape: shape.is_own)
    symbols = _symbols(listing, window)
    every = (*classes.classes, classes.no_desk, classes.no_adults)
    return Picture(
        height=window.height,
        land=_land(network.territory, seen, window),
        shapes=tuple(shapes),
        symbols=tuple(symbols),
        labels=tuple(_labels(towns[is_own], symbols, window)),
        legend=tuple(entry for entry in every if entry in used),
    )


def _window(own: NDArray[np.object_]) -> _Window:
    west, south, east, north = shapely.total_bounds(own)
    span = max(east - west, (north - south) / _TALLEST, _SMALLEST_M)
    margin = span * _MARGIN_SHARE
    width = span + 2 * margin
    height = max(north - south, _SMALLEST_M) + 2 * margin
    scale = WIDTH / width
    left = (west + east) / 2 - width / 2
    top = (south + north) / 2 + height / 2
    return _Window(float(left), float(top), float(scale), round(float(height * scale), 1))


def _land(territory: Territory, seen: Any, window: _Window) -> str:  # noqa: ANN401 (the same)
    around = land_around(territory)
    if around is None:
        return ""
    shape = gpd.GeoSeries([shapely.geometry.shape(around)], crs=FILE_CRS).to_crs(METRIC_CRS)
    return _path(shapely.intersection(shapely.make_valid(shape.iloc[0]), seen), window)


def _path(outline: Any, window: _Window) -> str:  # noqa: ANN401 (shapely ships no types)
    parts = []
    for polygon in shapely.get_parts(outline):
        if polygon.geom_type != "Polygon":
            continue
        for ring in (polygon.exterior, *polygon.interiors):
            xy = window.place(shapely.get_coordinates(ring))
            parts.append("M" + "L".join(f"{x:g},{y:g}" for x, y in xy) + "Z")
    return "".join(parts)


def _symbols(listing: CoordinatorList, window: _Window) -> list[Symbol]:
    desks = listing.plan.network.desks
    desks = desks[desks["is_in_service"].astype("bool")].dropna(subset=["lat", "lon"])
    symbols = [
        Symbol(x, y, "desk", "", str(name))
        for (x, y), name in zip(_spots(desks, window), desks["name"], strict=True)
    ]
    sites = listing.table[listing.table["proposal"] != "runner_up"]
    symbols += _passing(listing, window)
    symbols += [
        Symbol(x, y, str(row["proposal"]), str(row["list_rank"]), str(row["locality"]))
        for (x, y), row in zip(_spots(sites, window), sites.to_dict("records"), strict=True)
    ]
    return [one for one in symbols if 0 <= one.x <= WIDTH and 0 <= one.y <= window.height]


def _passing(listing: CoordinatorList, window: _Window) -> list[Symbol]:
    """Return what is proposed here for some days only: seasonal seats, and stops of vans."""
    season, tours, parts = listing.plan.season, listing.plan.tours, []
    if tours is not None:
        parts.append(("stop", stop_places(tours.stops)))
    if season is not None:
        seats = season.table[season.table["candidate_id"].notna() & season.table["is_open"]]
        parts.append(("seat", seats.drop_duplicates("candidate_id")))
    return [
        Symbol(x, y, kind, "", str(row["locality"]))
        for kind, rows in parts
        for (x, y), row in zip(_spots(rows, window), rows.to_dict("records"), strict=True)
    ]


def _spots(rows: pd.DataFrame, window: _Window) -> Sequence[tuple[float, float]]:
    lat, lon = (rows[name].to_numpy(dtype=np.float64) for name in ("lat", "lon"))
    if not lat.size:
        return []
    return [(float(x), float(y)) for x, y in window.place(metric_xy(lat, lon))]


def _labels(towns: pd.DataFrame, symbols: Sequence[Symbol], window: _Window) -> list[Label]:
    """Name the largest municipalities whose names cover neither one another nor a site."""
    order = towns.sort_values(["residents", "istat_code"], ascending=[False, True])
    taken = [(one.x, one.y, _LINE / 2) for one in symbols if one.kind in _NUMBERED]
    labels: list[Label] = []
    for (x, y), name in zip(_spots(order, window), order["municipality"], strict=True):
        half = len(name) * _LETTER / 2
        centre = min(max(x, half), WIDTH - half)
        for height in (y, y + 1.3 * _LINE, y - 1.3 * _LINE):
            if not any(
                abs(centre - cx) < half + ch and abs(height - cy) < _LINE for cx, cy, ch in taken
            ):
                taken.append((centre, height, half))
                labels.append(Label(centre, round(height, 1), name))
                break
        if len(labels) == _MOST_LABELS:
            break
    return labels


__all__ = ["WIDTH", "Label", "Picture", "Shape", "Symbol", "draw_report_map"]
