"""What is odd about a siting question that can be answered all the same, said in Italian."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from capillare.geo.errors import named_rows
from capillare.geo.numerals import euros, number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.siting.questions import Ask, Question


def notes_on(question: Question, ask: Ask) -> list[str]:
    """Say why an answer may hold fewer sites than asked, or leave people out.

    No demand; everybody within reach already; more sites asked for than there are candidates; a
    budget below the cheapest; people whom no candidate reaches.
    """
    if not (question.people > 0).any():
        return ["Nessuna domanda: nessuna riga ha persone da servire."]
    if _is_served(question, ask):
        return [f"Tutte le persone raggiungono già una sede aperta{_within(ask)}."]
    notes = []
    free_cost = question.cost_eur[~question.is_fixed]
    if ask.new_sites is not None and ask.new_sites > free_cost.size:
        notes.append(
            f"Sedi chieste {number(ask.new_sites)}, candidati {number(free_cost.size)}: "
            "di più non se ne possono aprire."
        )
    if ask.budget_eur is not None and free_cost.size and ask.budget_eur < free_cost.min():
        notes.append(
            f"Il budget di {euros(ask.budget_eur)} non paga nemmeno il candidato meno caro, "
            f"{euros(float(free_cost.min()))}."
        )
    return notes + _people_out(question, ask)


def _is_served(question: Question, ask: Ask) -> bool:
    """Whether what is open today leaves nobody out; for minutes there is always something to do."""
    if ask.objective not in {"mclp", "lscp"}:
        return False
    nearest = question.nearest_min(np.flatnonzero(question.is_fixed))
    return bool((nearest[question.people > 0] <= float(ask.within_min or 0.0)).all())


def _people_out(question: Question, ask: Ask) -> list[str]:
    """Name the demand that all candidates together leave out; p-median and p-center refuse it."""
    if ask.objective not in {"mclp", "lscp"}:
        return []
    nearest = question.nearest_min(np.arange(question.cost_eur.size))
    is_out = (nearest > float(ask.within_min or 0.0)) & (question.people > 0)
    if not is_out.any():
        return []
    people = number(float(question.people[is_out].sum()))
    named = _rows(question.demand_ids[is_out])
    return [f"Persone che nessun candidato raggiunge{_within(ask)}: {people}, {named}."]


def _rows(ids: NDArray[np.object_]) -> str:
    return named_rows(ids).replace("rows", "righe", 1).replace("row", "riga", 1)


def _within(ask: Ask) -> str:
    return f" entro {number(float(ask.within_min or 0.0), 1).removesuffix(',0')} minuti"


__all__ = ["notes_on"]
