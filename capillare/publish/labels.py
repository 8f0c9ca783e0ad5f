"""How coded values are called in Italian, for workbooks, maps and pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    "travel_basis": _TRAVEL_BASIS,
    "status": _POINT_STATUS,
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
    "weekday": {
        "Mo": "lunedì",
        "Tu": "martedì",
        "We": "mercoledì",
        "Th": "giovedì",
        "Fr": "venerdì",
        "Sa": "sabato",
        "Su": "domenica",
    },
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
