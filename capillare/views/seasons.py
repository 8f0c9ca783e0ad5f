"""Stagioni: who is present month by month, and which seats open for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.hours import readable_it
from capillare.geo.numerals import MONTHS_IT, euros, number, percent
from capillare.geo.schema.seasons import PRESENCE, SEASON_MONTHS, SEASON_PLAN, SEASON_POINTS
from capillare.planning.caveats import network_caveats
from capillare.planning.seasons.caveats import weight_sentence
from capillare.publish.provenance import file_mark, provenance_of
from capillare.publish.season_calendar import season_calendar
from capillare.publish.sheets import season_sheets, sheet_of
from capillare.views.cached import asked, base_of, network_of, season_of
from capillare.views.downloads import Download
from capillare.views.exports import show_exports
from capillare.views.grids import show_grid
from capillare.views.layout import Figure, map_beside_table, show_figures
from capillare.views.leaflet_map.classes import classes_at
from capillare.views.leaflet_map.drawing import draw
from capillare.views.leaflet_map.season_marks import presence_areas, seat_marks
from capillare.views.long_work import awaited
from capillare.views.notes import as_text, show_caveats, show_heading, show_method
from capillare.views.selection import chosen, show_choice, show_choosing_map
from capillare.views.session import current

if TYPE_CHECKING:
    import pandas as pd

    from capillare.planning.network import Network
    from capillare.planning.seasons import SeasonPlan

PAGE = "seasons"
STEPS_OF_PRESENCE = (0.01, 0.03, 0.1, 0.3)
SEAT_COLUMNS = ("locality", "municipality", "weekly_hours", "opening_hours", "present_people")
MONTH_COLUMNS = (
    "month",
    "present_people",
    "people_today",
    "people_year_round",
    "people_within",
    "people_gained",
    "seats_open",
)
POINT_COLUMNS = (
    "point",
    "n_seats",
    "open_months",
    "people_gained_peak",
    "cost_eur",
    "eur_per_person_month",
    "weekly_hours",
    "target_citizens",
    "citizens_per_hour",
    "citizens_per_month",
)


def show() -> None:
    """Show the page."""
    session = current()
    network = network_of(session.scenario, session.inputs)
    show_heading(
        "Stagioni",
        network,
        "Chi c'è mese per mese, residenti e turisti, e quali sedi aprire quando arrivano.",
    )
    season = awaited(
        "season",
        asked(session.scenario, session.inputs),
        lambda: season_of(session.scenario, session.inputs),
        title="Cerco le sedi stagionali",
        page=PAGE,
    )
    if season is None:
        return
    st.markdown(as_text(season.summary()))
    st.caption(as_text(weight_sentence(season.sensitivity)))
    _show_month(network, season)
    _show_year(season)
    caveats = (*season.caveats, *network_caveats(network))
    show_exports(
        PAGE,
        "Stagioni",
        [*season_sheets(season), sheet_of(PRESENCE, season.presence.places)],
        network,
        more=[_calendar(network, season)],
        caveats=caveats,
    )
    _show_method(network, season)
    show_caveats(caveats)


def _calendar(network: Network, season: SeasonPlan) -> Download:
    scenario, points = current().scenario, network.registry.points
    names = dict(zip(points["point_id"], points["point"], strict=True))
    words = " ".join(provenance_of(network, asked=[scenario]).lines)
    return Download(
        "Calendario delle sedi (ICS)",
        f"seasons_{file_mark(scenario.title, scenario.as_of)}.ics",
        "text/calendar",
        lambda: season_calendar(season.table, names, as_of=scenario.as_of, words=words),
    )


@st.fragment
def _show_month(network: Network, season: SeasonPlan) -> None:
    """Show one month; only this runs again when another is chosen."""
    month = st.select_slider(
        "Mese",
        options=range(1, len(MONTHS_IT) + 1),
        value=season.best_month if season.n_seasonal else 8,
        format_func=lambda number_: MONTHS_IT[number_ - 1],
        key=f"{PAGE}_month",
    )
    _show_figures(network, season.months.iloc[month - 1])
    seats = _seats_of(season, month)
    left, right = map_beside_table(PAGE)
    with left:
        _show_map(network, season, seats, month)
    with right:
        _show_seats(season, seats, month)


def _show_figures(network: Network, row: pd.Series) -> None:
    within = number(network.policy.reach.within_min)
    gained = int(row["people_gained"])
    show_figures(
        [
            Figure(
                "Presenti",
                number(row["present_people"]),
                "Residenti e turisti contati.",
                explained="present_people",
            ),
            Figure(
                f"Entro {within} minuti",
                percent(row["people_within"] / max(row["present_people"], 1), 1),
                f"{number(row['people_within'])} presenti con il piano stagionale; "
                f"{number(row['people_year_round'])} con il piano uguale tutto l'anno.",
                explained="season_within",
            ),
            Figure("In più con le stagioni", number(gained), explained="season_gained"),
            Figure("Sedi stagionali aperte", number(row["seats_open"]), explained="season_seats"),
        ],
        key=PAGE,
    )


def _seats_of(season: SeasonPlan, month: int) -> pd.DataFrame:
    """Return the seasonal seats open in a month, those that serve most people first."""
    rows = season.table
    rows = rows[(rows["month"] == month) & rows["is_open"] & rows["candidate_id"].notna()]
    rows = rows.sort_values(["present_people", "candidate_id"], ascending=[False, True])
    return rows.assign(rank=range(1, len(rows) + 1)).reset_index(drop=True)


def _show_map(network: Network, season: SeasonPlan, seats: pd.DataFrame, month: int) -> None:
    names = network.territory.municipalities.set_index("istat_code")["municipality"]
    content = draw(
        base_of(network),
        presence_areas(season.presence, names, month),
        classes_at(STEPS_OF_PRESENCE, scheme="YlOrBr", unit="share"),
        title=f"Turisti contati in rapporto ai maggiorenni, {MONTHS_IT[month - 1]}",
        label="Mappa dei comuni colorati per presenza di turisti, con le sedi stagionali aperte",
        missing="turisti non noti",
        marks=seat_marks(seats),
        selected=chosen(PAGE),
    )
    choices = {candidate: candidate for candidate in seats["candidate_id"]}
    show_choosing_map(content, PAGE, choices)


def _show_seats(season: SeasonPlan, seats: pd.DataFrame, month: int) -> None:
    if seats.empty:
        st.info(_nothing_open(season, month))
        return
    names = {
        row["candidate_id"]: f"{row['rank']}. {row['locality']} ({row['municipality']})"
        for row in seats.to_dict("records")
    }
    show_choice(names, PAGE, label="Sede in evidenza")
    picked = seats[seats["candidate_id"] == chosen(PAGE)]
    show_grid(
        _said(seats),
        SEASON_PLAN,
        SEAT_COLUMNS,
        key=f"{PAGE}_seats",
        description=f"Sedi stagionali aperte in {MONTHS_IT[month - 1]}",
    )
    if len(picked):
        _show_point(season, picked.iloc[0])


def _show_point(season: SeasonPlan, seat: pd.Series) -> None:
    """Show the year of the point that a seat belongs to: how its hours move."""
    rows = season.table[season.table["point_id"] == seat["point_id"]]
    point = season.points.set_index("point_id").loc[seat["point_id"]]
    st.markdown(
        f"**{as_text(point['point'])}**: {number(point['weekly_hours'], 1)} ore a settimana da "
        f"ripartire; le sedi stagionali costano {euros(point['cost_eur'])} l'anno."
    )
    rows = rows.assign(locality=rows["locality"].fillna("sede principale"))
    show_grid(
        _said(rows).sort_values(["month", "candidate_id"], na_position="first"),
        SEASON_PLAN,
        ("month", "locality", "weekly_hours", "opening_hours", "present_people"),
        key=f"{PAGE}_point",
        description="Le sedi del punto mese per mese",
        height=300,
    )


def _said(rows: pd.DataFrame) -> pd.DataFrame:
    """Write opening hours as people read them."""
    words = [
        readable_it(text) if isinstance(text, str) else "chiusa" for text in rows["opening_hours"]
    ]
    return rows.assign(opening_hours=words)


def _nothing_open(season: SeasonPlan, month: int) -> str:
    if not len(season.points):
        return "Nessun punto può seguire le stagioni: manca una sede fissa con ore note."
    if season.n_seasonal:
        return f"In {MONTHS_IT[month - 1]} nessuna sede stagionale è aperta: prova un altro mese."
    return "Nessuna sede stagionale vale più delle ore che toglie alla sede principale."


def _show_year(season: SeasonPlan) -> None:
    st.header("Mese per mese")
    show_grid(
        season.months,
        SEASON_MONTHS,
        MONTH_COLUMNS,
        key=f"{PAGE}_months",
        description="Presenti entro la soglia mese per mese, con e senza stagioni",
    )
    if not len(season.points):
        return
    st.header("Che cosa chiede l'obiettivo, che cosa porta la stagione")
    show_grid(
        season.points.sort_values(
            ["n_seats", "people_gained_mean", "point_id"], ascending=[False, False, True]
        ),
        SEASON_POINTS,
        POINT_COLUMNS,
        key=f"{PAGE}_points",
        description="Punti con le loro sedi stagionali, i costi e l'obiettivo",
        height=360,
    )


def _show_method(network: Network, season: SeasonPlan) -> None:
    rules, presence = network.policy.seasons, network.policy.presence
    answer = season.answer
    show_method(
        "**Presenti.** Maggiorenni residenti più i turisti adulti di un giorno medio del mese, "
        f"ognuno contato {number(presence.visitor_weight, 2)}. Nei comuni di cui è noto solo "
        "l'anno, i mesi sono quelli di comuni simili.",
        "**Scelta.** Ogni punto ripartisce le sue ore fra la sede principale, che ne tiene almeno "
        f"{number(rules.main_floor_hours)}, e sedi stagionali entro "
        f"{number(rules.from_main_min)} minuti, nei comuni della sua domanda e nei mesi in cui i "
        f"turisti contati sono almeno il {percent(rules.season_share)} dei maggiorenni. Aperture "
        f"di almeno {number(rules.least_opening_hours)} ore, al più {rules.most_seats} sedi e "
        f"{rules.most_changes} cambi l'anno, una squadra sola, al più {euros(rules.budget_eur)} a "
        "punto.",
        "**Prova.** Si massimizzano i presenti entro la soglia e le ore del punto a loro più "
        f"vicino, meno i costi; il valore è {number(answer.objective)} persone-mese, il limite "
        f"superiore {number(answer.bound)}: {as_text(season.summary().rsplit('. ', 1)[-1])}",
        f"**Fonte delle regole.** {as_text(rules.source)}.",
    )
