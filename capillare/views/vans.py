"""Furgoni: which places vans visit, how often and when, day by day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.numerals import MONTHS_IT, WEEKDAYS_IT, euros, number, percent
from capillare.geo.schema import TOUR_STOPS
from capillare.planning.network import serving_desks
from capillare.planning.tours.calendar_value import HOURS_ENOUGH
from capillare.publish.calendars import tours_calendar
from capillare.publish.provenance import file_mark, provenance_of
from capillare.publish.sheets import tour_table_sheets
from capillare.publish.tour_figures import tour_figures
from capillare.publish.tour_layers import tours_as_geojson
from capillare.publish.tour_sheets import sheets_as_html
from capillare.views.address import MOST_VANS
from capillare.views.cached import asked, base_of, network_of, tours_of
from capillare.views.downloads import Download
from capillare.views.explaining import show_how
from capillare.views.exports import show_exports
from capillare.views.grids import show_grid
from capillare.views.layout import Figure, map_beside_table, show_figures
from capillare.views.leaflet_map.areas import coverage_areas
from capillare.views.leaflet_map.classes import classes_at
from capillare.views.leaflet_map.drawing import draw
from capillare.views.leaflet_map.marks import desk_marks
from capillare.views.leaflet_map.tour_marks import tour_lines, tour_marks
from capillare.views.long_work import awaited
from capillare.views.notes import as_text, show_caveats, show_heading, show_method
from capillare.views.overview import STEPS_OF_REACH
from capillare.views.selection import chosen, show_choosing_map
from capillare.views.session import change_scenario, current, write_address

if TYPE_CHECKING:
    import pandas as pd

    from capillare.geo.settings import Effort
    from capillare.planning.network import Network
    from capillare.planning.scenario import Scenario
    from capillare.planning.tours.proposal import Tours

PAGE = "vans"
DAY_COLUMNS = (
    "stop_order",
    "locality",
    "arrive",
    "depart",
    "drive_min",
    "municipality",
    "pattern",
    "adults_served",
    "note",
)
EFFORTS_IT: dict[Effort, str] = {
    "quick": "rapida, qualche secondo",
    "normal": "accurata, un minuto o più",
    "best": "la più lunga, diversi minuti",
}


def show() -> None:
    """Show the page."""
    session = current()
    network = network_of(session.scenario, session.inputs)
    show_heading(
        "Furgoni",
        network,
        "Quali località visitare con un furgone o un gazebo, quando e quanto spesso.",
    )
    _show_tours(network)


@st.fragment
def _show_tours(network: Network) -> None:
    """Show what depends on the vans; only this runs again when their number moves."""
    write_address()
    session = current()
    _show_controls(session.scenario)
    if not session.scenario.vans:
        st.info("Scegli quanti furgoni, per vedere i loro giri nelle quattro settimane dopo oggi.")
        return
    scenario, inputs = session.scenario, session.inputs
    tours = awaited(
        "tours",
        asked(scenario, inputs),
        lambda: tours_of(scenario, inputs),
        title="Disegno i giri dei furgoni",
        page=PAGE,
    )
    if tours is None:
        return
    _show_figures(tours)
    day = _show_day_choice(tours)
    left, right = map_beside_table(PAGE)
    with left:
        _show_map(network, day)
    with right:
        show_grid(
            day,
            TOUR_STOPS,
            DAY_COLUMNS,
            key=f"{PAGE}_grid",
            description="Il giro del giorno, base compresa",
            height=320,
        )
        _show_comparison(tours)
    _show_files(network, tours)
    _show_method(network, tours)
    show_caveats(tours.caveats)


def _show_controls(scenario: Scenario) -> None:
    vans = scenario.vans
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    if isinstance(vans, int):
        left.slider(
            "Quanti furgoni",
            min_value=0,
            max_value=max(MOST_VANS, vans),
            value=vans,
            key=f"{PAGE}_count",
            on_change=_take_wishes,
            help="Ogni furgone parte dal punto vicino a più persone senza uno sportello.",
        )
    else:
        left.markdown("I furgoni sono quelli dello scenario aperto.")
    efforts = list(EFFORTS_IT)
    right.radio(
        "Ricerca",
        options=efforts,
        # A first look is quick; what was searched otherwise says so.
        index=efforts.index(scenario.effort if vans else "quick"),
        format_func=EFFORTS_IT.__getitem__,
        key=f"{PAGE}_effort",
        on_change=_take_wishes,
        horizontal=True,
        help="Vale per tutto lo scenario, anche per le nuove sedi, e da riga di comando.",
    )


def _take_wishes() -> None:
    vans = current().scenario.vans
    if isinstance(vans, int):
        vans = int(st.session_state[f"{PAGE}_count"])
    effort: Effort = st.session_state[f"{PAGE}_effort"] if vans else "normal"
    change_scenario(vans=vans, effort=effort)


def _show_figures(tours: Tours) -> None:
    figures = tour_figures(tours)
    cost = tours.cost_per_person_eur
    share = percent(tours.worth.people / max(tours.people_unserved, 1), 1)
    patterns = figures["patterns"]
    show_figures(
        [
            Figure(
                "Maggiorenni con una sosta vicina",
                number(tours.worth.people),
                f"Il {share} di chi oggi non ha uno sportello entro la soglia.",
                explained="van_people",
            ),
            Figure(
                "Località visitate",
                number(figures["places"]),
                f"{number(patterns['weekly'])} ogni settimana, {number(patterns['biweekly'])} ogni "
                f"due, {number(patterns['monthly'])} una volta in quattro settimane.",
                explained="van_places",
            ),
            Figure("Costo", euros(tours.cost_eur), explained="van_cost"),
            Figure(
                "Costo per persona in più",
                "" if cost is None else f"{number(cost, 2)} €",
                explained="van_cost_per_person",
            ),
        ],
        key=PAGE,
    )
    proof = (
        "Nessun altro giro di questi furgoni ne raggiungerebbe di più."
        if tours.status == "optimal"
        else f"Al più {number(tours.bound_people)} sarebbero possibili."
    )
    n_vans = len(tours.vans)
    vans = "un furgone" if n_vans == 1 else f"{number(n_vans)} furgoni"
    st.markdown(
        f"Con {vans}, {number(tours.worth.people)} maggiorenni senza "
        f"sportello hanno almeno una sosta entro la soglia in quattro settimane. {proof}"
    )


def _show_day_choice(tours: Tours) -> pd.DataFrame:
    """Let the reader choose a van and a day; return the rows of ``tour_stops`` of that day."""
    left, right = st.columns(2)
    names = [van.van for van in tours.vans if (tours.stops["van"] == van.van).any()]
    van = left.selectbox("Furgone", names, key=f"{PAGE}_van")
    own = tours.stops[tours.stops["van"] == van]
    days = own["date"].drop_duplicates().tolist()
    day = right.selectbox("Giorno", days, format_func=_written, key=f"{PAGE}_day")
    if day not in days:
        day = days[0]
    shown: pd.DataFrame = own[own["date"] == day].reset_index(drop=True)
    return shown


def _written(day: str) -> str:
    when = date.fromisoformat(day)
    return f"{WEEKDAYS_IT[when.weekday()]} {when.day} {MONTHS_IT[when.month - 1]} {when.year}"


def _show_map(network: Network, day: pd.DataFrame) -> None:
    within_min = network.policy.reach.within_min
    names = network.territory.municipalities.set_index("istat_code")["municipality"].to_dict()
    desks = serving_desks(network.desks, network.scenario)
    content = draw(
        base_of(network),
        coverage_areas(network.coverage, within_min=within_min),
        classes_at([step * within_min for step in STEPS_OF_REACH], scheme="YlGnBu", unit="minutes"),
        title="Minuti in auto allo sportello più vicino, senza furgoni",
        label="Mappa dei comuni colorati per minuti allo sportello, con le soste del giorno in "
        "ordine",
        missing="nessuno sportello raggiungibile",
        marks=[*tour_marks(day), *desk_marks(desks, names)],
        lines=tour_lines(day),
        selected=chosen(PAGE),
    )
    show_choosing_map(content, PAGE, {})


def _show_comparison(tours: Tours) -> None:
    st.markdown("**A confronto con il piano ovvio** (i paesi più grandi, ogni settimana)")
    rows = [
        ("Maggiorenni raggiunti", tours.worth.people, tours.obvious.people),
        ("Ore-persona", tours.worth.person_hours, tours.obvious.person_hours),
        ("Ore di guida", -tours.worth.less_driving / 60, -tours.obvious.less_driving / 60),
    ]
    lines = ["| | Questo piano | Piano ovvio |", "|---|---:|---:|"]
    lines += [f"| {name} | {number(ours)} | {number(theirs)} |" for name, ours, theirs in rows]
    st.markdown("\n".join(lines))
    lines = ["| Furgone | Ore | Persone | Chieste |"]
    lines.append("|---|---:|---:|---:|")
    for row in tour_figures(tours)["by_van"]:
        asked = "" if row["citizens_asked"] is None else number(row["citizens_asked"])
        lines.append(
            f"| {as_text(row['van'])} | {number(row['open_hours'], 1)} | "
            f"{number(row['adults_served'])} | {asked} |"
        )
    st.markdown("\n".join(lines))
    show_how("tour_comparison", widget=f"{PAGE}_comparison")
    st.caption(
        "Ore al pubblico nelle quattro settimane; persone: maggiorenni che il furgone avvicina per "
        "primo; chieste: i cittadini che l'obiettivo del punto chiede a quelle ore."
    )


def _show_files(network: Network, tours: Tours) -> None:
    scenario = current().scenario
    mark = file_mark(scenario.title, scenario.as_of)
    about = provenance_of(network, asked=[scenario])
    show_exports(
        PAGE,
        "Furgoni",
        tour_table_sheets(tours),
        network,
        more=[
            Download(
                "Calendario (ICS)",
                f"tours_{mark}.ics",
                "text/calendar",
                lambda: tours_calendar(tours, as_of=about.as_of, words=" ".join(about.lines)),
            ),
            Download(
                "Fogli di viaggio (HTML)",
                f"tour_sheets_{mark}.html",
                "text/html",
                lambda: sheets_as_html(tours, about).encode(),
            ),
            Download(
                "Giri (GeoJSON)",
                f"tours_{mark}.geojson",
                "application/geo+json",
                lambda: tours_as_geojson(tours, about).encode(),
            ),
        ],
        caveats=tours.caveats,
    )


def _show_method(network: Network, tours: Tours) -> None:
    within = number(network.policy.reach.within_min)
    van = tours.vans[0]
    show_method(
        f"**Che cosa si massimizza.** Prima i maggiorenni senza sportello che hanno almeno una "
        f"sosta entro {within} minuti, contati una volta; poi le loro ore, al più "
        f"{number(HOURS_ENOUGH)} a testa in quattro settimane, con la mattina di mercato che vale "
        "di più; poi meno strada.",
        "**Come.** Un modello sceglie quali giri fare e quanto spesso (HiGHS), un altro il giorno "
        "della settimana, e sotto una ricerca di percorsi disegna le giornate (PyVRP). È "
        "euristico: solo il limite sulle persone è dimostrato.",
        "**Che cosa resta fermo.** Una località ha sempre lo stesso giorno e la stessa ora; nei "
        "giorni di festa, nazionale o del patrono, non c'è sosta; a mezzogiorno si riposa; le "
        "isole si servono solo con un giorno di traghetto, in un file dei furgoni.",
        f"**Un furgone, se non detto altrimenti.** Turno {van.shift_start}-{van.shift_end}, giorni "
        f"{van.weekdays}, soste da {number(van.min_stay_min)} a {number(van.max_stay_min)} minuti, "
        f"{number(van.setup_min)} di allestimento, {number(van.weekly_hours)} ore al pubblico a "
        "settimana.",
    )
