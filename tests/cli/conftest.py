"""The command line run in-process, as its user types it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from capillare.cli import main


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Capillare = Callable[..., Outcome]


@pytest.fixture
def capillare(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Capillare:
    """Run ``capillare …`` in an empty folder; return exit code and what it printed."""
    monkeypatch.chdir(tmp_path)
    for setting in ("CAPILLARE_DATA_DIR", "CAPILLARE_ROUTING_URL", "CAPILLARE_ROUTING_KIND"):
        monkeypatch.delenv(setting, raising=False)
    # What the person who runs the tests has built is none of theirs.
    monkeypatch.setenv("CAPILLARE_ROADS_DIR", str(tmp_path / ".reti"))

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["capillare", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main()
        printed = capsys.readouterr()
        return Outcome(int(stop.value.code or 0), printed.out, printed.err)

    return run
