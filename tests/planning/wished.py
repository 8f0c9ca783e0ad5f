"""Wishes of every kind, drawn for the tests of the ways they are written and read."""

from __future__ import annotations

from hypothesis import strategies as st

from capillare.planning.siting.funding_wishes import FundingWishes
from capillare.planning.siting.wishes import AtLeast, SitingWishes

NAMES = st.text(
    st.characters(categories=["Lu", "Ll", "Nd", "Po"], exclude_characters="\n"),
    min_size=1,
    max_size=12,
)


def _named(mark: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(NAMES.map(mark.__add__), max_size=3, unique=True).map(tuple)


SHARES = st.none() | st.floats(0.01, 1)
MINUTES = st.none() | st.floats(1, 100)
_SETTINGS = {
    "objective": st.sampled_from(
        [("coverage", "minutes"), ("minutes", "cost"), ("worst", "coverage", "fewest")]
    ),
    "tolerance_share": st.none() | st.floats(0, 1),
    "branches": st.booleans(),
    "movable": _named("m"),
    "capacity": st.booleans(),
    "honour_targets": st.booleans(),
    "cover_share": SHARES,
    "inner_share": SHARES,
    "max_min": MINUTES,
    "per_province": st.integers(0, 5),
    "per_union": st.integers(0, 5),
    "at_least": st.lists(
        st.builds(AtLeast, NAMES, st.integers(1, 9)),
        max_size=2,
        unique_by=lambda wish: wish.area.casefold(),
    ).map(tuple),
    "exclude": _named("x"),
    "require": _named("y"),
    "spacing_min": MINUTES,
    "spacing_km": MINUTES,
    "tradeoffs": st.booleans(),
}
_ALONE = st.builds(SitingWishes, people=st.sampled_from(["adults", "over65"]), **_SETTINGS)
_MIXED = st.builds(
    SitingWishes,
    people=st.just("mix"),
    over65_weight=st.floats(0, 9),
    closable=st.just(("c",)),
    close_desks=st.integers(0, 1),
    **_SETTINGS,
)
WISHED = _ALONE | _MIXED
_MOST = st.none() | st.integers(0, 9)
FUNDING = st.builds(
    FundingWishes,
    campaign=st.none() | NAMES,
    call_budget_eur=st.none() | st.floats(0, 1e9),
    most_per_body=_MOST,
    most_per_province=_MOST,
    body_budget_share=SHARES,
    province_budget_share=SHARES,
    least_score=st.none() | st.floats(0, 100),
    adults_per_score=st.none() | st.floats(0, 100),
    least_adults=_MOST,
    keep=st.none() | st.sampled_from(["119", "0.7", "70%", "0,701", "66,5 %"]),
    renewal_line_share=SHARES,
)


__all__ = ["FUNDING", "WISHED"]
