"""Obiettivi: what each point commits to, how far it is, and what it all adds up to."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.numerals import counted, day, euros, number, percent
from capillare.geo.schema import TARGETS
from capillare.publish.labels import LABELS_IT, label_it
from capillare.publish.sheets import sheet_of
from capillare.views.cached import derived_of, network_of
from capillare.views.exports import show_exports
from capillare.views.grids import UNKNOWN, show_grid
from capillare.views.layout import Figure, show_figures
from capillare.views.notes import show_caveats, show_heading, show_method
from capillare.views.provinces import show_provinces
from capillare.views.session import current

if TYPE_CHECKING:
    import pandas as pd

    from capillare.planning.network import Network
    from capillare.planning.progress import RollUp

PAGE = "targets"
COLUMNS = (
    "point",
    "entity",
    "status",
    "target_citizens",
    "entity_residents",
    "band",
    "target_basis",
    "target_services",
    "weekly_hours",
    "funding_eur",
    "citizens_reached",
    "target_share",
    "is_over_renewal_line",
    "pace_needed_per_day",
    "as_of",
)


def show() -> None:
    """Show the page."""
    session = current()
    network = network_of(session.scenario, session.inputs)
    show_heading(
        "Obiettivi",
        network,
        "Quanti maggiorenni ogni punto si impegna a raggiungere, e a che punto è.",
    )
    _show_sums(network.roll_up, network)
    by_province = show_provinces(derived_of(session.scenario, session.inputs).by_province, PAGE)
    st.header("Punto per punto")
    shown = _filtered(network.targets)
    if shown.empty:
        st.info("Nessun punto corrisponde ai filtri." if len(network.targets) else _NO_POINTS)
    else:
        st.markdown(f"{counted(len(shown), 'punto', 'punti')} su {number(len(network.targets))}.")
        show_grid(
            shown, TARGETS, COLUMNS, key=f"{PAGE}_grid", description="Punti con i loro obiettivi"
        )
    caveats = [sentence[:1].upper() + sentence[1:] for sentence in network.roll_up.caveats]
    sheets = [sheet_of(TARGETS, shown), by_province]
    show_exports(PAGE, "Obiettivi", sheets, network, caveats=caveats)
    _show_method(network)
    show_caveats(caveats)


_NO_POINTS = "Il registro non contiene punti per questo territorio."


def _show_sums(sums: RollUp, network: Network) -> None:
    first = sums.campaigns[0]
    ends_on = day(date.fromisoformat(first.ends_on))
    show_figures(
        [
            Figure(
                "Punti nel registro",
                f"{number(sums.n_points)} su {number(first.n_points)}",
                "Punti noti, sui punti dichiarati dalla campagna.",
                explained="points_held",
            ),
            Figure(
                "Somma degli obiettivi",
                number(sums.target_held_people),
                f"Impegno della regione: {number(first.target_citizens)} maggiorenni entro il "
                f"{ends_on}. Le due cifre non coincidono per costruzione e non vengono "
                "riproporzionate.",
                explained="target_people",
            ),
            Figure(
                "Cittadini raggiunti",
                number(sums.citizens_reached_people) if sums.n_points_counted else UNKNOWN,
                f"Ultimo conteggio noto, per {number(sums.n_points_counted)} punti su "
                f"{number(sums.n_points)}.",
                explained="citizens_reached",
            ),
            Figure(
                "Contributi",
                euros(sums.contributions_eur),
                "Fino a un contributo intero per ogni punto previsto, attivo o sospeso; le "
                f"attrezzature aggiungono circa {euros(sums.equipment_eur)}.",
                explained="contributions",
            ),
        ],
        key=PAGE,
    )
    services = (
        f", {number(first.target_services)} servizi" if first.target_services is not None else ""
    )
    budget = f" e {euros(first.budget_eur)}" if first.budget_eur is not None else ""
    st.markdown(
        f"**Impegno della regione** ({first.title}): {number(first.n_points)} punti, "
        f"{number(first.target_citizens)} maggiorenni{services}{budget}, entro il {ends_on}."
    )
    if network.scenario.as_of.isoformat() >= first.ends_on:
        st.markdown("La campagna è conclusa: il passo necessario resta vuoto.")


def _filtered(targets: pd.DataFrame) -> pd.DataFrame:
    left, right = st.columns(2)
    held = [status for status in LABELS_IT["status"] if (targets["status"] == status).any()]
    entities = left.multiselect(
        "Ente",
        options=sorted(targets["entity"].dropna().unique()),
        key=f"{PAGE}_entities",
        placeholder="Tutti gli enti",
    )
    statuses = right.multiselect(
        "Stato",
        options=held,
        format_func=lambda status: label_it("status", status),
        key=f"{PAGE}_statuses",
        placeholder="Tutti gli stati",
    )
    is_shown = targets["entity"].isin(entities) if entities else targets["entity"].notna()
    if statuses:
        is_shown &= targets["status"].isin(statuses)
    return targets[is_shown].sort_values(["entity", "point_id"], ignore_index=True)


def _show_method(network: Network) -> None:
    bands = network.policy.bands
    starts = ["", *(f"oltre {number(high)} " for high in bands.to_residents)]
    rows = [
        f"| {number(place)} | {low}fino a {number(high)} | {number(target)} |"
        for place, (low, high, target) in enumerate(
            zip(starts[:-1], bands.to_residents, bands.target_citizens[:-1], strict=True), start=1
        )
    ]
    rows.append(
        f"| {len(bands.target_citizens)} | {starts[-1]}| {number(bands.target_citizens[-1])} |"
    )
    table = "\n".join(
        ["| Fascia | Residenti del territorio | Maggiorenni |", "|---:|:---|---:|", *rows]
    )
    line = network.targets["renewal_line_share"].dropna()
    renewal = (
        f"**Soglia di proroga.** È sopra la soglia chi ha raggiunto almeno il "
        f"{percent(line.iloc[0])} del proprio obiettivo."
        if len(line)
        else "**Soglia di proroga.** Le regole non ne indicano una."
    )
    show_method(
        "**Obiettivo.** Conta la popolazione del territorio dell'ente, o dell'aggregazione di "
        "enti, che ha presentato la domanda. Ogni punto finanziato porta l'intero obiettivo della "
        "fascia: le sue sedi non lo moltiplicano. Un obiettivo assegnato da un atto prevale.",
        table,
        f"Fonte: {bands.source}.",
        "**Servizi.** Derivati nel rapporto fra servizi e cittadini della campagna.",
        renewal,
        "**Passo necessario.** Cittadini al giorno che mancano, fino alla fine della campagna.",
    )
