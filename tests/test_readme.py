"""The README's commands, run as a newcomer would, print what it shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n(.*?)```", README, flags=re.DOTALL)


def shown_commands() -> list[tuple[str, list[str]]]:
    """Return each command of the README with the lines it shows."""
    commands: list[tuple[str, list[str]]] = []
    for block in BLOCKS:
        for line in block.rstrip("\n").split("\n"):
            if line.startswith("$ "):
                commands.append((line[2:], []))
            else:
                commands[-1][1].append(line)
    return commands


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the repository's examples and nothing else; commands run there in turn."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "examples", folder / "examples")
    return folder


@pytest.mark.parametrize(("command", "shown"), shown_commands(), ids=lambda part: str(part)[:50])
def test_a_command_prints_what_the_readme_shows(folder: Path, command: str, shown: list[str]):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": "120"}
    environment.pop("CAPILLARE_DATA_DIR", None)
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    printed = [line.rstrip() for line in done.stdout.rstrip("\n").split("\n")]
    if "…" in shown:
        cut = shown.index("…")
        tail = shown[cut + 1 :]
        assert printed[:cut] == [line.rstrip() for line in shown[:cut]]
        assert printed[len(printed) - len(tail) :] == tail
    else:
        assert printed == [line.rstrip() for line in shown]


def test_the_pictures_of_the_readme_are_there():
    for picture in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README):
        assert (ROOT / picture).is_file()


def test_links_to_files_lead_somewhere():
    for target in re.findall(r"(?<!!)\[[^\]]+\]\(([^)#]+)\)", README):
        assert target.startswith("http") or (ROOT / target).exists()
