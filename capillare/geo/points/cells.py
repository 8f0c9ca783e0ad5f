"""Cells of a user's table, read without guessing: each kind of column has one reader."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from capillare.geo.points.choices import folded, words_of
from capillare.geo.schema.stops import CLOCK, DAY_LIST
from capillare.geo.schema.tables import ISTAT_CODE

if TYPE_CHECKING:
    from capillare.geo.points.codes import CodeBook
    from capillare.geo.schema import Column

EXCEL_ERRORS = frozenset(
    {"#N/A", "#N/D", "#REF!", "#RIF!", "#VALUE!", "#VALORE!", "#DIV/0!", "#NAME?", "#NOME?"}
)
_MONTHS = {
    "gennaio": 1, "febbraio": 2, "marzo": 3, "aprile": 4, "maggio": 5, "giugno": 6, "luglio": 7,
    "agosto": 8, "settembre": 9, "ottobre": 10, "novembre": 11, "dicembre": 12,
    "gen": 1, "feb": 2, "mar": 3, "apr": 4, "mag": 5, "giu": 6, "lug": 7, "ago": 8, "set": 9,
    "sett": 9, "ott": 10, "nov": 11, "dic": 12,
}  # fmt: skip
_FLAGS = {
    **dict.fromkeys(("si", "s", "yes", "y", "true", "vero", "1"), True),
    **dict.fromkeys(("no", "n", "false", "falso", "0"), False),
}
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_ITALIAN_NUMBER = re.compile(r"[+-]?\d{1,3}([.' \u00a0]\d{3})+(,\d+)?", re.ASCII)
_ENGLISH_NUMBER = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|infinito|∞)", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2})?)?", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})", re.ASCII)
_WORDED = re.compile(r"(\d{1,2})°?\s+([a-z]+)\.?\s+(\d{4})", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2})(?::00)?)?", re.ASCII)
_MIDNIGHT_HOUR, _HOUR_MINUTES = 24, 60
_SHOWN_CHARS = 20
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


@dataclass(frozen=True, slots=True)
class Reading:
    """What one cell says.

    Attributes
    ----------
    cell
        The cell in its column's kind; None where it could not be read.
    note
        How it was read, if not as it stands.
    problem, what_to_do
        Why it was not read.
    """

    cell: str | float | bool | None
    note: str = ""
    problem: str = ""
    what_to_do: str = ""


Reader = Callable[[str], Reading]


def reader_of(column: Column, codes: CodeBook) -> Reader | None:
    """Return the reader of a column's cells; None for text that is taken as it stands."""
    if column.pattern == ISTAT_CODE:
        return partial(read_code, codes=codes)
    if column.pattern in _BY_FORM:
        return _BY_FORM[column.pattern]
    if column.choices:
        words = words_of(column.name, column.choices)
        return partial(read_choice, words=words, choices=column.choices)
    by_kind: dict[str, Reader] = {
        "number": partial(read_number, column=column),
        "integer": partial(read_integer, column=column),
        "flag": read_flag,
        "date": read_date,
    }
    if column.pattern:
        by_kind["text"] = partial(read_pattern, pattern=re.compile(column.pattern))
    return by_kind.get(column.kind)


def read_code(text: str, *, codes: CodeBook) -> Reading:
    """Read an ISTAT code in force."""
    padded = codes.padded(text)
    if padded is None:
        return Reading(None, "", "non è un codice ISTAT", "Scrivi le sei cifre, come 048017.")
    in_force = codes.in_force(padded)
    if not in_force:
        return Reading(
            None,
            "",
            "codice ISTAT sconosciuto",
            "Cerca il comune nell'elenco ISTAT e scrivi il suo codice di sei cifre.",
        )
    if len(in_force) > 1:
        return Reading(
            None,
            "",
            f"comune soppresso e diviso fra {', '.join(in_force)}",
            "Scrivi il codice del comune in cui si trova oggi.",
        )
    if in_force[0] != padded:
        name = codes.names.get(padded, "")
        return Reading(in_force[0], f"comune soppresso, letto come {in_force[0]} {name}".strip())
    return Reading(padded, "" if padded == text else "zeri iniziali rimessi al codice ISTAT")


def read_choice(text: str, *, words: dict[str, str], choices: tuple[str, ...]) -> Reading:
    """Read one of a column's choices, in any case, in English or Italian."""
    if text in choices:
        return Reading(text)
    choice = words.get(folded(text))
    if choice is None:
        return Reading(
            None, "", "voce non prevista", f"Scrivi una di queste: {', '.join(choices)}."
        )
    return Reading(choice, f"letto come {choice}")


def read_number(text: str, *, column: Column) -> Reading:
    """Read a number within the column's range; a thousand and a decimal are never confused."""
    if _NOT_FINITE.fullmatch(text):
        return Reading(None, "", "non è un numero finito", "Scrivi il numero, o lascia vuoto.")
    readings = _numbers_in(text)
    if not readings:
        return Reading(
            None,
            "",
            "non è un numero",
            "Scrivi solo cifre, con il punto o la virgola per i decimali.",
        )
    within = {number: note for number, note in readings.items() if _is_within(number, column)}
    if not within:
        return Reading(None, "", _out_of_range(column), "Controlla il numero e l'unità di misura.")
    if len(within) > 1:
        shown = " o ".join(f"{number:g}" for number in sorted(within))
        return Reading(
            None, "", f"può valere {shown}", "Togli il separatore delle migliaia, o i decimali."
        )
    ((number, note),) = within.items()
    return Reading(number, note)


