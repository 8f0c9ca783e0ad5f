"""Plain words for why a municipality is under-served or a site proposed, Italian and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.numerals import Language, number, percent
from capillare.geo.settings import LOWER_IS_WORSE

if TYPE_CHECKING:
    from capillare.geo.settings import GapRules, Policy

MAX_REASONS = 3


def under_served_rule(rules: GapRules, *, lang: Language) -> str:
    """Say in one sentence which municipalities are called under-served."""
    return _RULE[lang].format(
        minutes=number(rules.under_served_min, lang=lang),
        share=percent(rules.unreachable_share, lang=lang),
    )


_RULE = {
    "it": (
        "Un comune è sotto-servito se i suoi maggiorenni distano in media più di {minutes} minuti "
        "da uno sportello in servizio, o se più del {share} di loro non ne raggiunge nessuno via "
        "strada."
    ),
    "en": (
        "A municipality is under-served if its adults are on average more than {minutes} minutes "
        "from a desk in service, or if more than {share} of them reach none by road."
    ),
}


def gap_reasons(
    table: pd.DataFrame,
    indicators: pd.DataFrame,
    means: pd.Series,
    policy: Policy,
    *,
    lang: Language,
) -> list[str]:
    """Say for each ranked municipality in what it is worse than the region's mean, worst first.

    Parameters
    ----------
    table
        Rows of ``gaps`` being built: ``travel_min``, ``adults_unreachable``.
    indicators
        Indicators of the same rows; missing is not known.
    means
        The region's mean of each indicator.
    policy
        Gives the minutes that count as within reach.
    lang
        Language of the words.
    """
    scale = indicators.std(ddof=0).replace(0.0, 1.0)
    signs = pd.Series({name: -1.0 if name in LOWER_IS_WORSE else 1.0 for name in indicators})
    excess = ((indicators - means) / scale * signs)[list(indicators)].to_numpy()
    worst_first = np.argsort(-excess, axis=1, kind="stable")
    is_cut_off = table["travel_min"].isna().to_numpy()
    sentences = []
    for row, values in enumerate(indicators.to_dict("records")):
        names = [str(indicators.columns[at]) for at in worst_first[row] if excess[row, at] > 0]
        if is_cut_off[row]:
            names = ["nobody", *(name for name in names if name in _ABOUT_PEOPLE)]
        phrases = [
            _phrase(name, values.get(name, 0.0), means.get(name, 0.0), policy, lang)
            for name in names[:MAX_REASONS]
        ]
        sentences.append("; ".join(phrases) or _AS_THE_REGION[lang])
    return sentences


_ABOUT_PEOPLE = frozenset({"over65_share", "minutes_to_pole_min", "target_distance_share"})
_AS_THE_REGION = {
    "it": "in nessun indicatore peggio della media regionale",
    "en": "worse than the regional mean in no indicator",
}
_PHRASES: dict[str, dict[str, str]] = {
    "it": {
        "nobody": "nessuno sportello raggiungibile in auto: serve un traghetto o una sede lì",
        "travel_min": "in media {value} minuti in auto allo sportello più vicino (regione {mean})",
        "adults_unreachable_share": "{value} dei maggiorenni non raggiunge sportelli via strada",
        "hours_per_1000_adults": "{value} ore settimanali ogni 1.000 maggiorenni (regione {mean})",
        "weekly_coverage_share": (
            "uno sportello entro {within} minuti è aperto con certezza solo nel {value} "
            "dell'orario usuale (regione {mean})"
        ),
        "over65_share": "{value} dei residenti ha almeno 65 anni (regione {mean})",
        "minutes_to_pole_min": "{value} minuti dal polo di servizi più vicino (regione {mean})",
        "target_distance_share": "ai punti del territorio manca il {value} dell'obiettivo",
    },
    "en": {
        "nobody": "no desk can be reached by car: it takes a ferry, or a seat on the spot",
        "travel_min": "{value} minutes by car to the nearest desk on average (region {mean})",
        "adults_unreachable_share": "{value} of adults reach no desk by road",
        "hours_per_1000_adults": "{value} hours a week per 1,000 adults (region {mean})",
        "weekly_coverage_share": (
            "a desk within {within} minutes is surely open in only {value} of usual hours "
            "(region {mean})"
        ),
        "over65_share": "{value} of residents are 65 or older (region {mean})",
        "minutes_to_pole_min": "{value} minutes to the nearest service pole (region {mean})",
        "target_distance_share": "the points of this territory lack {value} of their target",
    },
}


def _phrase(name: str, value: float, mean: float, policy: Policy, lang: Language) -> str:
    def written(figure: float) -> str:
        if name.endswith("_share"):
            return percent(figure, lang=lang)
        return number(figure, 1 if name == "hours_per_1000_adults" else 0, lang=lang)

    return _PHRASES[lang][name].format(
        value=written(value), mean=written(mean), within=number(policy.reach.within_min, lang=lang)
    )
