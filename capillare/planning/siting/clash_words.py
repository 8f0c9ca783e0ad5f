"""Which wishes clash and by how much, in one sentence each, Italian or English."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capillare.geo.numerals import Language, euros, number, percent

MOST_NAMED = 5
IN_PEOPLE = frozenset({"cover_share", "inner_share"})
_BY_AREA = frozenset({"per_province", "per_union", "at_least"})


@dataclass(frozen=True)
class Clash:
    """A rule that must give way, and by how much.

    Attributes
    ----------
    rule
        Name of the wish.
    wanted
        What it asks: sites, euros, a share, minutes, or how often it may be broken (never).
    possible
        The nearest to it that can be had if every other rule is kept.
    is_enough
        Whether giving this up, alone, is enough.
    where
        Ids of what its broken rows are about: areas, candidates, settlements, most lacking first.
    names
        What people call these.
    lacking
        By how much each row is broken, in the rule's own unit.
    adults
        Adults lacking to a share, or beyond a ceiling on minutes.
    """

    rule: str
    wanted: float
    possible: float
    is_enough: bool
    where: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    lacking: tuple[float, ...] = ()
    adults: int = 0


def tell_clashes(clashes: tuple[Clash, ...], *, lang: Language) -> str:
    """Say which rules clash and by how much, in one sentence each."""
    opening, alone, together, unknown = _WORDS[lang]
    if not clashes:
        return opening + unknown
    told = "; ".join(_tell(clash, lang) for clash in clashes)
    return opening + (alone if clashes[0].is_enough else together) + told + "."


def _tell(clash: Clash, lang: Language) -> str:
    """Say what one rule asks and what can be had, of whom, and where."""
    wanted, possible = _figures(clash, lang)
    one, many = _RULES[lang][clash.rule]
    is_one = clash.possible == 1
    sentence = (one if is_one else many).format(wanted=wanted, possible=possible)
    if clash.adults:
        words = (_BEYOND if clash.rule == "max_min" else _LACKING)[lang]
        sentence += words.format(n=number(clash.adults, lang=lang))
    if clash.names:
        sentence += f": {_named(clash, lang)}"
    return f"{sentence} ({clash.rule})"


def _named(clash: Clash, lang: Language) -> str:
    shown = [
        f"{name} {number(few, lang=lang)}" if clash.rule in _BY_AREA else name
        for name, few in zip(clash.names, clash.lacking, strict=False)
    ][:MOST_NAMED]
    rest = len(clash.names) - len(shown)
    more = _MORE[lang].format(n=number(rest, lang=lang)) if rest else ""
    return ", ".join(shown) + more


def _figures(clash: Clash, lang: Language) -> tuple[str, str]:
    """Write what is wanted and what is possible, never so rounded that the two look the same."""
    if clash.rule in IN_PEOPLE:
        for decimals in (1, 2, 3):
            scale = 10.0 ** (2 + decimals)
            floored = np.floor(clash.possible * scale + 1e-9) / scale
            wanted = percent(clash.wanted, decimals, lang=lang)
            possible = percent(floored, decimals, lang=lang)
            if wanted != possible:
                break
        return wanted, possible
    if clash.rule == "budget_eur":
        return euros(clash.wanted, lang=lang), euros(np.ceil(clash.possible), lang=lang)
    decimals = 1 if clash.rule == "max_min" else 0
    return number(clash.wanted, decimals, lang=lang), number(clash.possible, decimals, lang=lang)


_WORDS = {
    "it": (
        "sites: nessuna scelta rispetta tutte le richieste. ",
        "Basterebbe cambiarne una: ",
        "Cambiarne una sola non basta; il meno che si può cedere, insieme: ",
        "La ricerca si è fermata prima di trovare quali si scontrano.",
    ),
    "en": (
        "sites: no choice keeps every wish. ",
        "Changing one would do: ",
        "Changing one is not enough; the least to give up, together: ",
        "The search stopped before it found which of them clash.",
    ),
}
_LACKING = {"it": ", {n} maggiorenni in meno", "en": ", {n} adults fewer"}
_BEYOND = {
    "it": ", oltre i quali resterebbero {n} maggiorenni",
    "en": ", beyond which {n} adults would be left",
}
_MORE = {"it": " e altri {n}", "en": " and {n} more"}
_COVERED_IT = "al più {possible} dei maggiorenni coperti invece di {wanted}"
_INNER_IT = "al più {possible} dei maggiorenni delle aree interne invece di {wanted}"
_COVERED_EN = "at most {possible} of the adults covered instead of {wanted}"
_INNER_EN = "at most {possible} of the adults of inner areas instead of {wanted}"
_RULES = {
    "it": {
        "new_sites": (
            "almeno una nuova sede invece di {wanted}",
            "almeno {possible} nuove sedi invece di {wanted}",
        ),
        "budget_eur": ("almeno {possible} invece di {wanted}",) * 2,
        "cover_share": (_COVERED_IT, _COVERED_IT),
        "inner_share": (_INNER_IT, _INNER_IT),
        "max_min": ("non meno di {possible} minuti invece di {wanted}",) * 2,
        "exclude": (
            "ammettere una località esclusa",
            "ammettere {possible} località escluse",
        ),
        "require": (
            "rinunciare a una sede obbligata",
            "rinunciare a {possible} sedi obbligate",
        ),
        "per_province": (
            "una sede in meno fra le province",
            "{possible} sedi in meno fra le province",
        ),
        "per_union": (
            "una sede in meno fra le unioni",
            "{possible} sedi in meno fra le unioni",
        ),
        "at_least": (
            "una sede in meno nelle aree indicate",
            "{possible} sedi in meno nelle aree indicate",
        ),
        "spacing": (
            "accettare una vicinanza sotto la distanza minima",
            "accettare {possible} vicinanze sotto la distanza minima",
        ),
        "close_desks": (
            "al più una chiusura invece di {wanted}",
            "al più {possible} chiusure invece di {wanted}",
        ),
        "honour_targets": (
            "accettare un punto dal bacino insufficiente",
            "accettare {possible} punti dal bacino insufficiente",
        ),
    },
    "en": {
        "new_sites": (
            "at least one new site instead of {wanted}",
            "at least {possible} new sites instead of {wanted}",
        ),
        "budget_eur": ("at least {possible} instead of {wanted}",) * 2,
        "cover_share": (_COVERED_EN, _COVERED_EN),
        "inner_share": (_INNER_EN, _INNER_EN),
        "max_min": ("no fewer than {possible} minutes instead of {wanted}",) * 2,
        "exclude": (
            "admit one excluded settlement",
            "admit {possible} excluded settlements",
        ),
        "require": (
            "give up one required site",
            "give up {possible} required sites",
        ),
        "per_province": (
            "one fewer site over the provinces",
            "{possible} fewer sites over the provinces",
        ),
        "per_union": (
            "one fewer site over the unions",
            "{possible} fewer sites over the unions",
        ),
        "at_least": (
            "one fewer site in the areas named",
            "{possible} fewer sites in the areas named",
        ),
        "spacing": (
            "accept one pair nearer than the spacing",
            "accept {possible} pairs nearer than the spacing",
        ),
        "close_desks": (
            "at most one closure instead of {wanted}",
            "at most {possible} closures instead of {wanted}",
        ),
        "honour_targets": (
            "accept one point whose catchment is too small",
            "accept {possible} points whose catchment is too small",
        ),
    },
}


__all__ = ["IN_PEOPLE", "Clash", "tell_clashes"]
