"""Classes of a choropleth: where they break, and which colour each takes.

Colours are sequential schemes of ColorBrewer (Cynthia Brewer, colorbrewer2.org, Apache 2.0) that
stay apart for colour-blind readers. Breaks are computed here, in a few lines of numpy: the usual
library takes seconds to import, which every first page would pay.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from capillare.geo.numerals import number, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Scheme = Literal["YlGnBu", "YlOrBr", "PuBu"]
Unit = Literal["minutes", "share", "number"]

SCHEMES: dict[Scheme, dict[int, tuple[str, ...]]] = {
    "YlGnBu": {
        3: ("#edf8b1", "#7fcdbb", "#2c7fb8"),
        4: ("#ffffcc", "#a1dab4", "#41b6c4", "#225ea8"),
        5: ("#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494"),
        6: ("#ffffcc", "#c7e9b4", "#7fcdbb", "#41b6c4", "#2c7fb8", "#253494"),
    },
    "YlOrBr": {
        3: ("#fff7bc", "#fec44f", "#d95f0e"),
        4: ("#ffffd4", "#fed98e", "#fe9929", "#cc4c02"),
        5: ("#ffffd4", "#fed98e", "#fe9929", "#d95f0e", "#993404"),
        6: ("#ffffd4", "#fee391", "#fec44f", "#fe9929", "#d95f0e", "#993404"),
    },
    "PuBu": {
        3: ("#ece7f2", "#a6bddb", "#2b8cbe"),
        4: ("#f1eef6", "#bdc9e1", "#74a9cf", "#0570b0"),
        5: ("#f1eef6", "#bdc9e1", "#74a9cf", "#2b8cbe", "#045a8d"),
        6: ("#f1eef6", "#d0d1e6", "#a6bddb", "#74a9cf", "#2b8cbe", "#045a8d"),
    },
}
MISSING_COLOUR = "#d4d4d4"
MISSING_CLASS = -1
_FEWEST, _MOST = 3, 6


@dataclass(frozen=True)
class Classes:
    """Classes of one measure.

    Attributes
    ----------
    breaks
        Inner breaks, ascending; a figure equal to a break belongs to the class below it, as a
        travel time equal to the reach is within reach.
    colours
        One per class: one more than `breaks`.
    labels
        Italian, one per class.
    """

    breaks: tuple[float, ...]
    colours: tuple[str, ...]
    labels: tuple[str, ...]

    def of(self, figures: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return each figure's class, from 0; MISSING_CLASS where the figure is NaN.

        >>> Classes((10.0, 20.0), ("a", "b", "c"), ("", "", "")).of(
        ...     np.array([10.0, 10.1, 30.0, np.nan])).tolist()
        [0, 1, 2, -1]
        """
        place = np.searchsorted(np.asarray(self.breaks), figures, side="left")
        return np.where(np.isnan(figures), MISSING_CLASS, place).astype(np.int64)


def classes_at(breaks: Sequence[float], *, scheme: Scheme, unit: Unit) -> Classes:
    """Make classes with breaks that are already known, for instance around a threshold."""
    inner = tuple(float(step) for step in breaks)
    colours = SCHEMES[scheme][len(inner) + 1]
    return Classes(inner, colours, _labels(inner, unit))


def quantile_classes(
    figures: NDArray[np.float64], n_classes: int, *, scheme: Scheme, unit: Unit
) -> Classes:
    """Make classes that hold about equally many figures, with breaks rounded for reading.

    Fewer classes come out where rounded breaks coincide; never fewer than three.
    """
    known = figures[~np.isnan(figures)]
    if known.size == 0:
        return classes_at((1.0, 2.0), scheme=scheme, unit=unit)
    cuts = np.quantile(known, np.arange(1, n_classes) / n_classes)
    step = _round_step(float(np.ptp(known)), n_classes)
    inner = sorted({float(cut) for cut in np.round(np.round(cuts / step) * step, 10)})
    while len(inner) < _FEWEST - 1:
        inner.append((inner[-1] if inner else float(known.max())) + step)
    return classes_at(inner[: _MOST - 1], scheme=scheme, unit=unit)


def _round_step(width: float, n_classes: int) -> float:
    """Return 1, 2 or 5 times a power of ten, about a fifth of a class's width.

    >>> _round_step(60, 6), _round_step(0.5, 5)
    (2.0, 0.02)
    """
    target = max(width / n_classes / 5, 1e-6)
    power = 10.0 ** np.floor(np.log10(target))
    return float(next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= target * 0.999))


def _labels(breaks: tuple[float, ...], unit: Unit) -> tuple[str, ...]:
    written = [_written(step, unit) for step in breaks]
    tail = {"minutes": " minuti", "share": "", "number": ""}[unit]
    first = f"fino a {written[0]}{tail}"
    between = [f"da {low} a {high}{tail}" for low, high in pairwise(written)]
    return (first, *between, f"oltre {written[-1]}{tail}")


def _written(step: float, unit: Unit) -> str:
    if unit == "share":
        return percent(step, 0 if float(100 * step).is_integer() else 1)
    return number(step, 0 if step.is_integer() else 1)
