"""The command line run in-process, as its user types it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest

from capillare.cli import main


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Capillare = Callable[..., Outcome]


def _at_home(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Work in a folder, with nothing of what the person who runs the tests has set or built."""
    patch.chdir(folder)
    for setting in ("CAPILLARE_DATA_DIR", "CAPILLARE_ROUTING_URL", "CAPILLARE_ROUTING_KIND"):
        patch.delenv(setting, raising=False)
    patch.setenv("CAPILLARE_ROADS_DIR", str(folder / ".reti"))


def _exit_code(patch: pytest.MonkeyPatch, arguments: tuple[object, ...]) -> int:
    patch.setattr(sys, "argv", ["capillare", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    return int(stop.value.code or 0)


def run_once(folder: Path, *arguments: object) -> Outcome:
    """Run ``capillare …`` in a folder that several tests then read."""
    out, err = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        _at_home(patch, folder)
        code = _exit_code(patch, arguments)
    return Outcome(code, out.getvalue(), err.getvalue())


@pytest.fixture
def capillare(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Capillare:
    """Run ``capillare …`` in an empty folder; return exit code and what it printed."""
    _at_home(monkeypatch, tmp_path)

    def run(*arguments: object) -> Outcome:
        capsys.readouterr()
        code = _exit_code(monkeypatch, arguments)
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return run
