from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from capillare.geo.sources import kept
from capillare.geo.sources.kept import fingerprint, kept_frame

FRAME = pd.DataFrame({"code": ["001", "002"], "people": [3, 4], "is_near": [True, False]})


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(kept.platformdirs, "user_cache_dir", lambda name: str(tmp_path / name))
    return tmp_path / "capillare"


@pytest.fixture
def asked(tmp_path: Path):
    """Ask for a frame as somebody who has or has not asked before; tells how often it was made."""
    code, reader = tmp_path / "code.py", tmp_path / "reader.py"
    made = []

    def ask(of: str = "", text: str = "one", reads: str = "all") -> pd.DataFrame:
        code.write_text(text)
        reader.write_text(reads)
        make = lambda: made.append(of) or FRAME  # noqa: E731 (one line)
        made_by = (str(code), str(reader))
        return kept_frame("thing", make, packages=("numpy",), code=made_by, asked=of)

    return ask, made


def test_a_frame_is_made_once_and_read_back_the_same(folder: Path, asked):
    ask, made = asked
    pd.testing.assert_frame_equal(ask(), FRAME)
    pd.testing.assert_frame_equal(ask(), FRAME)
    assert made == [""]
    assert [file.suffix for file in folder.iterdir()] == [".feather"]


def test_another_question_or_other_code_makes_it_anew(folder: Path, asked):
    ask, made = asked
    ask()
    ask("09")
    ask(text="another")
    ask(reads="less")
    assert made == ["", "09", "", ""]
    assert len(list(folder.iterdir())) == 4


def test_a_broken_file_is_made_anew(folder: Path, asked):
    ask, made = asked
    ask()
    next(folder.iterdir()).write_bytes(b"not a frame")
    pd.testing.assert_frame_equal(ask(), FRAME)
    assert made == ["", ""]


def test_a_folder_that_cannot_be_written_is_no_fault(folder: Path, asked):
    folder.write_text("in the way")
    pd.testing.assert_frame_equal(asked[0](), FRAME)


def test_a_fingerprint_tells_versions_and_what_was_told_apart():
    known = {fingerprint((), "a"), fingerprint((), "b"), fingerprint(("numpy",), "a")}
    assert len(known) == 3
    assert fingerprint(("numpy",), "a") in known
