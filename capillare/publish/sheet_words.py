"""What each sheet is called, at most 31 characters, and what a row of it is, in Italian."""

from __future__ import annotations

from typing import NamedTuple


class SheetWords(NamedTuple):
    """A sheet's title, and one sentence on what it holds."""

    title: str
    explanation: str


SHEET_WORDS = {
    "targets": SheetWords(
        "Obiettivi",
        "Un punto finanziato per riga, con i cittadini che si è impegnato a raggiungere.",
    ),
    "province_pace": SheetWords(
        "Passo per provincia",
        "Una provincia per riga: obiettivi, cittadini raggiunti, passo tenuto e passo che serve.",
    ),
    "coverage": SheetWords(
        "Copertura",
        "Un comune per riga: quanto sono lontani i suoi abitanti da uno sportello in servizio.",
    ),
    "gaps": SheetWords(
        "Aree sotto-servite", "I comuni delle aree interne, dal più al meno sotto-servito."
    ),
    "gaps_sensitivity": SheetWords(
        "Graduatoria con altri pesi",
        "Un comune per riga: la sua posizione se cambiano i pesi, la scala o gli indicatori.",
    ),
    "network_difference": SheetWords(
        "Con le reti sorelle",
        "Un comune per riga: chi è entro la soglia di un PDF, e di uno sportello di ogni rete.",
    ),
    "sites": SheetWords(
        "Sedi proposte",
        "Le sedi che portano più maggiorenni entro la soglia, in ordine di guadagno. Sono "
        "proposte, non decisioni.",
    ),
    "site_explanations": SheetWords(
        "Sedi spiegate",
        "Per ogni sede proposta: chi la avrebbe più vicina, che cosa si perde senza, e la "
        "migliore alternativa a parità delle altre.",
    ),
    "siting_curve": SheetWords(
        "Una sede in più",
        "Quanti maggiorenni si coprono con 0, 1, 2 … sedi, scelte ogni volta da capo.",
    ),
    "siting_pareto": SheetWords(
        "Coperti e lontani",
        "Quanti maggiorenni si coprono se nessuna località può superare certi minuti.",
    ),
    "siting_stability": SheetWords(
        "Stabilità",
        "Quanto spesso una località è scelta se i minuti sono sbagliati del loro errore noto.",
    ),
    "desks": SheetWords(
        "Sportelli", "Tutti gli sportelli del registro, anche quelli non in servizio alla data."
    ),
    "points": SheetWords("Punti", "Un punto finanziato per riga, come sta nel registro."),
    "stops": SheetWords(
        "Soste approvate", "Le soste degli sportelli mobili che il registro annuncia."
    ),
    "progress": SheetWords("Conteggi", "Un conteggio di un punto per riga, cumulato dall'inizio."),
    "desk_load": SheetWords(
        "Carico degli sportelli",
        "Uno sportello in servizio per riga: i maggiorenni che gli toccano, e quelli a cui "
        "bastano le sue ore.",
    ),
    "week_coverage": SheetWords(
        "Copertura per ora",
        "Quanti maggiorenni hanno uno sportello aperto entro la soglia, per giorno e ora.",
    ),
    "open_within": SheetWords(
        "Aperti in un'ora",
        "Un comune per riga: chi ha uno sportello aperto entro la soglia nel momento scelto.",
    ),
    "tour_stops": SheetWords(
        "Soste dei furgoni",
        "Una sosta in un giorno per riga; la prima e l'ultima del giorno sono la base. Sono "
        "proposte, non decisioni.",
    ),
    "tour_coverage": SheetWords(
        "Copertura con i furgoni",
        "Un comune per riga: chi è entro la soglia di uno sportello, e chi lo diventa con i "
        "furgoni.",
    ),
    "season_plan": SheetWords(
        "Stagioni",
        "Una sede in un mese per riga: se apre, quando, e i presenti che serve. Sono proposte, "
        "non decisioni.",
    ),
    "season_months": SheetWords(
        "Mese per mese",
        "I presenti entro la soglia: oggi, con il piano uguale tutto l'anno e con le stagioni.",
    ),
    "season_points": SheetWords(
        "Punti e stagioni",
        "Un punto per riga: che cosa gli chiede l'obiettivo, che cosa gli portano le sedi "
        "stagionali e quanto costano.",
    ),
    "presence": SheetWords(
        "Presenti per mese", "Una località in un mese per riga: residenti e turisti contati."
    ),
    "ranked_applications": SheetWords(
        "Domande", "Una domanda per riga, in graduatoria, con il perché dell'esito."
    ),
    "renewal": SheetWords(
        "Punti da tenere", "Un punto per riga: se tenerlo, e che cosa costerebbe chiuderlo."
    ),
    "coordinator_sites": SheetWords(
        "Sedi candidate",
        "Una località per riga: prima le sedi proposte dal piano nel territorio, poi quelle "
        "appena fuori che raggiungono anche queste persone, poi le riserve.",
    ),
    "scenario_figures": SheetWords(
        "Confronto", "Una grandezza per riga, nei due scenari e nella differenza."
    ),
    "scenario_provinces": SheetWords(
        "Province", "Una provincia per riga: persone ed euro nei due scenari."
    ),
    "scenario_municipalities": SheetWords(
        "Comuni", "Un comune per riga, nei due scenari e nella differenza."
    ),
    "scenario_sites": SheetWords(
        "Sedi a confronto", "Una sede per riga: quale scenario la propone, e che cosa costa."
    ),
    "read_sources": SheetWords(
        "Fonti", "Un file o un pacchetto letto per riga, con la sua data e la sua impronta."
    ),
}
"""By name of table."""
