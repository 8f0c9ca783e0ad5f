"""What planners do in a morning, in Chromium, on a registry that may be changed."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import count
from math import ceil

import pytest
from playwright.sync_api import TimeoutError as TooLate
from playwright.sync_api import expect

from capillare.geo.points import read_registry
from capillare.geo.points.editing import undo_last
from capillare.geo.points.journal import read_journal
from capillare.geo.points.row_changes import read_rows
from capillare.geo.points.whole import whole_tables
from capillare.geo.population import read_territory
from capillare.planning.saved_scenarios import delete_saved, list_saved, save_scenario
from capillare.planning.scenario import Scenario
from capillare.publish.registry_folder import write_registry
from tests.browser.conftest import AS_OF
from tests.browser.patience import at_last, still
from tests.browser.planner_pages import (
    FIRST_MS,
    N_MUNICIPALITIES,
    OPEN_MS,
    TRIES,
    choose,
    chosen,
    metric,
    running_planner,
    settle,
    step,
    take,
    visit,
)

pytestmark = pytest.mark.browser

DAYS = count(AS_OF.day)
DESK = "arcidosso-nido-di-fate"
START = """
import sys
from datetime import date
from pathlib import Path
from capillare.planning.network import Inputs
from capillare.views.deployment import Deployment
from capillare.views.serving import start_planner

day, registry, scenarios, port = sys.argv[1:]
sys.exit(start_planner(
    Deployment(
        as_of=date.fromisoformat(day),
        inputs=Inputs(registry=Path(registry)),
        scenarios=Path(scenarios),
    ),
    port=int(port),
))
"""
# Pages, and whether the map comes with them; few sites, for the search is not the point.
PAGES = {
    "": True,
    "obiettivi": False,
    "copertura": True,
    "aree": True,
    "sedi?sedi=2": True,
    "stagioni": True,
    "furgoni": False,
    "avvisi": False,
    "scenari?sedi=1": True,
    "registro": False,
    "dati": False,
}
IMPOSED = {"presentation-role-conflict": "stFileUploaderDropzone"}
"""Rules of axe that Streamlit itself breaks, and what breaks them: a section without a role of its
own that yet has a name, around the button that everybody can reach."""
# What Streamlit's controls say by themselves; the planner says it in Italian.
ENGLISH = re.compile(
    r"\b(Upload|Browse|Drag|Search|Select all|Choose|Download|Fullscreen|Collapse|Expand|"
    r"Increment|Decrement|Help for|Sidebar|Navigate|Close|Clear|Remove|Open)\b"
)
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"
WORDS_SHOWN = """() => [...document.querySelectorAll('[aria-label], [title], [placeholder]')]
  .flatMap((node) => ['aria-label', 'title', 'placeholder'].map((n) => node.getAttribute(n)))
  .concat([...document.querySelectorAll('button, [data-testid=stFileUploader]')]
    .map((node) => node.innerText))
  .filter(Boolean)"""


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    folder = tmp_path_factory.mktemp("registro") / "registro"
    write_registry(whole_tables(read_registry(None, read_territory("all"))), folder)
    return folder


@pytest.fixture
def untouched(registry):
    """The registry with every change taken back: a test that is tried again begins afresh."""
    italy = read_territory("all")
    while undo_last(registry, who="Prova", territory=italy):
        pass
    return registry


@pytest.fixture(scope="module")
def scenarios(registry):
    folder = registry.parent / "scenari"
    save_scenario(folder, Scenario(as_of=AS_OF, new_sites=2, title="Due sedi"))
    return folder


@pytest.fixture
def own_scenario(scenarios):
    """A scenario of the test's own, whatever name it has in the end."""
    title = "Una sede"
    save_scenario(scenarios, Scenario(as_of=AS_OF, new_sites=1, title=title))
    yield title
    for saved in list_saved(scenarios)[0]:
        if saved.scenario.title.startswith(title):
            delete_saved(scenarios, saved.key)


