"""What a map's browser asks for once."""

import asyncio
import gzip
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from capillare.views.leaflet_map.files import MOST_FILES, Shelf, map_app, map_file


@pytest.fixture
def files():
    return Shelf()


def ask(files, path, coding="gzip"):
    """Return status, headers and body of an answer."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(b"accept-encoding", coding.encode())],
    }
    # A loop of its own: the browser tests leave one running in the main thread.
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(lambda: asyncio.run(map_app(files)(scope, receive, send))).result()
    headers = {name.decode(): text.decode() for name, text in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(part.get("body", b"") for part in sent[1:])


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_a_file_on_the_shelf_is_sent_whole_to_be_kept_for_ever(files, coding):
    file = map_file("mappa", "json", '{"comune": "Forlì"}')
    assert files.offer(file) == f"/mappa/{file.name}"
    status, headers, body = ask(files, f"/{file.name}", coding)
    assert status == 200
    assert headers.get("content-encoding", "identity") == coding
    plain = gzip.decompress(body) if coding == "gzip" else body
    assert json.loads(plain) == {"comune": "Forlì"}
    assert headers["content-type"] == "application/json"
    assert "immutable" in headers["cache-control"]


def test_a_name_changes_with_the_content_and_with_nothing_else():
    one, same, other = (map_file("mappa", "js", text) for text in ("a", "a", "b"))
    assert one == same
    assert one.name != other.name
    assert gzip.decompress(other.zipped) == b"b"


@pytest.mark.parametrize("path", ["/none.js", "/../../etc/passwd", "/a/b.js", "/"])
def test_what_is_not_on_the_shelf_is_not_found(files, path):
    files.offer(map_file("mappa", "js", "a"))
    assert ask(files, path)[0] == 404


def test_the_least_recently_shown_make_room(files):
    first, *others = (map_file("mappa", "js", str(n)) for n in range(MOST_FILES + 1))
    for file in (first, *others[:-1], first, others[-1]):
        files.offer(file)
    assert files.find(first.name) == first
    assert files.find(others[0].name) is None
    assert files.find(others[-1].name) == others[-1]
