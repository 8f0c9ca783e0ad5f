"""One file from a publisher's server, asked for politely. Nothing else here touches the network.

One request at a time, with pauses; the product's name in every request; faults that pass are tried
again, later and later; time and size have limits; only http and https are followed.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from capillare import __version__
from capillare.geo.errors import SourceError
from capillare.geo.fields import Checked, above, between

if TYPE_CHECKING:
    from pathlib import Path

USER_AGENT = f"capillare/{__version__} (rete dei Punti Digitale Facile; dati ufficiali)"
_SCHEMES = ("http", "https")
_CHUNK_BYTES = 64 * 1024
_OK, _NOT_MODIFIED, _TOO_MANY, _SERVER_FAULT = 200, 304, 429, 500
_REDIRECTS = (301, 302, 303, 307, 308)

Progress = Callable[[int, int | None], None]
"""Called with bytes received so far and bytes announced, if they were."""


@dataclass(frozen=True)
class Manners(Checked):
    """How a server is asked.

    Attributes
    ----------
    pace_s
        Pause between two requests.
    retries
        How many times a fault that passes is tried again.
    backoff_s
        Pause before the first of them; each next one is twice as long.
    connect_s, read_s
        Longest wait for a connection, and for the next bytes.
    total_s
        Longest time for everything.
    redirects
        How many are followed.
    """

    WHERE: ClassVar[str] = "download"

    pace_s: Annotated[float, between(0)] = 1.0
    retries: Annotated[int, between(0, 10)] = 3
    backoff_s: Annotated[float, between(0)] = 2.0
    connect_s: Annotated[float, above(0)] = 10.0
    read_s: Annotated[float, above(0)] = 30.0
    total_s: Annotated[float, above(0)] = 300.0
    redirects: Annotated[int, between(0, 20)] = 5


@dataclass(frozen=True)
class Known:
    """What the server said of the file at hand: it may answer that nothing changed."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class Reply:
    """What came of a download.

    Attributes
    ----------
    url
        Address that gave the file, after redirects.
    n_bytes, sha256
        Of the bytes written.
    etag, last_modified
        As the server sent them, empty where it did not.
    is_unchanged
        The server said that the file at hand is still its own; nothing was written.
    """

    url: str
    n_bytes: int
    sha256: str
    etag: str
    last_modified: str
    is_unchanged: bool = False


class _PassingFaultError(Exception):
    """A fault that may be gone in a while."""

    def __init__(self, said: str, wait_s: float = 0.0) -> None:
        super().__init__(said)
        self.wait_s = wait_s


def silent_progress(_received: int, _announced: int | None) -> None:
    """Report nothing."""


def download(
    url: str,
    to: Path,
    *,
    max_bytes: int,
    known: Known | None = None,
    manners: Manners | None = None,
    progress: Progress = silent_progress,
) -> Reply:
    """Download one file.

    Parameters
    ----------
    url
        Address, http or https, without a password in it.
    to
        File to write; what it holds after an error is to be thrown away.
    max_bytes
        Most that is read, counted while reading.
    known
        Sent along so that the server may answer that nothing changed.

    Raises
    ------
    SourceError
        If the server cannot be reached, refuses, is too slow, cuts the file, sends too much, or
        redirects to what is neither http nor https.
    """
    manners = manners or Manners()
    deadline = time.monotonic() + manners.total_s
    with requests.Session() as session:
        session.headers.update({"User-Agent": USER_AGENT, "Accept-Encoding": "identity"})
        session.auth = _no_password
        n_tries = 1
        while True:
            try:
                with _answer(session, url, known, manners, deadline) as response:
                    return _received(response, to, max_bytes, deadline, progress)
            except _PassingFaultError as fault:
                wait_s = max(fault.wait_s, manners.backoff_s * 2 ** (n_tries - 1))
                if n_tries > manners.retries or time.monotonic() + wait_s > deadline:
                    times = "once" if n_tries == 1 else f"{n_tries} times"
                    raise SourceError(f"{url}: {fault}, tried {times}. Try again later.") from fault
                time.sleep(wait_s)
                n_tries += 1


