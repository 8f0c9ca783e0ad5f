"""Headings of tables on screen: short, so that more columns are seen; the rest beside the pointer.

A column's Italian label is made for exports, where there is room; over two or three digits it
would make a column of two hundred pixels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from capillare.publish.meanings import meaning_it

if TYPE_CHECKING:
    from collections.abc import Mapping

    from capillare.geo.schema import Column, Table

SHORT_IT: Mapping[str, str] = {
    "adults_10min_share": "Entro 10 min",
    "adults_15min_share": "Entro 15 min",
    "adults_20min_share": "Entro 20 min",
    "adults_30min_share": "Entro 30 min",
    "adults_allotted": "Assegnati",
    "adults_alone": "In più da sola",
    "adults_at_stake": "In gioco",
    "adults_capacity": "Previsti",
    "adults_gained": "In più",
    "adults_gained_here": "In più qui",
    "adults_lost": "Persi senza",
    "adults_moved": "Vi fanno capo",
    "adults_nearest": "L'avrebbero più vicina",
    "adults_open_high": "Aperto, massimo",
    "adults_open_low": "Aperto, minimo",
    "adults_served": "Raggiunti",
    "adults_unmet": "Oltre",
    "adults_unreachable": "Senza via",
    "adults_within": "Entro la soglia",
    "catchment_adults": "Bacino",
    "citizens_reached": "Raggiunti",
    "counted_on": "Contati il",
    "covered_share": "Coperti",
    "covered_share_after": "Coperti dopo",
    "difference_within": "Differenza, vicini",
    "entity_residents": "Residenti",
    "eur_per_person_month": "Costo a persona e mese",
    "first_min": "Minuti, primo",
    "first_within": "Vicini, primo",
    "gap_index": "Indice",
    "hours_per_1000_adults": "Ore ogni 1.000",
    "is_over_renewal_line": "Sopra la soglia",
    "is_target_honoured": "Regge",
    "next_adults_fewer": "In meno",
    "over65_10min_share": "65+ entro 10 min",
    "over65_15min_share": "65+ entro 15 min",
    "over65_20min_share": "65+ entro 20 min",
    "over65_30min_share": "65+ entro 30 min",
    "over65_gained": "65+ in più",
    "over65": "65+",
    "pace_needed_per_day": "Passo al giorno",
    "people_gained_peak": "In più, al massimo",
    "person_minutes_lost": "Minuti-persona senza",
    "pace_kept_per_week": "Passo tenuto",
    "pace_needed_per_week": "Passo che serve",
    "projected_share": "A questo passo",
    "rank": "N.",
    "list_rank": "N.",
    "rank_high": "Al più",
    "rank_low": "Almeno",
    "reached_share": "Quota",
    "second_min": "Minuti, secondo",
    "second_within": "Vicini, secondo",
    "stop_order": "N.",
    "supply_hours": "Ore",
    "target_basis": "Base",
    "target_citizens": "Obiettivo",
    "target_of_catchment_share": "Sul bacino",
    "target_services": "Servizi",
    "travel_after_min": "Min dopo",
    "travel_basis": "Base",
    "travel_min": "Minuti",
    "travel_now_min": "Min oggi",
    "weekly_coverage_high_share": "Ore coperte, al più",
    "weekly_coverage_share": "Ore coperte",
    "weekly_hours": "Ore",
}


def heading_it(column: Column) -> str:
    """Return what stands over a column on screen."""
    return SHORT_IT.get(column.name, column.title_it)


def words_beside(table: Table, column: Column) -> str | None:
    """Return the label in full and what the column holds; None where the heading says it all."""
    try:
        meaning = meaning_it(table, column)
    except KeyError:
        return None if heading_it(column) == column.title_it else f"{column.title_it}."
    return meaning if meaning.startswith(column.title_it) else f"{column.title_it}. {meaning}."
