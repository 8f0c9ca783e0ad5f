"""What a coordinator's own is: rows of a registry, and rows of what is computed from it.

A body's own are its points, their desks, these desks' stops and their counts. A province's own are
the desks that stand in it, whatever their network, and the points all of whose desks do. The
municipalities of a body are those it joins, failing them those its applications declare, failing
them its seat's.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from capillare.views.access.roles import SERVICE_TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from capillare.geo.points.row_changes import RowChange
    from capillare.views.access.roles import Scope

TABLES_READ = (
    "entities",
    "entity_members",
    "applications",
    "application_municipalities",
    "points",
    "desks",
)
"""Tables of a registry that say what is whose."""

_KEYS = ("entity_id", "point_id", "desk_id", "istat_code")


@dataclass(frozen=True)
class Holdings:
    """Ids of what is somebody's own.

    Attributes
    ----------
    scope
        Whose.
    istat_codes
        Municipalities.
    points, desks
        As they stand in the registry now.
    run
        Those of the points that own bodies run, wherever their desks stand.
    """

    scope: Scope
    istat_codes: frozenset[str]
    points: frozenset[str]
    desks: frozenset[str]
    run: frozenset[str]

    def rows(self, frame: pd.DataFrame) -> pd.DataFrame | None:
        """Return the rows of a table that are own; None where its columns cannot tell."""
        keys = [name for name in _KEYS if name in frame.columns]
        if not keys:
            return None
        own_ids = {
            "entity_id": self.scope.entities,
            "point_id": self.points,
            "desk_id": self.desks,
            "istat_code": self.istat_codes,
        }
        is_own = frame[keys[0]].isin(own_ids[keys[0]])
        for name in keys[1:]:
            is_own |= frame[name].isin(own_ids[name])
        return frame[is_own]

    def holds(self, changes: Iterable[RowChange]) -> bool:
        """Tell whether every row that changes is own, both as it was and as it will be.

        Only rows of `SERVICE_TABLES` can be. A new desk is own where its point is, or where it
        stands in an own province; what comes with it in the same changes is held against it. A
        desk goes from a point to another only if both are own.
        """
        changes = list(changes)
        desks = self.desks | {
            change.key[0]
            for change in changes
            if change.table == "desks" and change.before is None and self._is_own_desk(change.after)
        }
        return all(
            change.table in SERVICE_TABLES
            and all(
                self._is_own(change.table, cells, desks)
                for cells in (change.before, change.after)
                if cells is not None
            )
            and (change.table != "desks" or self._stays_with_its_point(change))
            for change in changes
        )

    def _stays_with_its_point(self, change: RowChange) -> bool:
        points = {(cells or {}).get("point_id") for cells in (change.before, change.after)}
        return len(points) == 1 or points - {None} <= self.points

    def _is_own(self, table: str, cells: Mapping[str, str], desks: frozenset[str]) -> bool:
        if table == "desks":
            return self._is_own_desk(cells)
        if table == "progress":
            return cells.get("point_id") in self.points
        return cells.get("desk_id") in desks

    def _is_own_desk(self, cells: Mapping[str, str] | None) -> bool:
        if cells is None:
            return False
        is_there = province_of(cells.get("istat_code", "")) in self.scope.provinces
        return is_there or cells.get("point_id") in self.run


def province_of(istat_code: str) -> str:
    """Return a province as the first three digits of its municipalities' codes."""
    return istat_code[:3]


def holdings_of(
    scope: Scope,
    tables: Mapping[str, Iterable[Mapping[str, object]]],
    municipalities: pd.DataFrame,
) -> Holdings:
    """Find what is somebody's own.

    Parameters
    ----------
    scope
        Whose; provinces may be letters.
    tables
        Rows of the registry by table; one that is not there is empty.
    municipalities
        With ``istat_code`` and ``province_short``.
    """
    codes = municipalities["istat_code"]
    letters = dict(zip(municipalities["province_short"], codes.str[:3], strict=True))
    provinces = frozenset(letters.get(code, code) for code in scope.provinces)
    scope = type(scope)(scope.entities, provinces)
    in_provinces = set(codes[codes.str[:3].isin(provinces)])
    desks = list(tables.get("desks", ()))
    entity_of = {row["point_id"]: row.get("entity_id") for row in tables.get("points", ())}
    stands_in = defaultdict(set)
    for desk in desks:
        stands_in[desk.get("point_id")].add(province_of(str(desk.get("istat_code", ""))))
    run = frozenset(str(point) for point, body in entity_of.items() if body in scope.entities)
    points = run | {
        str(point) for point in entity_of if stands_in[point] and stands_in[point] <= provinces
    }
    own_desks = frozenset(
        str(desk["desk_id"])
        for desk in desks
        if desk.get("point_id") in points
        or province_of(str(desk.get("istat_code", ""))) in provinces
    )
    joined = {code for body in scope.entities for code in _municipalities_of(body, tables)}
    return Holdings(scope, frozenset(in_provinces | joined), points, own_desks, run)


def _municipalities_of(body: str, tables: Mapping[str, Iterable[Mapping[str, object]]]) -> set[str]:
    def codes(table: str, column: str, **where: set[object]) -> set[str]:
        return {
            str(row[column])
            for row in tables.get(table, ())
            if isinstance(row.get(column), str)
            and all(row.get(name) in held for name, held in where.items())
        }

    applied: set[object] = set(codes("applications", "application_id", entity_id={body}))
    return (
        codes("entity_members", "istat_code", entity_id={body})
        or codes("application_municipalities", "istat_code", application_id=applied)
        or codes("entities", "seat_istat_code", entity_id={body})
    )
