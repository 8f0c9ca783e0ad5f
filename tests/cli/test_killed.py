"""A run killed at any moment leaves the earlier output whole, or none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PATIENCE_S = 120


def _start(folder: Path) -> subprocess.Popen[bytes]:
    # The smallest region: what is written and renamed is the same everywhere.
    arguments = ["plan", "--region", "02", "--new-sites", "1", "--quiet", "--out", "piano"]
    return subprocess.Popen([sys.executable, "-m", "capillare.cli", *arguments], cwd=folder)


def _written(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def _kill_once_written(folder: Path, n_files: int) -> None:
    """Start a run and kill it when it has written some files more."""
    before = _written(folder)
    run = _start(folder)
    until = time.monotonic() + PATIENCE_S
    while run.poll() is None and time.monotonic() < until:
        if _written(folder) >= before + n_files:
            break
        time.sleep(0.005)
    if run.poll() is None:
        os.kill(run.pid, signal.SIGKILL)
    run.wait()


def _is_whole(plan: Path) -> bool:
    return (plan / "summary.json").is_file() and (plan / "site" / "index.html").is_file()


def test_killed_runs_leave_nothing_half_written_and_the_next_one_works(tmp_path: Path):
    for n_files in (1, 8):
        _kill_once_written(tmp_path, n_files)
        assert _is_whole(tmp_path / "piano") or not (tmp_path / "piano").exists()
    assert _start(tmp_path).wait() == 0
    assert _is_whole(tmp_path / "piano")
