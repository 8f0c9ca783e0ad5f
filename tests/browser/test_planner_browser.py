"""The planner and the public site in one process, in Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import AS_OF
from tests.browser.planner_pages import (
    N_MUNICIPALITIES,
    chosen,
    metric,
    running_planner,
    settle,
    step,
    take,
    visit,
)

pytestmark = pytest.mark.browser

START = """
import sys
from datetime import date
from pathlib import Path
from capillare.views.deployment import Deployment
from capillare.views.serving import start_planner

deployment = Deployment(as_of=date.fromisoformat(sys.argv[1]), site=Path(sys.argv[2]))
sys.exit(start_planner(deployment, port=int(sys.argv[3])))
"""

BAD_DESKS = (
    b"desk_id,network,kind,name,istat_code,lat,lon,status\n"
    b"d1,pdf,main,In mare,048017,42.5,9.5,active\n"
)


@pytest.fixture(scope="module")
def planner(tuscan_folder, tmp_path_factory):
    """Start planner and site as ``capillare up`` does; stop them with Ctrl-C."""
    arguments = [AS_OF.isoformat(), str(tuscan_folder)]
    complaints = tmp_path_factory.mktemp("planner") / "planner.err"
    with running_planner(START, arguments, complaints, site=True) as running:
        yield running


@pytest.fixture
def open_planner(open_page, planner):
    def make(path="", **settings):
        return visit(open_page, f"{planner.origin}/{path}", **settings)

    yield make
    planner.check()


def test_the_overview_draws_municipalities_and_desks(open_planner):
    page = open_planner()
    expect(page).to_have_title("Panoramica · Capillare")
    assert page.evaluate("document.documentElement.lang") == "it"
    expect(page.locator("path[data-area]")).to_have_count(N_MUNICIPALITIES)
    desks = int(metric(page, "Sportelli in servizio").inner_text())
    expect(page.locator("[data-mark]")).to_have_count(desks)
    expect(page.locator(".legend")).to_contain_text("sportello in servizio, da confermare")
    expect(page.get_by_text("Registro parziale")).to_be_visible()


def test_a_click_on_a_municipality_chooses_it(open_planner):
    page = open_planner(viewport={"width": 1440, "height": 1400})
    # Volterra is wide, and no symbol stands in the middle of it.
    page.locator("path[data-area='050039']").click(force=True)
    expect(chosen(page, "Comune in evidenza")).to_have_value("Volterra")
    expect(page.locator("path[data-area='050039']")).to_have_attribute("stroke-width", "3")
    expect(page.get_by_text("maggiorenni, in media")).to_be_visible()


def test_a_bad_upload_is_shown_and_the_app_lives_on(open_planner, tmp_path):
    page = open_planner("registro")
    page.get_by_role("tab", name="Controlla un file").click()
    upload = page.locator("input[type=file]").first
    for name, content, said in (
        ("mare.csv", BAD_DESKS, "Righe rifiutate: 1"),
        ("finto.xlsx", b"PK\x03\x04 non un foglio", "non è una cartella di lavoro XLSX"),
        ("pianeta.csv", b"specie,zampe\ngatto,4\n", "nessuna tabella del registro"),
        ("citt.csv", b"point_id,as_of,cognome\np,2026-01-01,Rossi\n", "Non è stato letto nulla"),
    ):
        file = tmp_path / name
        file.write_bytes(content)
        upload.set_input_files(file)
        expect(page.get_by_text(said).first).to_be_visible()
        settle(page)
    page.get_by_role("link", name="Copertura").click()
    expect(page.get_by_role("heading", name="Copertura", exact=True)).to_be_visible()
    settle(page)
    page.get_by_text("Sportello aperto in un'ora").click()
    expect(page.get_by_text("Lunedì alle 10:00: da")).to_be_visible()


def test_moving_the_map_runs_nothing(open_planner):
    page = open_planner()
    expect(page.locator("path[data-area]")).to_have_count(N_MUNICIPALITIES)
    page.evaluate(
        """() => {
            window.states = [];
            const app = document.querySelector("[data-testid=stApp]");
            new MutationObserver(() => window.states.push(app.dataset.testScriptState))
                .observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] });
        }"""
    )
    shown = page.locator("path[data-area='048017']").get_attribute("d")
    page.get_by_role("button", name="Ingrandisci").click()
    expect(page.locator("path[data-area='048017']")).not_to_have_attribute("d", shown)
    page.locator(".map").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.locator(".map").hover()
    # The name of what the pointer has left is still fading.
    expect(page.locator(".leaflet-tooltip").first).to_be_visible()
    assert page.evaluate("window.states") == []


def test_the_keyboard_walks_through_symbols_and_chooses(open_planner):
    page = open_planner("sedi")
    marks = page.locator("[data-mark]")
    expect(marks.first).to_have_attribute("tabindex", "0")
    expect(page.locator("[data-mark][tabindex='0']")).to_have_count(1)
    marks.first.focus()
    assert page.evaluate("document.activeElement.shadowRoot !== null")
    page.keyboard.press("ArrowRight")
    second = marks.nth(1)
    expect(second).to_be_focused()
    expect(second).to_have_attribute("aria-label", re.compile(r"^2\. .+, comune di .+maggiorenni"))
    expect(second).to_have_attribute("role", "button")
    page.keyboard.press("Enter")
    expect(chosen(page, "Sede in evidenza")).to_have_value(re.compile(r"^2\. "))
    expect(second).to_have_class(re.compile("selected"))


def test_the_slider_changes_map_table_and_address(open_planner):
    page = open_planner("sedi?sedi=3")
    sites = page.locator("[data-mark] svg text")
    expect(sites).to_have_count(3)
    step(page, "Quante nuove sedi")
    expect(metric(page, "Sedi proposte")).to_have_text("4")
    expect(sites).to_have_count(4)
    expect(page).to_have_url(re.compile(r"[?&]sedi=4"))
    # The grid draws the rows in sight; it says how many there are, its heading among them.
    expect(page.locator("[data-testid=stDataFrame] [role=grid]").first).to_have_attribute(
        "aria-rowcount", "5"
    )
    settle(page)
    page.get_by_role("link", name="Obiettivi").click()
    expect(page.locator("h1")).to_have_text("Obiettivi")
    settle(page)
    page.get_by_role("link", name="Nuove sedi").click()
    expect(page.locator("h1")).to_have_text("Nuove sedi")
    expect(metric(page, "Sedi proposte")).to_have_text("4")


def test_a_shared_link_opens_the_same_view(open_planner):
    page = open_planner("sedi?sedi=3&reti=tutte&data=2025-06-30")
    expect(metric(page, "Sedi proposte")).to_have_text("3")
    expect(page.get_by_text("Situazione al 30 giugno 2025, tutte le reti")).to_be_visible()


def test_a_link_with_nonsense_is_said_and_survived(open_planner):
    page = open_planner("?sedi=molte&data=%3Cscript%3E")
    expect(page.get_by_text("non è valido e viene ignorato")).to_have_count(2)
    expect(metric(page, "Punti nel registro")).to_be_visible()


@pytest.mark.parametrize(
    ("label", "file_name", "start"),
    [
        ("Sedi proposte, righe mostrate (CSV)", "sites_{day}.csv", b"rank,candidate_id,option,"),
        ("Strati (GeoPackage)", "sites_{day}.gpkg", b"SQLite format 3"),
        ("Sedi proposte (GeoJSON)", "sites_{day}.geojson", b"{"),
        ("Piano completo (XLSX)", "plan_{day}.xlsx", b"PK"),
    ],
)
def test_files_can_be_taken_away(open_planner, label, file_name, start):
    page = open_planner("sedi?data=2025-06-30&sedi=3")
    if "GeoJSON" in label:
        page.get_by_text("Altri file e rapporti da stampare").click()
    taken = take(page, label)
    assert taken.suggested_filename == file_name.format(day="2025-06-30")
    assert taken.path().read_bytes().startswith(start)


def test_the_public_site_stands_beside_with_its_own_headers(open_page, planner):
    page = open_page(f"{planner.origin}/sito/")
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator(".card").first).to_be_visible()
    site = page.request.get(f"{planner.origin}/sito/").headers["content-security-policy"]
    own = page.request.get(f"{planner.origin}/").headers["content-security-policy"]
    assert "frame-ancestors 'none'" in own
    assert site != own
    assert "unsafe" not in site