def _no_password(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep a user's stored passwords out of requests."""
    return request


def _answer(
    session: requests.Session, url: str, known: Known | None, manners: Manners, deadline: float
) -> requests.Response:
    """Ask, following redirects one by one; the answer is a file or that nothing changed."""
    asked = url
    headers = (
        {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified} if known else {}
    )
    for _ in range(manners.redirects + 1):
        _check_address(asked, url)
        response = _asked(session, asked, {k: v for k, v in headers.items() if v}, manners)
        status = response.status_code
        if status not in _REDIRECTS:
            if status == _OK or (status == _NOT_MODIFIED and known):
                return response
            raise _refusal(response, asked)
        response.close()
        asked = urljoin(asked, response.headers.get("Location", ""))
        if time.monotonic() + manners.pace_s > deadline:
            raise _too_slow(url, manners.total_s)
        time.sleep(manners.pace_s)
    raise SourceError(f"{url}: over {manners.redirects} redirects. Give the file's own address.")


def _check_address(asked: str, url: str) -> None:
    parts = urlsplit(asked)
    if parts.scheme not in _SCHEMES or not parts.hostname:
        how = "an address" if asked == url else "redirected to one"
        raise SourceError(
            f"{url}: {how} that is neither http nor https ({asked}). Give the file's own address."
        )
    if parts.username or parts.password:
        raise SourceError(f"{parts.hostname}: an address with a password in it. Leave it out.")


def _asked(
    session: requests.Session, url: str, headers: dict[str, str], manners: Manners
) -> requests.Response:
    try:
        return session.get(
            url,
            headers=headers,
            stream=True,
            allow_redirects=False,
            timeout=(manners.connect_s, manners.read_s),
        )
    except requests.exceptions.SSLError as fault:
        raise SourceError(f"{url}: its certificate is not valid ({fault}).") from fault
    except requests.Timeout as fault:
        raise _PassingFaultError(f"no answer within {manners.read_s:g} seconds") from fault
    except requests.ConnectionError as fault:
        raise _PassingFaultError("the server cannot be reached") from fault
    except requests.RequestException as fault:
        raise SourceError(f"{url}: cannot be asked for ({fault}). Check the address.") from fault


def _refusal(response: requests.Response, asked: str) -> Exception:
    status = response.status_code
    said = f"the server answered {status} ({response.reason})"
    wait = response.headers.get("Retry-After", "")
    response.close()
    if status == _TOO_MANY or status >= _SERVER_FAULT:
        return _PassingFaultError(said, float(wait) if wait.isdigit() else 0.0)
    return SourceError(f"{asked}: {said}. Check the address, or give another with --url.")


def _received(
    response: requests.Response, to: Path, max_bytes: int, deadline: float, progress: Progress
) -> Reply:
    """Write the body, counting bytes; a body shorter than announced is a fault that passes."""
    url = response.url
    etag = response.headers.get("ETag", "")
    last_modified = response.headers.get("Last-Modified", "")
    if response.status_code == _NOT_MODIFIED:
        return Reply(url, 0, "", etag, last_modified, is_unchanged=True)
    length = response.headers.get("Content-Length", "")
    announced = int(length) if length.isdigit() else None
    if announced is not None and announced > max_bytes:
        raise _too_large(url, max_bytes)
    digest, n_bytes = hashlib.sha256(), 0
    with to.open("wb") as file:
        while chunk := _chunk(response):
            n_bytes += len(chunk)
            if n_bytes > max_bytes:
                raise _too_large(url, max_bytes)
            if time.monotonic() > deadline:
                raise _too_slow(url, None)
            digest.update(chunk)
            file.write(chunk)
            progress(n_bytes, announced)
    return Reply(url, n_bytes, digest.hexdigest(), etag, last_modified)


def _chunk(response: requests.Response) -> bytes:
    """Return what has come, without waiting for a whole chunk: a slow drip meets the time limit."""
    try:
        chunk: bytes = response.raw.read1(_CHUNK_BYTES, decode_content=True)
    except (HTTPError, requests.RequestException, ConnectionError, TimeoutError) as fault:
        raise _PassingFaultError("the file arrived cut, or stopped on the way") from fault
    return chunk


def _too_large(url: str, max_bytes: int) -> SourceError:
    return SourceError(f"{url}: over {max_bytes / 1e6:g} MB, not downloaded. Check the address.")


def _too_slow(url: str, total_s: float | None) -> SourceError:
    within = "" if total_s is None else f" within {total_s:g} seconds"
    return SourceError(f"{url}: too slow, not whole{within}. Try again later.")
