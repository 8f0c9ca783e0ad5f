"""Avvisi e proroghe: which applications to fund, which points to keep, a coordinator's list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.errors import CapillareError
from capillare.geo.numerals import euros, number, percent
from capillare.geo.schema import RANKED_APPLICATIONS, RENEWAL
from capillare.planning.funding import campaigns_waiting
from capillare.planning.network import serving_desks
from capillare.publish.sheets import sheet_of
from capillare.views.access.gate import allowed, require
from capillare.views.cached import asked, network_of, ranking_of, renewal_of
from capillare.views.coordinator_lists import show_lists
from capillare.views.exports import show_exports
from capillare.views.faults import show_error
from capillare.views.funding_fields import ask_call, ask_renewal, ask_rules
from capillare.views.grids import show_grid
from capillare.views.layout import Figure, show_figures
from capillare.views.long_work import awaited
from capillare.views.notes import as_text, show_caveats, show_heading, show_method
from capillare.views.session import current, write_address

if TYPE_CHECKING:
    import pandas as pd

    from capillare.geo.schema import Table
    from capillare.planning.funding import CallRanking, Renewal
    from capillare.planning.network import Network

PAGE = "calls"
APPLICATION_COLUMNS = (
    "rank",
    "outcome",
    "entity",
    "municipalities",
    "adults_gained",
    "adults_alone",
    "score",
    "cost_eur",
    "weekly_hours",
    "refusal_rule",
    "application_id",
)
POINT_COLUMNS = (
    "rank",
    "decision",
    "point",
    "municipality",
    "adults_at_stake",
    "adults_lost",
    "adults_moved",
    "travel_now_min",
    "travel_after_min",
    "next_point",
    "target_share",
    "weekly_hours",
)


def show() -> None:
    """Show the page."""
    session = current()
    network = network_of(session.scenario, session.inputs)
    show_heading(
        "Avvisi e proroghe",
        network,
        "Quali domande finanziare, quali punti tenere, che cosa portare ai comuni.",
    )
    if allowed("see_calls"):
        call, renewal, lists = st.tabs(["Domande di un avviso", "Punti da tenere", "Elenchi"])
        with call:
            _show_call()
        with renewal:
            _show_renewal()
        with lists:
            show_lists()
    else:
        st.info("Domande e proroghe le vede chi pianifica. Qui trovi gli elenchi dei territori.")
        show_lists()
    _show_method(network)


@st.fragment
def _show_call() -> None:
    require("see_calls")
    write_address()
    session = current()
    network = network_of(session.scenario, session.inputs)
    campaigns = campaigns_waiting(network)
    if not campaigns:
        st.info(
            "Nel registro nessuna domanda aspetta una decisione. Per valutare un avviso, dai un "
            "registro con le tabelle **applications** (esito *proposed* o *reserve*, punteggio, "
            "costo) e **application_seats** (le sedi di ogni domanda): sono descritte in «Dati e "
            "metodo», e un esempio inventato è nella cartella examples/call."
        )
        return
    titles = {one.campaign: one.title for one in network.policy.campaigns}
    funding = ask_call(campaigns, titles, PAGE)
    ask_rules(network.policy.calls, PAGE)
    scenario = replace(session.scenario, funding=funding)
    try:
        ranking = awaited(
            "ranking",
            asked(scenario, session.inputs),
            lambda: ranking_of(scenario, session.inputs),
            title="Valuto le domande",
            page=PAGE,
        )
    except CapillareError as fault:
        show_error(fault)
        return
    if ranking is not None:
        _show_ranking(ranking, replace(network, scenario=scenario))


def _show_ranking(ranking: CallRanking, network: Network) -> None:
    outcomes = ranking.table["outcome"].value_counts()
    show_figures(
        [
            Figure("Da finanziare", number(outcomes.get("funded", 0)), explained="call_funded"),
            Figure("In riserva", number(outcomes.get("reserve", 0)), explained="call_reserve"),
            Figure(
                "Maggiorenni in più",
                number(ranking.funded["adults_gained"].sum()),
                explained="adults_gained",
            ),
            Figure(
                "Spesa",
                euros(ranking.spent_eur),
                f"Su {euros(ranking.budget_eur)}.",
                "call_spent",
            ),
        ],
        key=f"{PAGE}_call",
    )
    if ranking.answer is not None:
        st.markdown(as_text(ranking.answer.proof()))
    try:
        ranking.refuse_if_nothing_fits()
    except CapillareError as fault:
        show_error(fault)
    names = {
        row["application_id"]: f"{row['rank']}. {row['entity']} ({row['application_id']})"
        for row in ranking.table.to_dict("records")
    }
    _show_rows(
        ranking.table, RANKED_APPLICATIONS, APPLICATION_COLUMNS, names, label="Domanda in evidenza"
    )
    caveats = [_sentence(caveat) for caveat in ranking.caveats]
    sheets = [sheet_of(RANKED_APPLICATIONS, ranking.table)]
    show_exports(f"{PAGE}_call", "Domande di un avviso", sheets, network, caveats=caveats)
    show_caveats(caveats)


@st.fragment
def _show_renewal() -> None:
    require("see_calls")
    write_address()
    session = current()
    network = network_of(session.scenario, session.inputs)
    keep = ask_renewal(_n_serving(network), _policy_line(network), PAGE)
    funding = replace(current().scenario.funding, keep=keep)
    scenario = replace(current().scenario, funding=funding)
    try:
        renewal = awaited(
            "renewal",
            asked(scenario, session.inputs, keep),
            lambda: renewal_of(scenario, session.inputs, keep),
            title="Scelgo i punti da tenere",
            page=PAGE,
        )
    except CapillareError as fault:
        show_error(fault)
        return
    if renewal is not None:
        _show_kept(renewal, replace(network, scenario=scenario))


def _n_serving(network: Network) -> int:
    desks = serving_desks(network.desks, network.scenario)
    return len(set(desks["point_id"].dropna()) & set(network.registry.points["point_id"]))


def _policy_line(network: Network) -> float | None:
    lines = [c for c in network.policy.campaigns if c.renewal_line_share is not None]
    return max(lines, key=lambda c: c.starts_on).renewal_line_share if lines else None


def _show_kept(renewal: Renewal, network: Network) -> None:
    n_kept = int(renewal.is_kept.sum())
    closed = renewal.table[~renewal.is_kept]
    show_figures(
        [
            Figure(
                "Punti da tenere",
                f"{number(n_kept)} su {number(len(renewal.table))}",
                explained="renewal_kept",
            ),
            Figure(
                "Maggiorenni che lo perdono",
                number(closed["adults_lost"].sum()),
                "Quelli che non ne hanno più nessuno entro la soglia.",
                explained="renewal_lost",
            ),
            Figure(
                "Maggiorenni entro la soglia",
                number(renewal.adults_after),
                explained="renewal_within",
            ),
            Figure(
                "Senza uno sportello su strada",
                number(closed["adults_unreachable"].sum()),
                explained="renewal_unreachable",
            ),
        ],
        key=f"{PAGE}_renewal",
    )
    st.markdown(as_text(renewal.proof()))
    names = {
        row["point_id"]: f"{row['rank']}. {row['point']}"
        for row in renewal.table.to_dict("records")
    }
    _show_rows(renewal.table, RENEWAL, POINT_COLUMNS, names, label="Punto in evidenza")
    caveats = [_sentence(caveat) for caveat in renewal.caveats]
    sheets = [sheet_of(RENEWAL, renewal.table)]
    show_exports(f"{PAGE}_renewal", "Punti da tenere", sheets, network, caveats=caveats)
    show_caveats(caveats)


def _show_rows(
    frame: pd.DataFrame,
    table: Table,
    columns: tuple[str, ...],
    names: dict[str, str],
    *,
    label: str,
) -> None:
    """Show a table, and above it the whole reason of the row that the reader chooses."""
    choice = st.selectbox(
        label,
        options=list(names),
        format_func=lambda key: names.get(key, ""),
        index=None,
        placeholder="Scegli per leggere il perché",
        key=f"{PAGE}_{table.name}",
    )
    row = frame[frame[table.key[0]] == choice]
    if len(row):
        with st.container(border=True):
            st.markdown(f"**{as_text(names[str(choice)])}**: {as_text(row['reasons'].iloc[0])}.")
    key = f"{PAGE}_{table.name}_grid"
    show_grid(frame, table, columns, key=key, description=table.title_it)


def _sentence(caveat: str) -> str:
    return caveat[:1].upper() + caveat[1:]


def _show_method(network: Network) -> None:
    funding = current().scenario.funding
    rules = funding.rules(network.policy.calls)
    within = number(network.policy.reach.within_min)
    line = funding.renewal_line_share or _policy_line(network)
    show_method(
        "**Avviso.** Ogni domanda apre tutte le sue sedi o nessuna. Si sceglie l'insieme che vale "
        f"di più: i maggiorenni che entrano nei {within} minuti da uno sportello, contati una "
        f"volta, più {number(rules.adults_per_score)} per ogni punto di punteggio; sotto il "
        "bilancio e i limiti per ente e per provincia delle regole. A parità vince l'insieme che "
        f"costa meno. Ogni domanda finanziata porta almeno {number(rules.least_adults)} persone "
        "che nessun'altra raggiunge. La riserva è in ordine di ciò che ogni domanda aggiungerebbe.",
        "**Proroga.** "
        + (
            f"I punti che hanno raggiunto il {percent(line)} del loro obiettivo si tengono; degli "
            if line is not None
            else "Dei "
        )
        + "altri, quelli con cui più maggiorenni conservano uno sportello entro la soglia e, a "
        "parità, la scelta con meno strada per tutti. Un avanzamento non noto resta non noto.",
        "**Elenchi.** Le sedi sono quelle del piano di tutta la regione con le scelte della pagina "
        "«Nuove sedi»; le riserve sono le altre località del territorio.",
        f"**Regole.** {rules.source or 'Nessuna regola di avviso nel file delle regole'}.",
    )
