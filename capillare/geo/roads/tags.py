"""What the tags of an OpenStreetMap way say to a driver: whether, which way and how fast."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from capillare.geo.roads.rules import RoadRules

KPH_PER_MPH = 1.609344
ACCESS_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")
"""The most particular key that is mapped decides."""
ROUNDABOUTS = frozenset({"roundabout", "circular"})
_ONE_WAY = {"yes": (True, False), "true": (True, False), "1": (True, False)}
_ONE_WAY |= {"-1": (False, True), "reverse": (False, True)}
# A reversible lane is shut half of the time, and no one knows which half.
_ONE_WAY |= {"reversible": (False, False)}
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(mph|km/h|kmh|kph)?$")


class Speeds(NamedTuple):
    """Speed along the way and against it, km/h; 0 where nobody may drive."""

    forward_kph: float
    backward_kph: float


NOT_DRIVABLE = Speeds(0.0, 0.0)


def speeds_of(tags: Mapping[str, str], rules: RoadRules) -> Speeds:
    """Return how fast a car of the public goes along a way, and against it."""
    if tags.get("route", "") == "ferry":
        return _ferry_speeds(tags, rules)
    road_class = tags.get("highway", "")
    class_kph = rules.class_kph.get(road_class)
    if class_kph is None or not _is_open(tags, rules) or tags.get("area", "") == "yes":
        return NOT_DRIVABLE
    if road_class == "service" and tags.get("service", "") in rules.denied_service:
        return NOT_DRIVABLE
    ways = _directions(tags, road_class)
    surface = rules.unpaved_share if tags.get("surface", "") in rules.unpaved else 1.0
    forward = _driven_kph(tags, "maxspeed:forward", class_kph, rules) * surface
    backward = _driven_kph(tags, "maxspeed:backward", class_kph, rules) * surface
    return Speeds(forward if ways[0] else 0.0, backward if ways[1] else 0.0)


def _ferry_speeds(tags: Mapping[str, str], rules: RoadRules) -> Speeds:
    takes_cars = tags.get("motorcar", "") or tags.get("motor_vehicle", "")
    if not rules.with_ferries or takes_cars in {"", "no"} or not _is_open(tags, rules):
        return NOT_DRIVABLE
    forward, backward = _directions(tags, "ferry")
    return Speeds(rules.ferry_kph * forward, rules.ferry_kph * backward)


def _is_open(tags: Mapping[str, str], rules: RoadRules) -> bool:
    said = next((value for key in ACCESS_KEYS if (value := tags.get(key, ""))), "yes")
    return said not in rules.denied


def _directions(tags: Mapping[str, str], road_class: str) -> tuple[bool, bool]:
    oneway = tags.get("oneway", "")
    if oneway in _ONE_WAY:
        return _ONE_WAY[oneway]
    is_implied = road_class == "motorway" or tags.get("junction", "") in ROUNDABOUTS
    return (True, not is_implied or oneway == "no")


def _driven_kph(tags: Mapping[str, str], key: str, class_kph: float, rules: RoadRules) -> float:
    limit = limit_kph(tags.get(key, "") or tags.get("maxspeed", ""), rules)
    if limit is None:
        return class_kph
    return min(limit * rules.maxspeed_share, class_kph * rules.maxspeed_lift)


def limit_kph(text: str, rules: RoadRules) -> float | None:
    """Read a ``maxspeed``; of several the lowest; None where it says nothing that is known.

    >>> from capillare.geo.roads.rules import read_rules
    >>> [limit_kph(text, read_rules()) for text in ("50", "30 mph", "IT:urban", "70;50", "signals")]
    [50.0, 48.28032, 50.0, 50.0, None]
    """
    limits = [_one_limit(part.strip(), rules) for part in text.split(";")]
    known = [limit for limit in limits if limit is not None and limit > 0]
    return min(known) if known else None


def _one_limit(text: str, rules: RoadRules) -> float | None:
    if text in rules.maxspeed_kph:
        return rules.maxspeed_kph[text]
    found = _NUMBER.match(text)
    if not found:
        return None
    return float(found[1]) * (KPH_PER_MPH if found[2] == "mph" else 1.0)
