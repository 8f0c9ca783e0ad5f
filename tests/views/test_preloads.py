"""What a browser is told to fetch with the page."""

from __future__ import annotations

from capillare.views.leaflet_map.files import Shelf, map_file
from capillare.views.preloads import (
    FIRST_KINDS,
    Preloads,
    first_scripts,
    first_styles,
    streamlit_files,
)

PAGE = (
    b'<html><head><script type="module" src="./static/js/index.1.js"></script>'
    b'<link rel="modulepreload" crossorigin href="./static/js/react.2.js"></head></html>'
)


def streamlit_like(folder):
    """Write a table's script that imports two, of which one imports a third; and a stranger."""
    texts = {
        "js/DataFrame.a-1.js": 'import{a as e}from"./react.2.js";import"./arrow.3.js";import("./late.5.js")',
        "js/react.2.js": "",
        "js/arrow.3.js": 'import{b}from"./moment.4.js"',
        "js/moment.4.js": 'import{c}from"./gone.6.js"',
        "js/late.5.js": "",
        "js/PlotlyChart.7.js": "",
        "css/DataFrame.8.css": "",
        "css/PlotlyChart.9.css": "",
    }
    for name, text in texts.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def test_scripts_come_with_what_they_import_at_once_and_nothing_else(tmp_path):
    folder = streamlit_like(tmp_path)
    assert first_scripts(folder) == (
        "DataFrame.a-1.js",
        "arrow.3.js",
        "moment.4.js",
        "react.2.js",
    )
    assert first_styles(folder) == ("DataFrame.8.css",)


def test_streamlit_has_a_script_for_each_kind_of_control():
    names = first_scripts(streamlit_files())
    assert [kind for kind in FIRST_KINDS if not any(n.startswith(f"{kind}.") for n in names)] == []


def test_the_head_names_scripts_and_the_maps_files_each_once(tmp_path):
    shelf = Shelf()
    script, outlines = map_file("mappa", "js", "1"), map_file("territorio-09", "json", "{}")
    for file in (script, outlines):
        shelf.offer(file)
    page = Preloads(streamlit_like(tmp_path), shelf)(PAGE).decode()
    head = page.partition("</head>")[0]
    for name in ("DataFrame.a-1.js", "arrow.3.js", "moment.4.js", "react.2.js"):
        assert head.count(f'<link rel="modulepreload" crossorigin href="./static/js/{name}">') == 1
    assert f'<link rel="modulepreload" crossorigin href="{script.url}">' in head
    assert f'<link rel="prefetch" crossorigin href="{outlines.url}">' in head
    assert '<link rel="prefetch" crossorigin href="./static/css/DataFrame.8.css">' in head
    assert "late" not in page


def test_what_has_no_head_stays_as_it_is(tmp_path):
    assert Preloads(streamlit_like(tmp_path), Shelf())(b"<p>no</p>") == b"<p>no</p>"
