"""What was proved about the sites chosen, stage by stage, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from capillare.geo.numerals import euros, number, percent

if TYPE_CHECKING:
    from capillare.planning.siting.choices import Method
    from capillare.planning.siting.stages import Stage
    from capillare.planning.siting.wishes import Objective
    from capillare.planning.solver import Status, Stop

OBJECTIVES_IT: dict[Objective, str] = {
    "coverage": "persone entro la soglia",
    "minutes": "minuti-persona verso lo sportello",
    "worst": "minuti della località più lontana",
    "fewest": "numero di sedi",
    "cost": "spesa",
}


@dataclass(frozen=True)
class SitingAnswer:
    """How sites were chosen.

    Attributes
    ----------
    stages
        What each objective reached and what was proved, in order.
    n_asked
        Sites asked for; None where their number was the question or money sets it.
    n_opened, n_branches, n_moved, n_closed
        Sites opened, of these branches; desks moved and closed.
    adults_gained
        Adults newly within reach of the sites that open.
    adults_lost
        Adults within reach today and no longer, where desks move or close.
    people_before, people_after
        People, counted as the objectives count them, within reach today and with the choice; where
        hours set a limit, those served.
    seconds
        Wall time of the whole answer.
    is_by_hours
        Whether a desk serves no more people than its hours allow.
    """

    stages: tuple[Stage, ...]
    n_asked: int | None
    n_opened: int
    n_branches: int
    n_moved: int
    n_closed: int
    adults_gained: int
    adults_lost: int
    people_before: float
    people_after: float
    seconds: float
    is_by_hours: bool = False

    @property
    def objective(self) -> int:
        """People newly within reach of the sites chosen, less those no longer, as they count."""
        return round(self.people_after - self.people_before)

    @property
    def first(self) -> Stage:
        """The first objective's stage."""
        return self.stages[0]

    @property
    def status(self) -> Status:
        """Optimal if every objective is proved, given what those before it keep."""
        statuses = [stage.status for stage in self.stages]
        if statuses[0] in {"no_solution", "infeasible"}:
            return statuses[0]
        return "optimal" if set(statuses) == {"optimal"} else "feasible"

    @property
    def gap(self) -> float:
        """Widest gap of any stage."""
        return max(stage.gap for stage in self.stages)

    @property
    def method(self) -> Method:
        """How the first objective was solved."""
        return self.first.method

    @property
    def stopped_by(self) -> Stop:
        """First limit that ended a proof; empty if none did."""
        return next((stage.stopped_by for stage in self.stages if stage.stopped_by), "")

    @property
    def is_of_coverage(self) -> bool:
        """Whether people within reach come first."""
        return self.first.objective == "coverage"

    @property
    def bound(self) -> int | None:
        """People that no choice can bring newly within reach; None if coverage is not first."""
        if not self.is_of_coverage or not np.isfinite(self.first.bound):
            return None
        return round(self.first.bound - self.people_before)

    @property
    def given_up(self) -> int | None:
        """People whom later objectives leave out of reach; None if coverage is not first."""
        if not self.is_of_coverage or not np.isfinite(self.first.reached):
            return None
        return max(round(self.first.reached - self.people_after), 0)

    def summary(self) -> str:
        """Say in Italian what was chosen and what was proved, without times."""
        parts, stages = [self._sites_sentence()], self.stages
        if self.given_up and self.bound is not None:
            parts.append(self._given_up_sentence())
            stages = stages[1:]
        parts += [_stage_sentence(stage) for stage in stages]
        if self.stopped_by == "time":
            parts.append("Ricerca fermata dall'orologio.")
        return " ".join(parts)

    def _sites_sentence(self) -> str:
        noun = "sede proposta" if self.n_opened == 1 else "sedi proposte"
        asked = "" if self.n_asked is None else f" su {number(self.n_asked)} chieste"
        kinds = []
        if self.n_branches:
            kinds.append(f"{self.n_branches} di punti esistenti")
        if self.n_moved:
            kinds.append(f"{self.n_moved} spostate")
        which = f" ({', '.join(kinds)})" if kinds else ""
        lost = f", {number(self.adults_lost)} in meno" if self.adults_lost else ""
        closed = f" Sportelli da chiudere: {self.n_closed}." if self.n_closed else ""
        served = ""
        if self.is_by_hours:
            served = (
                f" Con le ore degli sportelli se ne possono servire {number(self.people_after)}, "
                f"oggi {number(self.people_before)}."
            )
        return (
            f"{number(self.n_opened)} {noun}{asked}{which}: {number(self.adults_gained)} "
            f"maggiorenni in più entro la soglia{lost}.{closed}{served}"
        )

    def _given_up_sentence(self) -> str:
        """Say what covering alone would reach, and for what it is given up."""
        later = ", ".join(OBJECTIVES_IT[stage.objective] for stage in self.stages[1:])
        proof = "dimostrato" if self.first.status == "optimal" else "limite non raggiunto"
        most = f"{number(self.bound or 0)}{' serviti in più' if self.is_by_hours else ''}"
        return (
            f"Al più sarebbero {most} ({proof}): se ne lasciano fuori {number(self.given_up or 0)} "
            f"a favore di: {later}."
        )


def _stage_sentence(stage: Stage) -> str:
    name = OBJECTIVES_IT[stage.objective].capitalize()
    if stage.status == "no_solution":
        return f"{name}: la ricerca si è fermata senza una scelta migliore."
    reached = level_it(stage.objective, stage.reached)
    if stage.status == "optimal":
        return f"{name}: {reached}, ottimo dimostrato."
    bound = level_it(stage.objective, stage.bound)
    return f"{name}: {reached}, non dimostrato; limite {bound} (scarto {percent(stage.gap, 2)})."


def level_it(objective: Objective, level: float) -> str:
    """Write what an objective reached, in its unit."""
    if not np.isfinite(level):
        return "non noto"
    if objective == "cost":
        return euros(level)
    return f"{number(level, 1)} minuti" if objective == "worst" else number(level)


__all__ = ["OBJECTIVES_IT", "SitingAnswer", "level_it"]
