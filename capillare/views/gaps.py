"""Aree sotto-servite: inner municipalities, ranked, each with its reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.numerals import counted, number
from capillare.geo.schema import GAPS, GAPS_SENSITIVITY, NETWORK_DIFFERENCE
from capillare.planning.caveats import INDICATORS_IT
from capillare.planning.reasons import under_served_rule
from capillare.publish.labels import label_it
from capillare.publish.sheets import sheet_of
from capillare.views.cached import base_of, derived_of, gaps_of, network_of
from capillare.views.exports import show_exports
from capillare.views.grids import show_grid
from capillare.views.layout import map_beside_table
from capillare.views.leaflet_map.areas import gap_areas
from capillare.views.leaflet_map.classes import quantile_classes
from capillare.views.leaflet_map.drawing import draw
from capillare.views.notes import as_text, show_caveats, show_heading, show_method
from capillare.views.selection import chosen, show_choice, show_choosing_map
from capillare.views.session import current

if TYPE_CHECKING:
    import pandas as pd

    from capillare.planning.gaps import Gaps
    from capillare.planning.network import Network

PAGE = "gaps"
N_CLASSES = 5
COLUMNS = (
    "rank",
    "municipality",
    "rank_low",
    "rank_high",
    "travel_min",
    "gap_index",
    "adults",
    "inner_class",
    "province",
    "under_served",
    "over65",
    "adults_unreachable",
    "hours_per_1000_adults",
    "reasons",
)


def show() -> None:
    """Show the page."""
    session = current()
    network = network_of(session.scenario, session.inputs)
    gaps = gaps_of(session.scenario, session.inputs)
    show_heading(
        "Aree sotto-servite",
        network,
        "I comuni delle aree interne in ordine di carenza, con il perché di ciascuno.",
    )
    if gaps.table.empty:
        st.info(
            "Nessun comune in graduatoria: per questo territorio non si conosce la classe di area "
            "interna di alcun comune D, E o F."
        )
    else:
        _show_ranking(network, gaps)
    _show_method(network, gaps)
    show_caveats(derived_of(session.scenario, session.inputs).caveats)


def _show_ranking(network: Network, gaps: Gaps) -> None:
    shown = _filtered(gaps.table, network.coverage)
    left, right = map_beside_table(PAGE)
    with left:
        _show_map(network, gaps, shown)
    with right:
        by_name = shown.sort_values("municipality")
        names = dict(zip(by_name["istat_code"], by_name["municipality"], strict=True))
        show_choice(names, PAGE, label="Comune in evidenza")
        _show_municipality(shown)
        if shown.empty:
            st.info("Nessun comune corrisponde ai filtri.")
        else:
            st.markdown(_sentence(shown))
            show_grid(
                shown,
                GAPS,
                COLUMNS,
                key=f"{PAGE}_grid",
                description="Comuni delle aree interne in ordine di carenza",
                height=480,
            )
    derived = derived_of(network.scenario, current().inputs)
    sensitivity = gaps.sensitivity[gaps.sensitivity["istat_code"].isin(shown["istat_code"])]
    show_exports(
        PAGE,
        "Aree sotto-servite",
        [
            sheet_of(GAPS, shown),
            sheet_of(GAPS_SENSITIVITY, sensitivity),
            sheet_of(NETWORK_DIFFERENCE, derived.sister_networks),
        ],
        network,
        caveats=derived.caveats,
    )


def _filtered(table: pd.DataFrame, coverage: pd.DataFrame) -> pd.DataFrame:
    area = table["istat_code"].map(coverage.set_index("istat_code")["snai_area"])
    with st.container(key=f"{PAGE}_filters"):
        columns = st.columns([3, 3, 3, 2], vertical_alignment="bottom")
    provinces = columns[0].multiselect(
        "Provincia",
        options=sorted(table["province"].unique()),
        key=f"{PAGE}_provinces",
        placeholder="Tutte le province",
    )
    classes = columns[1].multiselect(
        "Classe di area interna",
        options=sorted(table["inner_class"].unique()),
        format_func=lambda letter: label_it("inner_class", letter),
        key=f"{PAGE}_classes",
        placeholder="Tutte le classi",
    )
    areas = columns[2].multiselect(
        "Area SNAI",
        options=sorted(area.dropna().unique()),
        key=f"{PAGE}_snai",
        placeholder="Tutte le aree",
    )
    only_under_served = columns[3].toggle("Solo sotto-serviti", key=f"{PAGE}_under_served")
    shown = table
    if provinces:
        shown = shown[shown["province"].isin(provinces)]
    if classes:
        shown = shown[shown["inner_class"].isin(classes)]
    if areas:
        shown = shown[area.reindex(shown.index).isin(areas)]
    if only_under_served:
        shown = shown[shown["under_served"]]
    return shown


def _show_map(network: Network, gaps: Gaps, shown: pd.DataFrame) -> None:
    derived = derived_of(network.scenario, current().inputs)
    content = draw(
        base_of(network),
        gap_areas(network.coverage, shown),
        # Classes are those of the whole ranking: a filter hides municipalities, it recolours none.
        quantile_classes(
            gaps.table["gap_index"].to_numpy(), N_CLASSES, scheme="YlOrBr", unit="number"
        ),
        title="Indice di carenza (100 è la media regionale)",
        label="Mappa dei comuni delle aree interne colorati per indice di carenza",
        missing="non in graduatoria o escluso dai filtri",
        marks=derived.marks,
        selected=chosen(PAGE),
    )
    listed = set(shown["istat_code"])
    choice_of = {one: code for one, code in derived.municipality_of.items() if code in listed}
    show_choosing_map(content, PAGE, choice_of)


def _show_municipality(shown: pd.DataFrame) -> None:
    code = chosen(PAGE)
    row = shown[shown["istat_code"] == code]
    if code is None or row.empty:
        return
    gap = row.iloc[0]
    with st.container(border=True):
        st.markdown(
            f"**{number(gap['rank'])}. {as_text(gap['municipality'])}** "
            f"({as_text(gap['province'])}, classe {gap['inner_class']}), "
            f"posizione fra {number(gap['rank_low'])} e {number(gap['rank_high'])}.  \n"
            f"{as_text(gap['reasons'][:1].upper() + gap['reasons'][1:])}."
        )


def _sentence(shown: pd.DataFrame) -> str:
    n_under = int(shown["under_served"].sum())
    listed = counted(len(shown), "comune", "comuni")
    return f"{listed} in elenco, di cui {counted(n_under, 'sotto-servito', 'sotto-serviti')}."


def _sister_networks(network: Network) -> str:
    difference = derived_of(network.scenario, current().inputs).sister_networks
    gained = difference[difference["adults_gained"] > 0]
    within = number(network.policy.reach.within_min)
    return (
        "**Reti sorelle.** Contando anche gli sportelli in servizio di altre reti, altri "
        f"{number(gained['adults_gained'].sum())} maggiorenni in "
        f"{counted(len(gained), 'comune', 'comuni')} sono "
        f"entro {within} minuti: la tabella «{NETWORK_DIFFERENCE.title_it}» dice quali."
    )


def _show_method(network: Network, gaps: Gaps) -> None:
    rules = network.policy.gaps
    used = ", ".join(INDICATORS_IT[name] for name in gaps.indicators_used)
    show_method(
        f"**Sotto-servito.** {under_served_rule(rules, lang='it')}",
        "**Indice di carenza.** Mazziotta e Pareto (2016), corretto: ogni indicatore è riportato "
        "su una scala con 100 per la media dei comuni della regione; l'indice è la media pesata "
        "più una penalità per gli squilibri. Valori più alti, carenza più grave. Indicatori usati: "
        f"{used or 'nessuno'}.",
        "**Posizione minima e massima.** Nel 90 % delle prove la posizione resta in questo "
        f"intervallo: {number(rules.n_draws)} prove cambiano i pesi fra metà e doppio, portano gli "
        "indicatori in scala fra minimo e massimo o fra il 5° e il 95° percentile, e aggiungono "
        "ai minuti stimati il loro errore medio assoluto, "
        f"{number(network.travel_error.mean_absolute_error_min, 1)} minuti: lo stesso, per "
        "prudenza, a quelli su strada o di un server, il cui errore non è misurato; nessuno ai "
        "minuti ufficiali o dati da chi usa il programma. La tabella di sensibilità dice quanto "
        "si sposta ogni comune se si toglie un indicatore, con pesi uguali o con l'altra scala.",
        _sister_networks(network),
    )
