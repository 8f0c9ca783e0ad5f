"""Nobody may ever read a half-written output, nor lose a file that is not ours."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from capillare.geo.errors import ConfigError, SourceError
from capillare.publish.folders import SEAL, file_aside, write_text_aside, written_aside


def run_into(out, mark, names=("targets.csv", SEAL)):
    with written_aside(out) as folder:
        for name in names:
            (folder / name).write_text(mark)
        (folder / "site").mkdir()
        (folder / "site" / "index.html").write_text(mark)


def content(out):
    return {
        path.relative_to(out).as_posix(): path.read_text()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


WHOLE = ("targets.csv", SEAL, "site/index.html")


def whole(mark):
    return dict.fromkeys(WHOLE, mark)


def test_a_new_folder_appears_whole_with_its_parents(tmp_path):
    out = tmp_path / "deep" / "plan"
    with written_aside(out) as folder:
        (folder / SEAL).write_text("x")
        assert not out.exists()
    assert content(out) == {SEAL: "x"}
    assert [path.name for path in out.parent.iterdir()] == ["plan"]


def test_a_second_run_replaces_the_first_and_removes_what_it_does_not_write(tmp_path):
    out = tmp_path / "plan"
    run_into(out, "first", names=("targets.csv", "tours.ics", SEAL))
    run_into(out, "second")
    assert content(out) == whole("second")
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


def test_foreign_files_stay(tmp_path):
    out = tmp_path / "plan"
    run_into(out, "first", names=("targets.csv", "tours.ics", SEAL))
    (out / "my notes.txt").write_text("mine")
    (out / "photos").mkdir()
    (out / "photos" / "a.txt").write_text("mine")
    run_into(out, "second")
    assert content(out) == {**whole("second"), "my notes.txt": "mine", "photos/a.txt": "mine"}


def test_the_current_folder_is_written_in_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = tmp_path.stat().st_ino
    for mark in ("first", "second"):
        run_into(Path(), mark)
        assert content(tmp_path) == whole(mark)
    assert tmp_path.stat().st_ino == before


def test_a_link_to_a_folder_stays_a_link(tmp_path):
    real = tmp_path / "real"
    real.mkdir()
    link = tmp_path / "plan"
    link.symlink_to(real, target_is_directory=True)
    run_into(link, "first")
    run_into(link, "second")
    assert link.is_symlink()
    assert content(real) == whole("second")


@pytest.mark.parametrize("stranger", [None, "notes.txt"])
def test_a_run_that_fails_leaves_what_was_there(tmp_path, stranger):
    out = tmp_path / "plan"
    run_into(out, "first")
    if stranger:
        (out / stranger).write_text("mine")
    before = content(out)
    with pytest.raises(RuntimeError), written_aside(out) as folder:  # noqa: PT012 (writes, fails)
        (folder / "targets.csv").write_text("second")
        raise RuntimeError
    assert content(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


KILLED = """
import os, signal, sys
from pathlib import Path
from capillare.publish.folders import written_aside
with written_aside(Path(sys.argv[1])) as folder:
    (folder / "targets.csv").write_text("second")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("stranger", [None, "notes.txt"])
def test_a_killed_run_shows_nothing_and_the_next_works(tmp_path, stranger):
    out = tmp_path / "plan"
    run_into(out, "first")
    if stranger:
        (out / stranger).write_text("mine")
    ended = subprocess.run([sys.executable, "-c", KILLED, str(out)], check=False)
    assert ended.returncode == -signal.SIGKILL
    shown = {name: text for name, text in content(out).items() if not name.startswith(".")}
    assert shown == whole("first") | ({stranger: "mine"} if stranger else {})
    left = [p for p in (tmp_path, out) for p in p.glob(".capillare-*")]
    assert len(left) == 1
    run_into(out, "third")
    assert left[0].exists(), "it may belong to a run that still writes"
    os.utime(left[0], (0, 0))
    run_into(out, "fourth")
    assert not left[0].exists()
    assert content(out)[SEAL] == "fourth"


