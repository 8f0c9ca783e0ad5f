"""The portable map in Chromium, opened from disk: it draws, asks nobody, runs nothing typed."""

import re

import pytest
from playwright.sync_api import expect

from capillare.publish.portable_map import draw_map
from tests.publish.conftest import plan_named

pytestmark = pytest.mark.browser

# Each would set a mark, ask for something or open a dialog if it ran.
PAYLOADS = (
    '<img src=x onerror="window.ran=1">',
    "<script>window.ran=1</script>",
    "</script><script>window.ran=1</script>",
    "</style><svg/onload=window.ran=1>",
    "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
    "`${window.ran=1}`",
    "${window.ran=1}",
    "\\`+(window.ran=1)+\\`",
    "'-(window.ran=1)-'",
    '"-(window.ran=1)-"',
    "\\u003cimg src=x onerror=window.ran=1\\u003e",
    "\\x3cimg src=x onerror=window.ran=1\\x3e",
    "&lt;img src=x onerror=window.ran=1&gt;",
    "&#60;img src=x onerror=window.ran=1&#62;",
    "{{ 7 * 7 }}{% for a in b %}",
    "<!--<script>",
    "]]><img src=https://example.org/a.png>",
    "a\u2028window.ran=1//",
    "</td></table><details open ontoggle=window.ran=1>",
    'x" onmouseover="window.ran=1',
)
A_PAGE = 4
"""Payloads shown side by side: whatever is not encoded changes the text of its page."""

# Popups and tooltips belong to a layer's group, which opens them for the layer that is pointed at.
OPEN_ALL = """() => {
  const texts = [];
  const show = (group, layer, kind, gesture) => {
    const overlay = group[`get${kind}`] && group[`get${kind}`]();
    if (!overlay) return;
    const latlng = layer.getLatLng ? layer.getLatLng() : layer.getBounds().getCenter();
    layer.fire(gesture, {latlng, originalEvent: {}}, true);
    texts.push(overlay.getElement().textContent);
    overlay.close();
  };
  map_plan.eachLayer((group) => {
    if (!(group instanceof L.GeoJSON)) return;
    group.eachLayer((layer) => {
      show(group, layer, "Tooltip", "mouseover");
      show(group, layer, "Popup", "click");
    });
  });
  return texts;
}"""


def without_policy(page):
    """The page without its own content policy: escaping must hold alone."""
    return re.sub(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "", page)


@pytest.mark.parametrize("first", range(0, len(PAYLOADS), A_PAGE))
def test_what_people_type_is_shown_and_never_run(first, tiny, policy, open_page, tmp_path):
    payload = " ¦ ".join(PAYLOADS[first : first + A_PAGE])
    path = tmp_path / "map.html"
    drawn = draw_map(plan_named(tiny, policy, payload))
    path.write_text(without_policy(drawn), encoding="utf-8")
    page = open_page(path.as_uri())
    expect(page.locator(".site").first).to_be_visible()
    texts = page.evaluate(OPEN_ALL)
    # Tooltips of 12 municipalities, 2 desks, 2 sites, a seasonal seat and a van's stop; cards of
    # all but municipalities.
    assert len(texts) == 12 + 6 + 6
    assert all(payload in text for text in texts)
    expect(page.locator("#sedi td").filter(has_text=payload).first).to_be_attached()
    assert page.evaluate("window.ran") is None
    assert page.evaluate("document.querySelectorAll('iframe, svg [onload], td img').length") == 0


@pytest.fixture(scope="module")
def tuscan_page(tuscan_plan, tmp_path_factory):
    path = tmp_path_factory.mktemp("portable") / "map.html"
    path.write_text(draw_map(tuscan_plan), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("width_px", [390, 1440])
def test_the_map_of_tuscany_draws_every_row(width_px, tuscan_plan, tuscan_page, open_page):
    page = open_page(tuscan_page, viewport={"width": width_px, "height": 900})
    expect(page.locator(".leaflet-areas-pane path")).to_have_count(273)
    under_served = int(tuscan_plan.gaps.table["under_served"].sum())
    expect(page.locator(".leaflet-edges-pane path")).to_have_count(under_served)
    expect(page.locator(".site[role=button]")).to_have_count(len(tuscan_plan.proposal.sites))
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_site_is_opened_by_keyboard_and_says_why(tuscan_plan, tuscan_page, open_page):
    page = open_page(tuscan_page)
    first = tuscan_plan.proposal.sites.iloc[0]
    marker = page.get_by_role(
        "button", name=re.compile(rf"^1\s*Sede proposta: 1\. .*{first.locality}")
    )
    marker.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".leaflet-popup-content")).to_contain_text(first.reasons)


def test_layers_can_be_hidden(tuscan_page, open_page):
    page = open_page(tuscan_page)
    page.get_by_role("checkbox", name="Sedi proposte").uncheck()
    expect(page.locator(".leaflet-marker-pane .site")).to_have_count(0)


def test_the_page_is_accessible(tuscan_page, open_page, axe_violations):
    page = open_page(tuscan_page)
    expect(page.locator(".site").first).to_be_visible()
    for details in page.locator("summary").all():
        details.click()
    assert axe_violations(page) == []
