"""Asking an application for a path, as a server would."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor


def ask(app, path, *, coding="gzip, br", method="GET"):
    """Return status, headers and body of an answer."""
    status, headers, body = answer(app, path, [("accept-encoding", coding)], method=method)
    return status, dict(headers), body


def answer(app, path, headers, *, method="GET"):
    """Return status, headers in their order, and body of an answer to a question with headers."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), held.encode()) for name, held in headers],
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
    }
    # A loop of its own: the browser tests leave one running in the main thread.
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(lambda: asyncio.run(app(scope, receive, send))).result()
    answered = [(name.decode(), text.decode()) for name, text in sent[0]["headers"]]
    return sent[0]["status"], answered, b"".join(part.get("body", b"") for part in sent[1:])
