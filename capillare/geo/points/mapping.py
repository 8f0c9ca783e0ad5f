"""How a published list's columns become a desk's fields: a small TOML file that a person writes."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np
import pandas as pd
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from capillare.geo.errors import ConfigError, SourceError
from capillare.geo.fields import Checked, among, build, like, not_empty
from capillare.geo.places import normalised_name
from capillare.geo.schema import DESKS
from capillare.geo.sources.features import DEFAULT_CRS, X_COLUMN, Y_COLUMN

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Mapping as Entries
    from pathlib import Path

    from numpy.typing import NDArray

    from capillare.geo.sources.files import RawTable

MUNICIPALITY = "municipality"
"""A field beside those of a desk: the municipality's name, from which its code is found."""

MAX_MAPPING_BYTES = 100_000
_FIELDS = (*DESKS.names, MUNICIPALITY)
_DATE = r"\d{4}(-\d{2}(-\d{2})?)?"
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?", re.ASCII)
_DECIMALS = 7


@dataclass(frozen=True)
class ListMapping(Checked):
    """What a published list says, column by column.

    Attributes
    ----------
    source, source_date
        Page or act of the list, and its date: written in the rows that it changes.
    columns
        Field by column of the list.
    joined
        Columns that make up one field together, in order, parted by a space.
    constants
        Fields that are the same for every desk: they complete new desks only.
    updates
        Constants that are written in desks already there too.
    translations
        By field, what stands in the registry for what stands in the list.
    crs
        Of the list's coordinates; needed unless a GeoJSON names its own, or is WGS 84.
    id_prefix
        Put before the list's ids, so that they are nobody else's.
    """

    WHERE: ClassVar[str] = "mapping"

    source: Annotated[str, not_empty]
    source_date: Annotated[str, like(_DATE, "2026-05-31")]
    columns: Annotated[dict[str, Annotated[str, among(_FIELDS)]], not_empty]
    joined: Annotated[dict[str, tuple[str, ...]], among(_FIELDS)] = field(default_factory=dict)
    constants: Annotated[dict[str, str], among(DESKS.names)] = field(default_factory=dict)
    updates: Annotated[tuple[str, ...], among(DESKS.names)] = ()
    translations: Annotated[dict[str, dict[str, str]], among(_FIELDS)] = field(default_factory=dict)
    crs: str = ""
    id_prefix: Annotated[str, like(r"[^\s/\\]{0,20}", "rt-")] = ""

    def __post_init__(self) -> None:
        """Refuse a field that is given twice, or a needed one that is not given."""
        super().__post_init__()
        given = [*self.columns.values(), *self.joined, *self.constants]
        twice = sorted({name for name in given if given.count(name) > 1})
        if twice:
            raise ConfigError(
                f"mapping: {', '.join(twice)} given twice. Keep one, or put both in [joined]."
            )
        lacking = lacking_fields(given)
        if lacking:
            words = ["istat_code (or municipality)" if n == "istat_code" else n for n in lacking]
            raise ConfigError(f"mapping: no {', '.join(words)}. Map a column, or give a constant.")
        strangers = sorted(set(self.updates) - set(self.constants))
        if strangers:
            raise ConfigError(f"mapping: updates {', '.join(strangers)}: no such constant.")

    @property
    def stated(self) -> frozenset[str]:
        """Fields that the list states of each desk."""
        return frozenset({*self.columns.values(), *self.joined, *self.updates})


def lacking_fields(given: Collection[str]) -> list[str]:
    """Return the fields that a desk needs and a mapping does not give, by name; the code last.

    The municipality's code is not needed where its name is given; a desk's id can be made.
    """
    lacking = sorted(DESKS.required_names - {"desk_id", "istat_code"} - set(given))
    has_town = "istat_code" in given or MUNICIPALITY in given
    return lacking if has_town else [*lacking, "istat_code"]


def read_mapping(path: Path) -> ListMapping:
    """Read a mapping.

    Raises
    ------
    ConfigError
        If it cannot be read, names an unknown field or lacks a needed one.
    """
    where = f"mapping {path.name}"
    try:
        if path.stat().st_size > MAX_MAPPING_BYTES:
            raise ConfigError(f"{where}: over {MAX_MAPPING_BYTES // 1000} kB. Give the TOML file.")
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise ConfigError(f"{where}: cannot be read ({fault.strerror}).") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise ConfigError(f"{where}: not a TOML file ({fault}).") from fault
    for name, read in (("constants", _written), ("joined", _parts)):
        if isinstance(entries.get(name), dict):
            entries[name] = {key: read(entry) for key, entry in entries[name].items()}
    return build(ListMapping, entries, where=where)


def _written(entry: Any) -> Any:  # noqa: ANN401 (whatever a person may write)
    """Write a constant as a cell of a table would."""
    if isinstance(entry, bool):
        return "true" if entry else "false"
    if isinstance(entry, date):
        return entry.isoformat()
    return str(entry) if isinstance(entry, int | float) else entry


def _parts(entry: Any) -> Any:  # noqa: ANN401 (whatever a person may write)
    return tuple(entry) if isinstance(entry, list) else entry


