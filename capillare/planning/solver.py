"""The one room that talks to HiGHS: a linear or integer model as arrays in, an answer out.

A model is ``optimise c x`` subject to ``row_lower <= A x <= row_upper``,
``lower <= x <= upper``, and ``x`` integer where `is_integer`. The answer says what was proved:
*optimal* is only said when the solver closed the gap, never of a run that a limit stopped.

Method: HiGHS, Huangfu and Hall 2018, Mathematical Programming Computation 10(1), 119-142.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from capillare.geo.errors import ConfigError
from capillare.geo.stopping import current_signal, heed_stop

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    Floats = NDArray[np.float64]

Status = Literal["optimal", "feasible", "infeasible", "no_solution"]
Stop = Literal["", "gap", "time", "nodes", "solver"]

PROOF_ABSOLUTE = 1e-6
PROOF_RELATIVE = 1e-8
"""Distances between objective and bound that floating-point arithmetic cannot tell from none."""
SEED = 20260101
_SIDE_SEARCHES = (
    "mip_allow_restart",
    "mip_heuristic_run_rins",
    "mip_heuristic_run_rens",
    "mip_heuristic_run_root_reduced_cost",
)
"""Options of HiGHS that `solve_model` turns off for one tree."""


@dataclass(frozen=True, eq=False)
class Model:
    """A mixed-integer linear model, held as arrays.

    Attributes
    ----------
    objective
        Coefficient of each column, shape (n_columns,).
    lower, upper
        Bounds of each column; infinite where there is none.
    is_integer
        Whether each column must be whole.
    rows
        Coefficients, CSR, shape (n_rows, n_columns).
    row_lower, row_upper
        Bounds of each row; infinite where there is none.
    sense
        ``maximize`` or ``minimize``.
    """

    objective: Floats
    lower: Floats
    upper: Floats
    is_integer: NDArray[np.bool_]
    rows: sparse.csr_array
    row_lower: Floats
    row_upper: Floats
    sense: Literal["maximize", "minimize"]

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit each other or hold NaN."""
        n_rows, n_columns = self.rows.shape
        for name, size in (
            ("objective", n_columns),
            ("lower", n_columns),
            ("upper", n_columns),
            ("is_integer", n_columns),
            ("row_lower", n_rows),
            ("row_upper", n_rows),
        ):
            array = getattr(self, name)
            if array.shape != (size,):
                raise ConfigError(f"model.{name}: shape {array.shape}, not ({size},).")
            if np.isnan(array).any():
                raise ConfigError(f"model.{name}: {int(np.isnan(array).sum())} values are NaN.")
        if not np.isfinite(self.objective).all() or not np.isfinite(self.rows.data).all():
            raise ConfigError("model: a coefficient is not finite.")


@dataclass(frozen=True, eq=False)
class Answer:
    """What a run found and what it proved.

    Attributes
    ----------
    status
        ``optimal`` (proved), ``feasible`` (a solution and a bound, the gap not closed),
        ``infeasible`` (proved) or ``no_solution`` (none found, none ruled out).
    objective
        Objective of the best solution; NaN without one.
    bound
        No solution is better than this; infinite where nothing was proved.
    gap
        ``|objective - bound| / max(|objective|, 1)``; infinite without a solution.
    seconds
        Wall time of the solver.
    columns
        The best solution, integers rounded to whole numbers; empty without one.
    stopped_by
        Why the run ended before its proof: ``gap`` (the one asked for was reached), ``time`` (the
        clock: not repeatable), ``nodes``, ``solver`` (it gave up); empty if it ran to its end.
    """

    status: Status
    objective: float
    bound: float
    gap: float
    seconds: float
    columns: Floats
    stopped_by: Stop = ""


