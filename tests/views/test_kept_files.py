"""Streamlit's files, answered from memory."""

from __future__ import annotations

import gzip

import pytest
from starlette.responses import PlainTextResponse

from capillare.views.kept_files import KeptFiles
from tests.views.asked import ask

SCRIPT = "export const words = 'perché';" * 40
HANDED_ON = 418


@pytest.fixture
def kept(tmp_path):
    folder = tmp_path / "static"
    for name, text in (("js/Grid.a1.js", SCRIPT), ("css/Grid.a1.css", "p{}"), ("js/secret", "no")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    (tmp_path / "outside.js").write_text("no", "utf-8")
    return KeptFiles(PlainTextResponse("handed on", status_code=HANDED_ON), folder=folder)


def test_a_script_comes_zipped_and_for_good_each_time(kept):
    for _ in range(2):
        status, headers, body = ask(kept, "/static/js/Grid.a1.js")
        assert status == 200
        assert headers["content-encoding"] == "gzip"
        assert gzip.decompress(body).decode() == SCRIPT
        assert len(body) < len(SCRIPT) / 5
        assert "immutable" in headers["cache-control"]
        assert headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("coding", ["identity", "br, gzip;q=0"])
def test_who_reads_no_gzip_gets_the_text(kept, coding):
    _, headers, body = ask(kept, "/static/css/Grid.a1.css", coding=coding)
    assert "content-encoding" not in headers
    assert body == b"p{}"


@pytest.mark.parametrize(
    "path",
    [
        "/static/js/Other.js",
        "/static/js/secret",
        "/static/js/../../outside.js",
        "/static/",
        "/js/Grid.a1.js",
    ],
)
def test_what_is_not_kept_is_handed_on(kept, path):
    assert ask(kept, path)[0] == HANDED_ON


def test_only_reading_is_answered(kept):
    assert ask(kept, "/static/js/Grid.a1.js", method="POST")[0] == HANDED_ON
