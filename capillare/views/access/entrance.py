"""What stands at the door: the page to sign in, who is in, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.hours import ROME
from capillare.geo.numerals import number
from capillare.views.access.claims import Refusal
from capillare.views.access.gate import is_signed_in, person, whoever
from capillare.views.access.roles import RIGHTS, ROLES_IT
from capillare.views.notes import as_text

if TYPE_CHECKING:
    from capillare.views.access.claims import Reason
    from capillare.views.access.roles import Person
    from capillare.views.access.sign_in import SignIn

_TITLES: dict[Reason, str] = {
    "not_signed_in": "Accesso al pianificatore",
    "expired": "La sessione è scaduta",
    "no_role": "Non hai un ruolo in questo pianificatore",
    "no_scope": "Non sappiamo quale territorio coordini",
}
_WORDS: dict[Reason, str] = {
    "not_signed_in": "Il pianificatore è riservato a chi lavora alla rete dei Punti Digitale "
    "Facile. Accedi con la tua identità digitale.",
    "expired": "Per sicurezza l'accesso dura un tempo limitato. Accedi di nuovo: ritrovi la pagina "
    "che stavi guardando.",
    "no_role": "Ti abbiamo riconosciuto, ma nessuno ti ha ancora dato un ruolo: non puoi vedere né "
    "cambiare nulla. Chiedi a chi gestisce il pianificatore di assegnartene uno.",
    "no_scope": "Ti abbiamo riconosciuto come coordinatore, ma il tuo accesso non dice di quale "
    "ente o provincia. Chiedi a chi gestisce il pianificatore di indicarlo.",
}
_MOST_NAMED = 3
_ENTER, _LEAVE = "Accedi", "Esci"


def let_in(sign_in: SignIn | None, *, public_site: str | None = None) -> Person | None:
    """Return the person at the door if they may go in; else show them why not, and what to do.

    Parameters
    ----------
    sign_in
        Who may come in; None asks nobody.
    public_site
        Address of the site that is for everybody, if it is served too.
    """
    found = whoever(sign_in)
    if not isinstance(found, Refusal):
        return found
    st.set_page_config(page_title=f"{_TITLES[found.reason]} · Capillare", layout="centered")
    st.title(_TITLES[found.reason])
    st.markdown(_WORDS[found.reason])
    if found.name:
        st.markdown(f"Accesso come: {as_text(found.name)}")
    if found.reason in {"not_signed_in", "expired"}:
        st.button(_ENTER, type="primary", key="access_enter", on_click=st.login)
    else:
        st.button(_LEAVE, key="access_leave", on_click=st.logout)
    if public_site is not None:
        st.markdown(f"Cerchi uno sportello? [Vai al sito pubblico]({public_site}).")
    return None


def show_person() -> None:
    """Show who is in, as what, until when, and the way out; nothing where nobody signs in."""
    if not is_signed_in():
        return
    who = person()
    st.markdown(f"**{as_text(who.name)}**")
    until = "" if who.until is None else f", fino alle {who.until.astimezone(ROME):%H:%M}"
    st.caption(as_text(f"{_role_words(who)}{until}."))
    st.button(_LEAVE, key="access_leave", on_click=st.logout, width="stretch")


def _role_words(who: Person) -> str:
    roles = ", ".join(ROLES_IT[role] for role in RIGHTS if role in who.roles).capitalize()
    if "coordinator" not in who.roles:
        return roles
    parts = [
        *sorted(who.scope.entities),
        *(f"provincia {code}" for code in sorted(who.scope.provinces)),
    ]
    shown = ", ".join(parts[:_MOST_NAMED])
    more = f" e altri {number(len(parts) - _MOST_NAMED)}" if len(parts) > _MOST_NAMED else ""
    return f"{roles} di {shown}{more}"
