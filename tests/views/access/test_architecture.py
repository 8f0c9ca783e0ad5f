"""Nothing in the planner writes, caches or offers files past the gate: read from its source."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

import capillare
from capillare.views import serving
from capillare.views.access import writing

PACKAGE = Path(capillare.__file__).parent
VIEWS = PACKAGE / "views"
SOURCES = {str(file.relative_to(VIEWS)): file for file in sorted(VIEWS.rglob("*.py"))}
WRITERS = {
    *("apply_changes", "undo_last", "append_entry"),
    *("save_scenario", "rename_saved", "delete_saved", "restore_deleted"),
}
"""What writes a registry, its journal or a saved scenario, wherever it stands."""
FILE_METHODS = {
    *("write_bytes", "write_text", "unlink", "rename", "mkdir", "rmdir", "touch", "symlink_to"),
    *("rmtree", "copytree", "copyfile", "copy2", "move", "makedirs", "remove", "chmod"),
}
TEMPORARY = {
    # Uploads while they are read, and a workbook on its way out: folders of their own, gone after.
    "registry/store.py": {"mkdir", "write_bytes"},
}
DOORS_OUT = {
    "downloads.py": {"download_button"},
    # The reader's own settings, not the region's rows.
    "scenarios.py": {"download_button"},
}
TREES = {name: ast.parse(file.read_text("utf-8")) for name, file in SOURCES.items()}


def imported(tree):
    return {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom | ast.Import)
        for alias in node.names
    }


def called(tree):
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {
        call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls
    }


def test_the_writers_are_where_this_test_looks_for_them():
    defined = {
        node.name
        for folder in ("geo/points", "planning")
        for file in (PACKAGE / folder).rglob("*.py")
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    assert defined >= WRITERS
    new = {
        name
        for name in defined
        if name.startswith(("save_", "rename_", "delete_", "restore_", "undo_", "apply_"))
    }
    assert new <= WRITERS, "a new writer: name it here and put it behind the gate"


@pytest.mark.parametrize("name", SOURCES)
def test_only_the_gated_room_imports_writers(name):
    if name != "access/writing.py":
        assert not imported(TREES[name]) & WRITERS
        assert not called(TREES[name]) & WRITERS


@pytest.mark.parametrize("name", SOURCES)
def test_no_view_touches_files_by_itself(name):
    assert called(TREES[name]) & FILE_METHODS <= TEMPORARY.get(name, set())
    opened = [
        ast.unparse(node)
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) == "open"
    ]
    assert not opened


@pytest.mark.parametrize("name", SOURCES)
def test_files_are_offered_where_the_gate_is_asked(name):
    assert called(TREES[name]) & {"download_button"} <= DOORS_OUT.get(name, set())


def functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def test_each_gated_writer_asks_before_it_writes():
    public = [one for one in functions(TREES["access/writing.py"]) if not one.name.startswith("_")]
    for function in public:
        lines = {
            getattr(node.func, "id", ""): node.lineno
            for node in ast.walk(function)
            if isinstance(node, ast.Call)
        }
        asked = min(lines[name] for name in lines if name.startswith("require"))
        wrote = [lines[name] for name in lines if name in WRITERS]
        assert not wrote or asked < min(wrote), function.name
    assert {one.name for one in public} >= {
        *("change_registry", "undo_registry", "keep_scenario", "rename_scenario", "drop_scenario"),
        "restore_scenario",
    }


@pytest.mark.parametrize("name", SOURCES)
def test_what_is_cached_knows_nobody(name):
    personal = {"person", "allowed", "require", "current", "user", "session_state", "exported_rows"}
    for function in functions(TREES[name]):
        if any("cache" in ast.unparse(mark) for mark in function.decorator_list):
            words = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
            words |= {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
            assert not words & personal, function.name


def test_who_is_here_is_asked_in_one_place():
    askers = {
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "user"
        and getattr(node.value, "id", "") == "st"
    }
    assert askers == {"access/gate.py"}


def test_every_page_is_framed_by_its_right():
    frame = TREES["frame.py"]
    pages = [
        function.name
        for function in functions(frame)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "st.Page"
    ]
    assert pages == ["_page"]


def test_streamlit_serves_no_folder_of_ours_and_trusts_no_header():
    flags = dict(
        zip(*[iter(serving.planner_command(host="127.0.0.1", port=1)[5:])] * 2, strict=True)
    )
    assert "--server.enableStaticServing" not in flags
    assert not (PACKAGE / "static").exists()
    assert flags["--server.trustedUserHeaders"] == "{}"
    assert flags["--server.enableAgentApi"] == "false"
    assert flags["--server.enableXsrfProtection"] == "true"
    assert flags["--client.allowedOrigins"] == "http://127.0.0.1"


def test_the_import_rule_names_the_writers_of_the_registry():
    rules = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text("utf-8"))
    contracts = rules["tool"]["importlinter"]["contracts"]
    (gate,) = [one for one in contracts if one["name"].startswith("The planner writes")]
    assert writing.apply_changes.__module__ in gate["forbidden_modules"]
