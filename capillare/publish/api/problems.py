"""What is wrong with a request, as ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"
_MAX_SHOWN = 60


@dataclass(frozen=True)
class Fault:
    """One parameter that cannot be used, and why."""

    parameter: str
    detail: str


class BadRequest(ValueError):  # noqa: N818 (named as HTTP does)
    """A request whose parameters cannot be used, each with its fault."""

    def __init__(self, faults: list[Fault]) -> None:
        """Keep the faults, all of them."""
        super().__init__("; ".join(f"{fault.parameter}: {fault.detail}" for fault in faults))
        self.faults = faults


def problem(status: int, detail: str, faults: list[Fault] | None = None) -> Response:
    """Answer with a problem; what was asked is not repeated beyond its parameters' names."""
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if faults:
        content["errors"] = [
            {"parameter": fault.parameter, "detail": fault.detail} for fault in faults
        ]
    body = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
    return Response(
        body, status_code=status, media_type=MEDIA_TYPE, headers={"cache-control": "no-store"}
    )


def shown(text: str) -> str:
    """Cut a text that somebody sent, and keep it on one line."""
    line = "".join(letter if letter.isprintable() else "?" for letter in text)
    return line if len(line) <= _MAX_SHOWN else line[: _MAX_SHOWN - 1] + "…"
