"""Official files brought into a folder: downloaded, held against their layout, then put in place.

Beside each file its origin is kept (``<file>.origin.json``): address, day, checksum, licence and
what lets a server say next time that nothing changed.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from capillare.geo.errors import CapillareError, ConfigError, SourceError
from capillare.geo.sources.catalogue import BYTES_IN_MB
from capillare.geo.sources.download import (
    Known,
    Manners,
    Progress,
    Reply,
    download,
    silent_progress,
)
from capillare.geo.sources.features import read_features
from capillare.geo.sources.files import read_raw
from capillare.geo.sources.official import read_inner_areas_file
from capillare.geo.sources.official_population import read_population_file
from capillare.geo.sources.records import checksum

if TYPE_CHECKING:
    from collections.abc import Callable

    from capillare.geo.sources.catalogue import Layout, PublishedSource

ORIGIN_SUFFIX = ".origin.json"
_ASIDE_PREFIX = ".capillare-"
_READERS: dict[Layout, Callable[[Path], object]] = {
    "inner-areas-2020": read_inner_areas_file,
    "posas": read_population_file,
    "geojson": read_features,
    "csv": read_raw,
}


@dataclass(frozen=True)
class Origin:
    """Where a file came from.

    Attributes
    ----------
    source
        Name in the catalogue.
    url
        Address asked for; `final_url` is the one that gave it, after redirects.
    fetched_at, checked_at
        Instants, ISO 8601, UTC: when it was downloaded, and when it was last the newest.
    sha256, n_bytes
        Of the file.
    licence
        Licence or terms when it was downloaded.
    layout
        Layout that it passed, with the publisher's version.
    etag, last_modified
        As the server sent them.
    """

    source: str
    url: str
    final_url: str
    fetched_at: str
    checked_at: str
    sha256: str
    n_bytes: int
    licence: str
    layout: str
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class Fetched:
    """What came of a fetch.

    Attributes
    ----------
    path
        The file, in place.
    state
        ``new``, ``changed``, or ``unchanged``: the bytes are those already there.
    origin
        Where it came from.
    """

    path: Path
    state: Literal["new", "changed", "unchanged"]
    origin: Origin


def fetch_source(
    source: PublishedSource,
    folder: Path,
    *,
    url: str = "",
    sha256: str = "",
    manners: Manners | None = None,
    progress: Progress = silent_progress,
) -> Fetched:
    """Bring a published file into a folder; whatever goes wrong, the one already there stays.

    Parameters
    ----------
    source
        What to fetch.
    folder
        Where to; made if it is not there.
    url
        Address, instead of the catalogue's.
    sha256
        Checksum that the file must have, if the publisher states one.

    Raises
    ------
    ConfigError
        If no address is known.
    SourceError
        If it cannot be downloaded, has another checksum, or is not in its published layout.
    """
    address = url or source.url
    if not address:
        where = f" Find it on {source.page} and give it" if source.page else " Give it"
        raise ConfigError(
            f"source {source.name}: its address is not known to us.{where} with --url."
        )
    target = folder / source.filename_of(address)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=_ASIDE_PREFIX, dir=folder) as aside:
            return _fetched(
                source,
                target,
                Path(aside),
                url=address,
                sha256=sha256,
                manners=manners,
                progress=progress,
            )
    except CapillareError as fault:
        stays = " The file already there stays as it was." if target.is_file() else ""
        raise SourceError(f"{fault}{stays}") from fault
    except OSError as fault:
        raise SourceError(f"{folder}: cannot be written ({fault.strerror}).") from fault


def _fetched(
    source: PublishedSource,
    target: Path,
    aside: Path,
    *,
    url: str,
    sha256: str,
    manners: Manners | None,
    progress: Progress,
) -> Fetched:
    before = _origin_of_whole(target, url)
    known = Known(before.etag, before.last_modified) if before else None
    new = aside / target.name
    reply = download(
        url,
        new,
        max_bytes=int(source.max_mb * BYTES_IN_MB),
        known=known,
        manners=manners,
        progress=progress,
    )
    now = datetime.now(UTC).isoformat(timespec="seconds")
    if before and reply.is_unchanged:
        origin = replace(before, checked_at=now, licence=source.licence)
        _write_origin(origin, target, aside)
        return Fetched(target, "unchanged", origin)
    if sha256 and reply.sha256 != sha256.lower():
        raise SourceError(
            f"{url}: its checksum is {reply.sha256}, not the one expected. "
            "Ask the publisher before using it."
        )
    _READERS[source.layout](new)
    origin = _origin(source, url, reply, now)
    state = _state(target, reply.sha256)
    new.replace(target)
    _write_origin(origin, target, aside)
    return Fetched(target, state, origin)


def _origin(source: PublishedSource, url: str, reply: Reply, now: str) -> Origin:
    return Origin(
        source=source.name,
        url=url,
        final_url=reply.url,
        fetched_at=now,
        checked_at=now,
        sha256=reply.sha256,
        n_bytes=reply.n_bytes,
        licence=source.licence,
        layout=f"{source.layout} {source.layout_version}",
        etag=reply.etag,
        last_modified=reply.last_modified,
    )


def _state(target: Path, sha256: str) -> Literal["new", "changed", "unchanged"]:
    if not target.is_file():
        return "new"
    return "unchanged" if checksum(target) == sha256 else "changed"


def _origin_file(path: Path) -> Path:
    return path.with_name(path.name + ORIGIN_SUFFIX)


def _write_origin(origin: Origin, target: Path, aside: Path) -> None:
    new = aside / "origin.json"
    text = json.dumps(asdict(origin), ensure_ascii=False, indent=2)
    new.write_text(text + "\n", encoding="utf-8", newline="\n")
    new.replace(_origin_file(target))


def read_origin(path: Path) -> Origin | None:
    """Return where a file came from; None if it was dropped by hand or nobody knows."""
    try:
        kept = json.loads(_origin_file(path).read_text(encoding="utf-8"))
        return Origin(**kept)
    except (OSError, ValueError, TypeError):
        return None


def _origin_of_whole(path: Path, url: str) -> Origin | None:
    """Return the origin of a file that is still what was downloaded from this address."""
    origin = read_origin(path)
    if origin is None or origin.url != url or not path.is_file():
        return None
    return origin if checksum(path) == origin.sha256 else None
