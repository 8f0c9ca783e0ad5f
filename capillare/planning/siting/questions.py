"""A siting question asked with three tables: checked once, then held as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import sparse

from capillare.geo.errors import ConfigError, DataError, named_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]
    Flags = NDArray[np.bool_]

Objective = Literal["mclp", "p-median", "lscp", "p-center"]
OBJECTIVES: tuple[Objective, ...] = get_args(Objective)
STATUSES = ("fixed", "candidate", "closable")


@dataclass(frozen=True)
class Ask:
    """What is wanted, validated.

    Attributes
    ----------
    objective
        ``mclp`` most people within `within_min`, ``p-median`` fewest people x minutes, ``lscp``
        fewest sites so that `cover_share` of the people are within, ``p-center`` the shortest
        time within which everybody reaches a site.
    within_min
        Minutes within reach, boundary included; needed by mclp and lscp.
    new_sites, budget_eur
        Most openings, most money for them; where both are given both hold. lscp needs neither.
    cover_share
        Share of all people that lscp must bring within reach.
    gap
        Relative gap at which a run may stop.
    time_limit_s
        Wall seconds after which it stops.
    """

    objective: Objective
    within_min: float | None = None
    new_sites: int | None = None
    budget_eur: float | None = None
    cover_share: float = 1.0
    gap: float = 0.0
    time_limit_s: float | None = None

    def __post_init__(self) -> None:
        """Refuse an ask without meaning."""
        if self.objective not in OBJECTIVES:
            raise ConfigError(
                f"objective: {self.objective!r} is unknown. Choose one of {', '.join(OBJECTIVES)}."
            )
        for name in ("within_min", "new_sites", "budget_eur", "gap", "time_limit_s"):
            asked = getattr(self, name)
            if asked is not None and not (isfinite(asked) and asked >= 0):
                raise ConfigError(f"{name}: {asked} is not 0 or more. Correct it.")
        if not 0 < self.cover_share <= 1:
            raise ConfigError(f"cover_share: {self.cover_share} is not in (0, 1]. Give a share.")
        if self.objective in {"mclp", "lscp"} and self.within_min is None:
            raise ConfigError(f"{self.objective}: within_min is missing. Say how far is too far.")
        if self.objective != "lscp" and self.new_sites is None and self.budget_eur is None:
            raise ConfigError(f"{self.objective}: give new_sites or a budget.")

    def most_sites(self, cost_eur: Floats) -> int:
        """Return how many of these may open at most: by number, and the cheapest by budget."""
        most = cost_eur.size if self.new_sites is None else min(self.new_sites, cost_eur.size)
        if self.budget_eur is None:
            return most
        paid = np.cumsum(np.sort(cost_eur)) <= self.budget_eur
        return min(most, int(paid.sum()))


@dataclass(frozen=True, eq=False)
class Question:
    """Demand, candidates and the minutes between them, as arrays.

    Attributes
    ----------
    demand_ids, people
        Demand in table order, and its people, shape (n_demand,).
    candidate_ids, cost_eur, is_fixed, is_closable
        Candidates in table order, shape (n_candidates,); a fixed one is open today and costs
        nothing, a closable one is fixed too, but may close where nobody misses it.
    demand, candidate, travel_min
        Pairs within reach of each other, shape (n_pairs,), sorted by demand, minutes, candidate.
    """

    demand_ids: NDArray[np.object_]
    people: Floats
    candidate_ids: NDArray[np.object_]
    cost_eur: Floats
    is_fixed: Flags
    is_closable: Flags
    demand: Indices
    candidate: Indices
    travel_min: Floats

    def reach(self, within_min: float) -> sparse.csr_array:
        """Say who reaches whom within some minutes, boundary included."""
        is_near = self.travel_min <= within_min
        pairs = (self.demand[is_near], self.candidate[is_near])
        shape = (self.people.size, self.cost_eur.size)
        return sparse.csr_array((np.ones(int(is_near.sum()), dtype=bool), pairs), shape=shape)

    def nearest_min(self, opened: Indices) -> Floats:
        """Minutes from each demand to its nearest open candidate, infinite for none."""
        nearest = np.full(self.people.size, np.inf)
        is_open = np.isin(self.candidate, opened)
        np.minimum.at(nearest, self.demand[is_open], self.travel_min[is_open])
        return nearest


@dataclass(frozen=True, eq=False)
class Found:
    """What an objective's solver found: candidates to open, and a bound on its objective."""

    chosen: Indices | None
    bound: float


