"""What is incomplete, each with a link to the page that mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.numerals import number
from capillare.views.page_links import show_link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from capillare.planning.missing import Missing, What

_WORDS: dict[What, tuple[str, str, str]] = {
    "points": (
        "**{n} punti su {of}** dichiarati mancano nel registro",
        "Registro",
        "Importa un elenco",
    ),
    "status": (
        "**{n} sportelli su {of}** hanno stato ignoto, e non contano",
        "Registro",
        "Dì se sono attivi",
    ),
    "hours": (
        "**{n} sportelli in servizio su {of}** non dichiarano l'orario",
        "Registro",
        "Scrivi l'orario",
    ),
    "confirmation": (
        "**{n} sportelli in servizio su {of}** sono da confermare",
        "Registro",
        "Verificali oggi",
    ),
    "contacts": (
        "**{n} sportelli in servizio su {of}** non hanno telefono né e-mail",
        "Registro",
        "Scrivi un recapito",
    ),
    "counts": (
        "**{n} punti su {of}** non hanno un conteggio dei cittadini raggiunti",
        "Registro",
        "Carica i conteggi",
    ),
    "targets": (
        "**{n} punti su {of}** non hanno un obiettivo noto",
        "Obiettivi",
        "Vedi quali",
    ),
    "inner_classes": (
        "**{n} comuni su {of}** hanno una classe di area interna stimata, non pubblicata",
        "Dati e metodo",
        "Vedi come",
    ),
}

_ONE: dict[What, str] = {
    "points": "**1 punto su {of}** dichiarati manca nel registro",
    "status": "**1 sportello su {of}** ha stato ignoto, e non conta",
    "hours": "**1 sportello in servizio su {of}** non dichiara l'orario",
    "confirmation": "**1 sportello in servizio su {of}** è da confermare",
    "contacts": "**1 sportello in servizio su {of}** non ha telefono né e-mail",
    "counts": "**1 punto su {of}** non ha un conteggio dei cittadini raggiunti",
    "targets": "**1 punto su {of}** non ha un obiettivo noto",
    "inner_classes": "**1 comune su {of}** ha una classe di area interna stimata, non pubblicata",
}


def show_incomplete(missing: Sequence[Missing]) -> None:
    """List what is not known, with how much it is and where it is mended."""
    if not missing:
        return
    st.header("Che cosa manca")
    with st.container(border=True):
        for one in missing:
            _show_line(one)


def _show_line(one: Missing) -> None:
    many, page, label = _WORDS[one.what]
    words = _ONE[one.what] if one.n == 1 else many
    left, right = st.columns([5, 2], vertical_alignment="center")
    left.markdown(words.format(n=number(one.n), of=number(one.of)))
    with right:
        show_link(page, label)