@pytest.fixture(scope="module")
def planner(registry, scenarios):
    arguments = [AS_OF.isoformat(), str(registry), str(scenarios)]
    with running_planner(START, arguments, registry.parent / "planner.err") as running:
        yield running


@pytest.fixture
def open_planner(open_page, planner):
    def make(path="", **settings):
        return visit(open_page, f"{planner.origin}/{path}", **settings)

    yield make
    planner.check()


def own(violations):
    """Leave out what Streamlit imposes."""
    return [
        (rule, nodes)
        for rule, nodes in violations
        if rule not in IMPOSED or any(IMPOSED[rule] not in node for node in nodes)
    ]


def english(page):
    return [text for text in page.evaluate(WORDS_SHOWN) if ENGLISH.search(text)]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_accessible_italian_and_fits_wide_and_narrow(
    open_planner, axe_violations, path
):
    page = open_planner(path, viewport={"width": 1440, "height": 900})
    if PAGES[path]:
        maps = page.locator(".map", has=page.locator("path[data-area]"))
        expect(maps.first.locator("path[data-area]")).to_have_count(N_MUNICIPALITIES)
        # A map is never the only way to see something.
        expect(page.locator("[data-testid=stDataFrame]").first).to_be_attached()
    # Streamlit's words turn Italian all at once, a moment after they are there.
    expect(page.locator("[aria-label='Barra laterale']")).to_be_attached()
    settle(page)
    still(page)
    assert at_last(page, lambda: own(axe_violations(page))) == []
    assert at_last(page, lambda: english(page)) == []
    page.set_viewport_size({"width": 390, "height": 900})
    settle(page)
    still(page)
    assert at_last(page, lambda: own(axe_violations(page))) == []
    assert at_last(page, lambda: page.evaluate(OVERFLOW) > 0) is False


def test_the_worst_area_is_found_by_province_and_pointed_out(open_planner):
    page = open_planner("aree", viewport={"width": 1440, "height": 1400})
    listed = page.get_by_text(re.compile(r"^\d+ comuni in elenco, di cui"))
    every = listed.inner_text()
    page.get_by_text("Solo sotto-serviti").click()
    expect(listed).not_to_have_text(every)
    settle(page)
    under_served = listed.inner_text()
    choose(page, "Provincia", "Grosseto")
    expect(listed).not_to_have_text(under_served)
    page.keyboard.press("Escape")
    choose(page, "Comune in evidenza", "Isola del Giglio")
    expect(page.get_by_text(re.compile(r"^1\. Isola del Giglio \(Grosseto"))).to_be_visible()
    expect(page.locator("path[data-area='053012']")).to_have_attribute("stroke-width", "3")


def test_another_month_shows_other_people_and_seats(open_planner):
    page = open_planner("stagioni")
    august = metric(page, "Presenti").inner_text()
    step(page, "Mese", "ArrowLeft")
    expect(page.locator(".legend")).to_contain_text("luglio")
    expect(metric(page, "Presenti")).not_to_have_text(august)


def say_who(page):
    """Say who changes the registry: until then nothing can be written."""
    who = page.get_by_role("textbox", name="Chi sei")
    who.fill("Ufficio di prova")
    who.press("Enter")
    settle(page)


def take_back(page, number):
    """Take a change back, which writes the next one."""
    settle(page)
    page.get_by_role("tab", name="Storia").click()
    page.get_by_role("button", name=f"Annulla la modifica {number}:").click()
    expect(page.get_by_text(f"Scritto nel registro, modifica {number + 1}:")).to_be_visible()


