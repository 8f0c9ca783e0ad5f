"""What is wanted of a call and of a renewal, as one object: from a scenario, options or the app.

What is not said is the policy's: its table ``[calls]`` holds the rules of every call, these wishes
those of one.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields, replace
from math import ceil
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from capillare.geo.errors import ConfigError
from capillare.geo.fields import Checked, between
from capillare.geo.numerals import euros, number, percent
from capillare.planning.siting.wishes import Name, Share  # noqa: TC001 (evaluated by Checked)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from capillare.geo.funding_rules import CallRules

_HAIR = 1e-9


def count_or_share(text: str) -> int | float | None:
    """Read a count of points, or a share of them; None if it is neither."""
    text = text.strip().replace(",", ".")
    if re.fullmatch(r"\d{1,6}", text):
        return int(text)
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        return None
    return share if 0 <= share <= 1 else None


def is_kept(text: str) -> str:
    """Refuse what is neither a count of points nor a share of them."""
    is_fine = count_or_share(text) is not None
    said = f"{text!r} is neither a count of points nor a share of them, like 119, 0.7 or 70%"
    return "" if is_fine else said


def points_to_keep(wish: str, n_points: int) -> int:
    """Read how many points to keep: a count, or a share of those there are, rounded up.

    Raises
    ------
    ConfigError
        If it is neither.

    >>> [points_to_keep(wish, 170) for wish in ("119", "0.7", "70%", "0,701")]
    [119, 119, 119, 120]
    """
    wanted = count_or_share(wish)
    if wanted is None:
        raise ConfigError(f"--keep: {is_kept(wish)}. Correct it.")
    return wanted if isinstance(wanted, int) else ceil(wanted * n_points - _HAIR)


Most = Annotated[int, between(0, 2000)]
Amount = Annotated[float, between(0, 1e12)]


@dataclass(frozen=True, kw_only=True)
class FundingWishes(Checked):
    """What is wanted of a call and of a renewal; what is None is the policy's.

    Attributes
    ----------
    campaign
        Of several, the one whose applications are ranked.
    call_budget_eur
        Money of the call; by default what the registry says of it.
    most_per_body, most_per_province, body_budget_share, province_budget_share, least_score
        See `CallRules`.
    adults_per_score, least_adults
        The same.
    keep
        Points that a renewal keeps at least: a count, or a share of them (119, 0.7, 70%).
    renewal_line_share
        Share of its target from which a point is kept directly; by default that of the policy's
        last campaign that has one.
    """

    WHERE: ClassVar[str] = "funding"

    campaign: Name | None = None
    call_budget_eur: Amount | None = None
    most_per_body: Most | None = None
    most_per_province: Most | None = None
    body_budget_share: Share | None = None
    province_budget_share: Share | None = None
    least_score: Annotated[float, between(0, 1e6)] | None = None
    adults_per_score: Annotated[float, between(0, 1e6)] | None = None
    least_adults: Annotated[int, between(0, 1_000_000)] | None = None
    keep: Annotated[str, is_kept] | None = None
    renewal_line_share: Share | None = None

    def rules(self, policy: CallRules) -> CallRules:
        """Return the rules of the call: the policy's, save for what is wished."""
        asked = {name: getattr(self, name) for name in RULES}
        return replace(policy, **{name: rule for name, rule in asked.items() if rule is not None})


RULES = (
    "most_per_body",
    "most_per_province",
    "body_budget_share",
    "province_budget_share",
    "least_score",
    "adults_per_score",
    "least_adults",
)
"""Wishes that stand in for a rule of the policy."""


def funding_as_toml(wishes: FundingWishes) -> str:
    """Return the settings that are given as TOML; empty where none is."""
    # JSON's texts and numbers are TOML's too.
    lines = [
        f"{declared.name} = {json.dumps(setting, ensure_ascii=False)}"
        for declared in fields(wishes)
        if (setting := getattr(wishes, declared.name)) is not None
    ]
    return "\n".join(["[funding]", *lines]) + "\n" if lines else ""


def tell_rules(rules: CallRules) -> tuple[str, ...]:
    """Say in Italian what no set of applications may pass; empty where nothing holds it.

    >>> from capillare.geo.funding_rules import CallRules
    >>> tell_rules(CallRules(most_per_body=1, province_budget_share=0.25))
    ('al più una domanda per ente', 'al più il 25 % del bilancio a una provincia')
    """
    return tuple(_told(rules))


def tell_funding(wishes: FundingWishes) -> tuple[str, ...]:
    """Say in Italian what is wanted of a call and of a renewal; empty where nothing is."""
    told = [
        *([f"campagna {wishes.campaign}"] if wishes.campaign else []),
        *([] if wishes.call_budget_eur is None else [f"avviso di {euros(wishes.call_budget_eur)}"]),
        *_told(wishes),
    ]
    if wishes.adults_per_score is not None:
        told.append(f"un punto di punteggio vale {number(wishes.adults_per_score)} maggiorenni")
    if wishes.least_adults is not None:
        told.append(f"almeno {number(wishes.least_adults)} maggiorenni propri a domanda")
    if wishes.keep is not None:
        told.append(f"punti da tenere: {wishes.keep}")
    if wishes.renewal_line_share is not None:
        told.append(f"proroga diretta dal {percent(wishes.renewal_line_share, 1)} dell'obiettivo")
    return tuple(told)


def _told(rules: CallRules | FundingWishes) -> Iterator[str]:
    for most, whom in (
        (rules.most_per_body, "ente"),
        (rules.most_per_province, "provincia"),
    ):
        if most is not None:
            counted = "una domanda" if most == 1 else f"{number(most)} domande"
            yield f"al più {counted} per {whom}"
    for share, whom in (
        (rules.body_budget_share, "un ente"),
        (rules.province_budget_share, "una provincia"),
    ):
        if share is not None:
            decimals = int(round(share * 1000) % 10 > 0)
            yield f"al più il {percent(share, decimals)} del bilancio a {whom}"
    if rules.least_score is not None:
        decimals = int(rules.least_score % 1 > 0)
        yield f"punteggio di almeno {number(rules.least_score, decimals)}"


def changed(wishes: FundingWishes) -> dict[str, Any]:
    """Return the settings that are given."""
    given = {declared.name: getattr(wishes, declared.name) for declared in fields(wishes)}
    return {name: setting for name, setting in given.items() if setting is not None}


__all__ = [
    "RULES",
    "FundingWishes",
    "changed",
    "count_or_share",
    "funding_as_toml",
    "points_to_keep",
    "tell_funding",
    "tell_rules",
]
