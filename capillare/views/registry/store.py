"""The folder that the page changes: read once for every state of it, written by one door."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import streamlit as st

from capillare.geo.errors import CapillareError
from capillare.geo.points import Registry, read_registry
from capillare.geo.points.row_changes import read_rows
from capillare.geo.population import ALL_REGIONS, read_territory
from capillare.views.access.gate import allowed, allowed_changes, is_signed_in
from capillare.views.access.writing import change_registry, undo_registry
from capillare.views.faults import told
from capillare.views.notes import as_text
from capillare.views.session import current

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from capillare.geo.places import Territory
    from capillare.geo.points.journal import Entry
    from capillare.geo.points.row_changes import RowChange

PAGE = "registry"
WHO = f"{PAGE}_who"
_SAID = f"{PAGE}_said"
_SEEN = f"{PAGE}_seen"
_KEPT_STATES = 3

Seals = tuple[tuple[str, int, int], ...]


def working_folder() -> Path | None:
    """Return the registry's folder if it is one that this reader can change something of."""
    return kept_folder() if allowed("change_service", "own") else None


def kept_folder() -> Path | None:
    """Return the registry's folder if it is one that can be changed."""
    registry = current().inputs.registry
    if registry is None or not registry.is_dir() or why_not_kept():
        return None
    return registry


def why_not_kept() -> str:
    """Say in Italian why the registry's folder cannot be changed as it is; else nothing.

    What people write by hand is read with all its liberties, but a change puts whole files back.
    """
    registry = current().inputs.registry
    if registry is None or not registry.is_dir():
        return ""
    return _why_not_kept(registry, _seals(registry))


@st.cache_resource(max_entries=_KEPT_STATES, show_spinner=False)
def _why_not_kept(registry: Path, seals: Seals) -> str:  # noqa: ARG001 (what is remembered by)
    try:
        read_rows(registry)
    except CapillareError as fault:
        return told(fault)
    return ""


def may_take(changes: Sequence[RowChange]) -> bool:
    """Tell whether changes are this reader's to make, or to take back."""
    folder = working_folder()
    return folder is not None and allowed_changes(changes, read_rows(folder), italy())


@st.cache_resource(show_spinner="Leggo i confini d'Italia…")
def italy() -> Territory:
    """Return the whole country: a registry's desks may lie anywhere in it."""
    return read_territory(ALL_REGIONS)


def whole_registry() -> Registry:
    """Return the registry that the page looks at, cut to no region."""
    registry = current().inputs.registry
    return _whole(registry, _seals(registry))


def _seals(registry: Path | None) -> Seals:
    files = [] if registry is None else [registry]
    if registry is not None and registry.is_dir():
        files = sorted(registry.glob("*.csv"))
    stats = [(file.name, file.stat()) for file in files]
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)


@st.cache_resource(max_entries=_KEPT_STATES, show_spinner="Leggo il registro…")
def _whole(registry: Path | None, seals: Seals) -> Registry:  # noqa: ARG001 (what is remembered by)
    return read_registry(registry, italy())


def take(changes: Sequence[RowChange], what: str) -> None:
    """Make changes that the reader has seen, as a button's callback; say how it went."""
    folder = working_folder()
    if folder is None:
        return
    _tell(
        lambda: change_registry(folder, changes, typed_name=_who(), what=what, italy=italy()), what
    )


def take_back() -> None:
    """Undo the last change, as a button's callback."""
    folder = working_folder()
    if folder is not None:
        _tell(lambda: undo_registry(folder, typed_name=_who(), italy=italy()), "annullata")


def _tell(write: Callable[[], Entry | None], what: str) -> None:
    try:
        entry = write()
    except CapillareError as fault:
        tell(told(fault), is_fault=True)
        return
    finally:
        forget_seen()
    if entry is None:
        tell("Nulla da scrivere: il registro è già così.")
    else:
        tell(f"Scritto nel registro, modifica {entry.number}: {entry.what or what}.")


def tell(sentence: str, *, is_fault: bool = False) -> None:
    """Keep a sentence for the next time the page is drawn."""
    st.session_state[_SAID] = (sentence, is_fault)


def show_told() -> None:
    """Show what the last action left to say."""
    sentence, is_fault = st.session_state.pop(_SAID, ("", False))
    if sentence:
        (st.error if is_fault else st.success)(as_text(sentence))


def seen_cells(desk_id: str, now: dict[str, str]) -> dict[str, str]:
    """Return a desk's row as the reader first saw it: what others change since is not hidden."""
    seen: dict[str, dict[str, str]] = st.session_state.setdefault(_SEEN, {})
    return seen.setdefault(desk_id, now)


def forget_seen() -> None:
    """Look at every row afresh."""
    st.session_state.pop(_SEEN, None)


def _who() -> str:
    return str(st.session_state.get(WHO, "")).strip()


def has_name() -> bool:
    """Tell whether it is known who changes the registry: by their token, or as they typed."""
    return is_signed_in() or bool(_who())


@contextmanager
def uploaded_file(upload: UploadedFile) -> Iterator[Path]:
    """Give an uploaded file as a file of its own name, for as long as it is read.

    The name is the last part of what the browser says: nothing of it leads elsewhere.
    """
    with uploaded_folder([upload], "caricato") as folder:
        yield folder / _plain_name(upload)


@contextmanager
def uploaded_folder(uploads: Sequence[UploadedFile], name: str) -> Iterator[Path]:
    """Give uploaded files side by side in a folder called `name`, for as long as they are read."""
    with tempfile.TemporaryDirectory(prefix="capillare-") as parent:
        folder = Path(parent) / name
        folder.mkdir()
        for upload in uploads:
            (folder / _plain_name(upload)).write_bytes(upload.getbuffer())
        yield folder


def _plain_name(upload: UploadedFile) -> str:
    return PurePosixPath(upload.name.replace("\\", "/")).name.lstrip(".") or "file"
