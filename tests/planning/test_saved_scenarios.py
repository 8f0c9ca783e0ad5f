from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capillare.geo.errors import ConfigError, SourceError
from capillare.planning import saved_scenarios
from capillare.planning.saved_scenarios import (
    delete_saved,
    key_of,
    list_deleted,
    list_saved,
    read_saved,
    rename_saved,
    restore_deleted,
    save_scenario,
)
from capillare.planning.scenario import Scenario, read_scenario

ASKED = Scenario(as_of=date(2026, 3, 2), new_sites=7, title="Più sedi in Lunigiana")


def test_what_is_saved_is_read_again_and_the_command_line_reads_it_too(tmp_path: Path):
    saved = save_scenario(tmp_path / "mine", ASKED)
    assert saved.scenario == ASKED
    assert read_saved(tmp_path / "mine", saved.key).scenario == ASKED
    assert Scenario(**read_scenario(tmp_path / "mine" / f"{saved.key}.toml")) == ASKED
    assert [path.name for path in (tmp_path / "mine").iterdir()] == [f"{saved.key}.toml"]


def test_a_title_is_taken_once_unless_it_is_replaced(tmp_path: Path):
    save_scenario(tmp_path, ASKED)
    changed = replace(ASKED, new_sites=9)
    with pytest.raises(ConfigError, match="there is one of this title"):
        save_scenario(tmp_path, changed)
    assert list_saved(tmp_path)[0][0].scenario.new_sites == 7
    assert save_scenario(tmp_path, changed, is_replacing=True).scenario.new_sites == 9
    assert len(list_saved(tmp_path)[0]) == 1


def test_scenarios_are_listed_by_title_and_unreadable_files_are_named(tmp_path: Path):
    for title in ("zeta", "Alfa"):
        save_scenario(tmp_path, replace(ASKED, title=title))
    (tmp_path / "newer.toml").write_text("format = 9\n", encoding="utf-8")
    saved, faults = list_saved(tmp_path)
    assert [one.scenario.title for one in saved] == ["Alfa", "zeta"]
    (fault,) = faults
    assert fault.startswith("scenario newer.toml: format 9, this version reads 1. Update")
    assert list_saved(tmp_path / "absent") == ([], [])


def test_a_deleted_scenario_is_gone_and_can_be_deleted_again(tmp_path: Path):
    key = save_scenario(tmp_path, ASKED).key
    delete_saved(tmp_path, key)
    delete_saved(tmp_path, key)
    assert list_saved(tmp_path) == ([], [])
    with pytest.raises(ConfigError, match="cannot be read"):
        read_saved(tmp_path, key)


def test_a_deleted_scenario_is_kept_aside_and_taken_back_the_same(tmp_path: Path):
    assert list_deleted(tmp_path / "absent") == []
    key = save_scenario(tmp_path, ASKED).key
    save_scenario(tmp_path, replace(ASKED, title="Altra"))
    delete_saved(tmp_path, key)
    os.utime(tmp_path / f"{key}.deleted", (1_700_000_000, 1_700_000_000))
    delete_saved(tmp_path, key_of("Altra"))
    (tmp_path / "damaged.deleted").write_text("format = 9\n", encoding="utf-8")
    assert [one.scenario.title for one in list_deleted(tmp_path)] == ["Altra", ASKED.title]
    assert restore_deleted(tmp_path, key).scenario == ASKED
    assert [one.scenario for one in list_saved(tmp_path)[0]] == [ASKED]
    assert [one.key for one in list_deleted(tmp_path)] == [key_of("Altra")]
    with pytest.raises(ConfigError, match="cannot be read"):
        restore_deleted(tmp_path, key)


def test_what_was_saved_since_under_the_same_title_wins_over_what_was_deleted(tmp_path: Path):
    key = save_scenario(tmp_path, ASKED).key
    delete_saved(tmp_path, key)
    save_scenario(tmp_path, replace(ASKED, new_sites=1))
    with pytest.raises(ConfigError, match="there is one of this title"):
        restore_deleted(tmp_path, key)
    assert list_saved(tmp_path)[0][0].scenario.new_sites == 1
    assert list_deleted(tmp_path)[0].scenario == ASKED


def test_the_first_deleted_go_when_there_are_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(saved_scenarios, "MAX_DELETED", 2)
    for n, title in enumerate(("Zeta", "Alfa", "Media")):
        key = save_scenario(tmp_path, replace(ASKED, title=title)).key
        delete_saved(tmp_path, key)
        # A clock may not tell two files written in a row apart.
        for path in tmp_path.glob(f"{key}.*"):
            os.utime(path, (1_700_000_000 + n, 1_700_000_000 + n))
    delete_saved(tmp_path, save_scenario(tmp_path, replace(ASKED, title="Ultima")).key)
    assert [one.scenario.title for one in list_deleted(tmp_path)] == ["Ultima", "Media"]


def test_a_renamed_scenario_asks_the_same_under_its_new_title_only(tmp_path: Path):
    old = save_scenario(tmp_path, ASKED)
    new = rename_saved(tmp_path, old.key, "  Lunigiana, sette sedi ")
    assert new.scenario == replace(ASKED, title="Lunigiana, sette sedi")
    assert [one.key for one in list_saved(tmp_path)[0]] == [new.key]
    assert rename_saved(tmp_path, new.key, new.scenario.title).key == new.key
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("title", "said"),
    [(" ", "no title"), ("Altra", "there is one of this title"), ("a\nb", "one line")],
)
def test_a_title_that_cannot_be_leaves_both_scenarios_as_they_were(
    tmp_path: Path, title: str, said: str, monkeypatch: pytest.MonkeyPatch
):
    old = save_scenario(tmp_path, ASKED)
    save_scenario(tmp_path, replace(ASKED, title="Altra", new_sites=1))
    # A full folder has room for another name of what it holds.
    monkeypatch.setattr(saved_scenarios, "MAX_SAVED", 2)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(ConfigError, match=said):
        rename_saved(tmp_path, old.key, title)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert rename_saved(tmp_path, old.key, "Terza").scenario.new_sites == 7


@pytest.mark.parametrize("key", ["../registro", "/etc/passwd", "", "A", "a" * 90, "a/b", "a.b"])
def test_a_key_is_never_a_path(tmp_path: Path, key: str):
    for use in (read_saved, delete_saved):
        with pytest.raises(ConfigError, match="not the key"):
            use(tmp_path, key)


@given(st.text(min_size=1, max_size=80).filter(lambda text: text.strip() and text.isprintable()))
def test_every_title_has_a_key_that_is_a_file_name(title: str):
    assert saved_scenarios._KEY.fullmatch(key_of(title))


def test_titles_that_fold_alike_stay_apart():
    assert key_of("Città") != key_of("citta")


def test_without_a_title_nothing_is_saved(tmp_path: Path):
    with pytest.raises(ConfigError, match="no title"):
        save_scenario(tmp_path, replace(ASKED, title="  "))
    assert list(tmp_path.iterdir()) == []


def test_a_full_folder_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(saved_scenarios, "MAX_SAVED", 1)
    save_scenario(tmp_path, ASKED)
    with pytest.raises(ConfigError, match="1 are saved already"):
        save_scenario(tmp_path, replace(ASKED, title="another"))
    save_scenario(tmp_path, ASKED, is_replacing=True)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SourceError, match="cannot be saved"):
        save_scenario(tmp_path / "file", ASKED)
