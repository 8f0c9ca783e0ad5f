"""Words of the public site: one TOML file a language, all with the same keys.

A language whose file is beside this one has every page; one in ``essential`` has the guide alone:
how it works, what to bring, where the list is, whom to call. To complete a language, give it a file
with the keys of ``it.toml``, the two pages of prose, and a place in `LANGUAGES`.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, cast

from capillare.geo.numerals import WEEKDAYS_IT, day

if TYPE_CHECKING:
    from capillare.geo.numerals import Language

    Words = dict[str, dict[str, str]]

LANGUAGES: tuple[Language, ...] = ("it", "en")
ESSENTIAL_LANGUAGES = ("ro", "sq", "ar", "zh", "uk", "fr", "es", "de")


@lru_cache(maxsize=len(LANGUAGES))
def read_words(lang: Language) -> Words:
    """Read the words of a language, by section and key."""
    return cast("Words", tomllib.loads(files(__name__).joinpath(f"{lang}.toml").read_text("utf-8")))


@lru_cache(maxsize=len(ESSENTIAL_LANGUAGES))
def read_essential(lang: str) -> Words:
    """Read the words of a language that has the guide alone: ``language`` and ``guide``."""
    path = files(__name__) / "essential" / f"{lang}.toml"
    return cast("Words", tomllib.loads(path.read_text("utf-8")))


def partial_day(when: str, lang: Language) -> str:
    """Write a date of which only the year or the month may be known; other text stays as it is.

    >>> partial_day("2024-03-01", "it"), partial_day("2024-03", "it"), partial_day("2024", "it")
    ('1° marzo 2024', 'marzo 2024', '2024')
    """
    is_month = re.fullmatch(r"\d{4}-\d{2}", when) is not None
    try:
        written = day(date.fromisoformat(f"{when}-01" if is_month else when), lang=lang)
    except ValueError:
        return when
    return written.partition(" ")[2] if is_month else written


def spoken_day(when: date, lang: Language) -> str:
    """Write a date with its weekday.

    >>> spoken_day(date(2026, 3, 4), "it"), spoken_day(date(2026, 3, 4), "en")
    ('mercoledì 4 marzo 2026', 'Wednesday 4 March 2026')
    """
    weekday = f"{when:%A}" if lang == "en" else WEEKDAYS_IT[when.weekday()]
    return f"{weekday} {day(when, lang=lang)}"


def spoken_clock(clock: str, lang: Language) -> str:
    """Write a time of day as people read it.

    >>> spoken_clock("09:00", "it"), spoken_clock("15:30", "it"), spoken_clock("09:00", "en")
    ('9', '15.30', '9:00')
    """
    hour, _, minute = clock.partition(":")
    if lang == "en":
        return f"{int(hour)}:{minute}"
    return str(int(hour)) if minute == "00" else f"{int(hour)}.{minute}"
