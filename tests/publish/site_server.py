"""A server on a free port of this computer, for the length of a test."""

from __future__ import annotations

import threading
from contextlib import contextmanager

import uvicorn


@contextmanager
def served(app):
    """Serve an ASGI app; gives its origin, such as ``http://127.0.0.1:40123``."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the server did not start")
            thread.join(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
