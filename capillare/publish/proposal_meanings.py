"""What each column of what a plan proposes holds, in Italian: sites, calls, seasons, tours."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MEANINGS_OF_PROPOSALS: dict[str, Mapping[str, str]] = {
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
        "adults_lost": (
            "Maggiorenni che uscirebbero dalla soglia se mancasse solo questa sede; dove le ore "
            "sono un limite, quelli che nessuno servirebbe più"
        ),
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
}
