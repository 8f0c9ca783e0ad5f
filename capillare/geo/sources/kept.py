"""Arrays kept in the user's cache folder, because making them anew takes seconds."""

from __future__ import annotations

import os
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import platformdirs

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
        file.unlink(missing_ok=True)
        return None


def keep(file: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Write arrays in one step; a folder that cannot be written is no fault."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as aside:
            np.savez(aside, allow_pickle=False, **arrays)
        os.replace(aside.name, file)  # noqa: PTH105 (the temporary name is a text)
    except OSError:
        return