def mapped(
    raw: RawTable, mapping: ListMapping, codes: Entries[str, str], *, crs: str = ""
) -> RawTable:
    """Turn a list into a raw table of desks, for the registry's intake to judge.

    Parameters
    ----------
    raw
        The list as read.
    codes
        ISTAT code by normalised name of municipality; a name that is not there is left for the
        intake to refuse.
    crs
        CRS that the file itself names, empty where it names none.

    Raises
    ------
    SourceError
        If a mapped column is not in the list.
    ConfigError
        If the CRS is not known, or the file names another one than the mapping.
    """
    named = [*mapping.columns, *(name for parts in mapping.joined.values() for name in parts)]
    absent = sorted({name for name in named if name not in raw.frame})
    if absent:
        raise SourceError(
            f"{raw.title}: no longer in its published layout, column {', '.join(absent)} absent. "
            "Correct the mapping."
        )
    cells = {name: raw.frame[column].str.strip() for column, name in mapping.columns.items()}
    cells |= {
        name: raw.frame[list(parts)].agg(" ".join, axis=1).str.split().str.join(" ")
        for name, parts in mapping.joined.items()
    }
    cells = {name: _translated(cells[name], mapping.translations.get(name, {})) for name in cells}
    cells |= _positions(raw, cells, mapping, crs)
    if MUNICIPALITY in cells:
        name = cells.pop(MUNICIPALITY)
        code = name.map(lambda text: codes.get(normalised_name(text), text))
        cells.setdefault("istat_code", code)
    constants = mapping.constants | {"source": mapping.source, "source_date": mapping.source_date}
    blank = pd.Series("", index=raw.frame.index, dtype="str")
    cells |= {name: blank + text for name, text in constants.items() if name not in cells}
    cells["desk_id"] = _ids(cells, mapping.id_prefix)
    names = [name for name in DESKS.names if name in cells]
    return replace(raw, frame=pd.DataFrame({name: cells[name].astype("str") for name in names}))


def _translated(cells: pd.Series, words: dict[str, str]) -> pd.Series:
    folded = {word.strip().casefold(): meaning for word, meaning in words.items()}
    return cells.map(lambda text: folded.get(text.casefold(), text)).astype("str")


def _positions(
    raw: RawTable, cells: Entries[str, pd.Series], mapping: ListMapping, crs: str
) -> dict[str, pd.Series]:
    """Return lat and lon in EPSG:4326 as text; a coordinate that is no number stays as it is."""
    is_geojson = X_COLUMN in raw.frame and "lat" not in cells and "lon" not in cells
    x = raw.frame[X_COLUMN] if is_geojson else cells.get("lon")
    y = raw.frame[Y_COLUMN] if is_geojson else cells.get("lat")
    if x is None or y is None:
        return {}
    used = _agreed_crs(raw.title, crs, mapping.crs, is_geojson=is_geojson)
    if used == CRS(DEFAULT_CRS):
        return {"lat": y, "lon": x}
    is_number = (x.str.fullmatch(_NUMBER) & y.str.fullmatch(_NUMBER)).to_numpy(dtype=bool)
    move = Transformer.from_crs(used, DEFAULT_CRS, always_xy=True)
    lon, lat = move.transform(_numbers(x[is_number]), _numbers(y[is_number]))
    moved = {"lat": y.copy(), "lon": x.copy()}
    for name, degrees in (("lat", lat), ("lon", lon)):
        moved[name][is_number] = [repr(round(float(angle), _DECIMALS)) for angle in degrees]
    return moved


def _numbers(cells: pd.Series) -> NDArray[np.float64]:
    return cells.str.replace(",", ".", regex=False).to_numpy(dtype=np.float64)


def _agreed_crs(title: str, named: str, mapped_crs: str, *, is_geojson: bool) -> CRS:
    if not (named or mapped_crs or is_geojson):
        raise ConfigError(
            f'{title}: coordinates without a CRS. Write crs = "EPSG:…" in the mapping.'
        )
    try:
        choices = [CRS(name) for name in (named, mapped_crs) if name]
    except CRSError as fault:
        raise ConfigError(
            f"{title}: CRS {named or mapped_crs!r} is not known ({fault})."
        ) from fault
    if len(choices) > 1 and choices[0] != choices[1]:
        raise ConfigError(
            f"{title}: its CRS is {named}, the mapping says {mapped_crs}. Correct the mapping."
        )
    return choices[0] if choices else CRS(DEFAULT_CRS)


def _ids(cells: Entries[str, pd.Series], prefix: str) -> pd.Series:
    """Return the list's ids, or ids made of municipality and name; blank where both are."""
    own = cells.get("desk_id")
    if own is not None:
        kept = own.str.replace(r"[\s/\\]+", "-", regex=True)
        return (prefix + kept).where(kept != "", "")
    named = (cells["istat_code"] + " " + cells["name"]).map(normalised_name)
    made = prefix + named.str.replace(" ", "-").str.slice(0, 50)
    again = made.groupby(made).cumcount() + 1
    return made.where(again == 1, made + "-" + again.astype("str"))
