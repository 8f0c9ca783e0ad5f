"""What each published column holds, in Italian, for those who open the workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

_OF_TABLE: Mapping[str, Mapping[str, str]] = {
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
    "coordinator_sites": {
        "list_rank": "Numero nell'elenco",
        "proposal": (
            "Proposta del piano nel territorio, proposta vicina che raggiunge anche queste "
            "persone, o riserva"
        ),
        "plan_rank": "Posto fra tutte le sedi del piano regionale; vuoto per le riserve",
        "candidate_id": "Codice della località candidata",
        "venue": "Un luogo noto che potrebbe ospitarla",
        "option": "Nuovo punto, o nuova sede di un punto",
        "adults_gained": (
            "Maggiorenni che entrano nella soglia: oltre alle sedi che la precedono nel piano o, "
            "per una riserva, oltre a tutto il piano"
        ),
        "adults_gained_here": "Di questi, quelli del territorio di chi riceve l'elenco",
        "over65_gained": "Dei maggiorenni in più, quelli dai 65 anni",
        "adults_alone": "Maggiorenni che entrerebbero nella soglia se fosse l'unica nuova sede",
        "catchment_adults": "Maggiorenni entro la soglia di minuti dalla sede",
        "target_citizens": "Obiettivo di un punto richiesto da questo comune",
        "weekly_hours": "Ore settimanali previste",
        "cost_eur": "Costo",
        "travel_min": "Minuti in auto, in media, dei maggiorenni del comune fino allo sportello",
        "gap_rank": "Posto del comune fra i sotto-serviti delle aree interne; vuoto se non vi è",
        "why": "Perché il luogo è fra quelli considerati",
    },
    "ranked_applications": {
        "rank": "Prima le finanziate, poi la riserva, poi le respinte",
        "application_id": "Codice della domanda",
        "entity_id": "Codice dell'ente",
        "entity": "Ente che ha presentato la domanda",
        "campaign": "Campagna di finanziamento",
        "outcome": "Esito proposto: da finanziare, in riserva o respinta",
        "reserve_rank": "Posto nella riserva; vuoto per le altre",
        "refusal_rule": "Regola che la respinge; vuota per le altre",
        "n_seats": "Sedi che aprirebbe, tutte o nessuna",
        "weekly_hours": "Ore settimanali delle sue sedi; vuote se una non le dice",
        "provinces": "Province delle sue sedi",
        "municipalities": "Comuni delle sue sedi",
        "score": "Punteggio dato dall'avviso; vuoto se non c'è",
        "cost_eur": "Costo",
        "cost_basis": "Se il costo è dichiarato o preso dalle regole",
        "adults_gained": "Maggiorenni che entrano nella soglia oltre alle righe sopra",
        "over65_gained": "Di questi, quelli dai 65 anni",
        "adults_alone": "Maggiorenni che entrerebbero nella soglia se fosse finanziata da sola",
        "catchment_adults": "Maggiorenni entro la soglia di minuti dalle sue sedi",
        "displaces": "Domande finanziate che uscirebbero se entrasse questa",
        "worth_lost_people": (
            "Quanto varrebbe in meno la scelta se entrasse, in maggiorenni e punteggi contati come "
            "maggiorenni"
        ),
    },
    "renewal": {
        "rank": "Prima i punti da tenere, dal meno sostituibile",
        "point": "Nome del punto",
        "entity": "Ente che gestisce il punto",
        "decision": "Da tenere direttamente per l'obiettivo raggiunto, da tenere, o da chiudere",
        "target_citizens": "Maggiorenni che il punto si impegna a raggiungere",
        "citizens_reached": "Cittadini raggiunti all'ultimo conteggio; vuoto se non noto",
        "target_share": "Cittadini raggiunti su cittadini da raggiungere; vuoto se non noto",
        "renewal_line_share": "Quota dell'obiettivo che apre alla proroga diretta",
        "n_desks": "Sportelli in servizio",
        "weekly_hours": "Ore settimanali dei suoi sportelli, dichiarate o stimate",
        "catchment_adults": "Maggiorenni entro la soglia di minuti dai suoi sportelli",
        "adults_at_stake": (
            "Da tenere: chi perderebbe ogni sportello entro la soglia se chiudesse anche questo. "
            "Da chiudere: chi lo riavrebbe se si tenesse anche questo"
        ),
        "adults_lost": (
            "Maggiorenni che perdono ogni sportello entro la soglia, contati al punto chiuso che "
            "era il più vicino"
        ),
        "over65_lost": "Di questi, quelli dai 65 anni",
        "adults_moved": "Maggiorenni che oggi hanno qui lo sportello più vicino",
        "travel_now_min": "Loro minuti in auto oggi, in media",
        "travel_after_min": (
            "Loro minuti in auto fino allo sportello più vicino che resta; media di chi ne ha uno"
        ),
        "adults_unreachable": "Di loro, chi non raggiunge più nessuno sportello su strada",
        "next_point_id": "Codice del punto che diventa il più vicino per la maggior parte di loro",
        "next_point": "Punto che diventa il più vicino per la maggior parte di loro",
    },
    "sites": {
        "rank": "Ordine di guadagno dentro la scelta",
        "candidate_id": "Codice della località candidata",
        "option": "Nuovo punto, o nuova sede di un punto",
        "venue": "Un luogo noto che potrebbe ospitarla",
        "weekly_hours": "Ore settimanali previste",
        "adults_gained": "Maggiorenni che entrano nella soglia, contati una volta sola",
        "over65_gained": "Residenti dai 65 anni che entrano nella soglia",
        "person_minutes_saved": (
            "Minuti risparmiati verso lo sportello più vicino, per chi ne aveva già uno"
        ),
        "catchment_adults": "Maggiorenni entro la soglia di minuti dalla sede",
        "target_citizens": "Obiettivo di un punto richiesto da questo comune",
        "cost_eur": "Costo",
        "covered_share_after": (
            "Maggiorenni del territorio entro la soglia quando questa sede e le precedenti sono "
            "aperte"
        ),
        "of_point_id": "Punto esistente di cui sarebbe una sede; vuoto per un nuovo punto",
        "replaces_desk_id": "Sportello che vi si sposterebbe",
        "target_of_catchment_share": "Obiettivo diviso per i maggiorenni del bacino",
        "is_target_honoured": "Se quella quota non supera il massimo delle regole",
        "adults_served": "Maggiorenni che le sue ore servono, se si è chiesto di tenerne conto",
    },
    "site_explanations": {
        "rank": "Ordine fra le sedi proposte",
        "candidate_id": "Codice della località candidata",
        "option": "Nuovo punto, o nuova sede di un punto",
        "municipalities_gaining": (
            "Comuni i cui maggiorenni la avrebbero come sportello più vicino, con quanti sono"
        ),
        "n_municipalities_gaining": "Quanti sono quei comuni",
        "adults_nearest": (
            "Maggiorenni che la avrebbero come sportello più vicino, più di ogni sportello di oggi"
        ),
        "before_min": (
            "Loro minuti medi oggi; oltre il massimo delle regole, o senza sportello, contano "
            "come quello"
        ),
        "after_min": "Loro minuti medi con le sedi aperte",
        "adults_lost": "Maggiorenni che uscirebbero dalla soglia se mancasse solo questa sede",
        "person_minutes_lost": "Minuti per maggiorenni in più se mancasse solo questa sede",
        "next_candidate_id": (
            "Il miglior nuovo punto al suo posto, aperte le altre; vuoto se le regole non ne "
            "ammettono"
        ),
        "next_locality": "Località dell'alternativa",
        "next_municipality": "Comune dell'alternativa",
        "next_adults_fewer": (
            "Maggiorenni in meno entro la soglia con l'alternativa; sotto zero, in più"
        ),
        "next_person_minutes_more": (
            "Minuti per maggiorenni in più con l'alternativa; sotto zero, in meno"
        ),
        "next_cost_eur": "Costo dell'alternativa",
    },
    "siting_curve": {
        "step": "Passi in ordine; 0 è nessuna nuova sede",
        "n_sites": "Quante sedi al più; vuoto se il limite è la spesa",
        "budget_eur": "Quanto si spende al più; vuoto se il limite è il numero",
        "sites_opened": "Sedi che si aprono",
        "cost_eur": "Loro costo",
        "adults_within": "Maggiorenni entro la soglia",
        "adults_added": "Maggiorenni in più rispetto al passo prima",
        "covered_share": "Maggiorenni entro la soglia sul totale",
        "bound_people": "Nessuna scelta ne porta di più entro la soglia",
        "gap": "Scarto fra la scelta e il limite dimostrato",
        "proof": "Se la scelta è dimostrata ottima o solo la migliore trovata",
    },
    "siting_pareto": {
        "max_min": "Minuti che nessuna località può superare",
        "worst_min": "Minuti della località più lontana con le sedi scelte",
        "adults_within": "Maggiorenni entro la soglia",
        "covered_share": "Maggiorenni entro la soglia sul totale",
        "bound_people": "Nessuna scelta ne porta di più entro la soglia",
        "gap": "Scarto fra la scelta e il limite dimostrato",
        "proof": "Se la scelta è dimostrata ottima o solo la migliore trovata",
        "sites": "Codici delle località scelte",
    },
    "siting_stability": {
        "candidate_id": "Codice della località candidata",
        "is_proposed": "Se il piano la propone",
        "chosen_share": "Quota delle estrazioni in cui è scelta",
        "near_share": "Quota in cui è scelta, o lo è una località entro 10 minuti",
        "n_draws": "Quante volte i minuti sono stati estratti",
    },
    "season_plan": {
        "desk_id": "Sportello del registro; vuoto per una sede proposta",
        "candidate_id": "Località candidata della sede proposta; vuoto per uno sportello",
        "month": "Mese, 1 è gennaio",
        "is_open": "Se la sede apre nel mese",
        "weekly_hours": "Ore alla settimana nel mese",
        "opening_hours": "Orario nella notazione di OpenStreetMap; vuoto se chiusa",
        "staff_team": "Squadra che vi lavora: mai in due posti insieme",
        "present_people": (
            "Presenti entro la soglia che la sede serve; ognuno nella più vicina fra quelle aperte"
        ),
        "note": "Che cosa è proposto e che cosa resta com'è",
        "target_citizens": "Parte dell'obiettivo del punto che tocca alle ore della sede nel mese",
        "citizens_per_hour": "Cittadini che l'obiettivo chiede a ogni ora di apertura",
    },
    "season_months": {
        "month": "Mese, 1 è gennaio",
        "present_people": "Maggiorenni residenti e turisti contati",
        "people_today": "Presenti entro la soglia con gli sportelli come sono",
        "people_year_round": "Presenti entro la soglia con il migliore piano uguale tutto l'anno",
        "people_within": "Presenti entro la soglia con il piano stagionale",
        "people_gained": "Differenza fra i due",
        "full_hours_year_round": (
            "Persone per ore alla settimana del loro punto, pesate con la distanza, divise per un "
            "orario pieno; piano uguale tutto l'anno"
        ),
        "full_hours": "Lo stesso con il piano stagionale",
        "seats_open": "Sedi stagionali aperte",
    },
    "season_points": {
        "point": "Nome del punto",
        "weekly_hours": "Ore alla settimana che il piano ripartisce",
        "n_seats": "Sedi usate nell'anno, compresa la principale",
        "open_months": "Mesi con una sede stagionale aperta",
        "people_gained_mean": "Presenti in più entro la soglia rispetto a oggi, media dei mesi",
        "people_gained_peak": "Lo stesso nel mese migliore",
        "cost_eur": "Costo annuo delle sedi stagionali",
        "eur_per_person_month": "Costo per persona in più e mese; vuoto se nessuno",
        "target_citizens": "Maggiorenni che il punto si impegna a raggiungere",
        "citizens_per_hour": "Obiettivo diviso per le ore di un anno",
        "citizens_per_month": "Obiettivo diviso per dodici mesi",
    },
    "tour_stops": {
        "van": "Nome del furgone o della squadra",
        "date": "Giorno",
        "week": "Settimana del piano, da 1",
        "weekday": "Giorno della settimana",
        "stop_order": "Ordine nella giornata; 0 è la partenza dalla base",
        "place_id": "Codice della località; vuoto alla base",
        "arrive": "Ora di arrivo, ora di Roma",
        "depart": "Ora di partenza, ora di Roma",
        "setup_min": "Minuti di allestimento dopo l'arrivo, prima di ricevere",
        "drive_min": "Minuti di guida dalla riga precedente",
        "pattern": "Ogni quanto si ripete nelle quattro settimane; vuoto alla base",
        "adults_served": (
            "Maggiorenni senza sportello che la sosta porta entro la soglia, ciascuno alla sua "
            "prima visita soltanto"
        ),
    },
    "tour_coverage": {
        "adults_within": "Maggiorenni entro la soglia di minuti di uno sportello",
        "adults_within_vans": "Maggiorenni entro la soglia di uno sportello o di una sosta",
        "adults_gained": "Maggiorenni che solo una sosta porta entro la soglia",
        "van_hours": "Ore di sosta entro la soglia nelle quattro settimane, media dei maggiorenni",
        "van_hours_gained": "Le stesse, per chi non aveva uno sportello entro la soglia",
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
    own = _OF_TABLE[table.name]
    return own[column.name] if column.name in own else _SHARED[column.name]
