"""Panoramica: the network in one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.numerals import number, percent
from capillare.geo.schema import COVERAGE
from capillare.planning.headline import Headline, sum_up
from capillare.publish.sheets import DESKS_AS_OF, sheet_of
from capillare.views.cached import base_of, derived_of, gaps_of, network_of
from capillare.views.exports import show_exports
from capillare.views.grids import show_grid
from capillare.views.incomplete import show_incomplete
from capillare.views.layout import Figure, map_beside_table, show_figures
from capillare.views.leaflet_map.areas import minutes_phrase
from capillare.views.leaflet_map.classes import classes_at
from capillare.views.leaflet_map.drawing import draw
from capillare.views.notes import as_text, minutes_method, show_caveats, show_heading, show_method
from capillare.views.provinces import show_provinces
from capillare.views.selection import chosen, show_choice, show_choosing_map
from capillare.views.session import current

if TYPE_CHECKING:
    from capillare.planning.network import Network

PAGE = "overview"
COLUMNS = (
    "municipality",
    "travel_min",
    "adults",
    "adults_15min_share",
    "adults_30min_share",
    "hours_per_1000_adults",
    "adults_unreachable",
    "inner_class",
    "province",
)
MOST_NAMED = 3
STEPS_OF_REACH = (0.25, 0.5, 0.75, 1.0, 1.5)
"""Breaks of the minutes as parts of the policy's reach, so that one of them is the reach itself."""


def show() -> None:
    """Show the page."""
    session = current()
    network = network_of(session.scenario, session.inputs)
    show_heading(
        "Panoramica",
        network,
        "Dove sono gli sportelli e quanto ci mette ad arrivare chi abita nei comuni.",
    )
    _show_figures(sum_up(network, gaps_of(session.scenario, session.inputs)), network)
    left, right = map_beside_table(PAGE)
    with left:
        _show_map(network)
    with right:
        _show_table(network)
    derived = derived_of(session.scenario, session.inputs)
    by_province = show_provinces(derived.by_province, PAGE)
    show_incomplete(derived.missing)
    show_exports(
        PAGE,
        "Panoramica",
        [
            sheet_of(COVERAGE, network.coverage),
            by_province,
            sheet_of(DESKS_AS_OF, network.desks),
        ],
        network,
        caveats=derived.caveats,
    )
    _show_method(network)
    show_caveats(derived.caveats)


def _show_figures(figures: Headline, network: Network) -> None:
    def near(label: str, adults: int) -> Figure:
        words = (
            f"{number(adults)} maggiorenni su {number(figures.adults)} hanno uno sportello in "
            "servizio entro questo tempo, in auto."
        )
        return Figure(label, percent(figures.adults_share(adults), 1), words, "adults_near")

    show_figures(
        [
            Figure(
                "Punti nel registro",
                f"{number(figures.n_points)} su {number(figures.n_points_declared)}",
                "Punti Digitale Facile che il registro conosce, sui punti dichiarati dalla "
                "campagna.",
                "points_held",
            ),
            Figure(
                "Sportelli in servizio",
                number(figures.n_desks),
                f"Di questi, {number(figures.n_desks_to_confirm)} sono da confermare: nessuno li "
                "ha verificati dopo la fine della loro campagna.",
                explained="desks_in_service",
            ),
            Figure(
                "Ore a settimana",
                number(figures.weekly_hours),
                "Ore di apertura degli sportelli in servizio, dichiarate o stimate dalle ore "
                "dovute.",
                explained="weekly_hours",
            ),
            Figure(
                "Cittadini da raggiungere",
                number(figures.target_citizens),
                "Somma degli obiettivi noti dei punti nel registro.",
                explained="target_people",
            ),
            near("Entro 15 minuti", figures.adults_15min),
            near(f"Entro {number(network.policy.reach.within_min)} minuti", figures.adults_within),
            near("Entro 30 minuti", figures.adults_30min),
            Figure(
                "Comuni sotto-serviti",
                f"{number(figures.n_under_served)} su {number(figures.n_ranked)}",
                "Fra i comuni in aree interne D, E e F: vedi la pagina Aree sotto-servite.",
                explained="under_served",
            ),
        ],
        key=PAGE,
    )


def _show_map(network: Network) -> None:
    within_min = network.policy.reach.within_min
    derived = derived_of(network.scenario, current().inputs)
    content = draw(
        base_of(network),
        derived.minutes_areas,
        classes_at([step * within_min for step in STEPS_OF_REACH], scheme="YlGnBu", unit="minutes"),
        title="Minuti in auto allo sportello più vicino, in media",
        label="Mappa dei comuni colorati per minuti allo sportello più vicino, con gli sportelli",
        missing="nessuno sportello raggiungibile",
        marks=derived.marks,
        selected=chosen(PAGE),
    )
    show_choosing_map(content, PAGE, derived.municipality_of)


def _show_table(network: Network) -> None:
    coverage = network.coverage
    derived = derived_of(network.scenario, current().inputs)
    show_choice(derived.municipality_names, PAGE, label="Comune in evidenza")
    code = chosen(PAGE)
    if code is not None:
        _show_municipality(network, code)
    farthest_first = coverage.sort_values(
        ["travel_min", "municipality"], ascending=[False, True], na_position="first"
    )
    show_grid(
        farthest_first,
        COVERAGE,
        COLUMNS,
        key=f"{PAGE}_grid",
        description="Comuni con i minuti allo sportello più vicino, dal più lontano",
        height=360 if code is not None else 540,
    )


def _show_municipality(network: Network, code: str) -> None:
    row = network.coverage.set_index("istat_code").loc[code].to_dict()
    desks = derived_of(network.scenario, current().inputs).serving
    name_of = dict(zip(desks["desk_id"], desks["name"], strict=True))
    here = sorted(desks.loc[desks["istat_code"] == code, "name"])
    listed = "; ".join(here[:MOST_NAMED]) or "nessuno nel comune"
    if len(here) > MOST_NAMED:
        listed += f" e altri {number(len(here) - MOST_NAMED)}"
    nearest = name_of.get(row["nearest_desk_id"], "nessuno")
    with st.container(border=True):
        st.markdown(
            f"**{as_text(row['municipality'])}** ({as_text(row['province'])}): "
            f"{number(row['adults'])} maggiorenni, {minutes_phrase(row['travel_min'])}.  \n"
            f"Sportello più vicino per la maggior parte: {as_text(nearest)}.  \n"
            f"Sportelli in servizio qui: {as_text(listed)}."
        )


def _show_method(network: Network) -> None:
    within = number(network.policy.reach.within_min)
    show_method(
        minutes_method(network),
        f"**Entro {within} minuti.** La soglia è nelle regole del programma ed è compresa: chi ci "
        f"mette {within} minuti esatti è entro la soglia.",
        "**Ore per 1.000 maggiorenni.** Ore settimanali di ogni sportello per numero di "
        "facilitatori, divise fra i maggiorenni che lo raggiungono, con peso 1 entro 10 minuti, "
        "0,68 entro 20 e 0,22 entro 30 (Luo e Qi, 2009).",
        "**Maggiorenni senza via.** Abitano dove nessuna strada porta a uno sportello, per esempio "
        "su un'isola: i traghetti non sono considerati.",
    )