KILLED_AT = """
import os, signal, sys
from pathlib import Path
from capillare.publish.folders import SEAL, written_aside
left = int(sys.argv[2])
def dying(real):
    def moved(self, target):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(self, target)
    return moved
Path.rename, Path.replace = dying(Path.rename), dying(Path.replace)
with written_aside(Path(sys.argv[1])) as folder:
    for name in ("targets.csv", SEAL):
        (folder / name).write_text("second")
    (folder / "site").mkdir()
    (folder / "site" / "index.html").write_text("second")
"""


def killed_at_each_move(tmp_path, *, stranger):
    for n_moves in range(20):
        out = tmp_path / f"plan{n_moves}"
        run_into(out, "first")
        if stranger:
            (out / "notes.txt").write_text("mine")
        command = [sys.executable, "-c", KILLED_AT, str(out), str(n_moves)]
        was_killed = subprocess.run(command, check=False).returncode != 0
        shown = content(out) if out.exists() else {}
        yield {name: text for name, text in shown.items() if not name.startswith(".")}
        run_into(out, "third")
        assert content(out).items() >= whole("third").items()
        if not was_killed:
            return


def test_a_run_killed_at_any_move_shows_the_old_the_new_or_nothing(tmp_path):
    shown = list(killed_at_each_move(tmp_path, stranger=False))
    assert shown == [whole("first"), {}, whole("second")]


def test_a_run_killed_between_files_shows_whole_ones_and_the_seal_last(tmp_path):
    shown = list(killed_at_each_move(tmp_path, stranger=True))
    assert shown[0] == {**whole("first"), "notes.txt": "mine"}
    assert shown[-1] == {**whole("second"), "notes.txt": "mine"}
    for between in shown[1:-1]:
        assert set(between.values()) <= {"first", "second", "mine"}
        assert between["notes.txt"] == "mine"
        assert between[SEAL] == "first"


def test_a_fault_of_ours_keeps_its_own_sentence(tmp_path):
    with pytest.raises(SourceError, match=r"^boundaries: gone"), written_aside(tmp_path / "plan"):
        raise SourceError("boundaries: gone. Reinstall.")


def test_a_file_in_the_way_is_refused(tmp_path):
    out = tmp_path / "plan"
    out.write_text("mine")
    with pytest.raises(ConfigError, match="is a file"), written_aside(out):
        pass
    assert out.read_text() == "mine"


def test_a_site_that_may_not_be_ours_is_refused(tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("mine")
    with pytest.raises(ConfigError, match="may not be ours"), written_aside(tmp_path):
        pass
    assert content(tmp_path) == {"site/index.html": "mine"}


def test_names_and_seal_can_be_others(tmp_path):
    (tmp_path / "assets").mkdir()
    (tmp_path / SEAL).touch()
    names = frozenset({"assets", "index.html"})
    with (
        pytest.raises(ConfigError, match=r"'assets' beside no index.html"),
        written_aside(tmp_path, names=names, seal="index.html"),
    ):
        pass


def test_a_parent_that_is_a_file_is_told_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SourceError, match="cannot be written"), written_aside(tmp_path / "file/x"):
        pass


def test_one_file_is_replaced_whole_and_readable_as_any(tmp_path):
    path = tmp_path / "new" / "sites.csv"
    write_text_aside(path, "à\r\n")
    assert path.read_bytes() == "à\r\n".encode()
    plain = tmp_path / "plain"
    plain.touch()
    assert path.stat().st_mode == plain.stat().st_mode
    with pytest.raises(RuntimeError), file_aside(path) as aside:  # noqa: PT012 (writes, then fails)
        aside.write_text("half")
        raise RuntimeError
    assert path.read_bytes() == "à\r\n".encode()
    assert [p.name for p in path.parent.iterdir()] == ["sites.csv"]
