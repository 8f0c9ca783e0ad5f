"""How published lists head their columns: words of each field, Italian and English, folded."""

from __future__ import annotations

from capillare.geo.points.choices import folded
from capillare.geo.points.mapping import MUNICIPALITY
from capillare.geo.schema import DESKS

_WORDS = {
    "desk_id": "codice sportello|codice|id|codice sede|id sede|id sportello|identificativo|code",
    "point_id": "codice punto|id punto|point id",
    "network": "rete|tipo rete|programma|network",
    "kind": "tipo sede|tipo|tipologia|tipologia sede|tipo sportello|tipologia sportello|kind|type",
    "name": "nome|denominazione|denominazione sede|nome sede|nome sportello|nome punto|sportello"
    "|punto|sede|titolo|punto digitale facile|name|desk",
    "venue_type": "tipo di luogo|tipo luogo|luogo|tipo struttura|struttura|venue type|venue",
    "istat_code": "codice istat|istat|cod istat|codice comune|codice istat comune|cod comune"
    "|pro com|pro com t|procom|istat code|municipality code",
    MUNICIPALITY: "comune|nome comune|comune sede|denominazione comune|citta|municipality|town"
    "|city",
    "locality": "localita|frazione|quartiere|frazione o localita|locality|hamlet",
    "address": "indirizzo|via|indirizzo sede|ubicazione|address|street",
    "lat": "latitudine|lat|y|nord|coordinata y|coord y|latitude|north|northing",
    "lon": "longitudine|lon|lng|long|x|est|coordinata x|coord x|longitude|east|easting",
    "n_desks": "numero sportelli|n sportelli|postazioni|numero postazioni|desks",
    "facilitators": "facilitatori|numero facilitatori|n facilitatori|facilitators",
    "opening_hours": "orario|orari|orario di apertura|orari di apertura|apertura|giorni e orari"
    "|orario apertura|opening hours|hours",
    "valid_from": "dal|data inizio|data apertura|data attivazione|attivo dal|valid from|start date",
    "valid_to": "al|data fine|data chiusura|attivo fino al|valid to|end date",
    "channels": "canali|modalita di erogazione|channels",
    "by_appointment": "su appuntamento|appuntamento|prenotazione|prenotazione obbligatoria"
    "|by appointment",
    "booking_url": "prenotazione|link prenotazione|prenotazioni|url prenotazione|booking"
    "|booking url",
    "phone": "telefono|tel|numero di telefono|numero telefono|recapito telefonico|recapito"
    "|cellulare|phone|telephone",
    "email": "e mail|email|mail|posta elettronica|indirizzo email|indirizzo e mail",
    "wheelchair": "accesso senza gradini|accessibile|accessibilita|accesso disabili|wheelchair",
    "services": "servizi|servizi offerti|servizi erogati|services",
    "languages": "lingue|lingue parlate|languages",
    "status": "stato|stato sede|stato sportello|status|state",
    "verified_on": "verificato il|data verifica|ultima verifica|verified on",
    "note": "nota|note|osservazioni|annotazioni|notes|remarks",
}

_TITLES = {name: (folded(title).replace("_", " "),) for name, title in DESKS.titles_it.items()}

FIELD_WORDS: dict[str, tuple[str, ...]] = {
    name: tuple(dict.fromkeys([*words.split("|"), name.replace("_", " "), *_TITLES.get(name, ())]))
    for name, words in _WORDS.items()
}
"""Headers by field, without those that the page asks for once: source and its date."""

ADDRESS_PARTS = frozenset({"civico", "numero civico", "n civico", "num civico", "house number"})
"""Headers of a house number, which follows its street."""
