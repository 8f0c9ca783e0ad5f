"""The public site's files: what they say, that they say it safely, and always the same way."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import re
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from capillare.geo.schema import DESKS
from capillare.geo.sources.reference import from_text
from capillare.planning.network import describe_network
from capillare.planning.scenario import Scenario
from capillare.publish.site.assets import read_assets
from capillare.publish.site.build import build_site, site_files
from capillare.publish.site.entries import find_entries
from capillare.publish.site.links import email_link, phone_links, web_link
from capillare.publish.site.map_shapes import draw_ground
from capillare.publish.site.slugs import municipality_slug, slug
from capillare.publish.site.words import LANGUAGES, partial_day, read_words
from tests.publish.site_network import desks_frame, parsed, small_network

PAYLOADS = (
    "<script>window.hacked = 1</script>",
    '"><img src=x onerror="window.hacked = 1">',
    "' onmouseover='window.hacked = 1",
    "`${window.hacked = 1}`",
    "{{ 7 * 7 }}{% raw %}",
    "</dl></li></ul><style>*{display:none}</style>",
    "&lt;script&gt;window.hacked = 1&lt;/script&gt;",
    "\u202egnp.exe\u202c \u200f\u061c",
    "%(n)s %s %% \\u003cscript\\u003e",
    "javascript:window.hacked=1",
    "<!-- <![CDATA[ -->",
    "Così però è perché " * 500,
)


@pytest.fixture
def network_of(tiny, policy):
    def make(*rows, **settings):
        return small_network(rows, tiny, policy, **settings)

    return make


@pytest.fixture
def home_of(network_of):
    def make(*rows, page="index.html", **settings):
        return parsed(site_files(network_of(*rows, **settings))[page])

    return make


def facts(card):
    return {
        row.find("dt")[0].words: row.find("dd")[0].words for row in card.find("dl")[0].find("div")
    }


def test_every_desk_in_service_is_listed_by_province_and_municipality(home_of):
    home = home_of(
        {"name": "Aperto", "istat_code": "090002"},
        {"name": "Chiuso", "is_in_service": False},
        {"name": "Primo"},
    )
    assert [h.words for h in home.find("h3")[:1]] == ["Provincia di Provincia"]
    assert [h.words for h in home.find("h4")] == ["Comune 1", "Comune 2"]
    assert [h.words for h in home.find("h5")] == ["Primo", "Aperto"]


def test_municipalities_are_in_the_order_of_the_alphabet(home_of):
    home = home_of({"istat_code": "090010"}, {"istat_code": "090002"})
    assert [h.words for h in home.find("h4")] == ["Comune 10", "Comune 2"]


@pytest.mark.parametrize(
    ("row", "where_it", "seat"),
    [
        ({}, "Sede da confermare: nel comune di Comune 1", "municipality"),
        ({"address": "Via Tibet 3"}, "Via Tibet 3, Comune 1 (PV)", "near"),
        (
            {"locality": "Salaiola", "position_basis": "locality"},
            "Salaiola, Comune 1 (PV)",
            "near",
        ),
        (
            {"locality": "Avane", "address": "Via Magolo 32", "position_basis": "given"},
            "Via Magolo 32, Avane, Comune 1 (PV)",
            "exact",
        ),
        ({"locality": "Comune 1"}, "Comune 1 (PV)", "near"),
        ({"position_basis": "given"}, "Comune 1 (PV)", "exact"),
    ],
)
def test_the_place_is_said_as_well_as_it_is_known(home_of, row, where_it, seat):
    card = home_of(row).of_class("card")[0]
    assert facts(card)["Dove"] == where_it
    assert card.attributes["data-seat"] == seat


def test_rows_that_only_a_number_tells_apart_are_one_entry(home_of):
    rows = [{"desk_id": f"daisy-{n}", "name": f"Punto Daisy ({n} di 3)"} for n in (1, 2, 3)]
    home = home_of(*rows)
    (card,) = home.of_class("card")
    assert home.find("h5")[0].words == "Punto Daisy"
    assert facts(card)["Dove"] == "3 sportelli, sedi da confermare: Comune 1 (PV)"
    assert card.attributes["data-n"] == "3"
    anchors = {e.attributes["id"] for e in home.all() if "id" in e.attributes}
    assert {f"sportello-daisy-{n}" for n in (1, 2, 3)} <= anchors


@pytest.mark.parametrize(
    "different",
    [{"address": "Via A"}, {"phone": "055 1"}, {"istat_code": "090002"}, {"network": "other"}],
)
def test_rows_that_differ_otherwise_stay_apart(home_of, different):
    home = home_of({"name": "Daisy (1 di 2)"}, {"name": "Daisy (2 di 2)", **different})
    assert sorted(h.words for h in home.find("h5")) == ["Daisy (1 di 2)", "Daisy (2 di 2)"]


@pytest.mark.parametrize(
    ("row", "helpline", "it", "en"),
    [
        ({"opening_hours": "Mo-Fr 09:00-13:00"}, "", "lunedì-venerdì 9-13", "Monday-Friday 9-13"),
        (
            {"phone": "0571 268257"},
            "800 123",
            "Orario da verificare: chiama lo sportello",
            "Hours to be checked: call the desk",
        ),
        (
            {},
            "800 123",
            "Orario da verificare: chiama il numero 800 123",
            "Hours to be checked: call 800 123",
        ),
        (
            {},
            "",
            "Orario da verificare: chiedi al comune",
            "Hours to be checked: ask the municipality",
        ),
        (
            {"opening_hours": "quando capita", "hours_basis": "unreadable"},
            "",
            "Orario da verificare: chiedi al comune",
            "Hours to be checked: ask the municipality",
        ),
        (
            {"hours_basis": "estimated"},
            "",
            "Orario da verificare: chiedi al comune",
            "Hours to be checked: ask the municipality",
        ),
    ],
)
def test_hours_are_said_or_whom_to_ask(home_of, row, helpline, it, en):
    for page, title, wanted in (("index.html", "Orario", it), ("en/index.html", "Hours", en)):
        card = home_of(row, page=page, helpline=helpline).of_class("card")[0]
        assert facts(card)[title] == wanted
        assert card.attributes["data-hours"] == str(int("opening_hours" in row and "9" in it))


def test_all_that_is_known_is_on_the_card(home_of):
    row = {
        "phone": "055 123456; +39 333 1234567",
        "email": "urp@comune.example.it",
        "by_appointment": True,
        "booking_url": "https://prenota.example.it/x?a=1&b=2",
        "services": "SPID;CIE",
        "wheelchair": "limited",
        "languages": "it;zh;xx",
        "verified_on": "2026-02-01",
        "is_to_be_confirmed": False,
        "source": "https://www.example.it/notizia",
        "source_date": "2024-03",
        "kind": "mobile",
        "network": "bottega_salute",
    }
    card = home_of(row).of_class("card")[0]
    said = facts(card)
    assert said["Telefono"] == "055 123456+39 333 1234567"
    assert said["Appuntamento"] == "Serve l'appuntamento"
    assert said["Prenotazione"] == "prenota.example.it"
    assert said["Servizi"] == "SPID, CIE"
    assert said["In sedia a rotelle"] == "Accesso parziale"
    assert said["Lingue"] == "italiano, cinese, xx"
    assert [tag.words for tag in card.of_class("tag")] == [
        "Altra rete: Bottega della Salute",
        "Verificato il 1° febbraio 2026",
        "Servizio itinerante: giorni e luoghi da verificare",
    ]
    assert card.of_class("source")[0].words == "Fonte: example.it, marzo 2024"
    assert [a.attributes["href"] for a in card.find("a")] == [
        "sportelli/desk-1.html",
        "tel:055123456",
        "tel:+393331234567",
        "mailto:urp@comune.example.it",
        "https://prenota.example.it/x?a=1&b=2",
        "https://www.example.it/notizia",
    ]


def test_what_is_not_known_is_not_said(home_of):
    card = home_of({}).of_class("card")[0]
    assert list(facts(card)) == ["Dove", "Orario"]
    assert [tag.words for tag in card.of_class("tag")] == ["Punto Digitale Facile", "Da confermare"]


def test_a_desk_nobody_verified_is_to_be_confirmed_even_in_a_running_campaign(home_of):
    card = home_of({"is_to_be_confirmed": False}).of_class("card")[0]
    assert "Da confermare" in [tag.words for tag in card.of_class("tag")]


@pytest.mark.parametrize(
    ("n_confirmed", "as_of", "sentence"),
    [
        (0, date(2026, 1, 1), "Il programma che pagava la maggior parte di questi sportelli"),
        (0, date(2025, 12, 31), "Nessuno ha verificato di recente questi sportelli"),
        (2, date(2026, 1, 1), "(1 su 3)"),
    ],
)
def test_the_notice_says_what_to_distrust(home_of, n_confirmed, as_of, sentence):
    verified = {"verified_on": "2025-12-01", "is_to_be_confirmed": False}
    home = home_of(*[verified if n < n_confirmed else {} for n in range(3)], as_of=as_of)
    (notice,) = home.of_class("notice")
    assert sentence in notice.words
    assert "conosciamo 91 punti su 169" in notice.words


def test_no_notice_when_all_is_verified_and_complete(home_of):
    home = home_of({"verified_on": "2026-03-01", "is_to_be_confirmed": False}, n_points=169)
    assert home.of_class("notice") == []


def test_an_empty_registry_says_so(home_of):
    home = home_of(n_points=0)
    assert "non risultano sportelli in servizio" in home.words
    assert home.of_class("card") == []
    assert home.find("form") == []


def test_another_region_is_not_measured_by_this_policy(tiny, policy):
    elsewhere = replace(policy, region="11")
    files = site_files(small_network([{}], tiny, elsewhere, n_points=1))
    assert "169" not in parsed(files["index.html"]).words
    assert "Nessuno ha verificato di recente" in parsed(files["index.html"]).words
    assert "169" not in parsed(files["informazioni.html"]).words


def test_the_real_network_is_all_there():
    network = describe_network(Scenario(as_of=date(2026, 3, 2)))
    files = site_files(network)
    serving = network.desks[network.desks["is_in_service"]]
    for path in ("index.html", "en/index.html"):
        page = parsed(files[path])
        cards = page.of_class("card")
        assert sum(int(card.attributes["data-n"]) for card in cards) == len(serving)
        ids = {e.attributes["id"] for e in page.all() if "id" in e.attributes}
        assert {f"sportello-{slug(desk_id)}" for desk_id in serving["desk_id"]} <= ids
        known = serving["opening_hours"].notna().sum()
        assert sum(card.attributes["data-hours"] == "1" for card in cards) == known
        assert not re.search(r"\b(nan|None|NaN|<NA>)\b", page.words)
        assert len(page.find("h4")) == serving["istat_code"].nunique()
    (grouped,) = [c for c in parsed(files["index.html"]).of_class("card") if "Colle di" in c.words]
    assert facts(grouped)["Dove"].startswith("5 sportelli, sedi da confermare")


def test_the_data_page_counts_what_is_known(network_of):
    network = network_of(
        {"opening_hours": "Mo 09:00-12:00", "phone": "055 123"},
        {"name": "A (1 di 2)"},
        {"name": "A (2 di 2)"},
        {"status": "unknown", "is_in_service": False},
    )
    files = site_files(network)
    said = parsed(files["informazioni.html"]).words
    for sentence in (
        "L'elenco mostra 3 sportelli",
        "il 2 marzo 2026",
        "prevedeva 169 punti: ne conosciamo 91",
        "3 sono da confermare",
        "Di altri 1 sportelli non sappiamo",
        "Con orario noto: 1 su 3.",
        "Con telefono: 1 su 3.",
        "Con indirizzo o località: 0 su 3.",
        "Somme parziali.",
    ):
        assert sentence in said
    (row,) = parsed(files["informazioni.html"]).find("tbody")[0].find("tr")
    assert [td.words for td in row.find("td")] == [
        "Registro di prova",
        "21 novembre 2025",
        "CC BY 4.0",
    ]
    assert "The list shows 3 desks" in parsed(files["en/about.html"]).words


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_people_typed_is_shown_as_text(network_of, payload):
    columns = ("name", "address", "locality", "phone", "email", "booking_url", "services", "source")
    row = dict.fromkeys(columns, payload.replace(";", ","))
    row |= {"languages": payload, "opening_hours": payload, "source_date": None}
    for path, content in site_files(network_of(row, helpline=payload)).items():
        if not path.endswith(".html"):
            continue
        page = parsed(content)
        for element in page.all():
            assert not [name for name in element.attributes if name.startswith("on")]
            assert element.tag != "style"
            assert "style" not in element.attributes
        for script in page.find("script"):
            if script.attributes.get("type") == "application/ld+json":
                assert not set("<>&") & set(script.text)
                json.loads(script.text)
                continue
            assert script.text == ""
            assert re.search(r"(^|/)assets/[a-z]+\.js\?v=", script.attributes["src"])
        if path.endswith("index.html"):
            (title,) = page.find("h5")
            assert title.text == row["name"].strip()
            assert row["address"].strip() in page.of_class("card")[0].text


SCHEMES = ("http", "https", "tel", "mailto", "")


def test_links_run_nothing_and_point_at_files_of_the_site(network_of):
    rows = [{"booking_url": p, "source": p, "phone": p, "email": p} for p in PAYLOADS]
    files = site_files(network_of(*rows))
    for path, content in files.items():
        if not path.endswith(".html"):
            continue
        page = parsed(content)
        ids = [e.attributes["id"] for e in page.all() if "id" in e.attributes]
        assert len(ids) == len(set(ids))
        for element in page.all():
            for name in ("href", "src", "data-ground", "data-leaflet", "data-script"):
                address = element.attributes.get(name)
                if address is None:
                    continue
                parts = urlsplit(address)
                assert parts.scheme in SCHEMES
                if parts.scheme:
                    continue
                assert not address.startswith("/")
                if parts.path:
                    folder = path.rpartition("/")[0]
                    assert resolved(folder, parts.path) in files
                elif parts.fragment:
                    assert parts.fragment in ids


def resolved(folder, path):
    parts = folder.split("/") if folder else []
    for part in path.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def test_headings_skip_no_level_and_there_is_one_title(network_of):
    for path, content in site_files(network_of({}, {"istat_code": "090003"})).items():
        if path.endswith(".html"):
            levels = [int(e.tag[1]) for e in parsed(content).all() if re.fullmatch("h[1-6]", e.tag)]
            assert levels[0] == 1
            assert levels.count(1) == 1
            assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_the_same_network_gives_the_same_bytes_whatever_the_order_of_rows(tiny, policy):
    rows = [
        {"name": "B", "desk_id": "b", "istat_code": "090002"},
        {"name": "A (1 di 2)", "desk_id": "a-1"},
        {"name": "A (2 di 2)", "desk_id": "a-2"},
        {"name": "A", "desk_id": "z"},
    ]
    first = small_network(rows, tiny, policy)
    again = small_network(rows, tiny, policy)
    again.desks = again.desks.iloc[[2, 0, 3, 1]].reset_index(drop=True)
    assert site_files(first) == site_files(again)


def test_the_folder_holds_the_files_and_leaves_strangers_alone(network_of, tmp_path):
    folder = tmp_path / "pubblico" / "sito"
    folder.mkdir(parents=True)
    (folder / "mio.txt").write_text("mio")
    network = network_of({})
    build_site(network, folder)
    found = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert found == {**site_files(network), "mio.txt": b"mio"}


def test_open_data_holds_every_desk_in_service(network_of):
    network = network_of(
        {"desk_id": "due", "name": '=HYPERLINK("http://x")', "by_appointment": False},
        {"desk_id": "chiuso", "is_in_service": False},
        {"desk_id": "uno", "istat_code": "090004", "lat": 43.5, "lon": 11.25, "n_desks": 2},
    )
    files = site_files(network)
    geojson = json.loads(files["desks.geojson"])
    assert [f["id"] for f in geojson["features"]] == ["due", "uno"]
    due, uno = geojson["features"]
    assert uno["geometry"] == {"type": "Point", "coordinates": [11.25, 43.5]}
    assert uno["properties"]["n_desks"] == 2
    assert uno["properties"]["municipality"] == "Comune 4"
    assert due["properties"]["by_appointment"] is False
    assert due["properties"]["anchor"] == "sportello-due"
    assert "phone" not in due["properties"]
    text = pd.read_csv(io.BytesIO(files["desks.csv"]), dtype="str")
    assert text["name"].tolist() == ['\'=HYPERLINK("http://x")', "Sportello"]
    assert text["is_to_be_confirmed"].tolist() == ["true", "true"]
    read = DESKS.check(from_text(text, DESKS))
    assert read["desk_id"].tolist() == ["due", "uno"]
    assert read.loc[1, "lat"] == 43.5


def test_sister_networks_are_marked_and_can_be_chosen(home_of):
    one = home_of({})
    assert one.find("select", id="network") == []
    both = home_of({}, {"network": "pensioners_union"})
    assert [c.attributes["data-network"] for c in both.of_class("card")] == ["pdf", "sister"]
    assert len(both.find("select", id="network")[0].find("option")) == 3


def test_languages_have_the_same_words_with_the_same_blanks():
    def blanks(words):
        return {
            (section, key): sorted(re.findall(r"%(\(\w+\))?.", sentence))
            for section, sentences in words.items()
            for key, sentence in sentences.items()
        }

    first = blanks(read_words(LANGUAGES[0]))
    for lang in LANGUAGES[1:]:
        assert blanks(read_words(lang)) == first
    # A template reads t.list.count as the method of a mapping, not as our word.
    methods = set(dir(dict))
    assert not {name for _, name in first} & methods
    assert not set(read_words("it")) & methods


def test_every_network_kind_and_access_has_a_word():
    words = read_words("it")
    assert set(DESKS.column("network").choices) == set(words["networks"])
    assert set(DESKS.column("wheelchair").choices) == set(words["wheelchair"])
    assert set(words["kinds"]) <= set(DESKS.column("kind").choices)


@given(st.text(max_size=80), st.text(max_size=80))
def test_slugs_are_plain_and_tell_texts_apart(one, other):
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,70}", slug(one))
    if one != other:
        assert slug(one) != slug(other)


def test_namesakes_have_their_own_address():
    assert municipality_slug("Livo", "013130") != municipality_slug("Livo", "022106")


@given(
    st.text(max_size=60) | st.sampled_from(PAYLOADS) | st.from_regex(r"(?i)\w+:.*", fullmatch=True)
)
def test_no_text_makes_a_link_that_runs(text):
    assert re.fullmatch(r"(https?://[^\s\"'<>]+)?", web_link(text).href)
    assert re.fullmatch(r"(mailto:[\w.+@%-]+)?", email_link(text).href)
    for link in phone_links(text):
        assert re.fullmatch(r"(tel:\+?[0-9]{3,15})?", link.href)


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("https://a.example/b?c=d#e", "https://a.example/b?c=d#e"),
        ("HTTPS://a.example/", "HTTPS://a.example/"),
        ("http://[::1", ""),
        ("//a.example/", ""),
        ("https://user:pass@a.example/", ""),
        ("https://", ""),
        ("data:text/html,x", ""),
        (" https://a.example/ x", ""),
        ("https://a.example/" + "x" * 2000, ""),
    ],
)
def test_web_links(text, href):
    assert web_link(text).href == href


@pytest.mark.parametrize(
    ("when", "it", "en"),
    [
        ("2024", "2024", "2024"),
        ("2024-03", "marzo 2024", "March 2024"),
        ("2024-03-01", "1° marzo 2024", "1 March 2024"),
        ("2024-13", "2024-13", "2024-13"),
        ("", "", ""),
    ],
)
def test_dates_are_said_as_far_as_they_are_known(when, it, en):
    assert (partial_day(when, "it"), partial_day(when, "en")) == (it, en)


def test_the_ground_is_the_region_s_and_its_borders_still_meet(tuscany):
    ground = draw_ground(tuscany)
    areas = shapely.from_geojson([json.dumps(f["geometry"]) for f in ground["areas"]["features"]])
    assert len(areas) == 273
    assert shapely.is_valid(areas).all()
    assert not shapely.is_empty(areas).any()
    assert shapely.coverage_is_valid(areas)
    whole = tuscany.municipalities.to_crs("EPSG:32632").area.sum()
    drawn = tuscany.municipalities.set_geometry(areas, crs="EPSG:4326").to_crs("EPSG:32632")
    assert drawn.area.sum() == pytest.approx(whole, rel=0.005)
    assert ["Firenze", 7] in [[label[0], label[3]] for label in ground["labels"]]
    assert {label[0] for label in ground["labels"]} == set(tuscany.municipalities["municipality"])


def test_names_do_not_overlap_at_any_zoom(tuscany):
    labels = draw_ground(tuscany)["labels"]
    for zoom in range(7, 13):
        shown = np.array([label[1:3] for label in labels if label[3] <= zoom])
        px = 256 * 2**zoom / 360
        x = shown[:, 1] * px
        y = np.degrees(np.log(np.tan(np.pi / 4 + np.radians(shown[:, 0]) / 2))) * px
        near = (np.abs(x[:, None] - x) < 85) & (np.abs(y[:, None] - y) < 24)
        assert near.sum() == len(shown)


def test_all_italy_has_no_land_around_it(tiny):
    assert (
        draw_ground(SimpleNamespace(region="all", municipalities=tiny.municipalities))["around"]
        is None
    )


def test_the_first_page_weighs_little(tuscany, policy):
    codes = tuscany.municipalities["istat_code"]
    hours = {"opening_hours": "Mo,Tu,Th,Sa 09:00-13:00; We,Fr 15:00-19:00"}
    rows = [
        {
            "desk_id": f"desk-{n}",
            "name": f"Sportello numero {n} di {code}",
            "istat_code": code,
            "address": f"Via dei Mille {n}",
            "source": f"https://giornale{n}.example/cronaca/{code}",
            **hours,
        }
        for n, code in enumerate(codes[:170])
    ]
    files = site_files(small_network(rows, tuscany, policy))
    first = ("index.html", "ground.json", "assets/leaflet.js", "assets/leaflet.css")
    own = ("assets/site.css", "assets/finder.js", "assets/map.js", "assets/icon.svg")
    weight = {name: len(gzip.compress(files[name], 6)) for name in first + own}
    assert sum(weight.values()) <= 150_000
    listed = ("index.html", "assets/site.css", "assets/finder.js")
    assert sum(weight[name] for name in listed) <= 60_000


def test_third_party_files_come_from_their_package_with_their_licence():
    assets = read_assets()
    assert b"Leaflet 1.9" in assets["leaflet.js"][:200]
    assert b"BSD 2-Clause" in assets["leaflet-LICENSE.txt"]


def test_entries_conserve_desks(tiny):
    rows = [{"name": f"N {n % 4} ({n} di 9)", "istat_code": f"09000{n % 3 + 1}"} for n in range(24)]
    desks = desks_frame(rows, tiny)
    entries = find_entries(desks)
    assert sum(entry.n_desks for entry in entries) == 24
    assert len(entries) == 12
    assert sorted(a for e in entries for a in e.anchors) == sorted(
        f"sportello-desk-{n}" for n in range(1, 25)
    )
