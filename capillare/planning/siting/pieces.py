"""A tighter bound on maximal covering than the linear relaxation: exact answers piece by piece.

Candidates are divided into pieces k. Demand i reached from one piece only stays whole; demand C
reached from several is relaxed with multipliers u_i, as is the number of sites with a price m::

    L = m p + sum over i in C of (w_i - u_i)
        + sum over k of max sum_i v_i z_i - m sum_j y_j,  z_i <= sum over j in k of a_ij y_j

with v_i = u_i for i in C, else w_i, and y, z binary. L bounds every choice of p sites for every
0 <= u <= w and m >= 0 (Lagrangian relaxation with clusters: Ribeiro and Lorena 2008, Computers and
Operations Research 35(7), 2129-2140). With u of the relaxation of all rows and m its p-th largest
value, no piece is worth more than it was there, and where HiGHS answers it exactly it is often
worth less. Pieces are cut where little demand is reached from both sides: across the line between
two far ends of a piece (George and Liu 1978, for sparse matrices).
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components, dijkstra

from capillare.planning.siting.models import covering_model
from capillare.planning.siting.reduction import reduce_covering
from capillare.planning.solver import solve_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.siting.lagrangian import Relaxed
    from capillare.planning.siting.local_search import Neighbours

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

MOST_CANDIDATES = 450
SMALLEST_SIDE = 0.3
"""Least share of a piece's candidates on either side of a cut."""
LEAST_LENGTH = 1e-3
"""Length between candidates that reach the same demand: 0 would mean no link at all."""
SEARCHES_OF_END = 3
GAP = 1e-5
"""Relative gap at which one piece is exact enough."""


def bound_by_pieces(
    neighbours: Neighbours,
    relaxed: Relaxed,
    n_sites: int,
    *,
    node_limit: int,
    enough: float = -np.inf,
    deadline: float | None = None,
) -> float:
    """Bound the people that any `n_sites` candidates can cover.

    Parameters
    ----------
    neighbours
        The reduced question.
    relaxed
        Its relaxation, with good multipliers.
    n_sites
        Candidates that may open, at least 1 and at most all.
    node_limit
        Nodes of HiGHS's search tree for one piece; the bound holds wherever it stops.
    enough
        The rest of the pieces is left as it was relaxed once the bound is as low as this.
    deadline
        Instant of the clock from which the rest is left as it was.
    """
    people, multipliers = neighbours.people.astype(np.float64), relaxed.multipliers
    reach = neighbours.reach.astype(np.float64)
    values = neighbours.catchments.astype(np.float64) @ multipliers
    price = -float(np.partition(-values, n_sites - 1)[n_sites - 1])
    pieces = divide_candidates(reach, people)
    piece = np.empty(values.size, dtype=np.intp)
    for position, candidates in enumerate(pieces):
        piece[candidates] = position
    first, last = _ends(reach, piece)
    weights = np.where(first == last, people, multipliers)
    bound = relaxed.bound
    for candidates in pieces:
        is_late = deadline is not None and perf_counter() >= deadline
        if bound <= enough or is_late:
            break
        rows = reach[:, candidates]
        is_reached = np.diff(rows.indptr) > 0
        relaxed_worth = float((weights - multipliers)[is_reached].sum())
        relaxed_worth += float(np.maximum(values[candidates] - price, 0.0).sum())
        reduced = reduce_covering(
            weights[is_reached], rows[is_reached], np.zeros(candidates.size, dtype=np.bool_)
        )
        model = covering_model(reduced)
        model.objective[: reduced.candidates.size] = -price
        answer = solve_model(
            model,
            node_limit=node_limit,
            mip_gap=GAP,
            time_limit_s=None if deadline is None else max(deadline - perf_counter(), 0.0),
        )
        bound -= max(relaxed_worth - answer.bound, 0.0)
    return bound


def divide_candidates(reach: sparse.csr_array, people: Floats) -> list[Indices]:
    """Divide the candidates into pieces of at most `MOST_CANDIDATES`, ascending in each.

    Parameters
    ----------
    reach
        Who reaches whom, ones, shape (n_demand, n_candidates).
    people
        What cutting between a demand's candidates costs, shape (n_demand,).
    """
    waiting: list[Indices] = [np.arange(reach.shape[1])]
    pieces = []
    while waiting:
        candidates = waiting.pop()
        if candidates.size <= MOST_CANDIDATES:
            pieces.append(candidates)
            continue
        rows = reach[:, candidates]
        is_reached = np.diff(rows.indptr) > 0
        is_first = _first_side(rows[is_reached], people[is_reached])
        waiting += [candidates[is_first], candidates[~is_first]]
    return pieces


def _first_side(rows: sparse.csr_array, people: Floats) -> NDArray[np.bool_]:
    """Cut a piece in two where least people are reached from both sides."""
    shared = sparse.coo_array(rows.T.tocsr() @ rows)
    one, other = shared.coords
    n_reached = np.asarray(rows.sum(axis=0)).ravel()
    in_either = n_reached[one] + n_reached[other] - shared.data
    length = 1.0 - shared.data / in_either + LEAST_LENGTH
    graph = sparse.csr_array((length, (one, other)), shape=shared.shape)
    n_parts, part = connected_components(graph, directed=False)
    if n_parts > 1:
        return _packed(part)
    end = 0
    for _ in range(SEARCHES_OF_END):
        end = int(_lengths(graph, end).argmax())
    order = np.argsort(_lengths(graph, end), kind="stable")
    place = np.empty(order.size, dtype=np.intp)
    place[order] = np.arange(order.size)
    first, last = _ends(rows, place)
    # People cut where the first t candidates make one side, for every t.
    cut = np.bincount(first + 1, people, order.size + 1) - np.bincount(
        last + 1, people, order.size + 1
    )
    low = int(SMALLEST_SIDE * order.size)
    n_first = low + int(np.cumsum(cut)[low : order.size - low + 1].argmin())
    return np.asarray(place < n_first)


def _lengths(graph: sparse.csr_array, start: int) -> Floats:
    lengths: Floats = dijkstra(graph, indices=np.array([start]))[0]
    return lengths


def _packed(part: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Put connected parts on two sides of about the same size, largest first."""
    sizes = np.bincount(part)
    sides: tuple[list[int], list[int]] = ([], [])
    totals = [0, 0]
    for each in np.argsort(-sizes, kind="stable").tolist():
        smaller = int(totals[1] < totals[0])
        sides[smaller].append(each)
        totals[smaller] += int(sizes[each])
    return np.isin(part, sides[0])


def _ends(rows: sparse.csr_array, place: Indices) -> tuple[Indices, Indices]:
    """Lowest and highest place of the candidates that each demand reaches; each reaches one."""
    places = place[rows.indices]
    starts = rows.indptr[:-1]
    return np.minimum.reduceat(places, starts), np.maximum.reduceat(places, starts)


__all__ = ["bound_by_pieces", "divide_candidates"]