def _numbers_in(text: str) -> dict[float, str]:
    """Return every number that the text can stand for, each with how it is read."""
    readings: dict[float, str] = {}
    if _ITALIAN_NUMBER.fullmatch(text) and not text.lstrip("+-").startswith("0"):
        plain = re.sub(r"[.' \u00a0]", "", text).replace(",", ".")
        readings[float(plain)] = "separatore delle migliaia tolto"
    if _ENGLISH_NUMBER.fullmatch(text) and not text.lstrip("+-").startswith("0"):
        readings[float(text.replace(",", ""))] = "separatore delle migliaia tolto"
    if _DECIMAL_COMMA.fullmatch(text):
        readings[float(text.replace(",", "."))] = "virgola decimale letta come punto"
    if _PLAIN_NUMBER.fullmatch(text):
        readings[float(text)] = ""
    return readings


def _is_within(number: float, column: Column) -> bool:
    at_least = -float("inf") if column.minimum is None else column.minimum
    at_most = float("inf") if column.maximum is None else column.maximum
    is_whole = column.kind != "integer" or number.is_integer()
    return at_least <= number <= at_most and abs(number) != float("inf") and is_whole


def _out_of_range(column: Column) -> str:
    at_least = "" if column.minimum is None else f" da {column.minimum:g}"
    at_most = "" if column.maximum is None else f" fino a {column.maximum:g}"
    kind = "un numero intero" if column.kind == "integer" else "un numero"
    return f"non è {kind}{at_least}{at_most}"


def read_integer(text: str, *, column: Column) -> Reading:
    """Read a whole number within the column's range."""
    reading = read_number(text, column=column)
    if isinstance(reading.cell, float) and not text.isdigit() and not reading.note:
        return Reading(reading.cell, "letto come numero intero")
    return reading


def read_flag(text: str) -> Reading:
    """Read yes or no."""
    flag = _FLAGS.get(folded(text))
    if flag is None:
        return Reading(None, "", "né sì né no", "Scrivi sì o no.")
    return Reading(flag, "" if text in ("true", "false") else f"letto come {str(flag).lower()}")


def read_date(text: str) -> Reading:
    """Read a day: ISO, or Italian with a four-digit year."""
    if match := _ISO.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
        note = "" if len(text) == len("2025-12-31") else "ora tolta dalla data"
    elif match := _SLASHED.fullmatch(text):
        day, month, year = int(match[1]), int(match[3]), int(match[4])
        note = "data letta come giorno, mese, anno"
    elif (match := _WORDED.fullmatch(text)) and match[2].casefold() in _MONTHS:
        day, month, year = int(match[1]), _MONTHS[match[2].casefold()], int(match[3])
        note = "data letta dalle parole"
    else:
        return Reading(None, "", "non è una data", "Scrivi la data come 2025-12-31 o 31/12/2025.")
    if not _is_day(year, month, day):
        return Reading(None, "", "data impossibile", "Controlla giorno, mese e anno.")
    return Reading(f"{year:04d}-{month:02d}-{day:02d}", note)


def _is_day(year: int, month: int, day: int) -> bool:
    return (
        _FIRST_YEAR <= year <= _LAST_YEAR
        and 1 <= month <= len(calendar.month_name) - 1
        and 1 <= day <= calendar.monthrange(year, month)[1]
    )


def read_pattern(text: str, *, pattern: re.Pattern[str]) -> Reading:
    """Read a text of a declared form; where the form is a date, an Italian date too."""
    if pattern.fullmatch(text):
        return Reading(text)
    day = read_date(text)
    if isinstance(day.cell, str) and pattern.fullmatch(day.cell):
        return day
    return Reading(
        None,
        "",
        "forma non ammessa",
        "Scrivi un codice senza spazi né barre, al più 80 caratteri."
        if r"\s" in pattern.pattern
        else "Scrivi anno, anno-mese o anno-mese-giorno, come 2025-12.",
    )


def read_clock(text: str) -> Reading:
    """Read a time of day: 09:30, 9.30, 9h30 or, on the hour, 9."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        return Reading(None, "", "non è un'ora", "Scrivi l'ora come 09:30.")
    hour, minute = int(match[1]), int(match[2] or 0)
    if hour >= _MIDNIGHT_HOUR or minute >= _HOUR_MINUTES:
        return Reading(None, "", "ora impossibile", "Scrivi l'ora da 00:00 a 23:59.")
    written = f"{hour:02d}:{minute:02d}"
    return Reading(written, "" if written == text else f"letto come {written}")


def read_days(text: str) -> Reading:
    """Read days separated by semicolons or commas; they come out in order, each once."""
    readings = [(part, read_date(part)) for part in map(str.strip, re.split(r"[;,]", text)) if part]
    for part, reading in readings:
        if reading.cell is None:
            shown = part if len(part) <= _SHOWN_CHARS else part[:_SHOWN_CHARS] + "…"
            return Reading(None, "", f"{shown}: {reading.problem}", reading.what_to_do)
    if not readings:
        return Reading(None, "", "nessuna data", "Scrivi le date, separate da ;, o lascia vuoto.")
    written = ";".join(sorted({str(reading.cell) for _, reading in readings}))
    return Reading(written, "" if written == text else f"letto come {written}")


_BY_FORM: dict[str, Reader] = {CLOCK: read_clock, DAY_LIST: read_days}
