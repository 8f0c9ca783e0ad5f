"""What the columns of a published list are, guessed from their headers and from what they hold.

A guess is a proposal for a person to look at: nothing is imported by it alone. A header is likened
to the words that lists use for each field (edit distance, rapidfuzz); the cells then speak for or
against it. Where a header says nothing, cells that can be one thing only say it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from capillare.geo.hours import normalise_hours
from capillare.geo.places import normalised_name
from capillare.geo.points.cells import read_date, read_flag
from capillare.geo.points.choices import folded, words_of
from capillare.geo.points.list_positions import could_be
from capillare.geo.points.list_words import ADDRESS_PARTS, FIELD_WORDS
from capillare.geo.points.mapping import MUNICIPALITY
from capillare.geo.schema import DESKS
from capillare.geo.sources.features import X_COLUMN, Y_COLUMN

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import pandas as pd

    from capillare.geo.sources.files import RawTable


Reads = Callable[[str], bool]

MOST_TRANSLATED = 40
"""Different words of a column above which it is no column of choices."""

_SURE, _LIKELY, _BY_CELLS, _DOUBTED, _LEAST = 100.0, 88.0, 75.0, 72.0, 70.0
_LEAST_ALIKE = 82.0
_LEAST_TRANSLATED = 85.0
_MOST_CELLS = 200
_FITTING, _TELLING = 0.5, 0.9
_CUT_HEADER = 8  # letters from which a header may be a word that a format has cut
_TELLING_FIELDS = ("istat_code", MUNICIPALITY, "email", "opening_hours")
_CODE = re.compile(r"\d{4,6}", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]+", re.IGNORECASE)
_PHONE = re.compile(r"[+(]?\d[\d\s()./+-]{4,}\d.*", re.ASCII)
_URL = re.compile(r"(https?://|www\.)\S+", re.IGNORECASE)
_FORMS: dict[str, Reads] = {
    "email": lambda text: bool(_EMAIL.fullmatch(text)),
    "phone": lambda text: bool(_PHONE.fullmatch(text)),
    "booking_url": lambda text: bool(_URL.fullmatch(text)),
    "opening_hours": lambda text: normalise_hours(text) is not None,
}
_KINDS: dict[str, Reads] = {
    "date": lambda text: read_date(text).cell is not None,
    "flag": lambda text: read_flag(text).cell is not None,
    "integer": lambda text: text.isascii() and text.isdigit() and int(text) > 0,
}


@dataclass(frozen=True)
class Known:
    """What is known already, against which a list's cells are held.

    Attributes
    ----------
    codes
        ISTAT code by normalised name of municipality.
    point_ids
        Points of the registry.
    """

    codes: Mapping[str, str]
    point_ids: Collection[str] = ()


def listed_columns(raw: RawTable) -> list[str]:
    """Return the columns of a list that a person maps: not a GeoJSON's positions."""
    return [str(name) for name in raw.frame if name not in (X_COLUMN, Y_COLUMN)]


def has_positions(raw: RawTable) -> bool:
    """Tell whether a list has positions of its own, as a GeoJSON does."""
    return X_COLUMN in raw.frame and bool((raw.frame[X_COLUMN] != "").any())


def guess_fields(raw: RawTable, known: Known) -> dict[str, str]:
    """Guess the field of each column of a list; columns that are none are left out.

    The likeliest pair of column and field is taken first, ties by the order of the file; each is
    taken once, but for a house number, which makes up the address together with its street.

    Returns
    -------
    Field by column, in the order of the file.
    """
    columns = listed_columns(raw)
    left_out = {"lat", "lon"} if has_positions(raw) else set()
    fields = [name for name in FIELD_WORDS if name not in left_out]
    scored = [
        (-score, column, field)
        for column, name in enumerate(columns)
        for field, score in _likely_fields(name, fields, _sample(raw.frame[name]), known)
    ]
    guessed: dict[int, str] = {}
    for _, column, field in sorted(scored, key=lambda pair: pair[:2]):
        if column not in guessed and field not in guessed.values():
            guessed[column] = field
    if "address" in guessed.values():
        parts = (n for n, name in enumerate(columns) if _spaced(name) in ADDRESS_PARTS)
        guessed |= {n: "address" for n in parts if n not in guessed}
    return {columns[n]: guessed[n] for n in sorted(guessed)}


