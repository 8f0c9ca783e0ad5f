"""Copertura: how many people have a desk near, and when they find one open."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.access import BANDS_MIN
from capillare.geo.numerals import counted, number, percent
from capillare.geo.schema import COVERAGE, DESK_LOAD, OPEN_WITHIN, WEEK_COVERAGE
from capillare.geo.schema.stops import WEEKDAY_NAMES
from capillare.planning.service import adults_per_hour
from capillare.publish.sheets import sheet_of
from capillare.views.cached import base_of, derived_of, network_of, service_of
from capillare.views.exports import show_exports
from capillare.views.grids import show_grid
from capillare.views.layout import Figure, map_beside_table, show_figures
from capillare.views.leaflet_map.drawing import draw
from capillare.views.notes import minutes_method, show_caveats, show_heading, show_method
from capillare.views.selection import chosen, show_choice, show_choosing_map
from capillare.views.session import current
from capillare.views.ways_of_seeing import Wish, way_seen, weekday_it
from capillare.views.week import show_week

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from capillare.planning.network import Network
    from capillare.planning.service import PeopleWithin, Service
    from capillare.views.ways_of_seeing import Measure, Shown
    from capillare.views.week import Bound

PAGE = "coverage"
_WISH = "coverage_wish"
_WHOLE = "coverage_whole"
"""Set when a change above the map shows below it too."""
MEASURES: dict[Measure, str] = {
    "minutes": "Minuti",
    "within": "Persone entro un tempo",
    "open": "Sportello aperto in un'ora",
}
BOUNDS: dict[Bound, str] = {"low": "chiuso (minimo)", "high": "aperto (massimo)"}
EARLIEST, LATEST, STEP = time(7), time(21), timedelta(minutes=30)
LOAD_COLUMNS = (
    "name",
    "municipality",
    "utilisation_share",
    "adults_allotted",
    "supply_hours",
    "adults_capacity",
    "adults_unmet",
    "province",
)


def show() -> None:
    """Show the page."""
    session = current()
    network = network_of(session.scenario, session.inputs)
    show_heading(
        "Copertura",
        network,
        "Quante persone hanno uno sportello vicino, e quando lo trovano aperto.",
    )
    derived = derived_of(session.scenario, session.inputs)
    _show_figures(derived.within)
    service = service_of(session.scenario, session.inputs)
    _show_places(network)
    _show_week(network, service)
    _show_load(service.load, network)
    caveats = derived.caveats
    show_exports(
        PAGE,
        "Copertura",
        [
            sheet_of(COVERAGE, network.coverage),
            sheet_of(WEEK_COVERAGE, service.by_hour),
            sheet_of(DESK_LOAD, service.load),
        ],
        network,
        caveats=caveats,
    )
    _show_method(network)
    show_caveats(caveats)


def _show_figures(bands: Sequence[PeopleWithin]) -> None:
    show_figures(
        [
            Figure(
                f"Entro {number(band.minutes)} minuti",
                percent(band.adults_share, 1),
                f"{number(band.adults)} maggiorenni hanno uno sportello in servizio entro questo "
                f"tempo, in auto; fra chi ha 65 anni o più sono {number(band.over65)}, il "
                f"{percent(band.over65_share, 1)}.",
                explained="adults_near",
            )
            for band in bands
        ],
        key=PAGE,
    )


@st.fragment
def _show_places(network: Network) -> None:
    """Show municipalities by the measure asked for; only this runs again when that changes."""
    if st.session_state.pop(_WHOLE, False):
        st.rerun()
    # What is below keeps its place, and the map its browser's work, when a control comes or goes.
    with st.container():
        wish = _show_controls()
    session = current()
    shown = way_seen(session.scenario, session.inputs, wish)
    left, right = map_beside_table(PAGE)
    with left:
        _show_map(network, shown)
    with right:
        derived = derived_of(network.scenario, current().inputs)
        show_choice(derived.municipality_names, PAGE, label="Comune in evidenza")
        st.markdown(shown.sentence)
        chosen_first = shown.rows["istat_code"] == chosen(PAGE)
        show_grid(
            shown.rows[chosen_first] if chosen_first.any() else shown.rows,
            shown.table,
            shown.columns,
            key=f"{PAGE}_grid_{wish.measure}",
            description=f"Comuni: {shown.title}",
            height=None if chosen_first.any() else 420,
        )
    if wish.measure == "open":
        show_exports(f"{PAGE}_open", shown.title, [sheet_of(OPEN_WITHIN, shown.rows)], network)


@st.fragment
def _show_week(network: Network, service: Service) -> None:
    """Show the week; it asks for the bound itself, unless that is asked for above the map."""
    wish: Wish = st.session_state.get(_WISH, Wish())
    st.header("Nella settimana")
    if wish.measure != "open":
        _show_bound(wish)
    show_week(service.by_hour, wish.bound, within_min=network.policy.reach.within_min)


def _show_controls() -> Wish:
    wish: Wish = st.session_state.get(_WISH, Wish())
    st.radio(
        "Sulla mappa",
        options=list(MEASURES),
        index=list(MEASURES).index(wish.measure),
        format_func=MEASURES.__getitem__,
        key=f"{PAGE}_measure",
        on_change=_take,
        args=("measure",),
        horizontal=True,
    )
    if wish.measure == "within":
        st.radio(
            "Minuti in auto",
            options=BANDS_MIN,
            index=BANDS_MIN.index(wish.minutes),
            key=f"{PAGE}_minutes",
            on_change=_take,
            args=("minutes",),
            horizontal=True,
        )
    if wish.measure == "open":
        _show_moment(wish)
    return wish


def _show_moment(wish: Wish) -> None:
    columns = st.columns([2, 4, 3], vertical_alignment="bottom")
    columns[0].selectbox(
        "Giorno",
        options=range(len(WEEKDAY_NAMES)),
        index=wish.weekday,
        format_func=weekday_it,
        key=f"{PAGE}_weekday",
        on_change=_take,
        args=("weekday",),
    )
    columns[1].slider(
        "Ora",
        min_value=EARLIEST,
        max_value=LATEST,
        value=wish.at,
        step=STEP,
        format="HH:mm",
        key=f"{PAGE}_at",
        on_change=_take,
        args=("at",),
    )
    with columns[2]:
        _show_bound(wish)


def _show_bound(wish: Wish) -> None:
    st.radio(
        "Chi non dichiara l'orario conta",
        options=list(BOUNDS),
        index=list(BOUNDS).index(wish.bound),
        format_func=BOUNDS.__getitem__,
        key=f"{PAGE}_bound",
        on_change=_take,
        args=("bound",),
        horizontal=True,
    )


def _take(name: str) -> None:
    wish: Wish = st.session_state.get(_WISH, Wish())
    changed = {name: st.session_state[f"{PAGE}_{name}"]}
    new = replace(wish, **changed)
    st.session_state[_WISH] = new
    # The bound is one, and stands with the map or with the week.
    moves = (wish.measure == "open") != (new.measure == "open")
    st.session_state[_WHOLE] = moves or (name == "bound" and new.measure == "open")


def _show_map(network: Network, shown: Shown) -> None:
    derived = derived_of(network.scenario, current().inputs)
    content = draw(
        base_of(network),
        shown.areas,
        shown.classes,
        title=shown.title,
        label=f"Mappa dei comuni: {shown.title}, con gli sportelli",
        missing="nessuno sportello raggiungibile, o nessun maggiorenne",
        marks=derived.marks,
        selected=chosen(PAGE),
    )
    show_choosing_map(content, PAGE, derived.municipality_of)


def _show_load(load: pd.DataFrame, network: Network) -> None:
    st.header("Carico degli sportelli")
    if load.empty:
        st.info("Nessuno sportello in servizio a questa data.")
        return
    unserved = network.access.adults_unserved
    last = number(network.policy.catchment.zone_min[-1])
    st.markdown(
        f"{counted(len(load), 'sportello', 'sportelli')} in servizio, dal più carico. "
        f"{number(unserved)} maggiorenni non hanno alcuno sportello con orario noto o dovuto "
        f"entro {last} minuti."
    )
    show_grid(
        load.sort_values(["utilisation_share", "desk_id"], ascending=[False, True]),
        DESK_LOAD,
        LOAD_COLUMNS,
        key=f"{PAGE}_load",
        description="Sportelli con i maggiorenni assegnati, dal più carico",
        height=360,
    )


def _show_method(network: Network) -> None:
    policy = network.policy
    per_hour = adults_per_hour(network)
    zones = ", ".join(
        f"{number(weight, 2)} entro {number(minutes)} minuti"
        for minutes, weight in zip(
            policy.catchment.zone_min, policy.catchment.zone_weight, strict=True
        )
    )
    show_method(
        minutes_method(network),
        "**Sportello aperto.** Conta chi ha almeno uno sportello aperto entro "
        f"{number(policy.reach.within_min)} minuti, in un giorno senza feste. Gli sportelli solo "
        "su appuntamento non contano. Il minimo prende per chiuso chi non dichiara l'orario, il "
        "massimo per aperto: la verità sta fra i due.",
        "**Nella settimana.** Ogni casella è la media dei sessanta minuti dell'ora. Si vedono le "
        f"ore usuali delle regole ({policy.reach.usual_hours}).",
        "**Maggiorenni assegnati.** Quelli di ogni località si dividono fra gli sportelli che la "
        "servono, in proporzione alle ore dello sportello e al peso della fascia di minuti: "
        f"{zones} (Huff 1964).",
        "**Utilizzo.** Maggiorenni assegnati su quelli previsti per le ore dello sportello. Il "
        f"rapporto è quello del programma: {number(policy.first_campaign.n_points)} punti per "
        f"{number(policy.point.weekly_hours)} ore, un'ora ogni {number(per_hour)} maggiorenni "
        "della regione. Sopra il 100 % lo sportello ha più persone di quelle per cui le sue ore "
        "sono pensate.",
    )
