"""How many people live in each municipality: embedded, or newer where an official file says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.errors import DataError, named_rows
from capillare.geo.numerals import day
from capillare.geo.schema import LINEAGE
from capillare.geo.sources.embedded import POPULATION_DATE, read_boundaries, read_residents
from capillare.geo.sources.official_population import (
    OfficialPopulation,
    find_population_files,
    read_population_files,
)
from capillare.geo.sources.reference import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

_PEOPLE = ["residents", "adults", "over65"]
_MAX_STEPS = 8
_MAX_NAMED = 8


@dataclass(frozen=True)
class Residents:
    """Residents by municipality, with where each count comes from.

    Attributes
    ----------
    people
        One row per ``istat_code``, sorted: ``residents``, ``adults``, ``over65``,
        ``residents_on`` (reference date) and ``residents_basis`` (official, known, or estimated:
        a share of the municipality it merged into since).
    caveats
        Which counts were used, in Italian.
    """

    people: pd.DataFrame
    caveats: tuple[str, ...] = ()


def find_residents(official: Path | None = None, *, codes: frozenset[str]) -> Residents:
    """Return the residents of municipalities, the newest that are at hand.

    Parameters
    ----------
    official
        Folder of official files; those of a year before the embedded one are left aside.
    codes
        Municipalities asked for, of those with a boundary.

    Raises
    ------
    SourceError
        If an official file is not in its published layout.
    DataError
        If it lists codes that no boundary and no lineage explain.
    """
    known = read_residents()
    known = known.assign(residents_on=POPULATION_DATE, residents_basis="known")
    files = find_population_files(official)
    if not files:
        return Residents(known)
    population = read_population_files(files)
    names = ", ".join(path.name for path in files)
    if population.date < POPULATION_DATE:
        aside = f"{names}: residenti al {_when(population.date)}, più vecchi di quelli inclusi "
        return Residents(known, (f"{aside}({_when(POPULATION_DATE)}): il file non è usato.",))
    return join_official(
        known,
        population,
        boundary_codes=frozenset(read_boundaries()["istat_code"]),
        codes=codes,
        lineage=read_table(LINEAGE),
        name=names,
    )


def join_official(
    known: pd.DataFrame,
    official: OfficialPopulation,
    *,
    boundary_codes: frozenset[str],
    codes: frozenset[str],
    lineage: pd.DataFrame,
    name: str,
) -> Residents:
    """Let official counts win over known ones, municipality by municipality.

    A listed code with no boundary goes through the lineage: a code that ended is added to the one
    it became, if every other that became it is listed too; a code that was born since is spread
    over those it came from, in proportion to their known residents, age group by age group, by
    largest remainders, so that sums stay ISTAT's.

    Parameters
    ----------
    known
        ``istat_code``, people, ``residents_on``, ``residents_basis``.
    boundary_codes
        Every municipality that has a boundary.
    codes
        Those asked for: what is wrong elsewhere is no fault.
    lineage
        Table ``lineage``.
    name
        The file, as shown to people.

    Raises
    ------
    DataError
        If a listed code of the provinces asked for is neither in the boundaries nor in the
        lineage, was split, or is listed beside what it became.
    """
    listed = official.residents.set_index("istat_code")[_PEOPLE]
    direct = listed[listed.index.isin(boundary_codes)]
    others = listed[~listed.index.isin(boundary_codes)]
    heirs = {code: _heirs(code, lineage, boundary_codes) for code in others.index}
    parents = {code: _parents(code, lineage, boundary_codes) for code in others.index}
    explained = {*lineage["old_istat_code"], *lineage["new_istat_code"]}
    _refuse_strangers([c for c in others.index if c not in explained], codes, direct.index, name)
    added = _added_up(others, heirs, lineage, name)
    spread = _spread_over(others, parents, known)
    both = [*direct.index, *added.index, *spread.index]
    twice = sorted({code for code in both if both.count(code) > 1} & codes)
    if twice:
        raise DataError(
            f"{name}: municipalities listed beside the one they became, {named_rows(twice)}. "
            "Give the file of one reference date."
        )
    wins = pd.concat([direct, added, spread])
    wins["residents_basis"] = np.where(wins.index.isin(spread.index), "estimated", "official")
    wins["residents_on"] = official.date
    kept = known[~known["istat_code"].isin(wins.index)]
    people = pd.concat([kept, wins.rename_axis("istat_code").reset_index()])
    people = people.sort_values("istat_code", ignore_index=True)
    said = _said(official, name, codes, listed=wins.index, added=added.index, spread=spread.index)
    return Residents(people[known.columns.tolist()], said)


def _heirs(code: str, lineage: pd.DataFrame, boundary_codes: frozenset[str]) -> tuple[str, ...]:
    """Return what a code that ended became, among boundaries; several if it was split."""
    found = {code}
    for _ in range(_MAX_STEPS):
        step = lineage.loc[lineage["old_istat_code"].isin(found - boundary_codes), "new_istat_code"]
        if step.empty:
            break
        found = (found & boundary_codes) | set(step)
    return tuple(sorted(found & boundary_codes))


def _parents(code: str, lineage: pd.DataFrame, boundary_codes: frozenset[str]) -> tuple[str, ...]:
    """Return the codes that became this one, among boundaries."""
    found, reached = {code}, set[str]()
    for _ in range(_MAX_STEPS):
        step = set(lineage.loc[lineage["new_istat_code"].isin(found), "old_istat_code"])
        reached |= step & boundary_codes
        found = step - boundary_codes
        if not found:
            break
    return tuple(sorted(reached))


def _refuse_strangers(
    strangers: list[str], codes: frozenset[str], listed: Iterable[str], name: str
) -> None:
    """Refuse codes of another reference date that may stand for a municipality asked for."""
    provinces = {code[:3] for code in codes}
    everywhere = {code[:3] for code in read_boundaries()["istat_code"]}
    is_whole = codes <= set(listed)
    wrong = [
        code
        for code in strangers
        if code[:3] in provinces or (code[:3] not in everywhere and not is_whole)
    ]
    if wrong:
        raise DataError(
            f"{name}: codes that neither the boundaries of {POPULATION_DATE} nor the lineage "
            f"explain, {named_rows(wrong)}. Add them to lineage.csv, or remove the file."
        )


def _added_up(
    others: pd.DataFrame, heirs: dict[str, tuple[str, ...]], lineage: pd.DataFrame, name: str
) -> pd.DataFrame:
    split = [code for code, became in heirs.items() if len(became) > 1]
    if split:
        raise DataError(
            f"{name}: codes whose territory was split, {named_rows(split)}. "
            "Give a file of a later reference date."
        )
    became = {code: heirs[code][0] for code in others.index if heirs[code]}
    siblings = lineage[lineage["new_istat_code"].isin(became.values())]
    lacking = siblings.loc[~siblings["old_istat_code"].isin(others.index), "old_istat_code"]
    if len(lacking):
        raise DataError(
            f"{name}: merged municipalities of which one part is not listed, "
            f"{named_rows(lacking)}. Give the whole file."
        )
    ended = others.loc[list(became)]
    return ended.groupby(ended.index.map(became)).sum()


def _spread_over(
    others: pd.DataFrame, parents: dict[str, tuple[str, ...]], known: pd.DataFrame
) -> pd.DataFrame:
    pairs = [(code, parent) for code in others.index for parent in parents[code]]
    if not pairs:
        return others.iloc[:0]
    born, old = (np.array(side) for side in zip(*pairs, strict=True))
    code, group = np.unique(born, return_inverse=True)
    total, share = others.loc[code], known.set_index("istat_code").reindex(old)[_PEOPLE].fillna(0)

    def part(of: pd.DataFrame, age: str) -> NDArray[np.float64]:
        parts = {
            "minors": of["residents"] - of["adults"],
            "younger": of["adults"] - of["over65"],
            "over65": of["over65"],
        }
        return parts[age].to_numpy(dtype=np.float64)

    by_age = {
        age: spread_whole(
            part(total, age).astype(np.int64), _weights(part(share, age), group), group
        )
        for age in ("minors", "younger", "over65")
    }
    adults = by_age["younger"] + by_age["over65"]
    return pd.DataFrame(
        {"residents": by_age["minors"] + adults, "adults": adults, "over65": by_age["over65"]},
        index=old,
    )


def _weights(people: NDArray[np.float64], group: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return known people as weights; evenly where a group has none."""
    return np.where(np.bincount(group, people)[group] > 0, people, 1.0)


