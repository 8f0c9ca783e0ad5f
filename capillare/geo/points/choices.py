"""Italian words for the choices of the registry's columns, where they are beyond doubt."""

from __future__ import annotations

import re
import unicodedata

_STATUS = {
    "active": "attivo attiva aperto aperta",
    "planned": "previsto prevista pianificato pianificata programmato programmata",
    "suspended": "sospeso sospesa",
    "closed": "chiuso chiusa cessato cessata",
    "unknown": "sconosciuto sconosciuta ignoto ignota",
}
_BASIS = {"stated": "dichiarato dichiarata", "assumed": "presunto presunta"}
_ITALIAN: dict[str, dict[str, str]] = {
    "status": _STATUS,
    "network": {
        "pdf": "punto_digitale_facile punti_digitale_facile",
        "bottega_salute": "bottega_della_salute botteghe_della_salute",
        "pensioners_union": "sindacato_pensionati sindacato_dei_pensionati",
        "consumer_education": "educazione_al_consumo",
        "other": "altro altra",
    },
    "kind": {
        "main": "sede_principale principale",
        "branch": "sede_secondaria secondaria sede_distaccata distaccata",
        "course": "sede_di_corso corso sede_corsi",
        "mobile": "itinerante sede_mobile",
        "seasonal": "stagionale sede_stagionale",
    },
    "venue_type": {
        "municipality": "comune municipio sede_comunale",
        "library": "biblioteca",
        "school": "scuola",
        "social_centre": "centro_sociale",
        "youth_centre": "centro_giovani",
        "third_sector": "terzo_settore",
        "health_shop": "bottega_della_salute",
        "health_district": "distretto_sanitario",
        "union_office": "sede_dell_unione unione_di_comuni",
        "shop": "negozio",
        "trade_association": "associazione_di_categoria",
        "pensioners_union": "sindacato_pensionati sindacato_dei_pensionati",
        "other": "altro",
    },
    "entity_kind": {
        "municipality": "comune",
        "union": "unione unione_di_comuni",
        "province": "provincia",
        "third_sector": "terzo_settore",
        "trade_association": "associazione_di_categoria",
        "health_body": "azienda_sanitaria asl",
        "school": "scuola",
        "other": "altro",
    },
    "application_status": {
        "funded": "finanziata finanziato",
        "reserve": "riserva in_riserva",
        "proposed": "proposta proposto",
        "refused": "respinta respinto non_ammessa",
        "unknown": "sconosciuto sconosciuta",
    },
    "application_basis": _BASIS,
    "entity_basis": _BASIS,
    "territory_basis": {
        "declared": "dichiarato",
        "members": "comuni_membri membri",
        "main_seat": "sede_principale",
    },
    "wheelchair": {"yes": "si", "limited": "parziale limitato"},
    "level": {"regional": "regionale", "national": "nazionale", "local": "locale"},
    "square": {
        "identity": "identita",
        "health": "salute sanita",
        "public_administration": "pubblica_amministrazione pa",
        "business": "imprese impresa",
        "security": "sicurezza",
        "education": "istruzione",
        "work": "lavoro",
        "mobility": "mobilita",
    },
    "weekday": {
        "Mo": "lunedi lun",
        "Tu": "martedi mart",
        "We": "mercoledi mer",
        "Th": "giovedi gio",
        "Fr": "venerdi ven",
        "Sa": "sabato sab",
        "Su": "domenica dom",
    },
    "qualifier": {
        "exactly": "esattamente",
        "at_least": "almeno",
        "over": "oltre",
        "about": "circa",
        "up_to": "fino_a",
    },
}


def folded(text: str) -> str:
    """Fold case, accents, spaces and punctuation away: what is left tells words apart.

    >>> folded("Sede  Principale"), folded("Località"), folded("e-mail")
    ('sede_principale', 'localita', 'e_mail')
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def words_of(column: str, choices: tuple[str, ...]) -> dict[str, str]:
    """Return the choice by every folded word that names it."""
    italian = _ITALIAN.get(column, {})
    named = {word: choice for choice in choices for word in italian.get(choice, "").split()}
    return named | {folded(choice): choice for choice in choices}
