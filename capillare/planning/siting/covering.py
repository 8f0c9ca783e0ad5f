"""Where to open so that most people have a desk within reach: maximal covering, with its proof.

A local search gives the best choice found, and a Lagrangian relaxation the bound that no choice
can pass; where the two meet, the choice is proved best, since people are whole. Where they do not,
branch and bound closes the gap for questions of up to `exact_places` demands; beyond, the gap is
stated.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from capillare.geo.errors import ConfigError, DataError, named_rows
from capillare.planning.siting.choices import SEARCHES, Method, choose_sites, whole_people
from capillare.planning.siting.gains import order_by_gain, people_within
from capillare.planning.siting.reduction import reduce_covering
from capillare.planning.solver import Status, relative_gap

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    from capillare.geo.settings import Effort
    from capillare.planning.siting.choices import Choice
    from capillare.planning.siting.reduction import Reduced
    from capillare.planning.solver import Stop

    Indices = NDArray[np.intp]
    People = NDArray[np.int64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class CoveringAnswer:
    """Sites that bring most people within reach, and what was proved about them.

    Attributes
    ----------
    chosen
        Index of each chosen candidate, ascending; fixed ones are not among them. Fewer than asked
        where no further candidate gains anybody.
    status
        ``optimal`` (proved) or ``feasible`` (bounded, not proved).
    objective
        People within reach of a fixed or chosen candidate, each once, counted from the sites.
    bound
        No choice brings more people within reach.
    gap
        ``|objective - bound| / max(|objective|, 1)``.
    seconds
        Wall time of the whole answer.
    method
        ``direct`` (nothing to choose, or greedy adding covers everyone who can be), ``search``
        (local search and Lagrangian bound) or ``exact`` (branch and bound after them).
    people_before
        People within reach of a fixed candidate.
    people_reachable
        People within reach if every candidate opened.
    n_asked
        Sites asked for.
    stopped_by
        Limit that ended the proof: ``nodes``, ``time`` (then not repeatable); empty otherwise.
    """

    chosen: Indices
    status: Status
    objective: int
    bound: int
    gap: float
    seconds: float
    method: Method
    people_before: int
    people_reachable: int
    n_asked: int
    stopped_by: Stop = ""

    def summary(self) -> str:
        """Say in Italian what was chosen and what was proved, without times."""
        gained = _with_dots(self.objective - self.people_before)
        in_all = f", {_with_dots(self.objective)} in tutto" if self.people_before else ""
        noun = "sede proposta" if self.chosen.size == 1 else "sedi proposte"
        sites = (
            f"{self.chosen.size} {noun} su {self.n_asked} chieste: {gained} persone in più "
            f"entro la soglia{in_all}."
        )
        if self.status == "optimal":
            proof = " Ottimo dimostrato."
        else:
            share = f"{100 * self.gap:.2f}".replace(".", ",")
            proof = (
                f" La migliore scelta trovata: nessuna può superare {_with_dots(self.bound)} "
                f"persone (scarto {share} %)."
            )
        fewer = ""
        if self.chosen.size < self.n_asked:
            fewer = " Nessun'altra sede porterebbe qualcuno entro la soglia."
        clock = " Ricerca fermata dall'orologio." if self.stopped_by == "time" else ""
        return sites + proof + fewer + clock


def solve_covering(
    weights_people: People,
    reach: sparse.csr_array,
    fixed: Flags,
    n_sites: int,
    *,
    effort: Effort = "normal",
    exact_places: int = 1000,
    gap: float = 0.0,
    time_limit_s: float | None = None,
) -> CoveringAnswer:
    """Choose up to `n_sites` candidates that bring most people within reach.

    Maximise ``sum_i w_i z_i`` with ``z_i <= sum_j a_ij y_j`` and ``sum_j y_j <= n_sites``: people
    w_i of demand i count once if they reach (a_ij) an open candidate j. The same input, in any
    order of demand, gives the same answer unless `time_limit_s` stops it; twins go by lowest index.

    Parameters
    ----------
    weights_people
        Whole people of each demand, shape (n_demand,).
    reach
        Whether each demand reaches each candidate, shape (n_demand, n_candidates).
    fixed
        Candidates open already, shape (n_candidates,); they do not count among `n_sites`.
    n_sites, effort
        Most candidates to choose, and how hard to search.
    exact_places
        Up to this many demands, after reductions, the gap that the search left is closed.
    gap
        Relative gap at which the search may stop.
    time_limit_s
        Wall seconds after which it stops; none by default.

    Raises
    ------
    ConfigError
        If `n_sites` is negative, the effort is unknown, or shapes do not fit.
    DataError
        If people are negative or not whole.
    """
    began = perf_counter()
    _check_question(weights_people, reach, fixed, n_sites, effort)
    reduced = reduce_covering(weights_people.astype(np.int64), reach, fixed)
    choice = choose_sites(
        reduced,
        n_sites,
        SEARCHES[effort],
        exact_places=exact_places,
        gap=gap,
        time_limit_s=time_limit_s,
    )
    order, gains = order_by_gain(reduced.candidates[choice.chosen], weights_people, reach, fixed)
    chosen = np.sort(order[gains > 0])
    objective = people_within(weights_people, reach, np.union1d(chosen, np.flatnonzero(fixed)))
    return _stated(reduced, choice, chosen, objective, n_asked=n_sites, began=began)


def _stated(
    reduced: Reduced,
    choice: Choice,
    chosen: Indices,
    objective: int,
    *,
    n_asked: int,
    began: float,
) -> CoveringAnswer:
    """State a choice whose people were counted from its sites, and what was proved about it."""
    before = int(reduced.people_before)
    bound = before + whole_people(min(choice.bound, reduced.people_open))
    return CoveringAnswer(
        chosen=chosen,
        status="optimal" if bound == objective else "feasible",
        objective=objective,
        bound=bound,
        gap=relative_gap(objective, bound),
        seconds=perf_counter() - began,
        method=choice.method,
        people_before=before,
        people_reachable=before + int(reduced.people_open),
        n_asked=n_asked,
        stopped_by="" if bound == objective else choice.stopped_by,
    )


def _check_question(
    weights_people: People, reach: sparse.csr_array, fixed: Flags, n_sites: int, effort: str
) -> None:
    """Refuse a question that has no meaning, with numbers."""
    if n_sites < 0:
        raise ConfigError(f"n_sites: {n_sites} is negative. Ask for 0 or more sites.")
    if effort not in SEARCHES:
        raise ConfigError(f"effort: {effort!r} is unknown. Choose one of {', '.join(SEARCHES)}.")
    if reach.shape != (weights_people.size, fixed.size):
        raise ConfigError(
            f"reach: shape {reach.shape} does not fit {weights_people.size} demands and "
            f"{fixed.size} candidates."
        )
    faulty = np.flatnonzero(~((weights_people >= 0) & (np.floor(weights_people) == weights_people)))
    if faulty.size:
        raise DataError(
            f"demand: people negative or not whole, {named_rows(faulty)}. Give counts of people."
        )


def _with_dots(count: int) -> str:
    return f"{count:,}".replace(",", ".")


__all__ = ["CoveringAnswer", "order_by_gain", "people_within", "solve_covering"]
