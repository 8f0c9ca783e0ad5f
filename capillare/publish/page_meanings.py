"""What each column holds of the tables that only the planner's pages hand over, in Italian."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_WITHOUT = "Posizione senza questo indicatore; vuota dove l'indice non lo usa"

MEANINGS_OF_PAGES: dict[str, Mapping[str, str]] = {
    "gaps_sensitivity": {
        "rank": "Posizione nella graduatoria",
        "rank_equal_weights": "Posizione se tutti gli indicatori pesano uguale",
        "rank_percentile_scale": (
            "Posizione se gli indicatori si misurano fra il 5º e il 95º percentile"
        ),
        "rank_without_travel": _WITHOUT,
        "rank_without_unreachable": _WITHOUT,
        "rank_without_hours": _WITHOUT,
        "rank_without_coverage": _WITHOUT,
        "rank_without_over65": _WITHOUT,
        "rank_without_pole": _WITHOUT,
        "rank_without_target": _WITHOUT,
        "max_shift": "La distanza più grande fra una di queste posizioni e quella in graduatoria",
    },
    "province_pace": {
        "n_points": "Punti nel registro, in qualunque stato",
        "target_citizens": "Somma dei loro obiettivi noti",
        "n_counted": "Punti con un obiettivo e un conteggio",
        "citizens_reached": "Somma degli ultimi conteggi; vuota se non ce ne sono",
        "reached_share": "Raggiunti su obiettivo dei punti contati; oltre 1 se lo superano",
        "pace_kept_per_week": (
            "Persone a settimana dall'inizio della campagna all'ultimo conteggio di ogni punto"
        ),
        "pace_needed_per_week": (
            "Persone a settimana che mancano fino alla fine della campagna; vuota se è finita"
        ),
        "projected_share": "Quota dell'obiettivo alla fine, a questo passo; vuota se è finita",
        "counted_on": "Giorno dell'ultimo conteggio",
        "adults_15min_share": "Maggiorenni entro 15 minuti da uno sportello",
        "adults_30min_share": "Maggiorenni entro 30 minuti da uno sportello",
    },
    "network_difference": {
        "adults_within_pdf": "Maggiorenni entro la soglia di un Punto Digitale Facile in servizio",
        "adults_within_all": "Maggiorenni entro la soglia di uno sportello di qualunque rete",
        "adults_gained": "Maggiorenni entro la soglia solo grazie alle reti sorelle",
    },
    "open_within": {
        "moment": "Istante in Italia, con le feste, o giorno e ora di una settimana senza feste",
        "adults_open_low": (
            "Maggiorenni con uno sportello aperto entro la soglia; chi non ha orario noto è chiuso"
        ),
        "adults_open_high": "Gli stessi, se chi non ha orario noto è aperto",
        "open_low_share": "Quota dei maggiorenni, minima",
        "open_high_share": "Quota dei maggiorenni, massima",
    },
    "presence": {
        "place_id": "Codice della località",
        "month": "Mese",
        "tourists_per_day": "Turisti di ogni età in un giorno medio del mese; vuoto se non noti",
        "visitors": "Turisti maggiorenni, al peso scelto dalle regole; vuoto se non noti",
        "present_people": "Residenti maggiorenni e turisti contati; i soli residenti se non noti",
        "tourism_basis": "Se le presenze del mese sono date, note, stimate dall'anno o ignote",
    },
    "scenario_figures": {
        "figure": "Che cosa si misura",
        "kind": "Unità della grandezza",
        "first": "Nel primo scenario",
        "second": "Nel secondo scenario",
        "difference": "Il secondo meno il primo",
    },
    "scenario_municipalities": {
        "first_min": "Minuti medi dallo sportello più vicino, primo scenario",
        "second_min": "Minuti medi dallo sportello più vicino, secondo scenario",
        "difference_min": "Il secondo meno il primo; vuota se uno manca",
        "first_within": "Maggiorenni entro la soglia, primo scenario",
        "second_within": "Maggiorenni entro la soglia, secondo scenario",
        "difference_within": "Il secondo meno il primo",
    },
    "scenario_provinces": {
        "adults": "Residenti dai 18 anni",
        "first_within": "Maggiorenni entro la soglia, primo scenario",
        "second_within": "Maggiorenni entro la soglia, secondo scenario",
        "difference_within": "Il secondo meno il primo",
        "first_min": "Minuti medi in auto, primo scenario",
        "second_min": "Minuti medi in auto, secondo scenario",
        "difference_min": "Il secondo meno il primo",
        "first_cost_eur": "Costo delle sedi proposte nella provincia, primo scenario",
        "second_cost_eur": "Costo delle sedi proposte nella provincia, secondo scenario",
        "difference_cost_eur": "Il secondo meno il primo",
    },
    "scenario_sites": {
        "candidate_id": "Codice della località candidata",
        "proposed_by": "Da quale scenario è proposta",
        "cost_eur": "Costo della sede",
    },
    "points": {
        "point": "Nome del punto",
        "entity_id": "Codice dell'ente che lo gestisce",
        "entity_basis": "Se l'ente è dichiarato da una fonte o ipotizzato",
        "application_id": "Domanda con cui è stato finanziato",
        "status": "Stato del punto",
        "weekly_hours_due": "Ore settimanali dovute",
        "assigned_target": "Maggiorenni assegnati da un atto, che vincono sulla fascia",
        "facilitators_light": "Facilitatori con 100 ore di formazione",
        "facilitators_full": "Facilitatori col profilo di 450 ore",
        "campaign": "Campagna di finanziamento",
    },
    "stops": {
        "stop_id": "Codice della sosta",
        "desk_id": "Sportello mobile che si ferma",
        "place_id": "Codice della località, se nota",
        "address": "Via o piazza",
        "position_basis": "Da dove viene la posizione",
        "starts_on": "Il giorno, o il primo in cui può fermarsi",
        "ends_on": "Ultimo giorno; vuoto: fino a nuovo avviso",
        "weekday": "Giorno della settimana; vuoto se è un giorno solo",
        "every_n_weeks": "Ogni quante settimane, contate dalla prima; vuoto è una",
        "week_of_month": "In alternativa, quale del mese: da 1 a 5, -1 è l'ultima",
        "from_time": "Dalle, ora di Roma",
        "to_time": "Alle, ora di Roma",
        "exceptions": "Giorni in cui non si ferma",
        "on_holidays": "Se si ferma anche nei giorni di festa; vuoto è no",
    },
    "progress": {
        "as_of": "Data del conteggio",
        "citizens": "Persone aiutate, ciascuna una volta",
        "services": "Servizi resi",
        "replies": "Risposte al questionario",
        "satisfaction": "Voto medio del questionario",
    },
    "read_sources": {
        "name": "Che cosa è stato letto",
        "date": "Data di riferimento o versione",
        "licence": "Licenza o condizioni, col titolare",
        "sha256": "Impronta dei byte letti; vuota per un pacchetto intero",
    },
}
