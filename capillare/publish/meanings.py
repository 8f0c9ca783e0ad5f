"""What each published column holds, in Italian, for those who open the workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capillare.publish.page_meanings import MEANINGS_OF_PAGES
from capillare.publish.proposal_meanings import MEANINGS_OF_PROPOSALS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from capillare.geo.schema import Column, Table

_SHARED: Mapping[str, str] = {
    "istat_code": "Codice ISTAT del comune, sei cifre",
    "municipality": "Nome del comune",
    "province": "Nome della provincia",
    "inner_class": "Classe nella mappa 2020 delle aree interne; vuota se non nota",
    "inner_basis": "Da dove viene la classe: lista ufficiale, altre fonti, o stima",
    "residents": "Residenti",
    "adults": "Residenti dai 18 anni",
    "over65": "Residenti dai 65 anni",
    "adults_unreachable": "Maggiorenni che non raggiungono nessuno sportello via strada",
    "hours_per_1000_adults": (
        "Ore-facilitatore alla settimana per 1.000 maggiorenni, divise fra chi le può raggiungere "
        "(two-step floating catchment area)"
    ),
    "lat": "Latitudine, WGS 84",
    "lon": "Longitudine, WGS 84",
    "locality": "Località, frazione o quartiere",
    "reasons": "Il perché, in parole semplici",
    "point_id": "Codice del punto finanziato",
    "source": "Pagina, atto o file da cui viene la riga",
    "source_date": "Data della fonte: anno, mese o giorno",
    "note": "Dubbi e osservazioni",
    "phone": "Telefono",
    "email": "E-mail dell'ufficio",
}

_OF_TABLE: dict[str, Mapping[str, str]] = {
    "targets": {
        "point": "Nome del punto",
        "entity_id": "Codice dell'ente",
        "entity": "Ente che gestisce il punto",
        "entity_basis": "Se l'ente è dichiarato da una fonte o ipotizzato",
        "entity_residents": "Residenti del territorio della domanda",
        "band": "Fascia di popolazione, da 1 a 10",
        "target_citizens": "Maggiorenni che il punto si impegna a raggiungere",
        "target_basis": "Se l'obiettivo è assegnato da un atto o calcolato dalla fascia",
        "target_services": "Servizi da rendere, derivati nel rapporto della campagna",
        "weekly_hours": "Ore settimanali dovute",
        "funding_eur": "Contributo per il punto",
        "on_band_edge": (
            "Se i residenti stanno esattamente su un bordo che la tabella stampata lascia ambiguo"
        ),
        "campaign": "Campagna di finanziamento",
        "status": "Stato del punto",
        "citizens_reached": "Cittadini raggiunti all'ultimo conteggio",
        "target_share": "Cittadini raggiunti su cittadini da raggiungere",
        "as_of": "Data dell'ultimo conteggio",
        "renewal_line_share": "Quota dell'obiettivo che apre alla proroga diretta",
        "is_over_renewal_line": "Se la quota raggiunta è almeno quella",
        "pace_needed_per_day": (
            "Cittadini al giorno che mancano, fino alla fine della campagna; vuoto se è finita"
        ),
        "territory_basis": "Da dove viene il territorio della domanda",
    },
    "coverage": {
        "nearest_desk_id": "Sportello più vicino per la maggior parte dei maggiorenni",
        "travel_min": (
            "Minuti in auto fino allo sportello più vicino: media, pesata sui maggiorenni, delle "
            "località che ne raggiungono uno"
        ),
        "travel_basis": "Da dove vengono i minuti",
        "adults_15min_share": "Maggiorenni entro 15 minuti da uno sportello, sul totale",
        "adults_30min_share": "Maggiorenni entro 30 minuti da uno sportello, sul totale",
        "weekly_coverage_share": (
            "Parte delle ore usuali in cui uno sportello entro la soglia è aperto; orario ignoto "
            "conta come chiuso"
        ),
        "adults_10min_share": "Maggiorenni entro 10 minuti da uno sportello, sul totale",
        "adults_20min_share": "Maggiorenni entro 20 minuti da uno sportello, sul totale",
        "over65_10min_share": "Residenti dai 65 anni entro 10 minuti da uno sportello, sul totale",
        "over65_15min_share": "Residenti dai 65 anni entro 15 minuti da uno sportello, sul totale",
        "over65_20min_share": "Residenti dai 65 anni entro 20 minuti da uno sportello, sul totale",
        "over65_30min_share": "Residenti dai 65 anni entro 30 minuti da uno sportello, sul totale",
        "snai_area": "Area progetto della strategia nazionale; vuoto fuori da ogni area",
        "weekly_coverage_high_share": "Lo stesso, con l'orario ignoto che conta come aperto",
        "adults_within": "Maggiorenni entro la soglia di minuti delle regole",
        "over65_within": "Residenti dai 65 anni entro la soglia di minuti delle regole",
        "minutes_to_pole_min": "Minuti dal polo di servizi più vicino",
    },
    "gaps": {
        "rank": "1 è il comune più sotto-servito",
        "travel_min": "Minuti in auto fino allo sportello più vicino, in media",
        "gap_index": (
            "Indice di carenza (Mazziotta-Pareto corretto): 100 è la media, di più è peggio"
        ),
        "rank_low": "5° percentile della posizione se pesi e minuti variano",
        "rank_high": "95° percentile della posizione se pesi e minuti variano",
        "under_served": "Se la regola del programma lo dice sotto-servito",
    },
    "week_coverage": {
        "weekday": "Giorno di una settimana senza feste",
        "from_hour": "Inizio dell'ora",
        "is_usual": "Se cade nelle ore in cui di solito la gente viene, secondo le regole",
        "adults_open_low": (
            "Maggiorenni con uno sportello aperto entro la soglia, media dei minuti dell'ora; "
            "orario ignoto conta come chiuso"
        ),
        "adults_open_high": "Lo stesso, con l'orario ignoto che conta come aperto",
        "open_low_share": "Il minimo sul totale dei maggiorenni",
        "open_high_share": "Il massimo sul totale dei maggiorenni",
    },
    "desk_load": {
        "desk_id": "Codice dello sportello",
        "name": "Nome con cui è conosciuto",
        "supply_hours": "Ore settimanali per facilitatori per sportelli della riga",
        "adults_allotted": (
            "Maggiorenni che gli toccano, se quelli di ogni località si dividono fra gli sportelli "
            "che la servono in proporzione al peso della fascia di minuti per le ore"
        ),
        "adults_capacity": (
            "Maggiorenni a cui bastano le sue ore nel rapporto del programma: punti dichiarati per "
            "ore dovute, sui maggiorenni della regione"
        ),
        "utilisation_share": "Maggiorenni assegnati su maggiorenni previsti per le sue ore",
        "adults_unmet": "Maggiorenni assegnati oltre quelli previsti per le sue ore",
    },
    "desks": {
        "desk_id": "Codice dello sportello",
        "network": "Rete a cui appartiene",
        "kind": "Tipo di sede",
        "name": "Nome con cui è conosciuto",
        "venue_type": "Tipo di luogo",
        "address": "Via e numero",
        "position_basis": "Da dove viene la posizione",
        "n_desks": "Sportelli che la riga rappresenta",
        "facilitators": "Facilitatori presenti insieme",
        "opening_hours": "Orario nella notazione di OpenStreetMap",
        "hours_basis": "Da dove vengono le ore",
        "valid_from": "Primo giorno di servizio",
        "valid_to": "Ultimo giorno di servizio",
        "channels": "Canali: in_person (di persona), phone (telefono), online",
        "by_appointment": "Se bisogna prenotare",
        "booking_url": "Dove si prenota",
        "wheelchair": "Accesso senza gradini",
        "services": "Servizi, come li nomina la fonte",
        "languages": "Lingue parlate, codici ISO 639-1",
        "status": "Stato dello sportello",
        "verified_on": "Ultimo giorno in cui qualcuno lo ha verificato",
        "is_in_service": "Se è in servizio alla data del piano",
        "is_to_be_confirmed": (
            "In servizio, ma nessuno lo ha verificato dopo la fine della sua campagna"
        ),
        "weekly_hours": "Ore alla settimana, dichiarate o stimate",
    },
}


def meaning_it(table: Table, column: Column) -> str:
    """Return what a column of a published table holds; KeyError where it is not explained."""
    own = (_OF_TABLE | MEANINGS_OF_PROPOSALS | MEANINGS_OF_PAGES)[table.name]
    return own[column.name] if column.name in own else _SHARED[column.name]
