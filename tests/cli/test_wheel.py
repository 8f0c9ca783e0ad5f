"""The wheel carries everything: it plans in an empty folder, away from the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Capillare

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", folder, ROOT], check=True, capture_output=True)
    return next(folder.glob("capillare-*.whl"))


def test_the_wheel_holds_data_templates_and_assets(wheel: Path):
    names = zipfile.ZipFile(wheel).namelist()
    for name in ("data/policy.toml", "data/registry/desks.csv", "data/travel.toml",
                 "data/summary.schema.json", "publish/site/assets/site.css"):  # fmt: skip
        assert f"capillare/{name}" in names
    top = {name.split("/")[0] for name in names}
    assert {entry for entry in top if not entry.endswith(".dist-info")} == {"capillare"}
    assert not any("leaflet.js" in name or "official" in name.split("/")[-2] for name in names)


def _tables(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.csv")}


def test_the_installed_wheel_plans_in_an_empty_folder_and_again_the_same(
    wheel: Path, tmp_path: Path, capillare: Capillare
):
    target, empty = tmp_path / "installed", tmp_path / "empty"
    empty.mkdir()
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--disable-pip-version-check",
    ]
    subprocess.run([*command, "--target", target, wheel], check=True, capture_output=True)
    environment = {**os.environ, "PYTHONPATH": str(target)}
    question = ("plan", "--as-of", "2025-06-30", "--new-sites", "2")
    script = (
        "import capillare, sys; print(capillare.__file__); from capillare.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *question, "--out", "piano"],
        cwd=empty, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(target))
    assert (empty / "piano" / "summary.json").is_file()
    assert (empty / "piano" / "site" / "index.html").is_file()
    # Another process, another installation, another folder: the same bytes.
    assert capillare(*question, "--quiet", "--out", "here").code == 0
    installed, here = _tables(empty / "piano"), _tables(Path("here"))
    assert installed == here
    assert {"coverage.csv", "sites.csv", "travel_used.csv"} <= set(here)