def test_a_desk_is_corrected_and_the_change_taken_back(open_planner, untouched):
    number = len(read_journal(untouched)) + 1
    before = read_rows(untouched)["desks"][(DESK,)]
    page = open_planner("registro")
    say_who(page)
    choose(page, "Sportello", "Nido di Fate")
    page.get_by_role("textbox", name="Telefono").fill("0564 123456")
    page.get_by_role("button", name="Salva nel registro").click()
    expect(page.get_by_text(f"Scritto nel registro, modifica {number}:")).to_be_visible()
    assert read_rows(untouched)["desks"][(DESK,)] == before | {"phone": "0564 123456"}
    take_back(page, number)
    assert read_rows(untouched)["desks"][(DESK,)] == before
    assert "phone" not in before


def test_a_link_shows_somebody_else_what_one_sees(open_planner):
    page = open_planner("sedi?sedi=2")
    expect(metric(page, "Sedi proposte")).to_have_text("2", timeout=FIRST_MS)
    step(page, "Quante nuove sedi")
    expect(metric(page, "Sedi proposte")).to_have_text("3", timeout=FIRST_MS)
    expect(page).to_have_url(re.compile("[?&]sedi=3"))
    settle(page)
    gained = metric(page, "Maggiorenni in più").inner_text()
    somebody_else = open_planner(page.url.split("/", 3)[3])
    expect(metric(somebody_else, "Maggiorenni in più")).to_have_text(gained)


def test_two_scenarios_stand_side_by_side(open_planner):
    page = open_planner("scenari?sedi=1", viewport={"width": 1440, "height": 1400})
    changed = page.get_by_role("heading", name="Comuni in cui cambia qualcosa")
    expect(changed).to_be_visible(timeout=FIRST_MS)
    expect(page.locator(".map")).to_have_count(2)
    expect(page.get_by_role("row", name=re.compile("^Sedi proposte 1 2 "))).to_be_visible()
    choose(page, "Secondo", "Quello che stai guardando")
    expect(page.get_by_text("danno lo stesso servizio in tutti i comuni")).to_be_visible()


def test_a_provinces_report_is_taken_away(open_planner):
    page = open_planner("sedi?sedi=2")
    expect(metric(page, "Sedi proposte")).to_have_text("2", timeout=FIRST_MS)
    page.get_by_text("Altri file e rapporti da stampare").click()
    choose(page, "Rapporto da stampare: di chi", "Provincia di Grosseto")
    name = "Rapporto: Provincia di Grosseto (HTML)"
    expect(page.get_by_role("button", name=name)).to_be_visible()
    taken = take(page, name)
    assert taken.suggested_filename.endswith(f"{AS_OF.isoformat()}.html")
    assert "Isola del Giglio" in taken.path().read_text("utf-8")


def test_a_renewal_keeps_as_many_points_as_asked(open_planner):
    page = open_planner("avvisi")
    page.get_by_role("tab", name="Punti da tenere").click()
    kept = metric(page, "Punti da tenere")
    expect(kept).to_have_text(re.compile(r"^\d+ su \d+$"), timeout=FIRST_MS)
    before = kept.inner_text()
    step(page, "Quanti punti tenere")
    expect(kept).not_to_have_text(before, timeout=FIRST_MS)
    n_kept, n_points = (int(part) for part in kept.inner_text().split(" su "))
    assert n_kept == ceil(0.75 * n_points)


def enter(page, name):
    """Press a button by keyboard, once the page is whole: one that is made again loses focus."""
    settle(page)
    button = page.get_by_role("button", name=name)
    button.focus()
    page.keyboard.press("Enter")


def test_the_guided_visit_is_walked_by_keyboard(open_planner):
    page = open_planner("?visita=1&sedi=2")
    for number, title in enumerate(("Panoramica", "Aree sotto-servite", "Nuove sedi"), start=1):
        expect(page.get_by_text(f"passo {number} di 5: {title}")).to_be_visible()
        expect(page.locator("h1")).to_have_text(title)
        enter(page, "Avanti")
    expect(page.get_by_text("passo 4 di 5: Scenari")).to_be_visible()
    enter(page, "Chiudi la visita")
    expect(page.get_by_text("passo 4 di 5")).to_have_count(0)
    enter(page, "Visita guidata")
    expect(page.get_by_text("passo 4 di 5: Scenari")).to_be_visible()


