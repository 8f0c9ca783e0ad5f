"""Every page of the site, as text by path."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from capillare.publish.site.addresses import (
    desk_path,
    municipality_path,
    province_path,
    province_slug,
)
from capillare.publish.site.entries import n_serving
from capillare.publish.site.headers import page_policy
from capillare.publish.site.links import directions_link
from capillare.publish.site.page_context import (
    essential_path,
    offered_choices,
    page_context,
    site_title,
)
from capillare.publish.site.visits import MAX_SHOWN_DAYS, next_visits
from capillare.publish.site.words import (
    ESSENTIAL_LANGUAGES,
    LANGUAGES,
    read_essential,
    read_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from capillare.geo.numerals import Language
    from capillare.publish.site.content import Content, Municipality
    from capillare.publish.site.entries import Entry

    Page = tuple[str, str]

_TEMPLATES = {
    "home": "home.html.j2",
    "embed": "embed.html.j2",
    "guide": "guide.html.j2",
    "stops": "stops.html.j2",
    "municipalities": "municipalities.html.j2",
    "about": "about.{lang}.html.j2",
    "accessibility": "accessibility.{lang}.html.j2",
}
_MAX_VISITS = 60


def site_pages(content: Content, assets: dict[str, str]) -> Iterator[Page]:
    """Yield path and text of every page, in a fixed order.

    Parameters
    ----------
    assets
        Address of each asset from the site's root.
    """
    for lang in LANGUAGES:
        context = page_context(content, assets, lang)
        yield from _single_pages(content, context, lang)
        yield from _desk_pages(content, context, lang)
        yield from _municipality_pages(content, context, lang)
        if not content.is_one_page:
            yield from _province_pages(content, context, lang)
    yield from _essential_pages(page_context(content, assets, "it"))
    words = {lang: read_words(lang) for lang in LANGUAGES}
    title = site_title(content, "it")
    yield (
        "404.html",
        _templates()
        .get_template("404.html.j2")
        .render(assets=assets, content_policy=page_policy(), site_title=title, words=words),
    )


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("capillare.publish.site"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _rendered(
    template: str,
    context: dict[str, Any],
    path: str,
    alternates: dict[Language, str],
    **own: object,
) -> Page:
    """Render one page; `alternates` are the paths of the same page by language."""
    languages = [
        {"lang": lang, "name": read_words(lang)["site"]["language"], "page": alternates[lang]}
        for lang in LANGUAGES
    ]
    seen = {**context, "root": "../" * path.count("/"), "languages": languages, **own}
    text = _templates().get_template(template).render(seen, footer=_footer(seen))
    return path, text


def _footer(seen: dict[str, Any]) -> Markup:
    """Return what ends a page: the same for every page of a kind in a language."""
    kept = seen["footers"]
    key = (seen["root"], seen["page"], seen["page_lang"])
    if key not in kept:
        text = _templates().get_template("footer.html.j2").render(seen)
        kept[key] = Markup(text)  # noqa: S704 (escaped where rendered)
    return cast("Markup", kept[key])


def _single_pages(content: Content, context: dict[str, Any], lang: Language) -> Iterator[Page]:
    by_kind = {
        kind: [entry for entry in content.entries if entry.kind == kind]
        for kind in ("mobile", "seasonal")
    }
    own: dict[str, dict[str, object]] = {
        "guide": {"g": context["t"]["guide"] | {"review": ""}},
        "municipalities": {"all_provinces": _all_provinces(content)},
        "stops": {**by_kind, "visits": _shown_visits(content), "days_of": _days_of(content)},
    }
    for page, template in _TEMPLATES.items():
        alternates = {other: read_words(other)["pages"][page] for other in LANGUAGES}
        name = template.format(lang=lang)
        yield _rendered(name, context, alternates[lang], alternates, page=page, **own.get(page, {}))


def _desk_pages(content: Content, context: dict[str, Any], lang: Language) -> Iterator[Page]:
    for entry in content.entries:
        here = content.municipalities[entry.istat_code]
        own = {
            "page": "desk",
            "entry": entry,
            "here": here,
            "way": _way(entry, here, context["t"]["desk"]["directions"]),
            "visits": next_visits(content.stops.get(entry.desk_id, ()), _MAX_VISITS),
            "days": _days_of(content, entry).get(entry.desk_id, ()),
        }
        for desk_id in entry.desk_ids:
            alternates = {other: desk_path(desk_id, other) for other in LANGUAGES}
            path = alternates[lang]
            structured = Markup(content.structured[desk_id])  # noqa: S704 (escaped where written)
            yield _rendered(
                "desk.html.j2",
                context,
                path,
                alternates,
                desk_id=desk_id,
                structured=structured,
                **own,
            )


def _municipality_pages(
    content: Content, context: dict[str, Any], lang: Language
) -> Iterator[Page]:
    cards: dict[str, Markup] = {}
    for code, here in content.municipalities.items():
        entries = content.of_municipality.get(code, ())
        near = () if n_serving(entries) else content.nearest[code]
        shown = (*entries, *(entry for entry, _ in near))
        alternates = {
            other: municipality_path(here.municipality, code, other) for other in LANGUAGES
        }
        yield _rendered(
            "municipality.html.j2",
            context,
            alternates[lang],
            alternates,
            page="municipality",
            here=here,
            entries=entries,
            has_doubt=any(not entry.is_confirmed for entry in shown),
            near=[
                (_near_card(entry, context, alternates[lang], cards), minutes)
                for entry, minutes in near
            ],
            visits=next_visits(content.stops_in(code), _MAX_VISITS),
        )


def _near_card(
    entry: Entry, context: dict[str, Any], path: str, cards: dict[str, Markup]
) -> Markup:
    """Return the card of a desk that is near many municipalities, rendered once for all."""
    if entry.desk_id not in cards:
        text = (
            _templates()
            .get_template("near_card.html.j2")
            .render({**context, "root": "../" * path.count("/"), "entry": entry})
        )
        cards[entry.desk_id] = Markup(text)  # noqa: S704 (escaped where rendered)
    return cards[entry.desk_id]


def _province_pages(content: Content, context: dict[str, Any], lang: Language) -> Iterator[Page]:
    for province in content.provinces:
        alternates = {other: province_path(province.province, other) for other in LANGUAGES}
        own = {"page": "province", "province": province, **offered_choices(province.entries)}
        yield _rendered("province.html.j2", context, alternates[lang], alternates, **own)


def _essential_pages(context: dict[str, Any]) -> Iterator[Page]:
    """Yield the guide in the languages that have no more than it; its frame is Italian."""
    alternates = {lang: read_words(lang)["pages"]["guide"] for lang in LANGUAGES}
    for lang in ESSENTIAL_LANGUAGES:
        words = read_essential(lang)
        yield _rendered(
            "guide.html.j2",
            context,
            essential_path(lang),
            alternates,
            page="guide",
            page_lang=lang,
            direction=words["language"]["direction"],
            g=words["guide"],
        )


def _way(entry: Entry, here: Municipality, text: str) -> object:
    if entry.seat == "exact":
        return directions_link(text, at=(entry.lat, entry.lon))
    known = (entry.address, entry.locality) if entry.is_seat_known else ()
    where = ", ".join([*filter(None, known), here.municipality]) if known else ""
    return directions_link(text, where=where)


def _shown_visits(content: Content) -> list[object]:
    until = content.first_day + timedelta(days=MAX_SHOWN_DAYS)
    every = tuple(stop for stops in content.stops.values() for stop in stops)
    return [visit for visit in next_visits(every) if visit.day < until]


def _days_of(content: Content, *entries: Entry) -> dict[str, tuple[date, ...]]:
    """Return the coming days of seasonal desks, by ``desk_id``."""
    return {
        entry.desk_id: tuple(
            content.first_day + timedelta(days=ahead)
            for ahead in content.coming_days(entry.desk_id)
        )
        for entry in entries or content.entries
        if entry.kind == "seasonal"
    }


def _all_provinces(content: Content) -> list[tuple[str, list[Municipality]]]:
    of_province: dict[str, list[Municipality]] = {}
    for municipality in content.municipalities.values():
        of_province.setdefault(municipality.province, []).append(municipality)
    return [
        (province, sorted(held, key=lambda m: (province_slug(m.municipality), m.istat_code)))
        for province, held in sorted(of_province.items(), key=lambda p: province_slug(p[0]))
    ]
