"""Stopping long work on request: who asked for it says so, loops and solvers heed it.

The signal belongs to the thread that works (a context variable): code that nobody can stop, such
as the command line, pays one look-up. A stop raises: what was found so far is dropped, and no half
answer can be taken for a whole one.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class StoppedError(Exception):
    """Somebody asked for the work to be stopped; it has no answer."""


@dataclass(eq=False)
class Signal:
    """What whoever waits and whoever works say to each other.

    Attributes
    ----------
    is_stopped
        Set by whoever waits.
    stage
        What is being done, in Italian; set by whoever works.
    """

    is_stopped: Event = field(default_factory=Event)
    stage: str = ""


_SIGNAL: ContextVar[Signal | None] = ContextVar("capillare_signal", default=None)


@contextmanager
def heeding(signal: Signal) -> Iterator[None]:
    """Work under a signal, in this thread, until the block ends."""
    token = _SIGNAL.set(signal)
    try:
        yield
    finally:
        _SIGNAL.reset(token)


def current_signal() -> Signal | None:
    """Return the signal that this thread works under; None where nobody can stop it."""
    return _SIGNAL.get()


def heed_stop() -> None:
    """End the work here if it is not wanted any more.

    Raises
    ------
    StoppedError
        If whoever asked for it has taken it back.
    """
    signal = _SIGNAL.get()
    if signal is not None and signal.is_stopped.is_set():
        raise StoppedError


def tell_stage(stage: str) -> None:
    """Say what is being done, to whoever waits; a place to stop at, too."""
    signal = _SIGNAL.get()
    if signal is not None:
        signal.stage = stage
        heed_stop()
