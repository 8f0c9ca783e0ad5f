"""A publisher's server on 127.0.0.1 that answers as told, faults included."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    """What one request gets.

    ``cut_at``: bytes after which the connection is closed, though all were announced.
    ``drip_s``: seconds between single bytes. ``stall_s``: seconds before the first byte.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut_at: int | None = None
    drip_s: float = 0.0
    stall_s: float = 0.0
    has_length: bool = True


@dataclass
class Publisher:
    """Answers by path, in order; the last one is given again and again."""

    port: int
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    """Set at the end, so that no slow answer holds the server."""

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def says(self, path: str, *answers: Answer) -> str:
        self.answers[path] = list(answers)
        return self.url(path)


@contextmanager
def a_publisher() -> Iterator[Publisher]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            publisher.requests.append((self.path, dict(self.headers)))
            answers = publisher.answers.get(self.path, [Answer(404)])
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            publisher.over.wait(answer.stall_s)
            try:
                _send(self, answer, publisher)
            except (BrokenPipeError, ConnectionResetError):
                return

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    publisher = Publisher(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield publisher
    finally:
        publisher.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _send(handler: BaseHTTPRequestHandler, answer: Answer, publisher: Publisher) -> None:
    handler.send_response(answer.status)
    for name, text in answer.headers.items():
        handler.send_header(name, text)
    if answer.has_length and "Content-Length" not in answer.headers:
        handler.send_header("Content-Length", str(len(answer.body)))
    handler.end_headers()
    body = answer.body if answer.cut_at is None else answer.body[: answer.cut_at]
    if answer.drip_s:
        for byte in body:
            handler.wfile.write(bytes([byte]))
            if publisher.over.wait(answer.drip_s):
                return
    else:
        handler.wfile.write(body)
    if answer.cut_at is not None:
        handler.wfile.flush()
        handler.connection.shutdown(socket.SHUT_RDWR)


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
