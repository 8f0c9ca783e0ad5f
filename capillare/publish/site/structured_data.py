"""Desks for search engines: schema.org ``GovernmentService`` in JSON-LD, hours with validity."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from capillare.publish.site.addresses import desk_path
from capillare.publish.site.links import email_link, phone_links, web_link
from capillare.publish.site.openings import HORIZON_DAYS, open_spans
from capillare.publish.site.published import published_desks
from capillare.publish.site.visits import next_visits, stop_places
from capillare.publish.site.weekly_pattern import periods

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from capillare.planning.network import Network
    from capillare.publish.site.openings import OpenSpan
    from capillare.publish.site.visits import StopPlace
    from capillare.publish.site.weekly_pattern import Day, Period

Node = dict[str, Any]

_CONTEXT = "https://schema.org"
_OPENING = f'{{"@context":"{_CONTEXT}",'
_DAYS = tuple(
    f"https://schema.org/{name}"
    for name in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
)
_MAX_VISITS = 60


def structured_data(network: Network) -> dict[str, str]:
    """Return the JSON-LD of each published desk, by ``desk_id``, safe inside a page's script.

    Hours are those of the next 400 days, told as weeks with validity and days that differ; they
    are left out where they are not known, or where nobody has confirmed the desk since its
    campaign ended. Addresses of pages are left out unless the policy knows the site's.
    """
    nodes = _nodes(network)
    return {desk_id: embedded({"@context": _CONTEXT, **node}) for desk_id, node in nodes.items()}


def desks_jsonld(written: Iterable[str]) -> str:
    """Put what `structured_data` wrote of each desk into one JSON-LD document."""
    graph = ",".join("{" + one.removeprefix(_OPENING) for one in written)
    return f'{_OPENING}"@graph":[{graph}]}}\n'


def embedded(node: Node) -> str:
    r"""Write JSON that no page can take for markup: ``<``, ``>``, ``&`` and line ends are escaped.

    >>> embedded({"name": "</script>"})
    '{"name":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(node, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _nodes(network: Network) -> dict[str, Node]:
    desks = published_desks(network)
    towns = network.territory.municipalities.set_index("istat_code")[["municipality", "province"]]
    stops: dict[str, list[StopPlace]] = {}
    for stop in stop_places(network):
        stops.setdefault(stop.desk_id, []).append(stop)
    providers = _providers(network)
    nodes = {}
    for row in desks.to_dict("records"):
        desk = {str(name): "" if pd.isna(cell) else cell for name, cell in row.items()}
        here = towns.loc[desk["istat_code"]]
        channels = (
            _stop_channels(desk, stops[desk["desk_id"]])
            if desk["desk_id"] in stops
            else [_channel(desk, _place(desk, here), network.scenario.as_of)]
        )
        nodes[desk["desk_id"]] = _without_blanks(
            {
                "@type": "GovernmentService",
                **_addresses(network, desk["desk_id"]),
                "name": desk["name"],
                "serviceType": "Facilitazione digitale",
                "areaServed": {"@type": "AdministrativeArea", "name": here["municipality"]},
                "provider": providers.get(desk["point_id"]),
                "availableChannel": channels,
            }
        )
    return nodes


def _addresses(network: Network, desk_id: str) -> Node:
    root = network.policy.publication.root
    if not root:
        return {"identifier": desk_id}
    page = root + desk_path(desk_id)
    return {"@id": f"{page}#desk", "identifier": desk_id, "url": page}


def _providers(network: Network) -> dict[str, Node]:
    points, entities = network.registry.points, network.registry.entities
    named = points.merge(entities[["entity_id", "entity"]], on="entity_id", how="inner")
    return {
        point_id: {"@type": "Organization", "name": entity}
        for point_id, entity in zip(named["point_id"], named["entity"], strict=True)
    }


def _place(desk: Node, here: pd.Series) -> Node:
    place = {
        "@type": "Place",
        "name": desk["name"],
        "address": {
            "@type": "PostalAddress",
            "streetAddress": desk["address"],
            "addressLocality": desk["locality"] or here["municipality"],
            "addressRegion": here["province"],
            "addressCountry": "IT",
        },
    }
    # A chief town's position is not the desk's: a map would send people to the wrong door.
    return place | _position(desk) if desk["position_basis"] == "given" else place


