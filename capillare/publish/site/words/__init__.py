"""Words of the public site: one TOML file a language, all with the same keys."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, cast

from capillare.geo.numerals import day

if TYPE_CHECKING:
    from capillare.geo.numerals import Language

    Words = dict[str, dict[str, str]]

LANGUAGES: tuple[Language, ...] = ("it", "en")


@lru_cache(maxsize=len(LANGUAGES))
def read_words(lang: Language) -> Words:
    """Read the words of a language, by section and key."""
    return cast("Words", tomllib.loads(files(__name__).joinpath(f"{lang}.toml").read_text("utf-8")))


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
