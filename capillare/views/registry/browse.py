"""Browse the desks and change one by hand."""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.errors import DataError
from capillare.geo.hours import ROME, readable_it
from capillare.geo.numerals import counted, number
from capillare.geo.points.desk_edits import EDITABLE, edit_desk
from capillare.geo.points.row_changes import RowChange, read_rows
from capillare.geo.schema import DESKS, POINTS, PROGRESS, STOPS
from capillare.geo.schema.measures import MUNICIPALITY, PROVINCE
from capillare.publish.labels import LABELS_IT, label_it
from capillare.publish.provenance import provenance_of
from capillare.publish.sheets import DESKS_AS_OF, sheet_of
from capillare.publish.site.stops_calendar import stops_ics
from capillare.views.cached import derived_of
from capillare.views.downloads import Download
from capillare.views.exports import show_exports
from capillare.views.faults import told
from capillare.views.grids import show_grid
from capillare.views.notes import as_text
from capillare.views.registry.store import (
    PAGE,
    has_name,
    may_take,
    seen_cells,
    take,
    tell,
    working_folder,
)
from capillare.views.selection import chosen, show_choice
from capillare.views.session import current

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from capillare.geo.points.row_changes import Cells
    from capillare.planning.network import Network

_BROWSED = replace(DESKS, columns=(*DESKS.columns, MUNICIPALITY, PROVINCE))
_COLUMNS = (
    "name",
    "municipality",
    "status",
    "opening_hours",
    "phone",
    "verified_on",
    "network",
    "kind",
    "address",
    "valid_to",
    "desk_id",
)
_DATES = frozenset({"valid_from", "valid_to", "verified_on"})
_NOT_KNOWN = ""
_FLAG_WORDS = {_NOT_KNOWN: "non noto", "true": "sì", "false": "no"}


def show_browsing(network: Network) -> None:
    """Show the desks of the territory, and the form of the one chosen."""
    towns = network.territory.municipalities[["istat_code", "municipality", "province"]]
    desks = network.desks.merge(towns, on="istat_code", how="left", validate="many_to_one")
    shown = _filtered(desks.sort_values(["municipality", "name", "desk_id"]))
    names = {
        row["desk_id"]: f"{row['name']} ({row['municipality']})" for row in shown.to_dict("records")
    }
    show_choice(names, PAGE, label="Sportello", placeholder="Scrivi il nome o il comune")
    desk_id = chosen(PAGE)
    folder = working_folder()
    if desk_id is not None and folder is not None:
        _show_form(folder, desk_id)
    st.markdown(f"{counted(len(shown), 'sportello', 'sportelli')} su {number(len(desks))}.")
    if shown.empty:
        st.info("Nessuno sportello corrisponde ai filtri.")
        return
    show_grid(shown, _BROWSED, _COLUMNS, key=f"{PAGE}_grid", description="Sportelli del registro")
    registry = network.registry
    tables = {POINTS: registry.points, STOPS: registry.stops, PROGRESS: registry.progress}
    show_exports(
        PAGE,
        "Registro",
        [
            sheet_of(DESKS_AS_OF, shown),
            *(sheet_of(table, frame) for table, frame in tables.items() if len(frame)),
        ],
        network,
        more=_stops_calendar(network),
        caveats=derived_of(network.scenario, current().inputs).caveats,
    )


def _stops_calendar(network: Network) -> list[Download]:
    """Offer the stops of mobile desks as a calendar, where there are any."""
    if network.registry.stops.empty:
        return []
    about = provenance_of(network)
    words = " ".join(about.lines)
    return [
        Download(
            "Soste (ICS)",
            f"stops_{about.mark}.ics",
            "text/calendar",
            lambda: stops_ics(network, words=words),
        )
    ]


def _filtered(desks: pd.DataFrame) -> pd.DataFrame:
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    provinces = left.multiselect(
        "Provincia",
        options=sorted(desks["province"].dropna().unique()),
        key=f"{PAGE}_provinces",
        placeholder="Tutte le province",
    )
    statuses = middle.multiselect(
        "Stato",
        options=[status for status in LABELS_IT["status"] if (desks["status"] == status).any()],
        format_func=lambda status: label_it("status", status),
        key=f"{PAGE}_statuses",
        placeholder="Tutti gli stati",
    )
    lacks = right.toggle("Solo senza orario noto", key=f"{PAGE}_no_hours")
    shown = desks
    if provinces:
        shown = shown[shown["province"].isin(provinces)]
    if statuses:
        shown = shown[shown["status"].isin(statuses)]
    if lacks:
        shown = shown[shown["opening_hours"].isna()]
    return shown


