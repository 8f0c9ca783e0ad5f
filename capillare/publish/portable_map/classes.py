"""How far municipalities are from a desk, in five colours that colour-blind readers tell apart."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import isnan

from capillare.geo.numerals import number

# ColorBrewer YlOrBr, five classes (Cynthia Brewer, colorbrewer2.org, Apache 2.0).
_COLOURS = ("#ffffd4", "#fed98e", "#fe9929", "#d95f0e", "#993404")
_NO_DESK = "#5f5f6b"
_NO_ADULTS = "#d4d4d4"


@dataclass(frozen=True)
class MinuteClass:
    """One class: minutes up to and including `to_min`, its colour and its words."""

    to_min: float
    colour: str
    label: str


@dataclass(frozen=True)
class MinuteClasses:
    """Classes of minutes around the reach, ascending; the last has no upper end."""

    classes: tuple[MinuteClass, ...]
    no_desk: MinuteClass
    no_adults: MinuteClass

    def of(self, travel_min: float, *, adults: int) -> MinuteClass:
        """Return the class of a municipality; missing minutes mean that nobody reaches a desk."""
        if isnan(travel_min):
            return self.no_desk if adults else self.no_adults
        return next(entry for entry in self.classes if travel_min <= entry.to_min)


def minute_classes(within_min: float) -> MinuteClasses:
    """Make five classes around the minutes that count as within reach.

    >>> [entry.label for entry in minute_classes(20).classes]
    ['fino a 10 minuti', 'da 10 a 15', 'da 15 a 20', 'da 20 a 30', 'oltre 30 minuti']
    """
    ends = [share * within_min for share in (0.5, 0.75, 1.0, 1.5)]
    words = [number(end, 0 if end.is_integer() else 1) for end in ends]
    labels = [
        f"fino a {words[0]} minuti",
        *(f"da {low} a {high}" for low, high in pairwise(words)),
        f"oltre {words[-1]} minuti",
    ]
    limits = [*ends, float("inf")]
    return MinuteClasses(
        tuple(map(MinuteClass, limits, _COLOURS, labels)),
        MinuteClass(float("inf"), _NO_DESK, "nessuno sportello raggiungibile via strada"),
        MinuteClass(float("inf"), _NO_ADULTS, "popolazione non nota"),
    )
