"""Approve what a plan proposes: see every row that would be written, choose, write, take back."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from capillare.geo.errors import CapillareError
from capillare.geo.hours import ROME, readable_it
from capillare.geo.numerals import day, number
from capillare.geo.points.approval import (
    Wishes,
    announced_days,
    approvable_names,
    approve,
    with_their_desks,
)
from capillare.geo.points.whole import whole_tables
from capillare.geo.schema import STOPS, Column, Table
from capillare.geo.schema.changes import CHANGE_KINDS
from capillare.publish.labels import LABELS_IT
from capillare.views.faults import show_error
from capillare.views.grids import show_grid
from capillare.views.layout import Figure, show_figures
from capillare.views.registry.proposals import show_proposal_choice
from capillare.views.registry.store import PAGE, has_name, take, whole_registry, working_folder
from capillare.views.registry.tables import show_row_changes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from capillare.geo.points.approval import WrittenPlan
    from capillare.geo.points.registry import Registry
    from capillare.geo.points.row_changes import Cells, RowChange
    from capillare.planning.network import Network

KINDS_IT = {"new": "Nuova", "changed": "Cambiata", "gone": "Tolta"}
_FIGURES = {"new": "Righe nuove", "changed": "Righe cambiate", "gone": "Righe tolte"}
_LABELS = {
    "tour_stops": ("Solo questi furgoni", "Tutti i furgoni"),
    "season_plan": ("Solo questi punti", "Tutti i punti"),
    "sites": ("Solo queste sedi", "Tutte le sedi"),
}
_WRITTEN = Table(
    "approved_rows",
    "A row of the registry that an approval writes, changes or takes away",
    "Che cosa si scriverebbe",
    ("what", "name", "when"),
    (
        Column("change", "text", "New, changed or gone", "Riga"),
        Column("what", "text", "Stop or desk", "Che cosa"),
        Column("name", "text", "What people know it by", "Nome"),
        Column("municipality", "text", "Municipality", "Comune"),
        Column("when", "text", "Days and hours", "Quando"),
        Column("first_day", "date", "First of the next days", "1ª data"),
        Column("second_day", "date", "Second of the next days", "2ª data"),
        Column("third_day", "date", "Third of the next days", "3ª data"),
        Column("until", "date", "Last day", "Fino al"),
    ),
)


def show_approving(network: Network) -> None:
    """Let the reader choose a proposal, see what it writes, and write it."""
    st.markdown(
        "Ciò che un piano propone arriva ai cittadini solo quando qualcuno lo approva. Scegli la "
        "proposta, guarda le righe che scriverebbe, approvane una parte o tutto: resta nella "
        "storia, e si può annullare."
    )
    chosen = show_proposal_choice()
    if chosen is None:
        return
    plan, part = chosen
    towns = network.territory.municipalities.set_index("istat_code")["municipality"]
    try:
        registry = whole_registry()
        wishes = _show_wishes(plan, part, registry)
        changes = approve(plan, whole_tables(registry), wishes, approved_on=_today())
    except CapillareError as fault:
        show_error(fault)
        return
    if not changes:
        st.success("Il registro è già così: nulla da approvare.")
        return
    _show_changes(changes, wishes, plan, towns.to_dict())


def _show_wishes(plan: WrittenPlan, part: str, registry: Registry) -> Wishes:
    label, everything = _LABELS[part]
    left, right = st.columns([2, 1])
    words = _words(plan, part, registry)
    only = left.multiselect(
        label,
        options=approvable_names(plan, part),
        format_func=lambda name: words.get(name, name),
        key=f"{PAGE}_approve_only_{part}",
        placeholder=everything,
    )
    until = None
    if part != "sites":
        until = right.date_input(
            "Valide fino al (facoltativo)",
            value=None,
            min_value=plan.as_of,
            format="DD/MM/YYYY",
            key=f"{PAGE}_approve_until_{part}",
            help="Senza una data: le soste durano le quattro settimane del piano, le sedi "
            "stagionali un anno.",
        )
    return Wishes((part,), tuple(only), until)


def _words(plan: WrittenPlan, part: str, registry: Registry) -> dict[str, str]:
    """Name points and candidates as people know them."""
    if part == "season_plan":
        return dict(zip(registry.points["point_id"], registry.points["point"], strict=True))
    if part != "sites":
        return {}
    sites = plan.tables["sites"]
    named = sites["locality"] + " (" + sites["municipality"] + ")"
    return dict(zip(sites["candidate_id"], named, strict=True))


def _show_changes(
    changes: Sequence[RowChange], wishes: Wishes, plan: WrittenPlan, towns: Mapping[str, str]
) -> None:
    since = max(_today(), plan.as_of)
    rows = [_row(change, since, towns) for change in changes]
    picked = st.multiselect(
        "Solo queste righe",
        options=range(len(changes)),
        format_func=lambda place: _said(rows[place]),
        key=f"{PAGE}_approve_rows_{'_'.join(wishes.parts)}",
        placeholder="Tutte le righe",
        help="Una sosta porta con sé lo sportello mobile che la fa.",
    )
    places = [place for place in picked if place < len(changes)]
    chosen = with_their_desks([changes[place] for place in places], changes) if places else changes
    kinds = [change.kind for change in chosen]
    show_figures(
        [
            Figure(_FIGURES[kind], number(kinds.count(kind)), explained="proposal_changes")
            for kind in CHANGE_KINDS
        ],
        key=f"{PAGE}_approve",
    )
    show_grid(
        pd.DataFrame([_row(change, since, towns) for change in chosen], dtype="str"),
        _WRITTEN,
        _WRITTEN.names,
        key=f"{PAGE}_approve_grid",
        description="Righe che l'approvazione scrive, con le prossime tre date di ognuna",
    )
    dated = [change for change in chosen if change.table == STOPS.name and change.after]
    if dated and not any(announced_days(change, since=since, n=1) for change in dated):
        st.warning("Le date di queste soste sono tutte passate: rifai il piano con una data nuova.")
    with st.expander("Cella per cella: prima e dopo"):
        show_row_changes(chosen, key=f"{PAGE}_approve_cells")
    if working_folder() is not None:
        st.button(
            f"Approva e scrivi nel registro (righe: {number(len(chosen))})",
            key=f"{PAGE}_approve",
            type="primary",
            disabled=not has_name(),
            on_click=take,
            args=(chosen, wishes.sentence(plan.as_of)),
            help=None if has_name() else "Scrivi prima chi sei, in alto.",
        )


def _row(change: RowChange, since: date, towns: Mapping[str, str]) -> dict[str, str | None]:
    cells = change.after or change.before or {}
    is_stop = change.table == STOPS.name
    days = [one.isoformat() for one in announced_days(change, since=since)]
    first, second, third = [*days, None, None, None][:3]
    town = towns.get(cells["istat_code"], cells["istat_code"])
    last = cells.get("ends_on" if is_stop else "valid_to")
    return {
        "change": KINDS_IT[change.kind],
        "what": "sosta" if is_stop else "sportello",
        "name": cells.get("locality", town) if is_stop else cells["name"],
        "municipality": town,
        "when": _stop_hours(cells) if is_stop else _desk_hours(cells),
        "first_day": first,
        "second_day": second,
        "third_day": third,
        "until": last,
    }


def _said(row: Mapping[str, str | None]) -> str:
    where = dict.fromkeys(filter(None, (row["name"], row["municipality"])))
    return f"{row['change']}: {row['what']}, {', '.join(where)}, {row['when']}"


def _stop_hours(cells: Cells) -> str:
    hours = f"{cells['from_time']}-{cells['to_time']}"
    weekday = LABELS_IT["weekday"].get(cells.get("weekday", ""))
    if weekday is None:
        return f"{day(date.fromisoformat(cells['starts_on']))}, {hours}"
    weeks = int(cells.get("every_n_weeks", "1"))
    return f"{weekday} {hours}" + (f", ogni {number(weeks)} settimane" if weeks > 1 else "")


def _desk_hours(cells: Cells) -> str:
    if cells["kind"] == "mobile":
        return "gira: vedi le soste"
    if cells["status"] == "planned":
        return "previsto, orario da indicare"
    hours = cells.get("opening_hours")
    return readable_it(hours) if hours else "orario non noto"


def _today() -> date:
    return datetime.now(ROME).date()
