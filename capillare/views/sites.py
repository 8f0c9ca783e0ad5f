"""Nuove sedi: where to open so that most people have a desk within reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.errors import ConfigError, InfeasibleError
from capillare.geo.numerals import euros, number, percent
from capillare.geo.schema import SITE_EXPLANATIONS, SITES, SITING_CURVE
from capillare.planning.headline import sum_up
from capillare.planning.plan import count_sites
from capillare.planning.siting.answer import OBJECTIVES_IT
from capillare.publish.sheets import sheet_of, tradeoff_sheets
from capillare.views.address import MOST_BUDGET_EUR, MOST_SITES
from capillare.views.cached import asked, base_of, derived_of, network_of, plan_of
from capillare.views.exports import show_exports
from capillare.views.faults import show_error
from capillare.views.grids import show_grid
from capillare.views.layout import Figure, map_beside_table, show_figures
from capillare.views.leaflet_map.classes import classes_at
from capillare.views.leaflet_map.drawing import draw
from capillare.views.leaflet_map.marks import site_marks
from capillare.views.long_work import awaited
from capillare.views.notes import as_text, show_caveats, show_heading, show_method
from capillare.views.overview import STEPS_OF_REACH
from capillare.views.selection import chosen, show_choice, show_choosing_map
from capillare.views.session import change_scenario, current, write_address
from capillare.views.site_answers import explain_site, show_answers, tell_target
from capillare.views.site_wishes import show_wishes

if TYPE_CHECKING:
    from capillare.planning.plan import Plan
    from capillare.planning.scenario import Scenario

PAGE = "sites"
COLUMNS = (
    "rank",
    "locality",
    "adults_gained",
    "covered_share_after",
    "municipality",
    "over65_gained",
    "catchment_adults",
    "cost_eur",
    "target_citizens",
    "target_of_catchment_share",
    "is_target_honoured",
    "venue",
    "reasons",
)
FIRST_BUDGET_EUR = 500_000
_BY = {"sites": "per numero di sedi", "budget": "per spesa"}


def show() -> None:
    """Show the page."""
    session = current()
    network = network_of(session.scenario, session.inputs)
    show_heading(
        "Nuove sedi",
        network,
        "Dove aprire perché più persone abbiano uno sportello vicino, tenendo quelli che ci sono.",
    )
    _show_proposal()


@st.fragment
def _show_proposal() -> None:
    """Show what depends on how many sites are asked for; only this runs again when that moves."""
    write_address()
    session = current()
    _show_controls(session.scenario)
    show_wishes(network_of(session.scenario, session.inputs), PAGE)
    session = current()
    try:
        plan = awaited(
            "plan",
            asked(session.scenario, session.inputs),
            lambda: plan_of(session.scenario, session.inputs),
            title="Cerco le sedi",
            page=PAGE,
        )
    except (ConfigError, InfeasibleError) as fault:
        show_error(fault)
        return
    if plan is None:
        return
    _show_figures(plan)
    left, right = map_beside_table(PAGE)
    with left:
        _show_map(plan)
    with right:
        _show_table(plan)
    if len(plan.proposal.sites):
        show_answers(plan, PAGE)
    show_exports(
        PAGE,
        "Nuove sedi",
        [
            sheet_of(SITES, plan.proposal.sites),
            sheet_of(SITE_EXPLANATIONS, plan.proposal.explanations),
            sheet_of(SITING_CURVE, plan.proposal.curve),
            *tradeoff_sheets(plan.proposal),
        ],
        plan.network,
        caveats=plan.caveats,
    )
    _show_method(plan)
    show_caveats(plan.caveats)


def _show_controls(scenario: Scenario) -> None:
    left, right = st.columns([1, 3], vertical_alignment="bottom")
    by = left.radio(
        "Limite",
        options=list(_BY),
        index=0 if scenario.budget_eur is None else 1,
        format_func=_BY.__getitem__,
        key=f"{PAGE}_by",
        on_change=_take_limit,
        horizontal=True,
    )
    if by == "sites":
        right.slider(
            "Quante nuove sedi",
            min_value=0,
            max_value=max(MOST_SITES, scenario.new_sites),
            value=scenario.new_sites,
            key=f"{PAGE}_new_sites",
            on_change=_take_limit,
        )
    else:
        right.number_input(
            "Quanto si può spendere, in euro",
            min_value=0,
            max_value=max(int(MOST_BUDGET_EUR), int(scenario.budget_eur or 0)),
            value=int(scenario.budget_eur or 0),
            step=39_000,
            key=f"{PAGE}_budget",
            on_change=_take_limit,
        )


def _take_limit() -> None:
    if st.session_state[f"{PAGE}_by"] == "sites":
        n_sites = st.session_state.get(f"{PAGE}_new_sites", current().scenario.new_sites)
        change_scenario(new_sites=n_sites, budget_eur=None)
    else:
        budget = st.session_state.get(f"{PAGE}_budget", FIRST_BUDGET_EUR)
        change_scenario(budget_eur=float(budget or 0))


def _show_figures(plan: Plan) -> None:
    sites, answer = plan.proposal.sites, plan.proposal.answer
    figures = sum_up(plan.network, plan.gaps)
    share_before = figures.adults_share(figures.adults_within)
    share_after = sites["covered_share_after"].iloc[-1] if len(sites) else share_before
    within = number(plan.network.policy.reach.within_min)
    show_figures(
        [
            Figure("Sedi proposte", number(len(sites)), explained="sites_proposed"),
            Figure(
                f"Maggiorenni entro {within} minuti",
                percent(share_after, 1),
                f"Oggi {percent(share_before, 1)}, con le sedi proposte {percent(share_after, 1)}.",
                explained="adults_within_after",
            ),
            Figure(
                "Maggiorenni in più",
                number(sites["adults_gained"].sum()),
                explained="adults_gained",
            ),
            Figure("Costo", euros(sites["cost_eur"].sum()), explained="sites_cost"),
        ],
        key=PAGE,
    )
    st.markdown(
        f"Oggi il {percent(share_before, 1)} dei maggiorenni ha uno sportello entro {within} "
        f"minuti; con queste sedi il {percent(share_after, 1)}. {as_text(answer.summary())}"
    )


def _show_map(plan: Plan) -> None:
    network = plan.network
    derived = derived_of(network.scenario, current().inputs)
    within_min = network.policy.reach.within_min
    sites = plan.proposal.sites
    content = draw(
        base_of(network),
        derived.minutes_areas,
        classes_at([step * within_min for step in STEPS_OF_REACH], scheme="YlGnBu", unit="minutes"),
        title="Minuti in auto allo sportello più vicino, oggi",
        label="Mappa dei comuni colorati per minuti allo sportello, con le sedi proposte numerate",
        missing="nessuno sportello raggiungibile",
        marks=[*site_marks(sites), *derived.marks],
        selected=chosen(PAGE),
    )
    # A municipality stands for the first site in it.
    first = sites.drop_duplicates("istat_code")
    show_choosing_map(
        content,
        PAGE,
        dict(zip(first["istat_code"], first["candidate_id"], strict=True))
        | {candidate: candidate for candidate in sites["candidate_id"]},
    )


def _show_table(plan: Plan) -> None:
    sites = plan.proposal.sites
    if sites.empty:
        st.info(_nothing_proposed(plan))
        return
    names = {
        row["candidate_id"]: f"{row['rank']}. {row['locality']} ({row['municipality']})"
        for row in sites.to_dict("records")
    }
    show_choice(names, PAGE, label="Sede in evidenza")
    site = sites[sites["candidate_id"] == chosen(PAGE)]
    if len(site):
        with st.container(border=True):
            row = site.iloc[0]
            st.markdown(
                f"**{as_text(names[row['candidate_id']])}**: {as_text(row['reasons'])}. "
                f"Costo {euros(row['cost_eur'])}. {tell_target(row, plan.network.policy)} "
                f"{explain_site(plan, row['candidate_id'])}"
            )
    show_grid(
        sites,
        SITES,
        COLUMNS,
        key=f"{PAGE}_grid",
        description="Sedi proposte in ordine di guadagno",
        height=480 if len(site) else 560,
    )


def _tolerance(plan: Plan) -> float:
    asked = plan.network.scenario.sites.tolerance_share
    return plan.network.policy.siting.tolerance_share if asked is None else asked


def _nothing_proposed(plan: Plan) -> str:
    asked = count_sites(plan.network.scenario, plan.network.policy)
    if asked:
        return "Nessuna nuova sede porterebbe altre persone entro la soglia."
    return "Con questo limite non si apre nessuna sede: alzalo per vedere le proposte."


def _show_method(plan: Plan) -> None:
    policy, answer = plan.network.policy, plan.proposal.answer
    within = number(policy.reach.within_min)
    names = " → ".join(OBJECTIVES_IT[stage.objective] for stage in answer.stages)
    proof = {
        "optimal": "Ogni obiettivo è dimostrato ottimo, dato ciò che quelli prima conservano.",
    }.get(
        answer.status,
        "La scelta è la migliore trovata: non è dimostrato che sia la migliore possibile.",
    )
    given_up = ""
    if answer.given_up:
        given_up = (
            f" Per gli obiettivi dopo il primo si rinuncia a {number(answer.given_up)} persone, "
            f"entro la tolleranza del {percent(_tolerance(plan), 1)}."
        )
    show_method(
        f"**Scelta.** Fra le località candidate si scelgono insieme quelle migliori per: {names}. "
        f"«Entro la soglia» è entro {within} minuti in auto da uno sportello; gli sportelli in "
        "servizio restano dove sono, se non si chiede altro (massima copertura, Church e ReVelle "
        "1974; un obiettivo dopo l'altro).",
        f"**Prova.** {proof}{given_up}",
        "**Ordine e guadagno.** Le sedi sono in ordine di guadagno dentro l'insieme scelto; ogni "
        "persona conta una volta, per la prima sede che la raggiunge, così la somma dei guadagni è "
        "il totale.",
        f"**Costo.** Contributo di {euros(policy.point.contribution_eur)} e attrezzature per "
        f"circa {euros(policy.point.equipment_eur)} a punto. Fonte: {policy.point.source}.",
    )
