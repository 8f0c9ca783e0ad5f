"""The public site in Chromium: found by keyboard, safe, accessible, and asking nobody else."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from capillare.geo.publication_rules import PublicationRules
from capillare.publish.site.build import build_site
from capillare.publish.site.serve import site_app
from tests.browser.patience import at_last
from tests.publish.site_network import small_network
from tests.publish.site_server import served
from tests.publish.test_site import PAYLOADS

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def tuscan_site(tuscan_folder):
    with served(site_app(tuscan_folder)) as origin:
        yield origin


@pytest.fixture
def serve_rows(tiny, policy, tmp_path):
    servers = []

    def make(*rows, **settings):
        build_site(small_network(rows, tiny, policy, **settings), tmp_path)
        servers.append(served(site_app(tmp_path)))
        return servers[-1].__enter__()

    yield make
    for server in servers:
        server.__exit__(None, None, None)


def shown_cards(page):
    return page.locator(".card:not([hidden])")


def test_the_real_first_page_passes_axe(open_page, axe_violations, tuscan_site):
    page = open_page(tuscan_site)
    expect(page.locator(".area").first).to_be_visible()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert axe_violations(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_open_popup_passes_axe_on_a_phone(open_page, axe_violations, tuscan_site, theme):
    page = open_page(
        tuscan_site,
        color_scheme=theme,
        viewport={"width": 360, "height": 740},
        reduced_motion="reduce",
    )
    page.locator("#query").fill("empoli")
    expect(page.locator("#provincia-arezzo")).to_be_hidden()
    shown_cards(page).first.locator(".show").click()
    popup = page.locator(".leaflet-popup")
    expect(popup).to_be_visible()
    assert axe_violations(page) == []

    def outside():
        inner, outer = popup.bounding_box(), page.locator("#map").bounding_box()
        right = inner["x"] + inner["width"] - outer["x"] - outer["width"]
        return [
            side for side in (outer["x"] - inner["x"], right, outer["y"] - inner["y"]) if side > 0
        ]

    assert at_last(page, outside) == []


def test_the_list_is_whole_without_javascript(open_page, tuscan_site, tuscan_folder):
    page = open_page(tuscan_site, java_script_enabled=False)
    n_cards = (tuscan_folder / "index.html").read_text("utf-8").count('<li class="card"')
    assert n_cards > 50
    expect(page.locator(".card")).to_have_count(n_cards)
    expect(page.locator(".card").last).to_be_visible()
    expect(page.locator("#search")).to_be_hidden()
    expect(page.get_by_text("La mappa ha bisogno di JavaScript")).to_be_visible()
    for button in page.locator("button:visible").all():
        raise AssertionError(button.inner_text())
    page.get_by_role("link", name="Comuni dalla A alla Z").click()
    page.get_by_role("link", name="Sorano", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sportelli digitali a Sorano")
    expect(page.get_by_text("minuti in auto")).to_have_count(3)
    page.locator(".card .name a").first.click()
    expect(page.get_by_role("heading", name="Che cosa portare")).to_be_visible()


def test_search_is_deaf_to_accents_case_and_punctuation(open_page, serve_rows):
    origin = serve_rows(
        {"name": "Caffè Però", "services": "Sanità digitale"},
        {"name": "Sant'Anna", "locality": "Lèccio", "istat_code": "090002"},
        {"name": "Altro (1 di 2)", "istat_code": "090003"},
        {"name": "Altro (2 di 2)", "istat_code": "090003"},
    )
    page = open_page(origin)
    search = page.locator("#query")
    for typed, names in {
        "CAFFE": ["Caffè Però"],
        "sanita": ["Caffè Però"],
        "sant anna": ["Sant'Anna"],
        "léccio comune": ["Sant'Anna"],
        "comune 3": ["Altro"],
        "affè": [],
        "": ["Caffè Però", "Sant'Anna", "Altro"],
    }.items():
        search.fill(typed)
        expect(shown_cards(page).locator("h5")).to_have_text(names)
    status = page.locator("#count")
    expect(status).to_have_text("4 sportelli trovati, in 3 comuni.")
    search.fill("altro")
    expect(status).to_have_text("2 sportelli trovati, in 1 comune.")
    search.fill("caffe")
    expect(status).to_have_text("1 sportello trovato.")
    search.fill("Roma")
    expect(status).to_contain_text("Nessuno sportello trovato. L'elenco non è completo")
    expect(page.get_by_role("heading", name="Comune 1")).to_be_hidden()
    assert status.get_attribute("role") == "status"


def test_filters_by_network_and_known_hours(open_page, serve_rows):
    origin = serve_rows(
        {"name": "Punto", "opening_hours": "Mo 09:00-12:00"},
        {"name": "Bottega", "network": "bottega_salute"},
    )
    page = open_page(origin)
    page.get_by_text("Altri filtri").click()
    page.get_by_label("Rete").select_option("sister")
    expect(shown_cards(page).locator("h5")).to_have_text(["Bottega"])
    page.get_by_label("Solo con orario noto").check()
    expect(shown_cards(page)).to_have_count(0)
    page.get_by_label("Rete").select_option("pdf")
    expect(shown_cards(page).locator("h5")).to_have_text(["Punto"])
    expect(page.locator(".pin")).to_have_count(1)
    page.get_by_role("button", name="Cancella").click()
    expect(shown_cards(page)).to_have_count(2)
    expect(page.locator("#query")).to_be_focused()


def test_search_filter_and_choose_by_keyboard_alone(open_page, tuscan_site):
    page = open_page(tuscan_site)
    expect(page.locator(".area").first).to_be_visible()
    press = page.keyboard.press
    press("Tab")
    expect(page.get_by_role("link", name="Vai all'elenco")).to_be_focused()
    tab_to(page, "#query")
    page.keyboard.type("arcidosso")
    expect(page.locator("#count")).to_have_text("4 sportelli trovati, in 1 comune.")
    press("Escape")
    tab_to(page, "summary")
    press("Enter")
    tab_to(page, "#with-hours")
    press("Space")
    tab_to(page, ".show")
    name = shown_cards(page).locator("h5").first.inner_text()
    press("Enter")
    popup = page.locator(".leaflet-popup")
    expect(popup).to_contain_text(name)
    to_card = popup.get_by_role("button", name=f"Vai alla scheda: {name}")
    expect(to_card).to_be_focused()
    press("Enter")
    expect(popup).to_have_count(0)
    expect(shown_cards(page).locator("h5").first).to_be_focused()
    expect(shown_cards(page).first).to_have_class(re.compile("chosen"))
    tab_to(page, ".pin")
    press("Space")
    expect(popup).to_be_visible()
    press("Escape")
    expect(popup).to_have_count(0)
    expect(page.locator(".pin:focus")).to_have_count(1)


def tab_to(page, selector, *, at_most=60):
    for _ in range(at_most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached in {at_most} tabs")


def test_markers_have_names_and_say_how_exact_they_are(open_page, serve_rows):
    origin = serve_rows(
        {"name": "Esatto", "position_basis": "given", "istat_code": "090002"},
        {"name": "Indicativo", "locality": "X", "istat_code": "090003"},
        {"name": "Ignoto (1 di 2)"},
        {"name": "Ignoto (2 di 2)"},
        {"name": "Altra rete", "network": "other", "istat_code": "090004"},
    )
    page = open_page(origin)
    expect(page.locator(".pin")).to_have_count(4)
    pins = {
        pin.get_attribute("aria-label"): pin.get_attribute("class")
        for pin in page.locator(".pin").all()
    }
    assert {name: re.search(r"seat-\w+ \w+", kind)[0] for name, kind in pins.items()} == {
        "Comune 2: Esatto. Posizione dell'indirizzo": "seat-exact pdf",
        "Comune 3: Indicativo. Posizione indicativa: il centro della località o del comune": "seat-near pdf",
        "Comune 1: Ignoto. Sede da confermare: si conosce solo il comune": "seat-municipality pdf",
        "Comune 4: Altra rete. Sede da confermare: si conosce solo il comune": "seat-municipality sister",
    }
    ring = page.locator(".pin.seat-municipality.pdf")
    expect(ring).to_have_text("2")
    assert ring.locator("span").evaluate("e => getComputedStyle(e).borderStyle") == "dashed"
    expect(page.locator(".legend li")).to_have_count(4)


def test_pointing_at_a_municipality_names_it(open_page, serve_rows):
    page = open_page(serve_rows({"istat_code": "090006"}))
    expect(page.locator(".area")).to_have_count(12)
    page.locator("#map").scroll_into_view_if_needed()
    area = page.locator(".area").nth(5)
    # A symbol stands in the middle of it.
    box = area.bounding_box()
    area.hover(position={"x": box["width"] / 2, "y": box["height"] * 0.9})
    expect(page.locator(".leaflet-tooltip")).to_have_text("Comune 6")
    page.mouse.move(5, 5)
    expect(page.locator(".leaflet-tooltip")).to_have_count(0)


def test_a_marker_leads_to_its_card_and_the_card_to_its_marker(open_page, serve_rows):
    origin = serve_rows(
        {"name": "Uno", "istat_code": "090005"},
        {"name": "Due", "istat_code": "090005"},
        {"name": "Tre", "istat_code": "090012"},
    )
    page = open_page(origin)
    page.get_by_role("button", name=re.compile("^Comune 5: 2 sportelli")).click()
    popup = page.locator(".leaflet-popup")
    expect(popup.locator("h3")).to_have_text(["Due", "Uno"])
    popup.get_by_role("button", name="Vai alla scheda: Uno").click()
    expect(page.locator(".chosen h5")).to_have_text("Uno")
    expect(page.locator(".chosen h5")).to_be_focused()
    page.get_by_role("button", name="Mostra sulla mappa: Tre").click()
    expect(popup.locator("h3")).to_have_text(["Tre"])
    page.get_by_role("button", name="Mostra sulla mappa: Uno").click()
    expect(popup.locator("h3")).to_have_text(["Uno", "Due"])
    page.get_by_role("button", name="Chiudi").click()
    expect(popup).to_have_count(0)


def test_on_a_phone_list_and_map_take_turns(open_page, tuscan_site):
    asked = []
    page = open_page("about:blank", viewport={"width": 360, "height": 740})
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto(tuscan_site)
    expect(page.locator("#count")).to_contain_text("sportelli trovati")
    expect(page.locator("#map")).to_be_hidden()
    assert not [name for name in asked if name.startswith(("ground", "leaflet", "map"))]
    page.get_by_role("button", name="Mappa", exact=True).click()
    expect(page.locator(".area").first).to_be_visible()
    expect(page.locator("#list")).to_be_hidden()
    assert "ground.json" in asked
    page.get_by_role("button", name="Elenco", exact=True).click()
    expect(page.locator("#list")).to_be_visible()


def test_nothing_is_wider_than_the_screen(open_page, tuscan_site):
    page = open_page("about:blank", expected=("404 (Not Found)",))
    for path in ("index.html", "en/index.html", "informazioni.html", "comuni.html", "nulla"):
        page.goto(f"{tuscan_site}/{path}")
        for width in (1440, 768, 360, 320):
            page.set_viewport_size({"width": width, "height": 700})
            wide = f"document.documentElement.scrollWidth > {width}"
            assert not at_last(page, lambda wide=wide: page.evaluate(wide)), (path, width)


def test_controls_are_large_enough_for_a_finger(open_page, tuscan_site):
    page = open_page(tuscan_site, viewport={"width": 360, "height": 740})
    expect(page.locator("#count")).to_contain_text("sportelli")
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, select, summary, input[type=search], nav a, .card dd a, .card .name a, .source a")]
          .filter((e) => e.offsetParent !== null)
          .filter((e) => e.getBoundingClientRect().height < 43.5)
          .map((e) => e.outerHTML.slice(0, 100))"""
    )
    assert small == []


