"""The public site over HTTP: headers, compression, caches, wrong addresses."""

from __future__ import annotations

import gzip
import http.client
import json
import os
from urllib.parse import urlsplit

import brotli
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from capillare.geo.errors import SourceError
from capillare.publish.site.build import site_files
from capillare.publish.site.compression import compressed_beside
from capillare.publish.site.headers import SiteHeaders, headers_file, page_policy, read_headers
from capillare.publish.site.serve import site_app
from capillare.publish.site.served_files import HeldFiles
from tests.publish.site_network import parsed, small_network
from tests.publish.site_server import served


@pytest.fixture(scope="module")
def folder(tiny, policy, tmp_path_factory):
    folder = tmp_path_factory.mktemp("public") / "site"
    for path, content in site_files(small_network([{}, {}], tiny, policy)).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    (folder.parent / "secret.txt").write_text("secret")
    return folder


@pytest.fixture(scope="module")
def origin(folder):
    app = Starlette(routes=[Mount("/sito", app=site_app(folder)), Mount("/", app=site_app(folder))])
    with served(app) as origin:
        yield origin


@pytest.fixture(scope="module")
def ask(origin):
    def answer(path, method="GET", **headers):
        connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=10)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers=names)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, {k.lower(): v for k, v in response.getheaders()}, body

    return answer


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/en/", "text/html; charset=utf-8"),
        ("/informazioni.html", "text/html; charset=utf-8"),
        ("/ground.json", "application/json"),
        ("/desks.geojson", "application/geo+json"),
        ("/desks.csv", "text/csv; charset=utf-8; header=present"),
        ("/assets/finder.js", "text/javascript; charset=utf-8"),
        ("/assets/site.css", "text/css; charset=utf-8"),
        ("/assets/icon.svg", "image/svg+xml"),
        ("/robots.txt", "text/plain; charset=utf-8"),
    ],
)
@pytest.mark.parametrize("mount", ["", "/sito"])
def test_files_have_their_kind_and_the_security_headers(ask, folder, mount, path, kind):
    status, headers, body = ask(mount + path)
    assert status == 200
    assert headers["content-type"] == kind
    name = path.strip("/") if "." in path else path.strip("/") + "/index.html"
    assert body == (folder / name.lstrip("/")).read_bytes()
    for header, wanted in SiteHeaders().of(path).items():
        assert headers[header.lower()] == wanted
    assert "set-cookie" not in headers


