"""What a map's browser asks for once."""

import gzip
import json

import pytest

from capillare.views.leaflet_map.files import MOST_FILES, Shelf, map_app, map_file
from tests.views.asked import ask


@pytest.fixture
def files():
    return Shelf()


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_a_file_on_the_shelf_is_sent_whole_to_be_kept_for_ever(files, coding):
    file = map_file("mappa", "json", '{"comune": "Forlì"}')
    assert files.offer(file) == f"/mappa/{file.name}"
    status, headers, body = ask(map_app(files), f"/{file.name}", coding=coding)
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
    assert ask(map_app(files), path)[0] == 404


def test_the_least_recently_shown_make_room(files):
    first, *others = (map_file("mappa", "js", str(n)) for n in range(MOST_FILES + 1))
    for file in (first, *others[:-1], first, others[-1]):
        files.offer(file)
    assert files.find(first.name) == first
    assert files.find(others[0].name) is None
    assert files.find(others[-1].name) == others[-1]
