"""Which applications of a call to fund: whole bundles of seats, under a budget and caps.

Applications a (x_a, binary) open all of their seats or none; demand i of w_i adults without a desk
within reach is newly reached (z_i, at most 1) if a funded application has a seat within its reach
(r_ia); s_a is what the score of a is worth in adults; p_ka is what a takes of ceiling k, which
allows P_k (the budget, a body's or a province's share of it or number of applications)::

    maximise    sum_i w_i z_i + sum_a s_a x_a
    subject to  z_i - sum_a r_ia x_a <= 0    for each demand i
                sum_a p_ka x_a <= P_k        for each ceiling k (and >= its least, if it has one)

Each funded application must newly reach some adults whom no other funded one reaches, or a score
could buy a seat where nobody needs one: see `capillare.planning.siting.redundancy`.

It is a maximal covering with bundles (Church and ReVelle 1974; a knapsack for each ceiling). Among
the sets that reach the maximum, the cheapest is taken, then the one of earlier ids, so that nothing
is funded which changes nothing. Solved by HiGHS; people, score and money are counted anew from the
applications chosen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from capillare.geo.numerals import number
from capillare.planning.siting.gains import people_within
from capillare.planning.siting.reduction import merge_identical
from capillare.planning.siting.redundancy import own_rows
from capillare.planning.solver import PROOF_RELATIVE, Model, is_proved, relative_gap, solve_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.solver import Answer, Status, Stop

    Indices = NDArray[np.intp]
    Floats = NDArray[np.float64]

EVEN_PEOPLE = 1e-6
"""Worths that differ by less count as equal: arithmetic cannot tell them apart."""
_CENTS = 0.01
_HALF = 0.5
NOBODY = np.empty(0, dtype=np.intp)


@dataclass(frozen=True, eq=False)
class Ceiling:
    """What funded applications may take together at most.

    Attributes
    ----------
    rule
        Refusal rule of table ``ranked_applications``.
    name
        Body or province; empty for the budget.
    taken
        What each application takes, shape (n_applications,).
    most
        What they may take together.
    unit
        ``EUR`` or ``applications``.
    least
        What they must take together.
    """

    rule: str
    name: str
    taken: Floats
    most: float
    unit: str
    least: float = 0.0

    def excess(self, chosen: Indices) -> float:
        """Return by how much a set passes it; zero or less where it does not."""
        return float(self.taken[chosen].sum() - self.most)


@dataclass(frozen=True, eq=False)
class Call:
    """The question: demand, applications in the order of their ids, and ceilings.

    Attributes
    ----------
    adults
        Adults of each demand without a desk within reach, zero for the others, shape (n_demand,).
    reach
        Whether each demand reaches a seat of each application, shape (n_demand, n_applications).
    score_people
        What each score is worth in adults, shape (n_applications,).
    cost_eur
        Shape (n_applications,).
    ceilings
        See `Ceiling`.
    least_adults
        Newly reached adults that each funded application must have for itself.
    """

    adults: NDArray[np.int64]
    reach: sparse.csr_array
    score_people: Floats
    cost_eur: Floats
    ceilings: tuple[Ceiling, ...]
    least_adults: int = 0

    def __len__(self) -> int:
        """Count the applications."""
        return self.cost_eur.size

    def people(self, chosen: Indices) -> int:
        """Adults newly within reach of a set, each counted once."""
        return people_within(self.adults, self.reach, chosen)

    def worth(self, chosen: Indices) -> float:
        """Objective of a set, counted from the applications themselves."""
        return self.people(chosen) + float(self.score_people[chosen].sum())

    def broken(self, chosen: Indices) -> list[tuple[Ceiling, float]]:
        """Return the ceilings that a set passes, each with by how much."""
        excesses = ((ceiling, ceiling.excess(chosen)) for ceiling in self.ceilings)
        return [(ceiling, excess) for ceiling, excess in excesses if excess > _CENTS]

    def stands(self, chosen: Indices) -> bool:
        """Whether a set passes no ceiling and each of it has the adults of its own that it must."""
        served = self.reach[:, chosen].toarray() > 0
        is_own = served & (served.sum(axis=1) == 1)[:, None]
        return not self.broken(chosen) and bool((self.adults @ is_own >= self.least_adults).all())

    def of(self, applications: Indices) -> Call:
        """Keep some applications."""
        return replace(
            self,
            reach=sparse.csr_array(self.reach[:, applications]),
            score_people=self.score_people[applications],
            cost_eur=self.cost_eur[applications],
            ceilings=tuple(
                replace(ceiling, taken=ceiling.taken[applications]) for ceiling in self.ceilings
            ),
        )


@dataclass(frozen=True, eq=False)
class CallAnswer:
    """The best set found, and what was proved of it.

    Attributes
    ----------
    chosen
        Funded applications, ascending.
    status
        ``optimal`` only where proved; see `capillare.planning.solver.Answer`.
    objective, bound
        Adults newly within reach plus what the scores are worth; no set is worth more than the
        bound.
    people
        Adults newly within reach.
    stopped_by
        Limit that ended the proof.
    """

    chosen: Indices
    status: Status
    objective: float
    bound: float
    people: int
    seconds: float
    stopped_by: Stop = ""

    @property
    def gap(self) -> float:
        """See `relative_gap`."""
        return relative_gap(self.objective, self.bound)

    def proof(self) -> str:
        """Say in Italian what was proved."""
        if self.status == "optimal":
            return "La scelta è dimostrata ottima."
        return (
            f"Migliore scelta trovata, non dimostrata ottima: valore {number(self.objective, 1)}, "
            f"limite superiore {number(self.bound, 1)}."
        )


def choose_applications(
    call: Call,
    *,
    forced: Indices = NOBODY,
    prefer: Floats | None = None,
    start: Indices = NOBODY,
    node_limit: int | None = None,
) -> CallAnswer:
    """Choose the set of applications that is worth most.

    Parameters
    ----------
    call
        The question.
    forced
        Applications that must be in.
    prefer
        Of the sets worth most, the one whose sum of this is least is taken, shape
        (n_applications,); by default the cheapest.
    start
        A set to search from, which need not be good nor allowed.
    node_limit
        Nodes of the search tree after which the proof stops.

    Returns
    -------
    ``infeasible`` where the forced applications do not fit under the ceilings.
    """
    # Rows that ask for people of one's own are many, and needed where money abounds.
    model = _model(replace(call, least_adults=0), forced)
    first = solve_model(
        model, node_limit=node_limit, start=_columns(call, start, model), one_tree=True
    )
    if first.columns.size and not call.stands(_chosen(first, len(call))):
        model = _model(call, forced)
        again = solve_model(model, node_limit=node_limit, one_tree=True)
        first = replace(again, seconds=first.seconds + again.seconds)
    if not first.columns.size:
        return CallAnswer(
            NOBODY, first.status, 0.0, first.bound, 0, first.seconds, first.stopped_by
        )
    best = _chosen(first, len(call))
    price = call.cost_eur if prefer is None else prefer
    cheaper, seconds = _cheapest(call, model, price, best, node_limit)
    if not call.stands(cheaper):
        cheaper, more = _cheapest(call, _model(call, forced), price, best, node_limit)
        seconds += more
    is_even = call.stands(cheaper) and call.worth(cheaper) >= call.worth(best) - EVEN_PEOPLE
    return _told(call, cheaper if is_even else best, first, seconds)


def _cheapest(
    call: Call, model: Model, price: Floats, best: Indices, node_limit: int | None
) -> tuple[Indices, float]:
    """Return the cheapest set that a model allows and that is worth as much, and the seconds."""
    answer = solve_model(
        _priced(model, price, call.worth(best)),
        node_limit=node_limit,
        start=_columns(call, best, model),
        one_tree=True,
    )
    return (_chosen(answer, len(call)) if answer.columns.size else best), answer.seconds


def _told(call: Call, chosen: Indices, first: Answer, more_seconds: float) -> CallAnswer:
    """State the answer with its objective counted anew from the applications chosen."""
    objective = call.worth(chosen)
    is_best = first.status == "optimal" and is_proved(objective, first.bound)
    return CallAnswer(
        chosen=chosen,
        status="optimal" if is_best else "feasible",
        objective=objective,
        bound=objective if is_best else first.bound,
        people=call.people(chosen),
        seconds=first.seconds + more_seconds,
        stopped_by="" if is_best else first.stopped_by,
    )


def _model(call: Call, forced: Indices) -> Model:
    """Build the model of this module; columns are x, z, then u of `redundancy`."""
    adults, rows = merge_identical(call.adults, call.reach)
    own = own_rows(adults, rows, call.least_adults)
    n_demand, n_own = adults.size, own.n_owners
    n_columns = len(call) + n_demand + n_own
    nobody = sparse.csr_array((own.lower.size, n_demand))
    taken = sparse.csr_array(
        np.array([ceiling.taken for ceiling in call.ceilings]).reshape(-1, len(call))
    )
    covering = [
        -rows.astype(np.float64),
        sparse.csr_array(sparse.eye_array(n_demand)),
        sparse.csr_array((n_demand, n_own)),
    ]
    ceilings = [taken, sparse.csr_array((taken.shape[0], n_demand + n_own))]
    owning = [own.of_applications, nobody, own.of_owners]
    blocks = [sparse.hstack(block) for block in (covering, ceilings, owning)]
    most = np.array([ceiling.most for ceiling in call.ceilings], dtype=np.float64)
    least = np.array([ceiling.least for ceiling in call.ceilings], dtype=np.float64)
    lower = np.zeros(n_columns)
    lower[forced] = 1.0
    return Model(
        objective=np.r_[call.score_people, adults.astype(np.float64), np.zeros(n_own)],
        lower=lower,
        upper=np.ones(n_columns),
        is_integer=np.arange(n_columns) < len(call),
        rows=sparse.csr_array(sparse.vstack(blocks)),
        row_lower=np.r_[np.full(n_demand, -np.inf), least, own.lower],
        row_upper=np.r_[np.zeros(n_demand), most, own.upper],
        sense="maximize",
    )


def _columns(call: Call, chosen: Indices, model: Model) -> Floats | None:
    """Return the columns of a set, as a start; None where whose own each demand is enters."""
    _, rows = merge_identical(call.adults, call.reach)
    is_reached = np.asarray(rows[:, chosen].sum(axis=1)) > 0
    columns = np.r_[np.isin(np.arange(len(call)), chosen), is_reached].astype(np.float64)
    return columns if columns.size == model.objective.size else None


def _priced(model: Model, price: Floats, worth: float) -> Model:
    """Ask for the cheapest set of a worth."""
    n = price.size
    # Under a cent in all: only ties are decided by the order of ids.
    price = price + np.arange(1, n + 1) * (_CENTS / max(n * (n + 1), 1))
    # Whole worths differ by one at least: half of it spares the solver its rounding.
    is_whole = bool((model.objective % 1 == 0).all())
    slack = _HALF if is_whole else max(EVEN_PEOPLE, PROOF_RELATIVE * abs(worth))
    return replace(
        model,
        objective=np.r_[price, np.zeros(model.objective.size - n)],
        rows=sparse.csr_array(
            sparse.vstack([model.rows, sparse.csr_array(model.objective[None, :])])
        ),
        row_lower=np.r_[model.row_lower, worth - slack],
        row_upper=np.r_[model.row_upper, np.inf],
        sense="minimize",
    )


def _chosen(answer: Answer, n_applications: int) -> Indices:
    return np.flatnonzero(answer.columns[:n_applications] > _HALF)


__all__ = [
    "EVEN_PEOPLE",
    "NOBODY",
    "Call",
    "CallAnswer",
    "Ceiling",
    "choose_applications",
]
