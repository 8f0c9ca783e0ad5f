"""Streamlit's files, answered from memory."""

from __future__ import annotations

import asyncio
import gzip
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.responses import PlainTextResponse

from capillare.views.kept_files import KeptFiles

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


def ask(app, path, *, coding="gzip, br", method="GET"):
    """Return status, headers and body of an answer."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(b"accept-encoding", coding.encode())],
    }
    # A loop of its own: the browser tests leave one running in the main thread.
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(lambda: asyncio.run(app(scope, receive, send))).result()
    headers = {name.decode(): text.decode() for name, text in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(part.get("body", b"") for part in sent[1:])


def test_a_script_comes_zipped_and_for_good_each_time(kept):
    for _ in range(2):
        status, headers, body = ask(kept, "/static/js/Grid.a1.js")
        assert status == 200
        assert headers["content-encoding"] == "gzip"
        assert gzip.decompress(body).decode() == SCRIPT
        assert len(body) < len(SCRIPT) / 5
        assert "immutable" in headers["cache-control"]
        assert headers["content-type"] == "text/javascript; charset=utf-8"


def test_who_reads_no_gzip_gets_the_text(kept):
    _, headers, body = ask(kept, "/static/css/Grid.a1.css", coding="identity")
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
