"""The project's own papers agree with its declaration."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"].values()
REQUIREMENTS = {*PROJECT["dependencies"], *(entry for extra in EXTRAS for entry in extra)}


def listed():
    """Return package and range of each row of the list of licences."""
    text = (ROOT / "LICENSES-DEPENDENCIES.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [(row[0].removeprefix("| "), row[1]) for row in rows if row[0] != "| package"]


def test_every_dependency_has_its_licence_listed_and_nothing_else_has():
    declared = [re.fullmatch(r"([\w.-]+)(.*)", entry).groups() for entry in REQUIREMENTS]
    assert set(listed()) == set(declared)


def test_the_licence_is_the_whole_eupl():
    assert PROJECT["license"] == "EUPL-1.2"
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n")
    articles = [int(number) for number in re.findall(r"^(\d+)\.[A-Z]", text, flags=re.MULTILINE)]
    assert articles == list(range(1, 16))
    assert text.rstrip().endswith("require the production of a new EUPL version.")


@pytest.mark.parametrize("target", ["run", "test", "lint", "bench", "clean"])
def test_make_knows_its_targets(target):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE)
