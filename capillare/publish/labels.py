"""How coded values are called in Italian, for workbooks, maps and pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capillare.geo.numerals import WEEKDAYS_IT
from capillare.geo.schema.stops import WEEKDAY_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

_POINT_STATUS = {
    "planned": "previsto",
    "active": "attivo",
    "suspended": "sospeso",
    "closed": "chiuso",
    "unknown": "sconosciuto",
}
_TRAVEL_BASIS = {
    "estimated": "stimato",
    "road": "su strada",
    "given": "fornito",
    "server": "da un servizio di percorsi",
}

LABELS_IT: Mapping[str, Mapping[str, str]] = {
    "basis": _TRAVEL_BASIS,
    "pattern": {
        "weekly": "ogni settimana",
        "biweekly": "ogni due settimane",
        "monthly": "una volta in quattro settimane",
    },
    "travel_basis": _TRAVEL_BASIS,
    "status": _POINT_STATUS,
    "proof": {
        "optimal": "ottima, dimostrato",
        "feasible": "la migliore trovata",
        "infeasible": "impossibile",
        "no_solution": "non trovata",
    },
    "entity_basis": {"stated": "dichiarato", "assumed": "ipotizzato"},
    "target_basis": {"official": "assegnato da un atto", "computed": "calcolato dalla fascia"},
    "territory_basis": {
        "declared": "dichiarato nella domanda",
        "members": "comuni membri dell'ente",
        "main_seat": "comune della sede principale",
    },
    "inner_class": {
        "A": "A polo",
        "B": "B polo intercomunale",
        "C": "C cintura",
        "D": "D intermedio",
        "E": "E periferico",
        "F": "F ultraperiferico",
        "E-F": "E-F periferico o ultraperiferico",
    },
    "inner_basis": {"official": "lista ufficiale", "known": "da fonti", "estimated": "stimata"},
    "proposal": {
        "proposed": "proposta",
        "nearby": "proposta vicina",
        "runner_up": "riserva",
    },
    "outcome": {"funded": "da finanziare", "reserve": "in riserva", "refused": "respinta"},
    "refusal_rule": {
        "no_seats": "senza sedi",
        "no_score": "senza punteggio",
        "low_score": "punteggio sotto il minimo",
        "adds_nobody": "non porta abbastanza persone",
        "over_budget": "oltre il bilancio",
        "over_body_cap": "oltre il limite dell'ente",
        "over_province_cap": "oltre il limite della provincia",
    },
    "cost_basis": {"stated": "dichiarato", "assumed": "dalle regole"},
    "decision": {
        "kept_direct": "da tenere, obiettivo raggiunto",
        "kept": "da tenere",
        "closed": "da chiudere",
    },
    "option": {"point": "nuovo punto", "branch": "nuova sede"},
    "network": {
        "pdf": "Punto Digitale Facile",
        "bottega_salute": "Bottega della Salute",
        "pensioners_union": "sindacato pensionati",
        "digitalmentis": "DigitalMentis",
        "consumer_education": "educazione al consumo",
        "other": "altra rete",
    },
    "kind": {
        "main": "sede principale",
        "branch": "altra sede",
        "course": "sede di corsi",
        "mobile": "itinerante",
        "seasonal": "stagionale",
    },
    "venue_type": {
        "municipality": "municipio",
        "urp": "ufficio relazioni con il pubblico",
        "library": "biblioteca",
        "school": "scuola",
        "social_centre": "centro sociale",
        "youth_centre": "centro giovani",
        "third_sector": "terzo settore",
        "health_shop": "Bottega della Salute",
        "health_district": "distretto sanitario",
        "union_office": "unione di comuni",
        "shop": "negozio",
        "trade_association": "associazione di categoria",
        "pensioners_union": "sindacato pensionati",
        "ecco_fatto": "Ecco Fatto",
        "other": "altro",
    },
    "position_basis": {
        "given": "coordinate date",
        "locality": "località",
        "chief_town": "capoluogo del comune",
    },
    "hours_basis": {
        "stated": "dichiarato",
        "estimated": "stimato dalle ore dovute",
        "unreadable": "illeggibile",
        "unknown": "sconosciuto",
    },
    "change": {"new": "nuovo", "changed": "cambiato", "gone": "tolto"},
    "matched_by": {
        "id": "stesso codice",
        "near": "vicino e di nome simile",
        "address": "stesso indirizzo e nome simile",
        "name": "quasi lo stesso nome",
    },
    "weekday": dict(zip(WEEKDAY_NAMES, WEEKDAYS_IT, strict=True)),
    "wheelchair": {"yes": "sì", "limited": "in parte", "no": "no"},
}
"""Italian label by column and code."""

YES_NO_IT = {True: "sì", False: "no"}


def label_it(column: str, code: str) -> str:
    """Return the Italian label of a coded value; a text that is no code stays as it is.

    >>> label_it("inner_class", "F"), label_it("municipality", "Zeri")
    ('F ultraperiferico', 'Zeri')
    """
    return LABELS_IT.get(column, {}).get(code, code)
