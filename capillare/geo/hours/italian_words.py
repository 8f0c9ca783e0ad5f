"""Words of Italian opening hours: one text becomes tokens, or nothing if a word is not known."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "day", "every_day", "time", "month", "ordinal", "of_month", "from", "to", "dash", "comma",
    "slash", "and", "closed", "except", "patron", "holidays", "appointment", "morning", "afternoon",
]  # fmt: skip


@dataclass(frozen=True)
class Token:
    """One meaningful word.

    Attributes
    ----------
    kind
        What it is.
    number
        Weekday 0 to 6, month 1 to 12, ordinal 1 to 5 or -1, or minutes of a time.
    is_clock
        Whether a time was written with minutes; a bare number may also be a day of a month.
    """

    kind: Kind
    number: int = 0
    is_clock: bool = False


_DAYS = (
    "lunedi lun lu mo",
    "martedi mart mar ma tu",
    "mercoledi merc mer me we",
    "giovedi giov gio gi th",
    "venerdi ven ve fr",
    "sabato sabati sab sa",
    "domenica domeniche dom do su",
)
_MONTHS = (
    "gennaio gen",
    "febbraio febb feb",
    "marzo",
    "aprile apr",
    "maggio mag",
    "giugno giu",
    "luglio lug",
    "agosto ago",
    "settembre sett set",
    "ottobre ott",
    "novembre nov",
    "dicembre dic",
)
_ORDINALS = {
    "primo": 1,
    "prima": 1,
    "secondo": 2,
    "seconda": 2,
    "terzo": 3,
    "terza": 3,
    "quarto": 4,
    "quarta": 4,
    "quinto": 5,
    "quinta": 5,
    "ultimo": -1,
    "ultima": -1,
}
_PLAIN: dict[str, Kind] = {
    **dict.fromkeys(("dal", "dalle", "dalla", "da"), "from"),
    **dict.fromkeys(("al", "alle", "alla", "a", "ad"), "to"),
    **dict.fromkeys(("e", "ed"), "and"),
    **dict.fromkeys(("chiuso", "chiusi", "chiusa", "chiusura"), "closed"),
    **dict.fromkeys(("escluso", "esclusi", "esclusa", "tranne"), "except"),
    **dict.fromkeys(("patrono", "patronale"), "patron"),
    **dict.fromkeys(("festivi", "festivo", "festivita"), "holidays"),
    **dict.fromkeys(("mattina", "mattino"), "morning"),
    "pomeriggio": "afternoon",
    "-": "dash",
    ",": "comma",
    "/": "slash",
}
_WORDS: dict[str, Token] = {
    **{word: Token("day", n) for n, words in enumerate(_DAYS) for word in words.split()},
    **{word: Token("month", n) for n, words in enumerate(_MONTHS, 1) for word in words.split()},
    **{word: Token("ordinal", n) for word, n in _ORDINALS.items()},
    **{word: Token(kind) for word, kind in _PLAIN.items()},
}
_PHRASES: tuple[tuple[str, str], ...] = (
    (r"\b(solo |soltanto |esclusivamente )?(su|previo|per) appuntamento\b", " @appointment "),
    (r"\b(santo patrono|festa (del )?patrono|festa patronale)\b", " patrono "),
    (r"\b(tutti i giorni|ogni giorno|tutta la settimana)\b", " @every_day "),
    (r"\b(del|di ogni|di ciascun|ogni) mese\b", " @of_month "),
    (r"\bdall ?'\s*", "dal "),
    (r"\ball ?'\s*", "al "),
    (r"(\d)\s*[°º]", r"\1@ordinal "),
)
_NOISE = frozenset({
    "ore", "ora", "h", "orario", "orari", "apertura", "aperto", "aperti", "aperta", "il", "lo",
    "la", "i", "le", "gli", "nei", "nel", "nelle", "in", "per", "giorni", "giorno", "giornate",
    "giornata", "continuato", "ogni", "tutti", "dei", "mese", "mesi", "di",
})  # fmt: skip
_TOKEN = re.compile(r"\d{1,2}[:.h]\d{2}(?!\d)|\d+@ordinal|\d+|@?[a-z_]+|[-,/]")
_SEGMENT = re.compile(r"[;\n|]|\.(?=\s|$)")
_LAST_MINUTE = 24 * 60
_MINUTES = 60
_MAX_ORDINAL = 5


def segments(text: str) -> list[list[Token]] | None:
    """Return the tokens of each part between semicolons, full stops or line ends.

    None as soon as one word is not in the vocabulary: what is not understood is not guessed.

    >>> [[token.kind for token in tokens] for tokens in segments("lun-ven 9-13; chiuso per il patrono")]
    [['day', 'dash', 'day', 'time', 'dash', 'time'], ['closed', 'patron']]
    >>> segments("lun-ven a richiesta") is None
    True
    """  # noqa: E501 (an example reads better unbroken)
    parts = [_tokens(part) for part in _SEGMENT.split(_plain(text)) if part.strip()]
    known = [tokens for tokens in parts if tokens is not None]
    return None if len(known) < len(parts) else [tokens for tokens in known if tokens]


def _plain(text: str) -> str:
    """Return `text` in lower case, without accents, apostrophes and abbreviation dots."""
    plain = text.casefold().replace("º", "°")
    plain = re.sub(r"[‐‑‒–—−]", "-", plain).replace("’", "'")
    plain = unicodedata.normalize("NFKD", plain)
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    for pattern, replacement in _PHRASES:
        plain = re.sub(pattern, replacement, plain)
    plain = plain.replace("'", "").replace("&", " e ")
    plain = re.sub(r"(?<=[a-z])\.", " ", plain)
    return re.sub(r"[()]|:(?!\d)", " ", plain)


def _tokens(part: str) -> list[Token] | None:
    tokens: list[Token] = []
    position = 0
    for match in _TOKEN.finditer(part):
        if part[position : match.start()].strip():
            return None
        position = match.end()
        word = match.group()
        if word in _NOISE:
            continue
        token = _token(word)
        if token is None:
            return None
        tokens.append(token)
    return None if part[position:].strip() else tokens


def _token(word: str) -> Token | None:
    if word[0].isdigit():
        return _number(word)
    if word.startswith("@"):
        return {
            "@appointment": Token("appointment"),
            "@every_day": Token("every_day"),
            "@of_month": Token("of_month"),
        }.get(word)
    return _WORDS.get(word)


def _number(word: str) -> Token | None:
    if word.endswith("@ordinal"):
        ordinal = int(word.removesuffix("@ordinal"))
        return Token("ordinal", ordinal) if 1 <= ordinal <= _MAX_ORDINAL else None
    digits = re.split(r"[:.h]", word)
    hour, minute = int(digits[0]), int(digits[1]) if len(digits) > 1 else 0
    minutes = hour * _MINUTES + minute
    if minute >= _MINUTES:
        return None
    if len(digits) == 1:
        return Token("time", minutes)  # a day of a month may pass 24: the reader decides
    return Token("time", minutes, is_clock=True) if minutes <= _LAST_MINUTE else None
