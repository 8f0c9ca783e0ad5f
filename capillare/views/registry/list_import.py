"""Hold a published list of desks against the registry, and take its changes over."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.errors import CapillareError
from capillare.geo.numerals import number
from capillare.geo.points.importing import (
    ListedDesks,
    accepted_tables,
    read_list,
    read_listed_desks,
)
from capillare.geo.points.mapping import read_mapping
from capillare.geo.points.mapping_making import mapping_as_toml
from capillare.geo.points.row_changes import row_changes
from capillare.geo.points.whole import whole_tables
from capillare.geo.schema import CHANGES, DESKS
from capillare.views.downloads import Download, show_downloads
from capillare.views.faults import show_error
from capillare.views.grids import show_grid
from capillare.views.layout import Figure, show_figures
from capillare.views.registry.checking import TABLES
from capillare.views.registry.mapping_builder import show_builder
from capillare.views.registry.store import (
    PAGE,
    has_name,
    take,
    uploaded_file,
    whole_registry,
    working_folder,
)
from capillare.views.registry.tables import in_italian, show_faults

if TYPE_CHECKING:
    from pathlib import Path

    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from capillare.geo.points.importing import Gone
    from capillare.geo.points.mapping import ListMapping
    from capillare.planning.network import Network

LISTS = (*TABLES, "geojson", "json")
N_PREVIEWED = 20
KINDS_IT = {"new": "Nuovi", "changed": "Cambiati", "gone": "Non più in elenco"}
GONE_IT: dict[Gone, str] = {
    "keep": "restano come sono",
    "close": "diventano chiusi, con una nota",
}
_COLUMNS = ("change", "name", "istat_code", "column", "before", "after", "matched_by", "desk_id")


def show_import(network: Network) -> None:
    """Let the reader bring a list and its mapping, see the differences, and accept them."""
    st.markdown(
        "Porta un elenco pubblicato di sportelli: ti proponiamo come le sue colonne diventano le "
        "nostre. Vedi le righe lette e che cosa cambia prima di accettare."
    )
    left, right = st.columns(2)
    given = left.file_uploader("Elenco (CSV, XLSX o GeoJSON)", type=LISTS, key=f"{PAGE}_list")
    rules = right.file_uploader(
        "Mappa delle colonne, se l'hai già (TOML)", type=("toml",), key=f"{PAGE}_map"
    )
    if given is None:
        return
    try:
        with uploaded_file(given) as path:
            mapping = _mapping(given, path, rules, network)
            if mapping is None:
                return
            listed = read_listed_desks(path, mapping, whole_registry(), network.territory)
        _show_read(listed)
        _show_differences(listed)
    except CapillareError as fault:
        show_error(fault)


def _mapping(
    given: UploadedFile, path: Path, rules: UploadedFile | None, network: Network
) -> ListMapping | None:
    """Return the mapping that the reader brought or chooses; None while it is not complete."""
    if rules is not None:
        with uploaded_file(rules) as written:
            return read_mapping(written)
    raw, _ = read_list(path)
    mark = f"{zlib.crc32(given.getbuffer()):x}"
    mapping = show_builder(raw, network, mark)
    if mapping is not None:
        away = Download(
            "Porta via la mappa (TOML)",
            "mappa.toml",
            "application/toml",
            lambda: mapping_as_toml(mapping).encode(),
        )
        # It holds what the reader chose, and nothing of the registry.
        show_downloads(f"{PAGE}_map_away", [replace(away, narrowed=lambda _: away)])
        st.caption("La mappa serve la prossima volta: qui, o con `capillare registry import`.")
    return mapping


def _show_read(listed: ListedDesks) -> None:
    """Show the first rows as the registry would hold them, and those that it refuses."""
    st.subheader("Come sono state lette")
    shown = listed.desks.head(N_PREVIEWED)
    st.markdown(
        f"Sportelli letti: {number(len(listed.desks))}"
        + (f"; ecco i primi {number(len(shown))}." if len(shown) < len(listed.desks) else ".")
    )
    filled = [name for name in DESKS.names if shown[name].notna().any()]
    if filled:
        show_grid(
            shown,
            DESKS,
            filled,
            key=f"{PAGE}_list_read",
            description="Sportelli dell'elenco, come li leggerebbe il registro",
            height=300,
        )
    show_faults(listed.faults, key=f"{PAGE}_list_faults")


def _show_differences(listed: ListedDesks) -> None:
    changes = listed.changes
    counts = changes.groupby("change")["desk_id"].nunique()
    show_figures(
        [
            *(
                Figure(words, number(counts.get(kind, 0)), explained="list_changes")
                for kind, words in KINDS_IT.items()
            ),
            Figure("Uguali", number(listed.n_same), explained="list_changes"),
        ],
        key=f"{PAGE}_list",
    )
    if changes.empty:
        st.success("L'elenco e il registro dicono lo stesso.")
        return
    show_grid(
        changes.assign(column=in_italian(changes["column"])),
        CHANGES,
        _COLUMNS,
        key=f"{PAGE}_changes",
        description="Differenze fra l'elenco e il registro",
        height=420,
    )
    if working_folder() is None:
        return
    gone = st.radio(
        "Gli sportelli non più in elenco",
        options=list(GONE_IT),
        format_func=GONE_IT.__getitem__,
        key=f"{PAGE}_gone",
        horizontal=True,
    )
    registry = whole_registry()
    accepted = row_changes(whole_tables(registry), accepted_tables(registry, listed, gone=gone))
    st.button(
        f"Accetta e scrivi nel registro (righe: {number(len(accepted))})",
        key=f"{PAGE}_accept",
        type="primary",
        disabled=not (has_name() and accepted),
        on_click=take,
        args=(accepted, f"elenco {listed.mapping.source} ({listed.mapping.source_date})"),
        help=None if has_name() else "Scrivi prima chi sei, in alto.",
    )
