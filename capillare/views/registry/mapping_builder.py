"""Say what each column of a published list is: guessed first, then chosen by the reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.numerals import number
from capillare.geo.points.guessing import (
    Known,
    guess_choices,
    guess_fields,
    has_positions,
    listed_columns,
)
from capillare.geo.points.importing import municipality_codes
from capillare.geo.points.list_positions import guess_crs
from capillare.geo.points.list_words import FIELD_WORDS
from capillare.geo.points.mapping import MUNICIPALITY, lacking_fields
from capillare.geo.points.mapping_making import mapping_of
from capillare.geo.schema import DESKS
from capillare.publish.labels import LABELS_IT, label_it
from capillare.views.notes import as_text
from capillare.views.registry.store import PAGE, whole_registry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from capillare.geo.points.mapping import ListMapping
    from capillare.geo.sources.files import RawTable
    from capillare.planning.network import Network

NOT_USED = ""
_N_SAMPLES = 3
_SAMPLE_CHARS = 40
_USUAL = {"network": "pdf", "kind": "main", "status": "active"}
_USUAL_PREFIX = "elenco-"
_TITLES = DESKS.titles_it | {
    NOT_USED: "Non usare",
    MUNICIPALITY: "Comune (nome)",
    "valid_from": "In servizio dal",
    "valid_to": "In servizio fino al",
}


def show_builder(raw: RawTable, network: Network, mark: str) -> ListMapping | None:
    """Show what each column is taken for; return the mapping once nothing needed is missing.

    Parameters
    ----------
    raw
        The list.
    mark
        Of the file: the choices of another file are others.
    """
    key = f"{PAGE}_build_{mark}"
    known = Known(
        municipality_codes(network.territory), frozenset(whole_registry().points["point_id"])
    )
    st.subheader("Che cosa è ogni colonna")
    st.markdown(
        "Proposto da intestazioni e contenuti: correggi dove serve. Più colonne per lo stesso dato "
        "si uniscono, nell'ordine del file."
    )
    fields = _show_columns(raw, guess_fields(raw, known), key)
    translations = _show_translations(raw, fields, key)
    constants, updates = _show_constants(set(fields.values()), key)
    source, source_date, prefix, crs = _show_source(raw, network, fields, key)
    lacking = lacking_fields([*fields.values(), *constants])
    if lacking:
        names = ", ".join(_TITLES[name] for name in lacking)
        st.info(f"Manca ancora: {names}. Scegli la colonna che lo dice.")
        return None
    if not source:
        st.info("Scrivi da quale pagina o atto viene l'elenco.")
        return None
    return mapping_of(
        fields,
        source=source,
        source_date=source_date,
        constants=constants,
        updates=updates,
        translations=translations,
        crs=crs,
        id_prefix=prefix,
    )


def _show_columns(raw: RawTable, guessed: Mapping[str, str], key: str) -> dict[str, str]:
    """Show a choice for each column that holds anything; return the field of each that is used."""
    options = [NOT_USED, *(name for name in FIELD_WORDS if name not in _given_by_file(raw))]
    fields: dict[str, str] = {}
    for place, column in enumerate(listed_columns(raw)):
        cells = raw.frame[column].str.strip()
        if not (cells != "").any():
            continue
        choice, sample = st.columns([2, 3], vertical_alignment="bottom")
        field = choice.selectbox(
            as_text(column),
            options=options,
            index=options.index(guessed.get(column, NOT_USED)),
            format_func=_TITLES.__getitem__,
            key=f"{key}_column_{place}",
        )
        words = [word[:_SAMPLE_CHARS] for word in cells[cells != ""].unique()[:_N_SAMPLES]]
        sample.caption(f"Per esempio: {as_text(' · '.join(words))}")
        if field:
            fields[column] = field
    return fields


def _given_by_file(raw: RawTable) -> set[str]:
    return {"lat", "lon"} if has_positions(raw) else set()


def _show_translations(
    raw: RawTable, fields: Mapping[str, str], key: str
) -> dict[str, dict[str, str]]:
    """Ask what the words of a column of choices mean, where the registry does not know them."""
    translations: dict[str, dict[str, str]] = {}
    for column, field in fields.items():
        choices = () if field == MUNICIPALITY else DESKS.column(field).choices
        guessed = guess_choices(field, raw.frame[column]) if choices else {}
        if not guessed:
            continue
        st.markdown(f"**{_TITLES[field]}**: che cosa vogliono dire queste parole")
        boxes = st.columns(3)
        options = [NOT_USED, *choices]
        for place, (word, choice) in enumerate(guessed.items()):
            chosen = boxes[place % 3].selectbox(
                as_text(word),
                options=options,
                index=options.index(choice),
                format_func=_choice_words(field),
                key=f"{key}_word_{field}_{place}",
            )
            translations.setdefault(field, {})[word] = chosen
    return translations


def _choice_words(field: str) -> Callable[[str], str]:
    def said(code: str) -> str:
        if not code:
            return "Non so: righe rifiutate"
        return label_it(field, code) if field in LABELS_IT else code

    return said


def _show_constants(given: set[str], key: str) -> tuple[dict[str, str], list[str]]:
    """Ask what is the same for every desk; return it, and what present desks take too."""
    st.markdown("**Uguale per tutti gli sportelli dell'elenco**")
    needed = [name for name in _USUAL if name not in given]
    others = st.multiselect(
        "Altri dati uguali per tutti",
        options=[n for n in FIELD_WORDS if n in DESKS.names and n not in {*given, *_USUAL}],
        format_func=_TITLES.__getitem__,
        key=f"{key}_others",
        placeholder="Nessuno",
    )
    constants: dict[str, str] = {}
    boxes = st.columns(3)
    for place, name in enumerate([*needed, *others]):
        choices = DESKS.column(name).choices
        box, widget = boxes[place % 3], f"{key}_constant_{name}"
        if choices:
            usual = _USUAL.get(name, choices[0])
            cell = box.selectbox(
                _TITLES[name],
                options=choices,
                index=choices.index(usual),
                format_func=_choice_words(name),
                key=widget,
            )
        else:
            cell = box.text_input(_TITLES[name], key=widget).strip()
        if cell:
            constants[name] = cell
    updates = st.multiselect(
        "Scrivi anche negli sportelli che ci sono già",
        options=list(constants),
        format_func=_TITLES.__getitem__,
        key=f"{key}_updates",
        placeholder="Solo nei nuovi",
    )
    return constants, updates


def _show_source(
    raw: RawTable, network: Network, fields: Mapping[str, str], key: str
) -> tuple[str, str, str, str]:
    """Ask where the list comes from; return source, its date, prefix of ids and CRS."""
    first, second, third = st.columns(3, vertical_alignment="bottom")
    source = first.text_input(
        "Fonte: pagina o atto", value=raw.file, key=f"{key}_source", max_chars=300
    )
    on = second.date_input(
        "Data della fonte", value=network.scenario.as_of, format="DD/MM/YYYY", key=f"{key}_date"
    )
    prefix = third.text_input(
        "Davanti ai codici dell'elenco",
        value=_USUAL_PREFIX,
        max_chars=20,
        key=f"{key}_prefix",
        help="Così i codici dell'elenco non si confondono con quelli di altri. Lascia vuoto se "
        "sono quelli del registro.",
    )
    columns = {field: column for column, field in fields.items()}
    crs = ""
    if {"lat", "lon"} <= set(columns):
        x, y = raw.frame[columns["lon"]], raw.frame[columns["lat"]]
        bounds = network.territory.municipalities.total_bounds
        crs = st.text_input(
            "Sistema di coordinate (CRS)",
            value=guess_crs(x, y, bounds),
            key=f"{key}_crs",
            max_chars=40,
            help="EPSG:4326 sono gradi (GPS); EPSG:3003 è Gauss-Boaga, EPSG:32632 è UTM 32.",
        )
    st.caption(f"Righe dell'elenco: {number(len(raw.frame))}.")
    return source.strip(), on.isoformat(), prefix.strip(), crs.strip()
