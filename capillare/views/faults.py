"""What went wrong, said in Italian: the engine's English sentences through a catalogue.

The engine says each fault once, in English, with the names and figures it is about. Pages read the
sentence back through ``data/faults_it.toml``, where sentences stand with their facts in braces, as
a translator's catalogue would have them. A sentence that is not there is shown behind an Italian
one, never alone.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.sources.reference import DATA_FOLDER
from capillare.views.notes import as_text

if TYPE_CHECKING:
    from capillare.geo.errors import CapillareError

CATALOGUE = DATA_FOLDER / "faults_it.toml"
MAX_CHARACTERS = 4_000
"""Longer sentences are cut before they are read."""
UNTRANSLATED = (
    "Qui c'è un dato o un'impostazione da correggere. Il programma lo sa dire solo in inglese:"
)
_FACT = re.compile(r"\{(\w+)\}")
_FIGURES = "n"
_LISTED = "; "
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+")


@dataclass(frozen=True)
class Saying:
    """One sentence of the catalogue.

    Attributes
    ----------
    pattern
        Finds the English sentence, with a group for each fact.
    italian
        The same facts in braces.
    n_own
        Characters that are not facts: of two sentences that fit, the one with more is meant.
    """

    pattern: re.Pattern[str]
    italian: str
    n_own: int

    @classmethod
    def of(cls, english: str, italian: str) -> Saying:
        """Read an entry of the catalogue."""
        parts = _FACT.split(english)
        # Words and names of facts take turns.
        words, names = parts[::2], parts[1::2]
        groups = [
            rf"(?P<{name}>[\d.,]+)" if name == _FIGURES else rf"(?P<{name}>.*?)" for name in names
        ]
        pieces = [re.escape(words[0])]
        for group, word in zip(groups, words[1:], strict=True):
            pieces += [group, re.escape(word)]
        return cls(re.compile("".join(pieces), re.DOTALL), italian, sum(map(len, words)))


def in_italian(sentence: str) -> str:
    """Return an engine's sentence in Italian; empty where the catalogue does not hold it.

    >>> in_italian("dati.xlsx: not an XLSX workbook. Save it as .xlsx or as CSV UTF-8.")
    'dati.xlsx: non è una cartella di lavoro XLSX. Salvalo come .xlsx o come CSV UTF-8.'
    """
    whole, _ = _catalogue()
    said = [_through(whole, line) for line in sentence[:MAX_CHARACTERS].splitlines()]
    return "\n\n".join(line for line in said if line) if all(said) else ""


def told(fault: CapillareError | str) -> str:
    """Return what to tell a reader about a fault, or about its sentence, in one piece."""
    sentence = str(fault)
    return in_italian(sentence) or f"{UNTRANSLATED} {sentence}"


def show_error(fault: CapillareError) -> None:
    """Say in the page what went wrong and what to do."""
    st.error(as_text(told(fault)))


@cache
def _catalogue() -> tuple[tuple[Saying, ...], tuple[Saying, ...]]:
    """Return whole sentences, and pieces that stand inside them, those with most words first."""
    chapters = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))
    facts = chapters.pop("facts")
    whole = {
        english: italian for chapter in chapters.values() for english, italian in chapter.items()
    }
    return _sorted(whole), _sorted(facts)


def _sorted(*chapters: dict[str, str]) -> tuple[Saying, ...]:
    sayings = [Saying.of(*entry) for chapter in chapters for entry in chapter.items()]
    return tuple(sorted(sayings, key=lambda saying: -saying.n_own))


def _through(sayings: tuple[Saying, ...], text: str) -> str:
    """Return a text through the first saying that fits it; empty where none does."""
    for saying in sayings:
        found = saying.pattern.fullmatch(text)
        if found is not None:
            return _filled(saying.italian, found)
    return ""


def _filled(italian: str, found: re.Match[str]) -> str:
    facts = {name: _fact(fact) for name, fact in found.groupdict().items()}
    # In one pass: facts are what people typed, and braces of theirs are no places for others.
    return _FACT.sub(lambda place: facts[place[1]], italian)


def _fact(text: str) -> str:
    """Return a piece in Italian, or as it is: most facts are names and figures."""
    if not text:
        return text
    if _THOUSANDS.fullmatch(text):
        return text.replace(",", ".")
    pieces = _catalogue()[1]
    if _LISTED in text:
        # One piece must not fit over several of a list, unless it holds a semicolon of its own.
        whole = _through(tuple(p for p in pieces if _LISTED in p.italian), text)
        return whole or _LISTED.join(map(_fact, text.split(_LISTED)))
    said = _through(pieces, text)
    if said or ", " not in text:
        return said or text
    return ", ".join(map(_fact, text.split(", ")))