def test_from_disk_the_list_and_markers_work_and_the_map_says_what_is_missing(
    open_page, tuscan_folder
):
    page = open_page((tuscan_folder / "index.html").as_uri())
    expect(page.locator("#map-status")).to_contain_text("La pagina è aperta da un file")
    page.locator("#query").fill("arcidosso")
    expect(page.locator("#count")).to_have_text("4 sportelli trovati, in 1 comune.")
    expect(page.locator(".pin").first).to_be_visible()


@pytest.mark.parametrize(
    ("lost", "sentence", "n_pins"),
    [
        ("**/ground.json", "I confini dei comuni non si caricano", 1),
        ("**/leaflet.js*", "La mappa non si carica", 0),
    ],
)
def test_a_lost_file_is_said_and_the_list_stays(open_page, serve_rows, lost, sentence, n_pins):
    origin = serve_rows({"name": "Uno"})
    page = open_page("about:blank", expected=("net::ERR_FAILED",))
    page.context.route(lost, lambda route: route.abort())
    page.goto(origin)
    expect(page.locator("#map-status")).to_contain_text(sentence)
    expect(page.locator(".pin")).to_have_count(n_pins)
    expect(page.locator(".card h5")).to_have_text("Uno")


def test_payloads_are_text_in_the_list_the_search_and_the_map(open_page, serve_rows):
    columns = ("name", "address", "locality", "phone", "email", "booking_url", "source")
    rows = [
        {
            **dict.fromkeys(columns, payload),
            "services": payload.replace(";", ","),
            "languages": "it",
            "opening_hours": payload,
            "istat_code": f"0900{n % 12 + 1:02d}",
        }
        for n, payload in enumerate(PAYLOADS)
    ]
    origin = serve_rows(*rows, helpline=PAYLOADS[0])
    for path in ("index.html", "en/index.html"):
        page = open_page(f"{origin}/{path}")
        names = page.locator(".card h5").evaluate_all("all => all.map((e) => e.textContent)")
        assert sorted(names) == sorted(payload.strip() for payload in PAYLOADS)
        expect(page.locator(".pin")).to_have_count(len(PAYLOADS))
        shows = page.locator(".show")
        for n in range(shows.count()):
            shows.nth(n).click()
            expect(page.locator(".leaflet-popup h3")).to_have_text(
                names[n].strip(), use_inner_text=False
            )
        page.locator("#query").fill(PAYLOADS[0])
        expect(shown_cards(page)).to_have_count(2)
        assert page.evaluate("window.hacked") is None
        assert (
            page.evaluate(
                "document.querySelectorAll('.card script, .card img, #map script').length"
            )
            == 0
        )
        runs = page.evaluate(
            "[...document.links].filter((a) => !/^(https?|tel|mailto):/.test(a.href)).length"
        )
        assert runs == 0


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000a49444154789c6300010000050001"
    "0d0a2db40000000049454e44ae426082"
)


