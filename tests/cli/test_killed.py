"""A run killed at any moment leaves the earlier output whole, or none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PATIENCE_S = 120


def _start(folder: Path) -> subprocess.Popen[bytes]:
    arguments = ["plan", "--as-of", "2025-06-30", "--quiet", "--out", "piano"]
    return subprocess.Popen([sys.executable, "-m", "capillare.cli", *arguments], cwd=folder)


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.mark.parametrize("files_written", [1, 4, 8])
def test_a_killed_run_leaves_nothing_half_written(tmp_path: Path, files_written: int):
    run = _start(tmp_path)
    until = time.monotonic() + PATIENCE_S
    while run.poll() is None and time.monotonic() < until:
        aside = [path for path in tmp_path.rglob("*") if path.is_file()]
        if len(aside) >= files_written:
            break
        time.sleep(0.005)
    if run.poll() is None:
        os.kill(run.pid, signal.SIGKILL)
    run.wait()
    if (tmp_path / "piano").exists():
        assert (tmp_path / "piano" / "summary.json").is_file()
        assert (tmp_path / "piano" / "site" / "index.html").is_file()
    assert _start(tmp_path).wait() == 0
    assert (tmp_path / "piano" / "summary.json").is_file()
    assert "piano" in _files(tmp_path)
