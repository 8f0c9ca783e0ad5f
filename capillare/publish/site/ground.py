"""The ground of the public map as it is sent: few polygons, whole numbers, no tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from capillare.geo.places import METRIC_CRS
from capillare.publish.outlines import outlines_geojson
from capillare.publish.site.map_shapes import ALL_ITALY_SIMPLIFY_M, draw_ground, find_labels

if TYPE_CHECKING:
    from capillare.geo.places import Territory

SCALE = 10_000
"""Units a degree: ten metres, less than a pixel wherever the map zooms to."""

_MAX_LABEL_ZOOM = 9


def site_ground(territory: Territory) -> dict[str, Any]:
    """Draw the ground of a territory in few bytes; all Italy by province.

    Returns
    -------
    ``scale``, units a degree; ``areas``: ``[name, polygons]``; ``around``: polygons; ``labels`` as
    `draw_ground` gives them. A polygon is its shell and its holes, each ``[lon, lat, …]`` in whole
    units, every pair after the first as the step from the one before; two areas' common border is
    the same in both, since every vertex is rounded alone.
    """
    if territory.region == "all":
        ground = _provinces(territory)
    else:
        drawn = draw_ground(territory)
        ground = {
            "areas": [
                (feature["properties"]["name"], feature["geometry"])
                for feature in drawn["areas"]["features"]
            ],
            "around": drawn["around"],
            "labels": drawn["labels"],
        }
    return {
        "scale": SCALE,
        "areas": [[name, _polygons(geometry)] for name, geometry in ground["areas"]],
        "around": _polygons(ground["around"]) if ground["around"] else [],
        "labels": ground["labels"],
    }


def _provinces(territory: Territory) -> dict[str, Any]:
    municipalities = territory.municipalities
    metric = municipalities.geometry.to_crs(METRIC_CRS).to_numpy()
    names = sorted(municipalities["province"].unique())
    of_province = municipalities["province"].to_numpy()
    # Simplified before they are joined, so that neighbours keep their borders and joining is quick.
    simple = shapely.coverage_simplify(metric, ALL_ITALY_SIMPLIFY_M)
    whole = np.array([shapely.union_all(simple[of_province == name]) for name in names])
    labels = [label for label in find_labels(territory) if label[3] <= _MAX_LABEL_ZOOM]
    areas = zip(names, outlines_geojson(whole), strict=True)
    return {"areas": list(areas), "around": None, "labels": labels}


def _polygons(geometry: dict[str, Any]) -> list[list[list[int]]]:
    """Write a polygon, or several, as rings in whole steps: the shell, then its holes."""
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    return [[_steps(ring) for ring in polygon] for polygon in polygons]


def _steps(ring: list[list[float]]) -> list[int]:
    units = np.round(np.asarray(ring) * SCALE).astype(np.int64)
    steps = np.diff(units, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    kept: list[int] = steps[np.r_[True, steps[1:].any(axis=1)]].ravel().tolist()
    return kept