def relative_gap(objective: float, bound: float) -> float:
    """Gap between an objective and its bound, as every answer of the product states it.

    >>> relative_gap(99.0, 100.0)
    0.010101010101010102
    >>> relative_gap(0.0, 0.5)
    0.5
    """
    if not np.isfinite(objective) or not np.isfinite(bound):
        return float("inf")
    return abs(objective - bound) / max(abs(objective), 1.0)


def is_proved(objective: float, bound: float) -> bool:
    """Whether objective and bound differ by no more than arithmetic does.

    >>> is_proved(3_000_000.0, 3_000_000.001), is_proved(3_000_000.0, 3_000_000.5)
    (True, False)
    """
    return abs(objective - bound) <= max(PROOF_ABSOLUTE, PROOF_RELATIVE * abs(objective))


def solve_model(
    model: Model,
    *,
    time_limit_s: float | None = None,
    mip_gap: float = 0.0,
    node_limit: int | None = None,
    start: Floats | None = None,
    presolve: bool = True,
    one_tree: bool = False,
) -> Answer:
    """Solve a model with HiGHS; the same gives the same answer unless `time_limit_s` stops it.

    Parameters
    ----------
    model
        What to solve.
    time_limit_s, node_limit
        Wall seconds, and nodes of the search tree, after which the run stops; none by default.
    mip_gap
        Relative gap at which the run may stop. The status is then *feasible*, with that gap.
    start, presolve
        A first solution, shape (n_columns,), ignored if it is not feasible; and whether HiGHS
        reduces the model first.
    one_tree
        Whether HiGHS searches one tree, without restarts nor smaller models on the side: on models
        of some hundred columns those take several times what the proof does.

    Raises
    ------
    ConfigError
        If a limit is negative.
    StoppedError
        If the work is stopped on request.
    """
    _check_limits(time_limit_s=time_limit_s, mip_gap=mip_gap, node_limit=node_limit)
    heed_stop()
    began = perf_counter()
    if model.rows.shape[1] == 0:
        return _answer_without_columns(model, perf_counter() - began)
    highs = load_highs(model)
    settings = {
        "threads": 1,
        "random_seed": SEED,
        "mip_rel_gap": mip_gap,
        "time_limit": time_limit_s,
        "mip_max_nodes": node_limit,
        "presolve": None if presolve else "off",
    }
    settings |= dict.fromkeys(_SIDE_SEARCHES, False) if one_tree else {}
    for option, setting in settings.items():
        if setting is not None:
            highs.setOptionValue(option, setting)
    if start is not None:
        highs.setSolution(start.size, np.arange(start.size, dtype=np.int32), start.astype(float))
    _heed_while_solving(highs)
    highs.run()
    heed_stop()  # a run that was stopped has no answer, whatever it had found
    return _read_answer(highs, model, mip_gap, perf_counter() - began)


def _check_limits(**limits: float | None) -> None:
    for name, limit in limits.items():
        if limit is not None and not limit >= 0:
            raise ConfigError(f"{name}: {limit} is negative. Give 0 or more.")


def load_highs(model: Model, **options: float | str | None) -> Any:  # noqa: ANN401 (highspy ships no types we can name)
    """Return a silent HiGHS of one thread that holds the model; an option of None is its own."""
    import highspy  # noqa: PLC0415 (a large library: paid only when something is solved)

    # The pool of threads belongs to the process: another user of HiGHS may have sized it.
    highspy.Highs.resetGlobalScheduler(True)  # noqa: FBT003 (its parameter has no name)
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]  # highspy is untyped
    highs.silent()
    # Weights are people: with the default 1e-6 a "whole" column may be off by enough to
    # misplace several of them in a region of millions.
    highs.setOptionValue("mip_feasibility_tolerance", 1e-9)
    highs.setOptionValue("primal_feasibility_tolerance", 1e-9)
    highs.setOptionValue("mip_abs_gap", PROOF_ABSOLUTE)
    for option, setting in {"threads": 1, "random_seed": SEED, **options}.items():
        if setting is not None:
            highs.setOptionValue(option, setting)
    rows = model.rows.tocsr()
    sense = highspy.ObjSense.kMaximize if model.sense == "maximize" else highspy.ObjSense.kMinimize
    highs.passModel(
        rows.shape[1],
        rows.shape[0],
        rows.nnz,
        int(highspy.MatrixFormat.kRowwise),
        int(sense),
        0.0,
        model.objective.astype(np.float64),
        model.lower.astype(np.float64),
        model.upper.astype(np.float64),
        model.row_lower.astype(np.float64),
        model.row_upper.astype(np.float64),
        rows.indptr.astype(np.int32),
        rows.indices.astype(np.int32),
        rows.data.astype(np.float64),
        model.is_integer.astype(np.int32),
    )
    return highs


