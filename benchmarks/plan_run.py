"""Time and memory of whole runs of the command line, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from typing import NamedTuple


class Run(NamedTuple):
    """One command and the limits the product sets itself; None for seconds without a limit."""

    arguments: tuple[str, ...]
    limit_s: float | None
    limit_mb: float


RUNS = (
    Run(("--help",), 0.5, 200),
    Run(("plan", "--as-of", "2025-06-30", "--quiet"), 10.0, 1000),
    Run(("plan", "--region", "11", "--as-of", "2025-06-30", "--quiet"), None, 1000),
    Run(("plan", "--region", "all", "--as-of", "2025-06-30", "--quiet"), 60.0, 3000),
)


def main() -> None:
    """Print seconds and peak memory of each run, and both as shares of their limits.

    A run before the measured ones warms the cache of settlements.
    """
    with tempfile.TemporaryDirectory() as folder:
        _run(("plan", "--quiet", "--out", f"{folder}/warm"))
        for run in RUNS:
            out = () if run.arguments == ("--help",) else ("--out", f"{folder}/out")
            seconds, peak_mb = _run((*run.arguments, *out))
            of_limit = f"({seconds / run.limit_s:4.0%} of {run.limit_s:g} s)" if run.limit_s else ""
            print(
                f"capillare {' '.join(run.arguments):50} {seconds:6.2f} s {of_limit:15} "
                f"{peak_mb:6.0f} MB ({peak_mb / run.limit_mb:4.0%} of {run.limit_mb:g} MB)"
            )


def _run(arguments: tuple[str, ...]) -> tuple[float, float]:
    """Run the command line in a child; return seconds and peak memory in MB."""
    script = (
        "import resource, subprocess, sys; "
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    command = [sys.executable, "-m", "capillare.cli", *arguments]
    start = time.perf_counter()
    child = subprocess.run(
        [sys.executable, "-c", script, *command], check=True, capture_output=True, text=True
    )
    seconds = time.perf_counter() - start
    kilobytes = int(child.stdout)
    return seconds, kilobytes / (1024 if sys.platform != "darwin" else 1024**2)


if __name__ == "__main__":
    main()
