"""Asking an application for a path, as a server would."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor


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