def test_a_background_that_an_operator_chose_is_asked_and_thanked(
    open_page, tiny, policy, tmp_path
):
    network = small_network([{"name": "Uno"}], tiny, policy)
    tiles = {"tile_url": "https://tiles.example.it/{z}/{x}/{y}.png", "tile_credits": "© <b>Chi</b>"}
    network.policy = replace(network.policy, publication=PublicationRules(**tiles))
    build_site(network, tmp_path)
    asked = []

    def answer(route):
        asked.append(route.request)
        route.fulfill(body=PIXEL, content_type="image/png")

    with served(site_app(tmp_path)) as origin:
        page = open_page("about:blank")
        page.context.route("https://tiles.example.it/**", answer)
        page.goto(origin)
        expect(page.locator(".leaflet-tile-loaded").first).to_be_attached()
        assert re.fullmatch(r"https://tiles\.example\.it/\d+/\d+/\d+\.png", asked[0].url)
        assert asked[0].headers.get("referer", "") in {"", f"{origin}/"}
        expect(page.locator(".leaflet-control-attribution")).to_contain_text("© <b>Chi</b>")
        expect(page.locator(".site-footer")).to_contain_text("viene da tiles.example.it")
        page.close()


def test_nothing_is_stored_and_no_cookie_is_set(open_page, tuscan_site):
    page = open_page(tuscan_site)
    expect(page.locator(".area").first).to_be_visible()
    assert page.context.cookies() == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_links_between_languages_and_pages_work(open_page, tuscan_site):
    page = open_page(tuscan_site)
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(f"{tuscan_site}/en/index.html")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#count")).to_contain_text("desks found")
    page.get_by_role("link", name="The data", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The data")
    page.get_by_role("link", name="Italiano").click()
    expect(page).to_have_url(f"{tuscan_site}/informazioni.html")


def test_print_shows_the_list_alone(open_page, tuscan_site):
    page = open_page(tuscan_site)
    expect(page.locator(".area").first).to_be_visible()
    page.get_by_role("button", name="Mostra sulla mappa").first.click()
    page.emulate_media(media="print")
    expect(page.locator("#map-pane")).to_be_hidden()
    expect(page.locator("#search")).to_be_hidden()
    expect(page.locator(".card").first).to_be_visible()


def test_forced_colours_keep_markers_apart(open_page, tuscan_site):
    page = open_page(tuscan_site, forced_colors="active")
    ring = page.locator(".pin.seat-municipality span").first
    expect(ring).to_be_visible()
    assert ring.evaluate("e => getComputedStyle(e).borderStyle") == "dashed"