def test_the_policy_allows_nothing_inline_nor_foreign():
    policy = SiteHeaders().of("/")["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_background_from_elsewhere_is_allowed_as_an_image_and_nothing_more(tmp_path):
    host = "https://tiles.example.it:8443"
    (tmp_path / "headers.json").write_text(json.dumps(headers_file(host)))
    told = read_headers(tmp_path)
    for path in ("/", "/incorpora.html"):
        plain, tiled = (h.of(path)["Content-Security-Policy"] for h in (SiteHeaders(), told))
        assert tiled.replace(f"img-src 'self' data: {host};", "img-src 'self' data:;") == plain
    assert page_policy(host) in told.of("/")["Content-Security-Policy"]
    for bad in ("https://a.it; script-src *", "http://a.it", "https://a.it/x", "*"):
        (tmp_path / "headers.json").write_text(json.dumps({"tiles": bad}))
        assert read_headers(tmp_path).of("/") == SiteHeaders().of("/")
    (tmp_path / "headers.json").write_text("[]")
    with pytest.raises(SourceError, match=r"headers\.json"):
        read_headers(tmp_path)


@pytest.mark.parametrize("mount", ["", "/sito"])
@pytest.mark.parametrize(
    ("path", "who"), [("/incorpora.html", "*"), ("/en/embed.html", "*"), ("/", "'none'")]
)
def test_only_the_page_made_for_it_may_be_framed(ask, mount, path, who):
    policy = ask(mount + path)[1]["content-security-policy"]
    assert policy.endswith(f"frame-ancestors {who}")
    assert "unsafe" not in policy


UNPACK = {"gzip": gzip.decompress, "br": brotli.decompress, None: bytes}


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate, br", "br"),
        ("br;q=0.5, gzip", "gzip"),
        ("BR ; Q=1 , gzip;q=0.9", "br"),
        ("gzip;q=0, br;q=0", None),
        ("br;q=0, *", "gzip"),
        ("*;q=0.1", "br"),
        ("deflate, zstd", None),
        ("br;q=molto", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("path", ["/index.html", "/assets/finder.js", "/desks.geojson"])
def test_answers_are_compressed_for_who_asks(ask, folder, path, accepted, coding):
    _, headers, body = ask(path, accept_encoding=accepted)
    assert headers.get("content-encoding") == coding
    assert UNPACK[coding](body) == (folder / path[1:]).read_bytes()
    assert "accept-encoding" in headers["vary"].lower()


def test_files_compressed_beside_are_sent_while_they_are_not_older(tmp_path):
    text = b"sportello " * 200
    page = tmp_path / "a.html"
    files = {"a.html": text, "b.bin": text, "c.txt": b"breve"}
    beside = compressed_beside(files)
    assert set(beside) == {"a.html.br", "a.html.gz"}
    assert brotli.decompress(beside["a.html.br"]) == text
    page.write_bytes(text)
    marked = beside["a.html.br"] + b" "
    (tmp_path / "a.html.br").write_bytes(marked)
    assert HeldFiles().read(str(page), page.stat()).forms["br"] == marked
    later = page.stat().st_mtime + 60
    os.utime(page, (later, later))
    assert brotli.decompress(HeldFiles().read(str(page), page.stat()).forms["br"]) == text


def test_what_did_not_change_is_not_sent_again(ask):
    _, headers, _ = ask("/index.html")
    for condition in (
        {"if_none_match": headers["etag"]},
        {"if_modified_since": headers["last-modified"]},
    ):
        status, again, body = ask("/index.html", **condition)
        assert status == 304
        assert body == b""
        assert again["content-security-policy"] == headers["content-security-policy"]


def test_only_addresses_with_a_checksum_are_kept(ask, folder):
    page = parsed((folder / "index.html").read_bytes())
    marked = page.find("script")[0].attributes["src"]
    assert "immutable" in ask("/" + marked)[1]["cache-control"]
    assert ask("/assets/finder.js")[1]["cache-control"] == "no-cache"
    assert ask("/")[1]["cache-control"] == "no-cache"


@pytest.mark.parametrize("mount", ["", "/sito"])
@pytest.mark.parametrize("path", ["/nulla.html", "/a/b/c/nulla", "/en/nulla", "/assets/"])
def test_a_wrong_address_leads_home_from_any_depth(ask, mount, path):
    status, headers, body = ask(mount + path)
    assert status == 404
    assert headers["x-content-type-options"] == "nosniff"
    page = parsed(body)
    assert "Pagina non trovata" in page.words
    home = page.of_class("button")[0].attributes["href"]
    assert home == f"{mount}/index.html"
    assert ask(home)[0] == 200
    style = page.find("link", rel="stylesheet")[0].attributes["href"]
    assert ask(style)[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/en/../../secret.txt",
        "//etc/passwd",
        "/..%5csecret.txt",
        "/%00",
        "/" + "a" * 5000,
    ],
)
def test_nothing_outside_the_folder_is_served(ask, path):
    status, _, body = ask(path)
    assert status in {400, 404}
    assert b"secret" not in body
    assert b"root:" not in body


def test_only_reading_is_allowed(ask):
    for method in ("POST", "PUT", "DELETE"):
        status, headers, _ = ask("/index.html", method)
        assert status == 405
        assert "content-security-policy" in headers
    status, headers, body = ask("/index.html", "HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 1000


def test_health(ask):
    status, headers, body = ask("/healthz")
    assert (status, body) == (200, b"ok\n")
    assert headers["cache-control"] == "no-store"


def test_a_folder_without_a_site_is_named(tmp_path):
    with pytest.raises(SourceError, match="no site in it"):
        site_app(tmp_path)


def test_each_coding_has_its_own_tag(ask):
    plain, packed = ask("/index.html")[1], ask("/index.html", accept_encoding="br, gzip")[1]
    assert plain["etag"] != packed["etag"]
    assert ask("/index.html", accept_encoding="br", if_none_match=packed["etag"])[0] == 304
    assert ask("/index.html", accept_encoding="gzip", if_none_match=packed["etag"])[0] == 200
    assert ask("/index.html", if_none_match=packed["etag"])[0] == 200
    assert ask("/index.html", if_none_match=f'"x", W/{plain["etag"]}')[0] == 304
    gzipped = ask("/index.html", accept_encoding="gzip")[1]
    assert len({plain["etag"], packed["etag"], gzipped["etag"]}) == 3


def test_a_file_that_changes_is_sent_anew(folder, ask):
    file = folder / "notizie.html"
    for text in ("prima", "seconda volta"):
        file.write_text(text)
        assert ask("/notizie.html")[2].decode() == text
    file.unlink()
    assert ask("/notizie.html")[0] == 404


def test_held_files_stay_within_their_bound(tmp_path):
    held = HeldFiles(max_bytes=3000)
    for number in range(10):
        file = tmp_path / f"{number}.bin"
        file.write_bytes(bytes([number]) * 1000)
        assert held.read(str(file), file.stat()).plain == file.read_bytes()
    assert held.n_bytes == 3000
    big = tmp_path / "big.bin"
    big.write_bytes(b"x" * 4000)
    assert len(held.read(str(big), big.stat()).plain) == 4000
    assert held.n_bytes == 3000
