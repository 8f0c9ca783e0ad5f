"""The list of a coordinator's candidate sites: shown, and taken away in every format."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.schema import COORDINATOR_SITES
from capillare.planning.coordinators import list_for
from capillare.publish.coordinators import FORMATS, list_name, write_list
from capillare.views.cached import derived_of, plan_of, whole_plan_of
from capillare.views.downloads import Download, show_downloads
from capillare.views.exports import ground_words, is_all_own
from capillare.views.grids import show_grid
from capillare.views.notes import as_text, show_caveats
from capillare.views.session import current

if TYPE_CHECKING:
    from capillare.planning.coordinators import CoordinatorList

SITE_COLUMNS = (
    "list_rank",
    "proposal",
    "locality",
    "municipality",
    "adults_gained",
    "adults_gained_here",
    "adults_alone",
    "venue",
    "cost_eur",
    "target_citizens",
    "reasons",
)
_FORMATS_IT = {
    "csv": ("Tabella (CSV)", "text/csv"),
    "xlsx": (
        "Cartella di lavoro (XLSX)",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "gpkg": ("Strati geografici (GeoPackage)", "application/geopackage+sqlite3"),
    "geojson": ("Punti (GeoJSON)", "application/geo+json"),
    "html": ("Rapporto da stampare (HTML)", "text/html"),
}


@st.fragment
def show_lists() -> None:
    """Let the reader choose a territory, and show and offer its list."""
    session = current()
    derived = derived_of(session.scenario, session.inputs)
    grounds = {f"{ground.kind}/{ground.key}": ground for ground in derived.grounds}
    names = {key: ground_words(ground) for key, ground in grounds.items()}
    key = st.selectbox(
        "Di chi è l'elenco",
        options=list(names),
        format_func=names.__getitem__,
        index=None,
        placeholder="Scrivi una provincia, un'unione, un ente o un comune",
        key="calls_ground",
    )
    if key is None:
        st.markdown(
            "Per ogni territorio: le sedi che il piano vi propone, quelle appena fuori che "
            "servono anche la sua gente, le riserve, gli obiettivi e i costi, pronti da spedire."
        )
        return
    with st.spinner("Cerco le sedi…"):
        content = list_for(plan_of(session.scenario, session.inputs), grounds[key])
    for sentence in content.sentences:
        st.markdown(as_text(sentence))
    if len(content.table):
        show_grid(
            content.table,
            COORDINATOR_SITES,
            SITE_COLUMNS,
            key="calls_list_grid",
            description=f"Sedi candidate: {content.ground.name}",
        )
    else:
        st.info("Nessuna località di questo territorio porterebbe altre persone entro la soglia.")
    show_downloads("calls_list", [_list_download(content, ending) for ending in FORMATS])
    show_caveats(content.caveats)


def _list_download(content: CoordinatorList, ending: str) -> Download:
    label, mime = _FORMATS_IT[ending]
    session = current()

    def write() -> bytes:
        whole = content
        if ending == "html" and session.scenario.vans:
            # Only the report speaks of tours, which take longer than the page.
            whole = list_for(whole_plan_of(session.scenario, session.inputs), content.ground)
        with tempfile.TemporaryDirectory() as folder:
            (path,) = write_list(whole, Path(folder), formats=(ending,))
            return path.read_bytes()

    offered = Download(label, f"{list_name(content)}.{ending}", mime, write)
    codes = content.ground.istat_codes
    return replace(offered, narrowed=lambda cut: offered if is_all_own(codes, cut) else None)
