"""What was read, when it was made, under which licence, and its checksum."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class SourceRecord:
    """One source that a plan used.

    Attributes
    ----------
    name
        What it is, in Italian, as shown to people.
    date
        Reference date or version.
    licence
        Licence or terms, with the rights holder.
    sha256
        Checksum of the bytes read; empty for a whole package.
    """

    name: str
    date: str
    licence: str
    sha256: str = ""


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal; remembered until the file changes."""
    stat = path.stat()
    return _checksum(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=64)
def _checksum(path: Path, _changed_ns: int, _size_bytes: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