def read_question(
    demand: pd.DataFrame,
    candidates: pd.DataFrame,
    travel: pd.DataFrame,
    *,
    full_cost_eur: float,
) -> Question:
    """Check three tables and hold them as arrays.

    Parameters
    ----------
    demand
        ``id, people``.
    candidates
        ``id[, cost_eur][, status]``; a missing cost is `full_cost_eur`, a missing status
        ``candidate``.
    travel
        ``from_id, to_id, travel_min``: a pair not listed is out of reach.

    Raises
    ------
    DataError
        With every fault of the three tables at once.
    """
    demand, candidates = _with_ids(demand, "demand"), _with_ids(candidates, "candidates")
    faults: list[str] = []
    people = _amounts(demand["people"], "demand.people", demand["id"], faults)
    cost_eur, status = _cost_and_status(candidates, full_cost_eur, faults)
    row, column, minutes = _pairs(travel, demand["id"], candidates["id"], faults)
    if faults:
        raise DataError("; ".join(faults) + ". Correct these rows.")
    order = np.lexsort((column, minutes, row))
    return Question(
        demand_ids=demand["id"].to_numpy(dtype=object),
        people=people,
        candidate_ids=candidates["id"].to_numpy(dtype=object),
        cost_eur=cost_eur,
        is_fixed=status.isin(["fixed", "closable"]).to_numpy(dtype=bool),
        is_closable=status.eq("closable").to_numpy(dtype=bool),
        demand=row[order],
        candidate=column[order],
        travel_min=minutes[order],
    )


def _cost_and_status(
    candidates: pd.DataFrame, full_cost_eur: float, faults: list[str]
) -> tuple[Floats, pd.Series[str]]:
    """Read what a candidate costs and what it is; both columns may be absent or empty."""
    cost_eur = np.full(len(candidates), float(full_cost_eur))
    if "cost_eur" in candidates:
        is_given = candidates["cost_eur"].notna()
        given = candidates[is_given]
        cost_eur[is_given] = _amounts(given["cost_eur"], "candidates.cost_eur", given["id"], faults)
    status = pd.Series("candidate", index=candidates.index)
    if "status" in candidates:
        status = candidates["status"].astype("str").fillna("candidate")
    is_unknown = ~status.isin(STATUSES)
    what = f"not one of {', '.join(STATUSES)}"
    _note(faults, "candidates.status", what, candidates.loc[is_unknown, "id"])
    return cost_eur, status


def _pairs(
    travel: pd.DataFrame,
    demand_ids: pd.Series[str],
    candidate_ids: pd.Series[str],
    faults: list[str],
) -> tuple[Indices, Indices, Floats]:
    """Read the pairs as positions in the other two tables."""
    travel = _with_columns(travel, "travel", ("from_id", "to_id", "travel_min"))
    from_id, to_id = travel["from_id"].astype("str"), travel["to_id"].astype("str")
    row = pd.Index(demand_ids).get_indexer(pd.Index(from_id))
    column = pd.Index(candidate_ids).get_indexer(pd.Index(to_id))
    _note(faults, "travel.from_id", "not in demand", from_id[row < 0])
    _note(faults, "travel.to_id", "not in candidates", to_id[column < 0])
    is_known = (row >= 0) & (column >= 0)
    code = pd.Series(row * max(len(candidate_ids), 1) + column).where(is_known)
    is_again = (code.duplicated() & is_known).to_numpy()
    _note(faults, "travel", "pair repeated", _named(travel[is_again]))
    minutes, is_fine = _read_amounts(travel["travel_min"])
    what = "not a number of 0 or more"
    _note(faults, "travel.travel_min", what, _named(travel[~is_fine]))
    return row, column, minutes


def _named(pairs: pd.DataFrame) -> pd.Series[str]:
    """Name pairs for a fault: text for all of millions of them would cost more than the answer."""
    return pairs["from_id"].astype("str") + " to " + pairs["to_id"].astype("str")


def _with_columns(frame: pd.DataFrame, table: str, names: tuple[str, ...]) -> pd.DataFrame:
    absent = [name for name in names if name not in frame.columns]
    if absent:
        raise DataError(f"{table}: columns absent: {', '.join(absent)}. Add them.")
    return frame.reset_index(drop=True)


def _with_ids(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return the table with text ids, refused if one is missing or repeated."""
    frame = _with_columns(frame, table, ("id", "people") if table == "demand" else ("id",))
    is_missing = frame["id"].isna()
    if is_missing.any():
        raise DataError(
            f"{table}.id: missing, {named_rows(frame.index[is_missing] + 1)}. Name these rows."
        )
    frame = frame.assign(id=frame["id"].astype("str"))
    twins = frame.loc[frame["id"].duplicated(), "id"].unique()
    if twins.size:
        raise DataError(f"{table}.id: repeated, {named_rows(twins)}. Keep one row of each.")
    return frame


def _amounts(column: pd.Series[Any], where: str, keys: pd.Series[str], faults: list[str]) -> Floats:
    """Read finite numbers of 0 or more; what is not is added to the faults."""
    amounts, is_fine = _read_amounts(column)
    _note(faults, where, "not a number of 0 or more", keys[~is_fine])
    return amounts


def _read_amounts(column: pd.Series[Any]) -> tuple[Floats, Flags]:
    """Read numbers, and say which are finite and 0 or more."""
    amounts = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    return amounts, np.isfinite(amounts) & (amounts >= 0)


def _note(faults: list[str], where: str, what: str, keys: pd.Series[str]) -> None:
    if len(keys):
        faults.append(f"{where}: {what}, {named_rows(keys)}")


__all__ = ["OBJECTIVES", "Ask", "Found", "Objective", "Question", "read_question"]
