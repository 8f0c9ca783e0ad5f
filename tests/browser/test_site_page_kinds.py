"""Every kind of page of the site, in both languages: for any eye, any hand, any screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from capillare.publish.site import content
from capillare.publish.site.build import build_site
from capillare.publish.site.serve import site_app
from tests.browser.patience import at_last
from tests.browser.test_finder_browser import ROWS, weekly_stop, with_stops
from tests.publish.site_network import small_network
from tests.publish.site_server import served

pytestmark = pytest.mark.browser

KINDS = (
    "index.html", "sportelli/desk-1.html", "sportelli/van.html", "comuni/comune-9-090009.html",
    "comuni/comune-5-090005.html", "province/{province}.html", "fermate.html", "guida.html",
    "incorpora.html", "informazioni.html", "accessibilita.html", "comuni.html",
    "en/index.html", "en/desks/desk-1.html", "en/municipalities/comune-5-090005.html",
    "en/provinces/{province}.html", "en/stops.html", "en/guide.html", "en/embed.html",
    "en/about.html", "en/accessibility.html", "en/municipalities.html", "lingue/ar.html",
    "lingue/zh.html", "nulla",
)  # fmt: skip
COLOURS = ("color-contrast", "link-in-text-block")
NARROW = {"width": 320, "height": 700}

SMALL_TARGETS = """() => {
  const controls = "button, select, summary, input, .button, nav a, ul.index a, .card a, .brand";
  const isSeen = (e) => e.getClientRects().length && getComputedStyle(e).visibility === "visible";
  return [...document.querySelectorAll(controls)].filter(isSeen)
    .map((e) => (e.type === "checkbox" ? e.parentElement : e))
    .filter((e) => e.getBoundingClientRect().height < 43.5)
    .map((e) => e.outerHTML.slice(0, 120));
}"""
MOVING = """() => [...document.querySelectorAll("*")].filter((e) => {
  const style = getComputedStyle(e);
  const times = `${style.transitionDuration},${style.animationDuration}`.split(",");
  return style.scrollBehavior === "smooth" || times.some((time) => parseFloat(time) > 0);
}).map((e) => e.outerHTML.slice(0, 120))"""
BORDERLESS = """() => [...document.querySelectorAll("button, .button, select, input, .notice, .tag")]
  .filter((e) => e.getClientRects().length && e.type !== "checkbox")
  .filter((e) => !e.closest(".leaflet-container"))
  .filter((e) => !["Top", "Bottom"].every((side) => parseFloat(getComputedStyle(e)[`border${side}Width`]) > 0))
  .map((e) => e.outerHTML.slice(0, 120))"""
FOCUS = """() => {
  const e = document.activeElement;
  const style = getComputedStyle(e);
  const box = e.getBoundingClientRect();
  return {
    isSkip: e.classList.contains("skip"),
    isBody: e === document.body,
    isRinged: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    isInView: box.bottom > 0 && box.top < innerHeight && box.left >= -1 && box.right <= innerWidth + 1,
    html: e.outerHTML.slice(0, 120),
  };
}"""


@pytest.fixture(scope="module")
def long_site(tiny, policy, tmp_path_factory):
    """A site whose list is too long for one page: with provinces, a van and a seasonal desk."""
    folder = tmp_path_factory.mktemp("kinds")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(content, "MAX_ON_ONE_PAGE", 2)
        build_site(with_stops(small_network(ROWS, tiny, policy), weekly_stop()), folder)
    province = min(path.stem for path in (folder / "province").iterdir())
    with served(site_app(folder)) as origin:
        yield origin, province


def problems_of(page, axe_violations):
    """What is wrong with the page that is open, by what was looked at."""
    looked = {"wider": page.evaluate("document.documentElement.scrollWidth") > NARROW["width"]}
    looked["small"] = page.evaluate(SMALL_TARGETS)
    # Of all that axe-core looks at, another theme changes the colours.
    for theme, rules in (("light", ()), ("dark", COLOURS)):
        page.emulate_media(color_scheme=theme)
        looked[f"axe {theme}"] = axe_violations(page, *rules)
    looked["moving"] = page.evaluate(MOVING)
    page.emulate_media(forced_colors="active")
    looked["borderless"] = page.evaluate(BORDERLESS)
    page.emulate_media(forced_colors="none", color_scheme="light")
    return {name: found for name, found in looked.items() if found}


def keyboard_problems(page, n_presses):
    """Whether the first Tab offers to skip, and each next one shows where it is."""
    seen = []
    for _ in range(n_presses):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUS))
        if seen[-1]["isBody"]:
            break
    has_skip = page.locator(".skip").count() == 0 or seen[0]["isSkip"]
    lost = [f["html"] for f in seen if not f["isBody"] and not (f["isRinged"] and f["isInView"])]
    return ([] if has_skip else ["no skip link first"]) + lost


def test_every_kind_of_page_serves_every_reader(open_page, axe_violations, long_site):
    origin, province = long_site
    calm = {"viewport": NARROW, "reduced_motion": "reduce"}
    page = open_page("about:blank", expected=("404 (Not Found)",), **calm)
    found = {}
    for kind in KINDS:
        page.goto(f"{origin}/{kind.format(province=province)}")
        problems = at_last(page, lambda: problems_of(page, axe_violations))
        if lost := keyboard_problems(page, 14):
            problems["keyboard"] = lost
        if problems:
            found[kind] = problems
    assert found == {}


def tab_to(page, condition):
    """Press Tab until the element in focus, ``e``, is as asked."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(f"((e) => {condition})(document.activeElement)"):
            return
    raise AssertionError(f"not reached: {condition}")


def test_arabic_is_read_from_the_right(open_page, long_site):
    page = open_page(f"{long_site[0]}/lingue/ar.html", viewport=NARROW)
    text = page.locator("main h1")
    assert text.evaluate("e => getComputedStyle(e).direction") == "rtl"
    assert page.locator("html").get_attribute("lang") == "ar"
    assert page.locator(".site-header").evaluate("e => getComputedStyle(e).direction") == "ltr"
    right = text.evaluate("e => e.getBoundingClientRect().right")
    list_right = page.locator("main ol").evaluate("e => e.getBoundingClientRect().right")
    assert abs(right - list_right) < 1
    padding = page.locator("main ol").evaluate("e => parseFloat(getComputedStyle(e).paddingRight)")
    assert padding > 0


def test_a_long_list_is_searched_filtered_chosen_and_reached_by_keyboard(open_page, long_site):
    page = open_page(long_site[0], viewport=NARROW)
    press = page.keyboard.press
    expect(page.locator("#count")).to_have_text("Scrivi prima un comune o una località.")
    tab_to(page, "e.id === 'query'")
    page.keyboard.type("Comune 5")
    expect(page.locator("#suggestions li").first).to_be_visible()
    press("ArrowDown")
    press("Enter")
    cards = page.locator("#ranked .card:not([hidden]) .name")
    expect(cards).to_have_count(len(ROWS))
    tab_to(page, "e.matches('#more summary')")
    press("Enter")
    tab_to(page, "e.id === 'service'")
    page.keyboard.type("SPID")
    expect(cards).to_have_count(1)
    first = cards.first.inner_text()
    tab_to(page, "e.matches('#ranked .card .name a')")
    press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(first)
    tab_to(page, "e.matches('.actions a')")
    assert page.evaluate("document.activeElement.href").startswith("https://www.openstreetmap.org/")
