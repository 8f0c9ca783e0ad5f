"""Why a site is proposed, in one plain sentence, Italian or English."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from capillare.geo.numerals import Language, number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from capillare.planning.siting.ground import Ground

MOST_NAMED = 3


def site_reasons(
    sites: pd.DataFrame, newly: NDArray[np.int64], ground: Ground, lang: Language
) -> list[str]:
    """Say for each site who gains, in which municipalities, and what it is if no new point.

    Parameters
    ----------
    sites
        Table ``sites`` being built, in order.
    newly
        Row of the site that first reaches each place; -1 for places that gain nothing.
    ground
        Names of municipalities, points and desks.
    lang
        Language of the words.
    """
    words = _WORDS[lang]
    within = number(ground.policy.reach.within_min, lang=lang)
    points = ground.registry.points.set_index("point_id")["point"]
    desks = ground.desks.set_index("desk_id")["name"]
    reasons = []
    for position, row in enumerate(sites.to_dict("records")):
        if row["adults_gained"]:
            sentence = words["gain"].format(
                n=number(row["adults_gained"], lang=lang),
                o=number(row["over65_gained"], lang=lang),
                m=within,
                towns=towns_of(newly == position, ground, lang=lang),
            )
        else:
            saved = number(row["person_minutes_saved"], lang=lang)
            sentence = words["nearer"].format(m=within, saved=saved)
        if pd.notna(row["replaces_desk_id"]):
            name = desks.get(row["replaces_desk_id"], row["replaces_desk_id"])
            sentence += words["moved"].format(name=name)
        elif pd.notna(row["of_point_id"]):
            name = points.get(row["of_point_id"], row["of_point_id"])
            hours = number(row["weekly_hours"], lang=lang)
            sentence += words["branch"].format(name=name, hours=hours)
        if pd.notna(row["adults_served"]):
            served = number(row["adults_served"], lang=lang)
            sentence += words["served"].format(n=served)
        reasons.append(sentence)
    return reasons


def towns_of(
    is_counted: NDArray[np.bool_], ground: Ground, *, lang: Language, most: int = MOST_NAMED
) -> str:
    """Name the municipalities of some places with their adults, the largest first."""
    names = ground.territory.municipalities.set_index("istat_code")["municipality"]
    counted = ground.territory.places[is_counted]
    by_town = counted.groupby("istat_code")["adults"].sum()
    by_town = by_town[by_town > 0].sort_index().sort_values(ascending=False, kind="stable")
    shown = [
        f"{names[code]} {number(adults, lang=lang)}" for code, adults in by_town.head(most).items()
    ]
    rest = len(by_town) - len(shown)
    if rest == 0:
        return ", ".join(shown)
    return ", ".join(shown) + _WORDS[lang]["one" if rest == 1 else "others"].format(n=rest)


_WORDS = {
    "it": {
        "gain": "{n} maggiorenni in più entro {m} minuti in auto, {o} con almeno 65 anni: {towns}",
        "nearer": "nessuno in più entro {m} minuti, ma {saved} minuti-persona in meno per chi uno "
        "sportello lo ha già, o per quanto è stato chiesto",
        "branch": "; sede di {name}, con {hours} delle sue ore",
        "moved": "; vi si sposta {name}",
        "served": "; con le sue ore ne può servire {n}, anche di chi ha già uno sportello vicino",
        "one": " e un altro comune",
        "others": " e altri {n} comuni",
    },
    "en": {
        "gain": "{n} more adults within {m} minutes by car, {o} aged 65 or older: {towns}",
        "nearer": "nobody more within {m} minutes, but {saved} person-minutes less for those who "
        "have a desk already, or for what was asked",
        "branch": "; a branch of {name}, with {hours} of its hours",
        "moved": "; {name} moves here",
        "served": "; its hours can serve {n}, some of whom have a desk near already",
        "one": " and one more municipality",
        "others": " and {n} more municipalities",
    },
}


__all__ = ["site_reasons", "towns_of"]