def test_branches_of_points_that_exist_reach_people_where_no_point_can_be_paid(open_planner):
    page = open_planner("sedi?budget=9000")
    expect(metric(page, "Sedi proposte")).to_have_text("0", timeout=FIRST_MS)
    page.get_by_text("Che cosa si vuole").click()
    page.get_by_role("tab", name="Dove", exact=True).click()
    page.get_by_text("Anche sedi di punti esistenti").click()
    # A form that is sent at once goes without what was ticked last.
    expect(page.get_by_role("checkbox", name="Anche sedi di punti esistenti")).to_be_checked()
    settle(page)
    page.get_by_role("button", name="Applica").click()
    expect(metric(page, "Sedi proposte")).to_have_text("3", timeout=FIRST_MS)
    expect(metric(page, "Costo")).to_have_text("9.000 €")
    expect(page).to_have_url(re.compile("branches"))
    choose(page, "Sede in evidenza", "1. ")
    expect(page.get_by_text(re.compile(r"sede di .+, con 6 delle sue ore"))).to_be_visible()


def test_a_long_search_is_stopped_and_says_so(open_planner, axe_violations):
    # What was found once is remembered: each try asks of a day of its own.
    page = open_planner(f"furgoni?furgoni=1&data=2026-03-{next(DAYS):02d}", rests=False)
    stop = page.get_by_role("button", name="Ferma", exact=True)
    expect(stop).to_be_visible()
    expect(page.get_by_text("Tempo passato")).to_be_visible()
    assert own(axe_violations(page)) == []
    stopped = page.get_by_text("Hai fermato il calcolo")
    for _ in range(TRIES):
        stop.click()
        # The button is made again every half a second, and may miss a press.
        with suppress(AssertionError):
            expect(stopped).to_be_visible(timeout=OPEN_MS)
            break
    expect(stopped).to_be_visible()
    expect(page.get_by_role("button", name="Calcola di nuovo")).to_be_visible()
    expect(stop).to_have_count(0)


def test_a_vans_stops_are_approved_into_the_registry_and_taken_back(open_planner, untouched):
    number = len(read_journal(untouched)) + 1
    before = read_rows(untouched).get("stops", {})
    page = open_planner("registro?furgoni=1")
    say_who(page)
    page.get_by_role("tab", name="Approva").click()
    page.get_by_text("Soste dei furgoni").click()
    settle(page)
    page.get_by_text("rapida, qualche secondo").click()
    settle(page)
    page.get_by_role("button", name="Mostra che cosa si scriverebbe").click()
    write = page.get_by_role("button", name=re.compile("^Approva e scrivi nel registro"))
    expect(write).to_be_enabled(timeout=FIRST_MS)
    settle(page)
    write.click()
    expect(page.get_by_text(f"Scritto nel registro, modifica {number}:")).to_be_visible()
    assert len(read_rows(untouched)["stops"]) > len(before)
    take_back(page, number)
    assert read_rows(untouched).get("stops", {}) == before


def test_a_saved_scenario_gets_another_name(open_planner, own_scenario):
    page = open_planner("scenari?sedi=1")
    choose(page, "Scenario", own_scenario)
    expect(chosen(page, "Scenario")).to_have_value(own_scenario)
    rename = page.get_by_role("button", name="Rinomina", exact=True)
    title = page.get_by_role("textbox", name="Nuovo titolo")
    for _ in range(TRIES):
        settle(page)
        rename.first.click()
        # A page that is made again may close what was opened on it.
        with suppress(TooLate):
            title.fill(f"{own_scenario} in valle", timeout=OPEN_MS)
            title.press("Enter", timeout=OPEN_MS)
            break
    settle(page)
    expect(rename.last).to_be_enabled()
    rename.last.click()
    expect(chosen(page, "Scenario")).to_have_value(f"{own_scenario} in valle")
