"""Dati e metodo: what the figures stand on."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from capillare.geo.hours import readable_it
from capillare.geo.numerals import number, percent
from capillare.geo.schema import Column, Table
from capillare.publish.explained import plain_date
from capillare.publish.sheets import sheet_of
from capillare.views.cached import derived_of, network_of
from capillare.views.exports import show_exports
from capillare.views.notes import as_text, show_heading
from capillare.views.session import current

if TYPE_CHECKING:
    from collections.abc import Sequence

    from capillare.geo.sources.records import SourceRecord
    from capillare.planning.network import Network

PAGE = "about"
READ_SOURCES = Table(
    "read_sources",
    "A file or a package that was read",
    "Fonti",
    ("name",),
    (
        Column("name", "text", "What it is, in Italian", "Fonte"),
        Column("date", "text", "Reference date or version", "Data"),
        Column("licence", "text", "Licence or terms", "Licenza"),
        Column("sha256", "text", "Checksum of the bytes read", "SHA-256", may_miss=True),
    ),
)
_CHECKSUM_SHOWN = 12


def show() -> None:
    """Show the page."""
    session = current()
    network = network_of(session.scenario, session.inputs)
    show_heading(
        "Dati e metodo", network, "Da dove vengono le cifre, quanto sono esatte e che cosa manca."
    )
    caveats = derived_of(session.scenario, session.inputs).caveats
    st.header("Fonti")
    st.markdown(sources_table(network.sources))
    show_exports(
        PAGE,
        "Fonti",
        [sheet_of(READ_SOURCES, pd.DataFrame([asdict(one) for one in network.sources]))],
        network,
        caveats=caveats,
    )
    st.header("Tempi di viaggio")
    _show_travel_error(network)
    st.header("Definizioni")
    _show_definitions(network)
    st.header("Regole del programma")
    _show_rules(network)
    st.header("Avvertenze")
    st.markdown("\n".join(f"- {as_text(sentence)}" for sentence in caveats))


def sources_table(sources: Sequence[SourceRecord]) -> str:
    """Write the sources as a Markdown table."""
    rows = [
        "| "
        + " | ".join(
            as_text(cell) or "—"
            for cell in (
                source.name,
                plain_date(source.date),
                source.licence,
                source.sha256[:_CHECKSUM_SHOWN],
            )
        )
        + " |"
        for source in sources
    ]
    return "\n".join(
        ["| Fonte | Data | Licenza | SHA-256, inizio |", "|:---|:---|:---|:---|", *rows]
    )


def _show_travel_error(network: Network) -> None:
    error = network.travel_error
    basis = as_text(error.basis[:1].upper() + error.basis[1:])
    st.markdown(
        f"{basis}. Rispetto ai minuti ufficiali l'errore medio assoluto è di "
        f"{number(error.mean_absolute_error_min, 1)} minuti, lo scarto medio di "
        f"{number(error.bias_min, 1)} minuti; il {percent(error.within_25_percent_share)} dei "
        "casi sta entro il 25 %."
    )


def _show_definitions(network: Network) -> None:
    policy = network.policy
    meanings = {
        "Punto e sportello": "Un punto finanziato è una o più sedi; ogni sede aperta al pubblico "
        "è uno sportello.",
        "In servizio": "Lo sportello è attivo, il suo punto è attivo e la data cade nel suo "
        "periodo di validità. Uno stato ignoto non conta.",
        "Da confermare": "In servizio, ma nessuno lo ha verificato dopo la fine della sua "
        "campagna.",
        "Entro la soglia": f"Al più {number(policy.reach.within_min)} minuti in auto, estremo "
        "compreso.",
        "Orario usuale": f"{as_text(readable_it(policy.reach.usual_hours))} (scelta nostra: "
        "nessun atto lo fissa).",
        "Aree interne": "Classi D, E e F della mappa nazionale 2020; dove la classe non è "
        "pubblicata si stima dai minuti al polo più vicino.",
        "Mancante e irraggiungibile": "Un trattino vuol dire che il dato non è noto; chi non "
        "raggiunge nessuno sportello è contato a parte.",
    }
    st.markdown("\n".join(f"- **{term}.** {words}" for term, words in meanings.items()))


def _show_rules(network: Network) -> None:
    policy = network.policy
    st.markdown(
        f"{as_text(policy.title)}. Fonte: {as_text(policy.source)} "
        f"({plain_date(policy.source_date)})."
    )
    campaigns = [
        f"| {as_text(c.title)} | {plain_date(c.starts_on)} – {plain_date(c.ends_on)} | "
        f"{number(c.n_points)} | {number(c.target_citizens)} | {as_text(c.source)} |"
        for c in policy.campaigns
    ]
    st.markdown(
        "\n".join(
            [
                "| Campagna | Periodo | Punti | Cittadini da raggiungere | Fonte |",
                "|:---|:---|---:|---:|:---|",
                *campaigns,
            ]
        )
    )
