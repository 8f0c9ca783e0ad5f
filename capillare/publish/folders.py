"""Outputs are written aside and moved over whole, so that nobody ever reads a half-written one."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from capillare.geo.errors import CapillareError, ConfigError, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

SEAL = "summary.json"
OUTPUT_NAMES = frozenset(
    {
        "targets.csv",
        "coverage.csv",
        "gaps.csv",
        "gaps_sensitivity.csv",
        "network_difference.csv",
        "desk_load.csv",
        "week_coverage.csv",
        "sites.csv",
        "site_explanations.csv",
        "siting_curve.csv",
        "siting_pareto.csv",
        "siting_stability.csv",
        "presence.csv",
        "season_plan.csv",
        "season_months.csv",
        "season_points.csv",
        "tour_stops.csv",
        "tour_coverage.csv",
        "tour_sheets.html",
        "tours.geojson",
        "travel_used.csv",
        "applications.csv",
        "renewal.csv",
        "tour_params.json",
        "plan.xlsx",
        "plan.gpkg",
        "sites.geojson",
        "tours.ics",
        "map.html",
        "site",
        SEAL,
    }
)
"""Everything a plan may write; anything else in a folder belongs to somebody else."""

_ASIDE_PREFIX = ".capillare-"
_LEFTOVER_AGE_S = 3600.0


@contextmanager
def written_aside(
    out: Path, *, names: frozenset[str] = OUTPUT_NAMES, seal: str = SEAL
) -> Iterator[Path]:
    """Give a fresh hidden folder to write in, and put its content in `out` at the end.

    An `out` that does not exist appears whole, by one rename. One that holds nothing but our own
    outputs is exchanged for the new folder, by two. One that holds anything else, or cannot be
    renamed (a mount, the current folder), keeps what is not in `names`: ours are replaced one by
    one, each whole, and `seal` last, so that a new seal means that everything is new. Outputs of
    an earlier run that this one does not write are removed.

    If the block raises, `out` stays as it was. What a killed run leaves behind is hidden, and is
    removed by a later run into the same folder once it is an hour old.

    Parameters
    ----------
    out
        Folder; made if it does not exist.
    names
        Everything that may be written or removed right inside it.
    seal
        A file that every run writes: beside it, folders in `names` are ours to replace.

    Raises
    ------
    ConfigError
        If `out` is a file, or holds a folder in `names` but no `seal`: that one may not be ours.
    SourceError
        If it cannot be written.
    """
    _check_destination(out, names, seal)
    has_strangers = out.is_dir() and any(
        entry.name not in names and not entry.name.startswith(_ASIDE_PREFIX)
        for entry in out.iterdir()
    )
    is_kept = has_strangers or (out.is_dir() and not _is_renamable(out))
    parent = out if is_kept else out.absolute().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(parent)
        aside = Path(tempfile.mkdtemp(prefix=_ASIDE_PREFIX, dir=parent))
    except OSError as fault:
        raise unwritable(out, fault) from fault
    try:
        content = aside / "content"
        content.mkdir()
        yield content
        if is_kept:
            _replace_entries(
                content, out, aside, sorted(names, key=lambda name: (name == seal, name))
            )
        else:
            _exchange(content, out, aside)
    except CapillareError:
        raise
    except OSError as fault:
        raise unwritable(out, fault) from fault
    finally:
        shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def file_aside(path: Path) -> Iterator[Path]:
    """Give a hidden name beside `path` to write to, and rename it over `path` at the end.

    Raises
    ------
    SourceError
        If it cannot be written; `path` then stays as it was.
    """
    aside = None
    try:
        path.absolute().parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            prefix=_ASIDE_PREFIX, suffix=path.suffix, dir=path.absolute().parent
        )
        os.close(handle)
        aside = Path(name)
        yield aside
        # A temporary file is private; an output is as readable as any file of its owner.
        aside.chmod(0o666 & ~_umask())
        aside.replace(path)
    except CapillareError:
        raise
    except OSError as fault:
        raise unwritable(path, fault) from fault
    finally:
        if aside is not None:
            aside.unlink(missing_ok=True)


def write_text_aside(path: Path, text: str) -> None:
    """Write a UTF-8 text file in one step; line ends are written as they are."""
    with file_aside(path) as aside:
        aside.write_text(text, encoding="utf-8", newline="")


def _check_destination(out: Path, names: frozenset[str], seal: str) -> None:
    if out.exists() and not out.is_dir():
        raise ConfigError(f"{out}: is a file, not a folder. Give another folder.")
    folders = [name for name in sorted(names) if (out / name).is_dir()]
    if folders and not (out / seal).is_file():
        raise ConfigError(
            f"{out}: holds a folder {folders[0]!r} beside no {seal}, so it may not be ours and is "
            "not replaced. Move it away, or give another folder."
        )


def _is_renamable(folder: Path) -> bool:
    whole = folder.absolute()
    is_here = whole.resolve() in {Path.cwd(), *Path.cwd().parents}
    can_write = os.access(whole.parent, os.W_OK)
    return can_write and not (is_here or whole.is_symlink() or whole.is_mount())


def _exchange(content: Path, out: Path, aside: Path) -> None:
    content.chmod(0o777 & ~_umask())
    if out.exists():
        out.rename(aside / "before")
    content.rename(out)


def _replace_entries(content: Path, out: Path, aside: Path, names: list[str]) -> None:
    before = aside / "before"
    before.mkdir()
    for name in names:
        new, old = content / name, out / name
        if old.is_dir() or (old.exists() and not new.exists()):
            old.rename(before / name)
        if new.exists():
            new.replace(old)


def _remove_leftovers(folder: Path) -> None:
    for leftover in folder.glob(f"{_ASIDE_PREFIX}*"):
        try:
            is_old = time.time() - leftover.stat().st_mtime > _LEFTOVER_AGE_S
        except OSError:
            continue
        if is_old and leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)
        elif is_old:
            leftover.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def unwritable(path: Path, fault: OSError) -> SourceError:
    """Say that a place cannot be written, and why."""
    reason = fault.strerror or str(fault)
    return SourceError(f"{path}: cannot be written ({reason}). Choose another place.")
