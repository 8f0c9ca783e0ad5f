"""What is kept in the user's cache folder, because making it anew takes long: arrays, frames."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import tempfile
import zipfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import platformdirs

from capillare.geo.sources.records import checksum

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray


def fingerprint(packages: Iterable[str], *told: str) -> str:
    """Return a short text that changes with the packages' versions and with what is told."""
    versions = [f"{package} {importlib.metadata.version(package)}" for package in packages]
    return hashlib.sha256("|".join([*versions, *told]).encode()).hexdigest()[:16]


def kept_file(name: str) -> Path:
    """Return where something of that name is kept; the name carries what it was made of."""
    return Path(platformdirs.user_cache_dir("capillare")) / name


def read_kept(file: Path) -> dict[str, NDArray[Any]] | None:
    """Read arrays by name; None where nothing readable is kept, which is then forgotten."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        _forget(file)
        return None


def keep(file: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Write arrays in one step; a folder that cannot be written is no fault."""
    _write_aside(file, lambda aside: np.savez(aside, allow_pickle=False, **arrays))


def kept_frame(
    name: str,
    make: Callable[[], pd.DataFrame],
    *,
    packages: Iterable[str],
    code: Iterable[str],
    asked: str = "",
) -> pd.DataFrame:
    """Return a frame that is made once, and read afterwards from where it is kept.

    Parameters
    ----------
    name
        What it is, in its file's name.
    make
        Makes the frame, with a plain index, of `packages` and `asked` alone.
    packages
        Distributions that it is made of or with: it is made anew for other versions.
    code
        Files of the modules that make it, those that read what it is made of too: another text
        makes it anew.
    asked
        Tells frames of one name apart.
    """
    texts = [checksum(Path(text)) for text in code]
    file = kept_file(f"{name}-{fingerprint(packages, *texts, asked)}.feather")
    try:
        return pd.read_feather(file)
    except FileNotFoundError:
        pass
    except (OSError, ValueError):
        _forget(file)
    frame = make()
    _write_aside(file, frame.to_feather)
    return frame


def _forget(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.unlink()


def _write_aside(file: Path, write: Callable[[IO[bytes]], None]) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as aside:
            write(aside)
        os.replace(aside.name, file)  # noqa: PTH105 (the temporary name is a text)
    except OSError:
        return
