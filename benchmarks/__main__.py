"""Run every measurement: ``python -m benchmarks``, or with names to run only some."""

from __future__ import annotations

import importlib
import sys

BENCHMARKS = (
    "plan_run",
    "check_registry",
    "covering",
    "siting",
    "access_speed",
    "travel_speed",
    "season_plan",
    "tours",
    "site_build",
    "site_speed",
    "site_load",
    "planner",
)


def main() -> None:
    """Run the benchmarks named on the command line, or all of them."""
    names = [name for name in sys.argv[1:] if not name.startswith("-")]
    for name in names or BENCHMARKS:
        print(f"\n== {name}", flush=True)
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