def _heed_while_solving(highs: Any) -> None:  # noqa: ANN401 (highspy ships no types we can name)
    """Let HiGHS end between two steps of its own once the work is not wanted any more."""
    signal = current_signal()
    if signal is None:
        return

    def end(event: Any) -> None:  # noqa: ANN401 (the same)
        if signal.is_stopped.is_set():
            event.interrupt()

    for steps in (highs.cbMipInterrupt, highs.cbSimplexInterrupt, highs.cbIpmInterrupt):
        steps.subscribe(end)


def _read_answer(
    highs: Any,  # noqa: ANN401 (highspy ships no types we can name)
    model: Model,
    mip_gap: float,
    seconds: float,
) -> Answer:
    """Translate what HiGHS says into what was found and proved."""
    import highspy  # noqa: PLC0415 (a large library: paid only when something is solved)

    ended = highs.getModelStatus()
    words = highspy.HighsModelStatus
    no_bound = float("inf") if model.sense == "maximize" else float("-inf")
    empty = np.empty(0)
    if ended == words.kInfeasible:
        return Answer("infeasible", float("nan"), no_bound, float("inf"), seconds, empty)
    found = highs.getInfo()
    has_solution = found.primal_solution_status == int(
        highspy.SolutionStatus.kSolutionStatusFeasible
    )
    is_integer = bool(model.is_integer.any())
    stops: dict[Any, Stop] = {
        words.kOptimal: "",
        words.kTimeLimit: "time",
        words.kSolutionLimit: "nodes",
    }
    stopped_by = stops.get(ended, "solver")
    if is_integer:
        bound = float(found.mip_dual_bound)
    else:
        bound = float(found.objective_function_value) if ended == words.kOptimal else no_bound
    bound = bound if abs(bound) < highs.getInfinity() else no_bound
    if not has_solution:
        return Answer("no_solution", float("nan"), bound, float("inf"), seconds, empty, stopped_by)
    columns = np.asarray(highs.getSolution().col_value, dtype=np.float64)
    columns = np.where(model.is_integer, np.rint(columns), columns)
    objective = float(model.objective @ columns)
    gap = relative_gap(objective, bound)
    if ended == words.kOptimal and is_proved(objective, bound):
        return Answer("optimal", objective, bound, gap, seconds, columns)
    if ended == words.kOptimal:
        stopped_by = "gap" if mip_gap > 0 else "solver"
    return Answer("feasible", objective, bound, gap, seconds, columns, stopped_by)


def _answer_without_columns(model: Model, seconds: float) -> Answer:
    """Answer a model with nothing to decide: HiGHS calls it empty instead."""
    empty = np.empty(0)
    if (model.row_lower > 0).any() or (model.row_upper < 0).any():
        bound = float("inf") if model.sense == "maximize" else float("-inf")
        return Answer("infeasible", float("nan"), bound, float("inf"), seconds, empty)
    return Answer("optimal", 0.0, 0.0, 0.0, seconds, empty)


__all__ = [
    "SEED",
    "Answer",
    "Model",
    "Status",
    "is_proved",
    "load_highs",
    "relative_gap",
    "solve_model",
]
