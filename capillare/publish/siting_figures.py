"""How the sites were chosen, for programs: the part of ``summary.json`` that is about solvers."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from capillare.planning.solver import relative_gap

if TYPE_CHECKING:
    from capillare.planning.siting.proposal import Proposal
    from capillare.planning.siting.stages import Stage


def solver_figures(proposal: Proposal) -> dict[str, Any]:
    """Return what was reached and proved, stage by stage; what is not known is None."""
    answer = proposal.answer
    status, gap = answer.status, answer.gap
    if answer.bound is not None:
        # Of the people within reach alone: what later objectives gave up is no optimum of theirs.
        gap = relative_gap(answer.objective, answer.bound)
        status = "feasible" if gap > 0 and status == "optimal" else status
    return {
        "status": status,
        "method": answer.method,
        "objective_people": answer.objective,
        "bound_people": answer.bound,
        "given_up_people": answer.given_up,
        "gap": _known(gap),
        "stages": [_stage(stage) for stage in answer.stages],
        "sites_asked": answer.n_asked,
        "sites_chosen": len(proposal.sites),
        "branches": answer.n_branches,
        "desks_moved": answer.n_moved,
        "desks_closed": answer.n_closed,
        "desks_ceased": list(proposal.ceased),
        "adults_lost": answer.adults_lost,
        "stopped_by": answer.stopped_by,
        "seconds": round(answer.seconds, 3),
    }


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "objective": stage.objective,
        "status": stage.status,
        "method": stage.method,
        "reached": _known(stage.reached, 2),
        "bound": _known(stage.bound, 2),
        "gap": _known(stage.gap),
        "stopped_by": stage.stopped_by,
        "seconds": round(stage.seconds, 3),
    }


def _known(figure: float, decimals: int = 9) -> float | None:
    return round(figure, decimals) if isfinite(figure) else None


__all__ = ["solver_figures"]
