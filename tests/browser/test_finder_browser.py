"""The finder in Chromium: typing errors, nearness, open or shut, vans, and loading by need."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

from capillare.geo.hours import is_open_at
from capillare.geo.schema import STOPS
from capillare.publish.site import content
from capillare.publish.site.build import build_site
from capillare.publish.site.openings import HORIZON_DAYS, open_spans, opening_code
from capillare.publish.site.serve import site_app
from tests.publish.site_network import AS_OF, small_network
from tests.publish.site_server import served
from tests.publish.test_site import PAYLOADS

pytestmark = pytest.mark.browser

VERIFIED = {"verified_on": "2026-02-20", "is_to_be_confirmed": False}
ROWS = (
    {"name": "Biblioteca Leopardi", "opening_hours": "Mo-Fr 09:00-13:00; PH off", **VERIFIED},
    {"name": "Circolo", "istat_code": "090003", "opening_hours": "We 15:00-19:30", **VERIFIED},
    {"name": "Mai verificato", "istat_code": "090006", "opening_hours": "Mo-Su 09:00-20:00"},
    {"name": "Furgone", "istat_code": "090002", "kind": "mobile", "desk_id": "van", **VERIFIED},
    {
        "name": "Rifugio",
        "istat_code": "090010",
        "kind": "seasonal",
        "opening_hours": "Jun-Aug Sa 10:00-12:00",
        "services": "SPID;CIE",
        "languages": "it;de",
        "position_basis": "given",
        **VERIFIED,
    },
)
WEDNESDAY_10 = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)  # 10 in Rome
BLANK_STOP = dict.fromkeys(STOPS.names)


def with_stops(network, *rows):
    """The network with stops of its van, in the middle of Comune 9 unless said otherwise."""
    towns = network.territory.municipalities.set_index("istat_code")
    filled = []
    for n, row in enumerate(rows):
        stop = {"stop_id": f"s{n}", "desk_id": "van", "istat_code": "090009", **row}
        town = towns.loc[stop["istat_code"]]
        place = {"lat": town["lat"], "lon": town["lon"], "position_basis": "given"}
        filled.append({**BLANK_STOP, **place, **stop})
    network.registry.stops = STOPS.check(pd.DataFrame(filled, columns=STOPS.names))
    return network


def weekly_stop(**row):
    return {
        "locality": "Piazza del mercato",
        "starts_on": "2026-03-02",
        "weekday": "Fr",
        "every_n_weeks": 2,
        "from_time": "09:30",
        "to_time": "12:00",
        **row,
    }


@pytest.fixture(scope="module")
def finder(tiny, policy, tmp_path_factory):
    folder = tmp_path_factory.mktemp("finder")
    network = with_stops(small_network(ROWS, tiny, policy), weekly_stop())
    build_site(network, folder)
    with served(site_app(folder)) as origin:
        yield origin


def shown_names(page):
    return page.locator(".card:not([hidden]) .name:visible")


def at(page, instant):
    page.clock.set_fixed_time(instant)
    page.reload()


HOURS = (
    "Mo-Fr 09:00-13:00,15:00-18:30; PH off",
    "Mo-Su 18:00-02:00",
    "We[1] 16:00-19:00",
    "Jun-Sep Sa 08:00-12:00; Oct-May Tu 14:15-17:45",
    'Tu,Th 09:00-12:00 open "chiuso per il patrono"',
    'Mo 09:00-12:00; Fr 09:00-12:00 unknown "su appuntamento"',
    "24/7; Dec 25 off",
    "lun-ven 9-13",
)


def test_the_browser_agrees_with_python_to_the_minute(open_page, finder):
    """At 6,000 instants, among them holidays, both changes of the clocks, and every edge."""
    page = open_page(f"{finder}/sportelli/desk-1.html")
    florence = "048017"
    start = datetime.combine(AS_OF, datetime.min.time(), tzinfo=UTC) - timedelta(hours=1)
    minutes = np.random.default_rng(7).integers(0, HORIZON_DAYS * 1440, 600)
    jumps = [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)]
    days = [date(2026, 4, 6), date(2026, 6, 24), date(2026, 12, 25), date(2026, 10, 4)]
    instants = [start + timedelta(minutes=int(minute)) for minute in minutes]
    instants += [jump + timedelta(minutes=10 * n) for jump in jumps for n in range(12)]
    instants += [
        datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
        for day in days
        for hour in (6, 7, 8, 11, 12, 15)
        for minute in (0, 59)
    ]
    instants += [start + timedelta(days=day, hours=hour) for day in range(9) for hour in range(24)]
    asked = [int(instant.timestamp() * 1000) for instant in instants]
    for expression in HOURS:
        code = opening_code(open_spans(expression, AS_OF, istat_code=florence))
        said = page.evaluate(
            """([code, first, asked]) => {
              const { readHours, isOpenAt, wallClock } = window.capillare;
              const hours = readHours(code, first);
              return asked.map((instant) => isOpenAt(hours, wallClock(new Date(instant))));
            }""",
            [code, AS_OF.isoformat(), asked],
        )
        wanted = [is_open_at(expression, instant, istat_code=florence) for instant in instants]
        assert said == wanted, expression
    assert len(instants) * len(HOURS) > 6000


def test_beyond_the_days_computed_nothing_is_said_to_be_open(open_page, finder):
    page = open_page(f"{finder}/sportelli/desk-1.html")
    for instant in (AS_OF - timedelta(days=1), AS_OF + timedelta(days=HORIZON_DAYS)):
        at(page, datetime(instant.year, instant.month, instant.day, 9, 30, tzinfo=UTC))
        expect(page.locator(".status")).to_have_text("Orario da verificare")


@pytest.mark.parametrize(
    ("instant", "said"),
    [
        (WEDNESDAY_10, "Aperto adesso, chiude alle 13"),
        (WEDNESDAY_10.replace(hour=11, minute=59), "Aperto adesso, chiude alle 13"),
        (WEDNESDAY_10.replace(hour=12), "Chiuso adesso, apre domani alle 9"),
        (WEDNESDAY_10.replace(hour=7, minute=59), "Chiuso adesso, apre oggi alle 9"),
        (WEDNESDAY_10.replace(day=6, hour=13), "Chiuso adesso, apre lunedì 9 marzo alle 9"),
        # Easter Monday: the next day is after the clocks went forward.
        (datetime(2026, 4, 6, 8, 0, tzinfo=UTC), "Chiuso adesso, apre domani alle 9"),
    ],
)
def test_a_page_says_whether_its_desk_is_open(open_page, finder, instant, said):
    page = open_page("about:blank")
    page.clock.set_fixed_time(instant)
    page.goto(f"{finder}/sportelli/desk-1.html")
    expect(page.locator(".status")).to_have_text(said)


def test_open_now_is_said_of_confirmed_desks_alone(open_page, finder):
    page = open_page(finder)
    at(page, WEDNESDAY_10)
    page.get_by_label("Quando").select_option("now")
    expect(shown_names(page)).to_have_text(["Biblioteca Leopardi"])
    expect(page.locator("#offer")).to_contain_text("Un altro sportello, da confermare")
    page.get_by_role("button", name="Mostra anche quelli da confermare").click()
    expect(shown_names(page)).to_have_text(["Biblioteca Leopardi", "Mai verificato"])
    doubtful = page.locator(".card", has_text="Mai verificato").locator(".status")
    expect(doubtful).to_have_text("Oggi, secondo l'orario pubblicato: 9-20")
    at(page, WEDNESDAY_10.replace(hour=20))
    page.get_by_label("Quando").select_option("now")
    expect(page.locator("#count")).to_have_text(
        "Nessuno sportello verificato risulta aperto adesso."
    )


def test_days_evenings_and_the_van(open_page, finder):
    page = open_page(finder)
    at(page, WEDNESDAY_10)
    when = page.get_by_label("Quando")
    for wanted, names in {
        "late": ["Circolo", "Mai verificato"],
        "van": ["Furgone"],
        "tomorrow": ["Biblioteca Leopardi", "Mai verificato"],
        "today": ["Biblioteca Leopardi", "Circolo", "Mai verificato"],
        "": ["Biblioteca Leopardi", "Rifugio", "Furgone", "Circolo", "Mai verificato"],
    }.items():
        when.select_option(wanted)
        expect(shown_names(page)).to_have_text(names)
    when.select_option("day")
    page.get_by_label("Giorno", exact=True).fill("2026-07-04")
    expect(shown_names(page)).to_have_text(["Rifugio", "Mai verificato"])
    page.get_by_label("Solo dopo le 17").check()
    expect(shown_names(page)).to_have_text(["Mai verificato"])
    page.get_by_label("Giorno", exact=True).fill("2028-07-04")
    expect(page.locator("#count")).to_contain_text("l'orario è da verificare")


def test_desks_begin_and_end_by_themselves(open_page, tiny, policy, tmp_path):
    hours = {"opening_hours": "Mo-Su 09:00-12:00", **VERIFIED}
    summer = {"valid_from": "2026-06-01", "valid_to": "2026-09-15", "is_in_service": False}
    rows = [
        {"name": "Inverno", "valid_to": "2026-06-30", **hours},
        {"name": "Estate", **hours, **summer},
    ]
    build_site(small_network(rows, tiny, policy), tmp_path)
    with served(site_app(tmp_path)) as origin:
        page = open_page(origin)
        status = page.locator(".card", has_text="Estate").locator(".status")
        tag = page.locator(".begins")
        for day, now, later, said in (
            (
                "2026-05-31",
                ["Inverno"],
                ["Estate", "Inverno"],
                "Il primo giorno è lunedì 1 giugno.",
            ),
            ("2026-06-01", ["Estate", "Inverno"], ["Estate", "Inverno"], "Aperto adesso, chiude"),
            ("2026-07-01", ["Estate"], ["Estate"], "Aperto adesso, chiude alle 12"),
            ("2026-09-16", [], [], "Non è più in servizio. L'ultimo giorno era martedì 15"),
        ):
            at(page, datetime.fromisoformat(f"{day}T08:00+00:00"))
            expect(shown_names(page)).to_have_text(later)
            expect(status).to_contain_text(said, use_inner_text=False)
            expect(tag).to_be_hidden() if day >= "2026-06-01" else expect(tag).to_be_visible()
            page.get_by_label("Quando").select_option("now")
            expect(shown_names(page)).to_have_text(now)
        page.goto(f"{origin}/sportelli/desk-2.html")
        expect(page.locator(".status")).to_have_class("status over")
        page.close()


def test_days_that_have_passed_go_by_themselves(open_page, finder):
    """The van comes every second Friday from 6 March 2026."""
    page = open_page("about:blank")
    for day, first in (("2026-03-06", "venerdì 6 marzo"), ("2026-04-04", "venerdì 17 aprile")):
        page.clock.set_fixed_time(datetime.fromisoformat(f"{day}T08:00+00:00"))
        page.goto(finder)
        next_stops = page.locator(".card", has_text="Furgone").locator(".visits li:not([hidden])")
        expect(next_stops).to_have_count(3)
        expect(next_stops.first).to_contain_text(first)
        page.goto(f"{finder}/fermate.html")
        expect(page.locator("tbody tr:visible").first).to_contain_text(first)


def test_on_a_phone_the_answer_is_brought_to_the_eye(open_page, finder):
    page = open_page(finder, viewport={"width": 360, "height": 740})
    page.locator("#query").fill("Comune 5")
    page.locator("#suggestions li").first.click()
    expect(page.locator("#origin")).to_be_in_viewport()
    page.locator("#query").fill("biblioteca")
    page.get_by_role("button", name="Vedi gli sportelli").click()
    expect(page.locator("#list-title")).to_be_focused()
    expect(page.locator("#list-title")).to_be_in_viewport()
    expect(shown_names(page)).to_have_text(["Biblioteca Leopardi"])


def wrong_letters(typed, name):
    """Fewest letters added, dropped, changed or swapped that make `typed` begin `name`: the table."""
    cost = [list(range(len(name) + 1))]
    for row, letter in enumerate(typed, start=1):
        line = [row]
        for column, other in enumerate(name, start=1):
            least = min(
                cost[-1][column] + 1, line[-1] + 1, cost[-1][column - 1] + (letter != other)
            )
            if row > 1 and column > 1 and typed[row - 2 : row] == name[column - 2 : column][::-1]:
                least = min(least, cost[-2][column - 2] + 1)
            line.append(least)
        cost.append(line)
    return min(cost[-1])


def test_wrong_letters_are_counted_as_a_plain_table_counts_them(open_page, finder):
    page = open_page(f"{finder}/")
    draws = np.random.default_rng(5)
    words = ["".join(draws.choice(list("abc"), draws.integers(1, 12))) for _ in range(6000)]
    pairs = list(zip(words[::2], words[1::2], strict=True))
    pairs += [("rcidosso", "arcidosso"), ("mnotepulcaino", "montepulciano")]
    pairs += [("a" * 31, "b" + "a" * 31), ("a" * 32, "b" + "a" * 32)]
    said = page.evaluate(
        """(pairs) => pairs.map(([typed, name]) => {
          const { asked, distance, named } = window.capillare;
          const far = distance(asked(typed), named(name));
          return far === Infinity ? null : far;
        })""",
        pairs,
    )

    def wanted(typed, name):
        allowed = 0 if len(typed) < 5 or len(typed) > 31 else 1 if len(typed) < 8 else 2
        wrong = wrong_letters(typed, name)
        return wrong if wrong <= allowed else None

    expected = [wanted(*pair) for pair in pairs]
    assert said == expected
    assert {0, 1, 2, None} == set(expected)


def test_a_name_is_found_although_mistyped(open_page, finder):
    page = open_page(finder)
    query = page.locator("#query")
    for typed in ("bibliotca", "Biblioteva leopradi", "lopardi"):
        query.fill(typed)
        expect(shown_names(page)).to_have_text(["Biblioteca Leopardi"])
    query.fill("piazza del mercato")
    expect(shown_names(page)).to_have_text(["Furgone"])
    query.fill("zzzzzz")
    expect(page.locator("#count")).to_contain_text("Nessuno sportello trovato")


def test_the_whole_path_by_keyboard_alone(open_page, finder):
    page = open_page(finder)
    press = page.keyboard.press
    page.locator("#query").focus()
    page.keyboard.type("Comune 11")
    options = page.locator("#suggestions li")
    expect(options.first).to_contain_text("Comune 11")
    press("ArrowDown")
    expect(page.locator("#query")).to_have_attribute("aria-activedescendant", "suggestion-0")
    press("Enter")
    expect(page.locator("#origin")).to_have_text("Dal più vicino a: Comune 11")
    expect(shown_names(page).first).to_have_text("Rifugio")
    expect(page.locator(".distance").first).to_have_text("a circa 10 km in linea d'aria")
    page.locator("#more summary").focus()
    press("Enter")
    for _ in range(40):
        press("Tab")
        if page.evaluate("document.activeElement.matches('.card .name a')"):
            break
    press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rifugio")
    for _ in range(20):
        press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Come arrivare":
            break
    address = page.evaluate("document.activeElement.href")
    assert re.fullmatch(r"https://www\.openstreetmap\.org/directions\?to=[\d.]+%2C[\d.]+", address)


def test_the_link_to_a_search_brings_it_back(open_page, finder):
    page = open_page(finder)
    page.locator("#query").fill("Comune 5")
    page.locator("#suggestions li").first.click()
    page.get_by_label("Quando").select_option("late")
    expect(page).to_have_url(re.compile(r"#\?near=Comune\+5"))
    page.goto("about:blank")
    page.go_back()
    expect(page.locator("#origin")).to_have_text("Dal più vicino a: Comune 5")
    expect(page.get_by_label("Quando")).to_have_value("late")
    page.get_by_role("button", name="Torna all'elenco per comune").click()
    expect(page.locator("#by-place")).to_be_visible()
    expect(page.locator(".distance")).to_have_count(0)


def test_my_position_is_asked_on_request_and_sent_to_nobody(open_page, finder, tiny):
    town = tiny.municipalities.set_index("istat_code").loc["090006"]
    spot = {"latitude": float(town["lat"]), "longitude": float(town["lon"])}
    page = open_page(finder, geolocation=spot, permissions=["geolocation"])
    expect(page.locator(".area").first).to_be_visible()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Vicino a me").click()
    expect(shown_names(page).first).to_have_text("Mai verificato")
    expect(page.locator("#origin")).to_have_text("Dal più vicino a: la tua posizione")
    assert asked == []
    assert "near" not in page.url
    page.get_by_role("button", name="Copia il link").click()
    assert str(spot["latitude"])[:6] not in page.locator("#shared").inner_text()


def test_who_does_not_give_a_position_is_told_what_to_do(open_page, finder):
    page = open_page(finder)
    page.get_by_role("button", name="Vicino a me").click()
    expect(page.locator("#count")).to_contain_text("Scrivi il nome del tuo comune")


def test_what_moves_or_opens_in_season_has_its_own_shape(open_page, finder):
    page = open_page("about:blank")
    page.clock.set_fixed_time(WEDNESDAY_10)
    page.goto(finder)
    van = page.locator(".pin.mobile")
    expect(van).to_have_count(1)
    name = van.get_attribute("aria-label")
    assert name.startswith("Furgone. Prossima fermata: venerdì 6 marzo, 9.30-12. Piazza")
    expect(page.locator(".pin.seasonal")).to_have_count(1)
    expect(page.locator(".legend li")).to_have_count(4)


def test_suggestions_pass_axe(open_page, axe_violations, finder):
    page = open_page(finder, viewport={"width": 320, "height": 700})
    page.locator("#query").fill("Comune")
    expect(page.locator("#suggestions li").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert axe_violations(page) == []


def test_the_sheet_of_a_desk_prints_in_large_letters(open_page, finder):
    page = open_page(f"{finder}/sportelli/desk-1.html")
    page.emulate_media(media="print")
    for part in ("dd", ".desk > ul > li"):
        size = page.locator(part).first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
        assert size >= 18 / 72 * 96 - 0.01
    for hidden in (".site-header nav", ".actions", ".onward", ".site-footer nav"):
        expect(page.locator(hidden).first).to_be_hidden()


def test_payloads_stay_text_on_every_page(open_page, tiny, policy, tmp_path):
    """Also the longest, and those in stops, suggestions and the address."""
    rows = [
        {
            "desk_id": f"d{n}",
            "name": payload,
            "services": payload.replace(";", ","),
            "kind": "mobile",
            "opening_hours": payload,
            "istat_code": f"0900{n % 12 + 1:02d}",
        }
        for n, payload in enumerate(PAYLOADS)
    ]
    network = small_network(rows, tiny, policy)
    stops = [
        weekly_stop(desk_id=f"d{n}", locality=payload.strip(), address=payload.strip())
        for n, payload in enumerate(PAYLOADS)
    ]
    build_site(with_stops(network, *stops), tmp_path)
    with served(site_app(tmp_path)) as origin:
        page = open_page("about:blank")
        page.clock.set_fixed_time(WEDNESDAY_10)
        near = "%3Cimg%20src=x%20onerror=window.hacked=1%3E|43|11"
        page.goto(f"{origin}/#?near={near}&service=%3Cscript%3E")
        expect(page.locator("#origin")).to_contain_text("<img src=x")
        for payload in PAYLOADS[:3]:
            page.locator("#query").fill(payload[:40])
            expect(page.locator("#suggestions li").first).to_be_visible()
        page.locator("#query").fill("")
        page.locator("#query").press("Enter")  # answered at once
        pin = page.locator(".pin").first
        # Told to the pin itself: the map may still be on its way.
        pin.dispatch_event("click")
        expect(page.locator(".leaflet-popup h3")).to_have_count(len(PAYLOADS))
        assert page.evaluate("document.querySelectorAll('.leaflet-popup img').length") == 0
        for n in (0, 1, 3, 7, len(PAYLOADS) - 1):
            page.goto(f"{origin}/sportelli/d{n}.html")
            assert page.locator("h1").text_content().strip() == PAYLOADS[n].strip()
            assert page.evaluate("window.hacked") is None
        page.goto(f"{origin}/fermate.html")
        expect(page.locator("tbody tr").first).to_be_visible()
        assert page.evaluate("[window.hacked, document.querySelectorAll('main img').length]") == [
            None,
            0,
        ]
        page.close()


def test_desks_of_other_provinces_are_loaded_by_need(
    open_page, tuscany, policy, tmp_path, monkeypatch
):
    """The first twenty from a place are the nearest of all, though few provinces are loaded."""
    monkeypatch.setattr(content, "MAX_ON_ONE_PAGE", 10)
    towns = tuscany.municipalities
    codes = towns["istat_code"].iloc[::4].to_list()
    rows = [
        {"desk_id": f"d{code}", "name": f"Sportello {code}", "istat_code": code} for code in codes
    ]
    build_site(small_network(rows, tuscany, policy), tmp_path)
    origin = towns.set_index("istat_code").loc["053026"]
    placed = towns[towns["istat_code"].isin(codes)]
    lat, lon = np.radians(placed["lat"].to_numpy()), np.radians(placed["lon"].to_numpy())
    at_lat, at_lon = np.radians(round(origin["lat"], 4)), np.radians(round(origin["lon"], 4))
    half = np.sin((lat - at_lat) / 2) ** 2
    half += np.cos(lat) * np.cos(at_lat) * np.sin((lon - at_lon) / 2) ** 2
    nearest = placed["istat_code"].to_numpy()[np.argsort(half)][:20]
    with served(site_app(tmp_path)) as site:
        page = open_page(site)
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        expect(page.locator(".card")).to_have_count(0)
        page.locator("#query").fill("Soranno")
        names = [f"Sportello {code}" for code in nearest]
        # Ranked again as provinces come.
        expect(page.locator("#ranked .card:not([hidden]) .name")).to_have_text(names)
        assert 0 < len([url for url in asked if "/province/" in url]) < 9
        page.locator("#ranked .card .name a").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(names[0])
        # What the page still asks for must find its server.
        page.close()
