"""Long work beside the page: a thread of its own, which says how far it is and can be stopped.

A page asks for a result with `awaited`. What is ready soon is shown at once; else the page shows
the stage that the work itself tells, the time gone and that of the last time, and a button to stop.
A stop ends the work at its next step (see `geo.stopping`): nothing half done is kept or shown, and
the results that the reader had before stay, and are called so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Generic, TypeVar

import streamlit as st

from capillare.geo.numerals import number
from capillare.geo.stopping import Signal, heeding

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Found = TypeVar("Found")

PATIENCE_S = 0.8
"""Work that takes less is waited for, without a word."""
LOOK_EVERY_S = 0.5
_WORTH_SAYING_S = 2
_LAST_S: dict[str, float] = {}
"""Seconds that each kind of work took the last time, on this server."""


@dataclass(eq=False)
class Job(Generic[Found]):
    """One piece of work in its thread.

    Attributes
    ----------
    kind
        Of the work: what takes about as long.
    wanted
        What the reader asked for: the same thing asked again is the same job.
    """

    kind: str
    wanted: Hashable
    signal: Signal = field(default_factory=Signal)
    began: float = field(default_factory=monotonic)
    found: list[Found] = field(default_factory=list)
    fault: BaseException | None = None
    thread: Thread | None = None

    def start(self, work: Callable[[], Found]) -> None:
        """Begin the work."""
        self.thread = Thread(target=self._run, args=(work,), name=self.kind, daemon=True)
        self.thread.start()

    def _run(self, work: Callable[[], Found]) -> None:
        try:
            with heeding(self.signal):
                self.found.append(work())
            _LAST_S[self.kind] = monotonic() - self.began
        except Exception as fault:  # noqa: BLE001 (it is raised again where the page asks)
            self.fault = fault

    @property
    def is_over(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self.thread is not None and not self.thread.is_alive()

    @property
    def was_stopped(self) -> bool:
        """Whether it ended, or is about to, because the reader asked."""
        return self.signal.is_stopped.is_set() and not self.found

    def wait(self, seconds: float) -> None:
        """Wait until it is over, or that long."""
        if self.thread is not None:
            self.thread.join(seconds)


def awaited(
    kind: str, wanted: Hashable, work: Callable[[], Found], *, title: str, page: str
) -> Found | None:
    """Return what a piece of work finds, or None while it runs or once it was stopped.

    Parameters
    ----------
    kind, wanted
        Of the job; asking for something else of the same kind stops what runs.
    work
        Pure: it must not look at the session nor write on the page.
    title
        What is done, in Italian, for the reader who waits.
    page
        Of the widgets.

    Raises
    ------
    CapillareError
        As `work` does.
    """
    job: Job[Found] | None = st.session_state.get(_state(kind))
    if job is None or job.wanted != wanted:
        if job is not None:
            job.signal.is_stopped.set()
        job = Job(kind, wanted)
        st.session_state[_state(kind)] = job
        job.start(work)
        job.wait(PATIENCE_S)
    if job.was_stopped:
        return _previous_instead(kind, page)
    if not job.is_over:
        _show_running(job, title, page)
        return None
    return _result(job)


def _state(kind: str) -> str:
    return f"long_work_{kind}"


def _result(job: Job[Found]) -> Found:
    """Return what was found, kept for when a later job is stopped; raise what went wrong."""
    if job.fault is not None:
        # Asked again, it is tried again: what was wrong may have been mended.
        st.session_state.pop(_state(job.kind), None)
        raise job.fault
    st.session_state[f"{_state(job.kind)}_before"] = job.found[0]
    return job.found[0]


def _previous_instead(kind: str, page: str) -> Found | None:
    """Say that the work was stopped, and return what the reader had before; None without any."""
    before: Found | None = st.session_state.get(f"{_state(kind)}_before")
    st.warning(
        "Hai fermato il calcolo: di ciò che hai chiesto ora non c'è nessun risultato."
        + (" Qui sotto resta quello di prima." if before is not None else ""),
        icon=":material/stop_circle:",
    )
    if st.button("Calcola di nuovo", key=f"{page}_{kind}_again"):
        st.session_state.pop(_state(kind), None)
        st.rerun()
    return before


def _show_running(job: Job[Found], title: str, page: str) -> None:
    @st.fragment(run_every=LOOK_EVERY_S)
    def look() -> None:
        if job.is_over:
            st.rerun()
        with st.container(border=True):
            st.markdown(f"**{title}**  \n{told(job)}")
            if st.button("Ferma", key=f"{page}_{job.kind}_stop", icon=":material/stop_circle:"):
                job.signal.is_stopped.set()
                st.rerun()

    look()


def told(job: Job[Found]) -> str:
    """Say in Italian what a job is doing, for how long, and how long it took the last time."""
    gone = monotonic() - job.began
    stage = job.signal.stage or "si comincia"
    parts = [f"{stage[:1].upper()}{stage[1:]}.", f"Tempo passato: {number(gone)} s."]
    last = _LAST_S.get(job.kind)
    if last is not None and last >= _WORTH_SAYING_S:
        parts.append(f"L'ultima volta, su questo server: {number(last)} s.")
    return " ".join(parts)