def spread_whole(
    total: NDArray[np.int64], weight: NDArray[np.float64], group: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Spread whole people by weight within groups, by largest remainders; sums equal `total`.

    Parameters
    ----------
    total
        People of each group, shape (n_groups,).
    weight, group
        Weight and group number of each entry, shape (n,); every group has some weight. Ties of
        remainders go to the earlier entry.
    """
    exact = total[group] * weight / np.bincount(group, weight)[group]
    floor = np.floor(exact).astype(np.int64)
    left = total.astype(np.int64) - np.bincount(group, floor).astype(np.int64)
    order = np.lexsort((np.arange(group.size), -(exact - floor), group))
    first = np.searchsorted(group[order], np.arange(total.size))
    place_in_group = np.arange(group.size) - first[group[order]]
    floor[order] += place_in_group < left[group[order]]
    return floor


def _said(
    official: OfficialPopulation,
    name: str,
    codes: frozenset[str],
    *,
    listed: pd.Index,
    added: pd.Index,
    spread: pd.Index,
) -> tuple[str, ...]:
    """Say which counts are used for the municipalities asked for."""
    n_listed = len(codes & set(listed))
    estimate = ", stima" if official.is_estimate else ""
    source = f"Residenti ISTAT al {_when(official.date)}{estimate}, dal file {name}"
    if not n_listed:
        return (f"{source}: nessun comune del territorio, il file non è usato.",)
    sentences = [f"{source}: {n_listed} comuni su {len(codes)}."]
    for named, what in (
        (codes - set(listed), f"assenti dal file, con i residenti al {_when(POPULATION_DATE)}"),
        (
            codes & set(spread),
            "fusi da allora: i residenti del nuovo comune sono ripartiti fra i vecchi (stima)",
        ),
        (codes & set(added), "nati da una fusione: i residenti dei vecchi sono sommati"),
    ):
        if named:
            shown = ", ".join(sorted(named)[:_MAX_NAMED])
            more = " …" if len(named) > _MAX_NAMED else ""
            noun = "comune" if len(named) == 1 else "comuni"
            sentences.append(f"{len(named)} {noun} {what}: {shown}{more}.")
    return tuple(sentences)


def _when(iso: str) -> str:
    return day(date.fromisoformat(iso))