def guess_choices(field: str, cells: pd.Series) -> dict[str, str]:
    """Guess what stands in the registry for each word of a column of choices.

    Returns
    -------
    Choice by word, the words that the registry reads as they are left out; empty text where
    nothing is like a word.
    """
    words = words_of(field, DESKS.column(field).choices)
    found = dict.fromkeys(word for word in cells.str.strip() if word and folded(word) not in words)
    return {word: _closest_choice(word, words) for word in list(found)[:MOST_TRANSLATED]}


def _sample(cells: pd.Series) -> list[str]:
    stripped = cells.str.strip()
    return stripped[stripped != ""].head(_MOST_CELLS).to_list()


def _spaced(header: str) -> str:
    return folded(header).replace("_", " ")


def _likely_fields(
    header: str, fields: Sequence[str], sample: Sequence[str], known: Known
) -> list[tuple[str, float]]:
    spaced = _spaced(header)
    shares = {field: _fitting_share(field, sample, known) for field in fields}
    scores = ((field, _score(spaced, field, shares[field])) for field in fields)
    return [(field, score) for field, score in scores if score >= _LEAST]


def _score(header: str, field: str, share: float | None) -> float:
    """Return how likely a column is a field, of 100.

    Parameters
    ----------
    share
        Of its cells that can be of the field; None where any text can, or none is filled in.
    """
    named = _likeness(header, field)
    if share is None:
        return named
    if share < _FITTING:
        # A header that leaves no doubt is shown with its cells, and the rows say what is wrong.
        return _DOUBTED if named >= _SURE and len(header) > len("al") else 0.0
    by_cells = _BY_CELLS if share >= _TELLING and field in _TELLING_FIELDS else 0.0
    return max(named + share if named else 0.0, by_cells)


def _likeness(header: str, field: str) -> float:
    words = set(header.split())
    best = 0.0
    for known in FIELD_WORDS[field]:
        parts = set(known.split())
        if header == known:
            return _SURE
        if len(header) >= _CUT_HEADER and known.startswith(header):
            best = max(best, _LIKELY)
        if parts <= words:
            best = max(best, _LIKELY - 2 * (len(words) - len(parts)))
        alike = fuzz.ratio(header, known, score_cutoff=_LEAST_ALIKE)
        best = max(best, min(alike, _LIKELY) if len(known) >= len("orari") else 0.0)
    return best


def _fitting_share(field: str, sample: Sequence[str], known: Known) -> float | None:
    reads = _reader(field, known)
    if reads is None or not sample:
        return None
    return sum(map(reads, sample)) / len(sample)


def _reader(field: str, known: Known) -> Reads | None:
    """Return what tells whether a cell can be of a field; None where any text can."""
    codes = frozenset(known.codes.values())
    own: dict[str, Reads] = _FORMS | {
        "lat": partial(could_be, "lat"),
        "lon": partial(could_be, "lon"),
        MUNICIPALITY: lambda text: normalised_name(text) in known.codes,
        "point_id": lambda text: text in known.point_ids,
        "istat_code": lambda text: bool(_CODE.fullmatch(text)) and text.zfill(6) in codes,
    }
    if field in own:
        return own[field]
    column = DESKS.column(field)
    if column.choices:
        words = words_of(field, column.choices)
        return lambda text: folded(text) in words or bool(_closest_choice(text, words))
    return _KINDS.get(column.kind)


def _closest_choice(word: str, words: Mapping[str, str]) -> str:
    spaced = _spaced(word)
    alike = {known: fuzz.token_set_ratio(spaced, known.replace("_", " ")) for known in words}
    best = max(alike, key=alike.__getitem__)
    return words[best] if alike[best] >= _LEAST_TRANSLATED else ""