def _position(spot: Node) -> Node:
    lat, lon = (round(float(spot[name]), 6) for name in ("lat", "lon"))
    return {"geo": {"@type": "GeoCoordinates", "latitude": lat, "longitude": lon}}


def _channel(desk: Node, place: Node, first: date) -> Node:
    hours: list[Node] = []
    if desk["opening_hours"] and not desk["is_to_be_confirmed"]:
        spans = open_spans(
            desk["opening_hours"],
            first,
            istat_code=desk["istat_code"],
            valid_from=str(desk["valid_from"]),
            valid_to=str(desk["valid_to"]),
        )
        hours += _told(spans, first)
    return {
        "@type": "ServiceChannel",
        "serviceLocation": place | {"openingHoursSpecification": hours},
        **_contacts(desk),
    }


def _contacts(desk: Node) -> Node:
    phones = [link.href.removeprefix("tel:") for link in phone_links(str(desk["phone"]))]
    email = email_link(str(desk["email"])) if desk["email"] else None
    booking = web_link(str(desk["booking_url"])) if desk["booking_url"] else None
    phone = next(filter(None, phones), "")
    point = {"telephone": phone, "email": email.text if email and email.href else ""}
    return {
        "servicePhone": {"@type": "ContactPoint", **point} if any(point.values()) else "",
        "serviceUrl": booking.href if booking else "",
        "availableLanguage": [code for code in str(desk["languages"]).split(";") if code],
    }


def _stop_channels(desk: Node, stops: list[StopPlace]) -> list[Node]:
    """Return a channel a stop: with the desk's next visits, and at least its own next one."""
    coming: dict[str, list[date]] = {}
    for visit in next_visits(tuple(stops), _MAX_VISITS):
        coming.setdefault(visit.stop.stop_id, []).append(visit.day)
    return [_stop_channel(desk, at, coming.get(at.stop_id, [at.dates[0]])) for at in stops]


def _stop_channel(desk: Node, stop: StopPlace, days: list[date]) -> Node:
    spot = {"lat": stop.lat, "lon": stop.lon}
    place = {
        "@type": "Place",
        "name": ", ".join(dict.fromkeys(filter(None, (stop.locality, stop.municipality)))),
        "address": {
            "@type": "PostalAddress",
            "streetAddress": stop.address,
            "addressLocality": stop.locality or stop.municipality,
            "addressCountry": "IT",
        },
        **_position(spot),
        "openingHoursSpecification": [_hours(stop.opens, stop.closes, day, day) for day in days],
    }
    return {"@type": "ServiceChannel", "serviceLocation": place, **_contacts(desk)}


@lru_cache(maxsize=8192)
def _told(spans: tuple[OpenSpan, ...], first: date) -> tuple[Node, ...]:
    told = periods(spans, first, HORIZON_DAYS)
    return tuple(node for period in told for node in _period_hours(period))


def _period_hours(period: Period) -> list[Node]:
    by_hours: dict[tuple[int, int], list[str]] = {}
    for name, day in zip(_DAYS, period.week, strict=True):
        for span in day:
            by_hours.setdefault(span, []).append(name)
    weekly = [
        {**_hours(_clock(opens), _clock(closes), period.first, period.last), "dayOfWeek": days}
        for (opens, closes), days in sorted(by_hours.items())
    ]
    return weekly + [node for at, day in period.exceptions for node in _day_hours(at, day)]


def _day_hours(at: date, day: Day) -> list[Node]:
    """Return the hours of one day; midnight to midnight is how schema.org writes shut."""
    spans = [(_clock(opens), _clock(closes)) for opens, closes in day] or [("00:00", "00:00")]
    return [_hours(opens, closes, at, at) for opens, closes in spans]


def _hours(opens: str, closes: str, first: date, last: date) -> Node:
    return {
        "@type": "OpeningHoursSpecification",
        "opens": opens,
        "closes": closes,
        "validFrom": first.isoformat(),
        "validThrough": last.isoformat(),
    }


def _clock(minutes: int) -> str:
    # schema.org has no 24:00: a day that ends at midnight ends one minute before.
    minutes = min(minutes, 24 * 60 - 1)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _without_blanks(node: Any) -> Any:  # noqa: ANN401 (any part of a JSON document)
    if isinstance(node, dict):
        held = {name: _without_blanks(part) for name, part in node.items()}
        return {name: part for name, part in held.items() if part not in ("", None, [], {})}
    return [_without_blanks(part) for part in node] if isinstance(node, list) else node
