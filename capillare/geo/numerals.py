"""Numbers and dates as people write them, in Italian or English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date

Language = Literal["it", "en"]

MONTHS_IT = (
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
)
WEEKDAYS_IT = ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica")


def number(figure: float, decimals: int = 0, *, lang: Language = "it") -> str:
    """Write a number with thousands separators; what rounds to nothing has no sign.

    >>> number(3651152), number(4.66, 1), number(4.66, 1, lang="en"), number(-0.3)
    ('3.651.152', '4,7', '4.7', '0')
    """
    english = f"{figure:z,.{decimals}f}"
    return english.translate(str.maketrans(",.", ".,")) if lang == "it" else english


def percent(share: float, decimals: int = 0, *, lang: Language = "it") -> str:
    """Write a share from 0 to 1 as a percentage.

    >>> percent(0.478, 1), percent(0.478, 1, lang="en")
    ('47,8 %', '47.8%')
    """
    written = number(100 * share, decimals, lang=lang)
    return f"{written} %" if lang == "it" else f"{written}%"


def euros(amount: float, *, lang: Language = "it") -> str:
    """Write an amount of money without cents.

    >>> euros(39000)
    '39.000 €'
    """
    return f"{number(amount, lang=lang)} €" if lang == "it" else f"€{number(amount, lang=lang)}"


def counted(count: int, one: str, many: str, *, lang: Language = "it") -> str:
    """Write how many there are of something, in the words for one of it or for many.

    >>> counted(1, "riga scritta", "righe scritte"), counted(1273, "riga scritta", "righe scritte")
    ('1 riga scritta', '1.273 righe scritte')
    """
    return f"{number(count, lang=lang)} {one if count == 1 else many}"


def day(when: date, *, lang: Language = "it") -> str:
    """Write a date in full.

    >>> from datetime import date
    >>> day(date(2025, 12, 1)), day(date(2025, 12, 1), lang="en")
    ('1° dicembre 2025', '1 December 2025')
    """
    if lang == "en":
        return f"{when.day} {when:%B} {when.year}"
    first = "1°" if when.day == 1 else str(when.day)
    return f"{first} {MONTHS_IT[when.month - 1]} {when.year}"