def _show_form(folder: Path, desk_id: str) -> None:
    now = read_rows(folder).get(DESKS.name, {}).get((desk_id,))
    if now is None:
        st.warning("Questo sportello non è più nel registro.")
        return
    seen = seen_cells(desk_id, now)
    # Fields of another desk, or of the same one as it has become, are other fields.
    mark = f"{PAGE}_{desk_id}_{zlib.crc32(repr(sorted(seen.items())).encode()):x}"
    is_own = may_take([RowChange(DESKS.name, (desk_id,), now, now)])
    with st.form(f"{mark}_form"):
        where = "".join(f", {seen[name]}" for name in ("address", "locality") if name in seen)
        st.markdown(f"**{as_text(seen['name'])}**{as_text(where)}")
        shown = _show_fields(seen, mark)
        st.checkbox("Verificato oggi", key=f"{mark}_today")
        st.form_submit_button(
            "Salva nel registro",
            type="primary",
            disabled=not (is_own and has_name()),
            on_click=_save,
            args=(seen, shown, mark),
            help=_why_not(is_own),
        )


def _why_not(is_own: bool) -> str | None:
    if not is_own:
        return "Questo sportello non è del tuo territorio."
    return None if has_name() else "Scrivi prima chi sei, in alto."


def _show_fields(seen: Cells, mark: str) -> dict[str, str]:
    """Show the editable fields; return what each showed at first, by name."""
    shown = {name: _written(name, seen.get(name, "")) for name in EDITABLE}
    hours = seen.get("opening_hours", "")
    first, second = st.columns([1, 2])
    statuses = list(LABELS_IT["status"])
    first.selectbox(
        DESKS.column("status").title_it,
        options=statuses,
        index=statuses.index(shown["status"]),
        format_func=lambda status: label_it("status", status),
        key=f"{mark}_status",
    )
    second.text_input(
        DESKS.column("opening_hours").title_it,
        value=shown["opening_hours"],
        key=f"{mark}_opening_hours",
        placeholder="lun-ven 9-13; mar e gio 15-17",
        help=f"Oggi: {readable_it(hours)}" if hours else "Anche in italiano: lun-ven 9-13",
    )
    columns = st.columns(3)
    columns[0].selectbox(
        DESKS.column("by_appointment").title_it,
        options=list(_FLAG_WORDS),
        index=list(_FLAG_WORDS).index(shown["by_appointment"]),
        format_func=_FLAG_WORDS.__getitem__,
        key=f"{mark}_by_appointment",
    )
    rest = [name for name in EDITABLE if name not in {"status", "opening_hours", "by_appointment"}]
    for place, name in enumerate(rest, start=1):
        columns[place % 3].text_input(
            {"valid_from": "In servizio dal", "valid_to": "In servizio fino al"}.get(
                name, DESKS.column(name).title_it
            ),
            value=shown[name],
            key=f"{mark}_{name}",
            placeholder="gg/mm/aaaa" if name in _DATES else None,
        )
    return shown


def _written(name: str, cell: str) -> str:
    return f"{date.fromisoformat(cell):%d/%m/%Y}" if name in _DATES and cell else cell


def _save(seen: Cells, shown: dict[str, str], mark: str) -> None:
    """Save what was typed; the form's fields are in the state under their keys."""
    typed = {
        name: text
        for name in EDITABLE
        if (text := str(st.session_state[f"{mark}_{name}"]).strip()) != shown[name]
    }
    if st.session_state[f"{mark}_today"]:
        typed["verified_on"] = datetime.now(ROME).date().isoformat()
    try:
        change = edit_desk(seen, typed)
    except DataError as fault:
        tell(told(fault), is_fault=True)
        return
    if change is None:
        tell("Nulla da scrivere: lo sportello è già così.")
    else:
        take([change], f"sportello {seen['name']}")
