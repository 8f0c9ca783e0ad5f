"""The scenario a reader is looking at, kept outside the widgets so that no page loses it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import streamlit as st

from capillare.planning.scenario import MAX_WITHIN_MIN, Scenario
from capillare.views.access.roles import ENDED, AccessError
from capillare.views.address import query_of, scenario_from
from capillare.views.deployment import EARLIEST, LATEST
from capillare.views.visit import visit_in_address

if TYPE_CHECKING:
    from pathlib import Path

    from capillare.planning.network import Inputs
    from capillare.views.access.sign_in import SignIn
    from capillare.views.deployment import Deployment

_STATE = "capillare"
_CONTROLS = ("control_as_of", "control_networks", "control_within_min", "control_seasons")
NETWORK_WORDS = {"pdf": "Solo PDF", "all": "Tutte le reti"}


@dataclass(frozen=True)
class Session:
    """What a page needs to know.

    Attributes
    ----------
    scenario
        What the reader looks at.
    default
        What the deployment shows first.
    inputs
        Where data are read.
    scenario_folder
        Where saved scenarios are kept.
    ignored
        Sentences about settings of the address that were nonsense.
    sign_in
        Who may come in; None asks nobody.
    until
        When the reader must sign in again; None for never.
    """

    scenario: Scenario
    default: Scenario
    inputs: Inputs
    scenario_folder: Path
    ignored: tuple[str, ...] = ()
    sign_in: SignIn | None = None
    until: datetime | None = None


def open_session(deployment: Deployment, until: datetime | None = None) -> Session:
    """Return this reader's session; the first time, start it from the page's address.

    Parameters
    ----------
    deployment
        What is served.
    until
        When the reader must sign in again.
    """
    known = st.session_state.get(_STATE)
    if isinstance(known, Session):
        return known
    default = Scenario(as_of=deployment.first_day, region=deployment.region)
    scenario, ignored = scenario_from(st.query_params.to_dict(), default)
    session = Session(
        scenario,
        default,
        deployment.inputs,
        deployment.scenario_folder,
        tuple(ignored),
        deployment.sign_in,
        until,
    )
    st.session_state[_STATE] = session
    return session


def current() -> Session:
    """Return the session that the frame has opened.

    Raises
    ------
    AccessError
        If it has ended: parts of a page run again by themselves, without the frame.
    """
    session: Session = st.session_state[_STATE]
    if session.until is not None and session.until <= datetime.now(UTC):
        raise AccessError(ENDED)
    return session


def change_scenario(**settings: Any) -> None:  # noqa: ANN401 (each setting in its own type)
    """Change the scenario; the address follows when the page is framed again."""
    session = current()
    changed = replace(session.scenario, **settings)
    st.session_state[_STATE] = replace(session, scenario=changed, ignored=())
    write_address()


def open_scenario(scenario: Scenario) -> None:
    """Look at another scenario, of the deployment's own region."""
    session = current()
    opened = replace(scenario, region=session.default.region)
    st.session_state[_STATE] = replace(session, scenario=opened, ignored=())
    for control in _CONTROLS:
        st.session_state.pop(control, None)
    write_address()


def write_address() -> None:
    """Make the page's address say what the reader looks at."""
    session = current()
    wanted = query_of(session.scenario, session.default) | visit_in_address()
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def show_scenario_controls() -> None:
    """Let the reader choose the day and the networks that count."""
    scenario = current().scenario
    st.date_input(
        "Situazione al",
        value=scenario.as_of,
        # A scenario of a file may ask for more than an address: no field refuses what it holds.
        min_value=min(EARLIEST, scenario.as_of),
        max_value=max(LATEST, scenario.as_of),
        format="DD/MM/YYYY",
        key="control_as_of",
        on_change=_take_day,
        help="Contano gli sportelli attivi in questo giorno.",
    )
    st.radio(
        "Reti",
        options=list(NETWORK_WORDS),
        index=list(NETWORK_WORDS).index(scenario.networks),
        format_func=NETWORK_WORDS.__getitem__,
        key="control_networks",
        on_change=_take_networks,
        help="PDF: i Punti Digitale Facile. Le altre reti sono, per esempio, le Botteghe della "
        "Salute e gli sportelli dei sindacati dei pensionati.",
    )
    st.number_input(
        "Vicino è entro, in minuti d'auto",
        min_value=min(1.0, scenario.within_min or 1.0),
        max_value=float(MAX_WITHIN_MIN),
        value=scenario.within_min,
        step=5.0,
        format="%g",
        placeholder="quelli delle regole",
        key="control_within_min",
        on_change=_take_within_min,
        help="La soglia di tutte le pagine. Vuoto: quella delle regole del piano.",
    )


def _take_within_min() -> None:
    change_scenario(within_min=st.session_state["control_within_min"])


def _take_day() -> None:
    day = st.session_state["control_as_of"]
    if day is not None:
        change_scenario(as_of=day)


def _take_networks() -> None:
    change_scenario(networks=st.session_state["control_networks"])
