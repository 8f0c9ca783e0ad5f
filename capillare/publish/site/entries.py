"""What the list shows: one entry a desk, or one for desks that nothing tells apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from capillare.geo.errors import DataError
from capillare.geo.hours import readable_en, readable_it
from capillare.geo.places import normalised_name
from capillare.publish.site.addresses import province_slug
from capillare.publish.site.links import Link, email_link, phone_links, web_link
from capillare.publish.site.slugs import municipality_slug, slug

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from capillare.geo.numerals import Language
    from capillare.planning.network import Network

ANCHOR = "sportello-"
_ONE_OF_MANY = re.compile(r"(?P<stem>.+?)\s*\(\d+ di \d+\)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of the public list.

    Attributes
    ----------
    anchors
        Name of each desk in the page's address, first the entry's own.
    desk_ids
        Id of each desk, in the order of `anchors`.
    n_desks
        Desks that it stands for.
    lat, lon
        EPSG:4326.
    position_basis
        ``given``, ``locality`` or ``chief_town``: how exact lat and lon are.
    hours_it, hours_en
        Opening hours in words; empty where they are not known.
    is_confirmed
        Verified by somebody, and the campaign that paid for it has not ended since.
    verified_on, source_date
        ISO dates, the latter may be a year or month; empty where not known.
    begins_on, ends_on
        ISO dates: first day of one that is not yet in service, last day of service; empty for none.
    """

    anchors: tuple[str, ...]
    desk_ids: tuple[str, ...]
    n_desks: int
    name: str
    network: str
    kind: str
    istat_code: str
    locality: str
    address: str
    lat: float
    lon: float
    position_basis: str
    hours_it: str
    hours_en: str
    by_appointment: bool | None
    booking: Link | None
    phones: tuple[Link, ...]
    email: Link | None
    wheelchair: str
    services: tuple[str, ...]
    languages: tuple[str, ...]
    is_confirmed: bool
    verified_on: str
    source: Link | None
    source_date: str
    begins_on: str
    ends_on: str

    @property
    def anchor(self) -> str:
        """Name of the entry in the page's address."""
        return self.anchors[0]

    @property
    def desk_id(self) -> str:
        """Id of the first desk that the entry stands for."""
        return self.desk_ids[0]

    @property
    def seat(self) -> str:
        """How well the place is known: ``exact``, ``near``, or ``municipality`` alone."""
        if self.position_basis == "given":
            return "exact"
        return "near" if self.is_seat_known else "municipality"

    @property
    def is_seat_known(self) -> bool:
        """Whether more than the municipality is known."""
        return bool(self.address or self.locality) or self.position_basis == "given"

    def hours(self, lang: Language) -> str:
        """Return the opening hours in words; empty where they are not known."""
        return self.hours_it if lang == "it" else self.hours_en


@dataclass(frozen=True)
class MunicipalityEntries:
    """A municipality and its entries."""

    anchor: str
    istat_code: str
    municipality: str
    province_short: str
    entries: tuple[Entry, ...]

    @property
    def n_desks(self) -> int:
        """Desks in service that its entries stand for."""
        return n_serving(self.entries)


@dataclass(frozen=True)
class ProvinceEntries:
    """A province and its municipalities that have an entry."""

    anchor: str
    province: str
    municipalities: tuple[MunicipalityEntries, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Entries of all its municipalities."""
        return tuple(entry for held in self.municipalities for entry in held.entries)

    @property
    def n_desks(self) -> int:
        """Desks in service that its entries stand for."""
        return n_serving(self.entries)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """South, west, north and east of its desks, EPSG:4326."""
        lat = [entry.lat for entry in self.entries]
        lon = [entry.lon for entry in self.entries]
        return min(lat), min(lon), max(lat), max(lon)


def n_serving(entries: Iterable[Entry]) -> int:
    """Return how many desks in service some entries stand for."""
    return sum(entry.n_desks for entry in entries if not entry.begins_on)


def find_entries(desks: pd.DataFrame) -> tuple[Entry, ...]:
    """Turn published desks into entries.

    Desks "… (1 di 5)" of one municipality that differ in nothing but their number, and of which
    no seat is known, become one entry.

    Returns
    -------
    Sorted by municipality code, name and anchor.
    """
    alike: dict[Entry, list[Entry]] = {}
    for row in desks.sort_values("desk_id", kind="stable").to_dict("records"):
        entry = _entry(row)
        alike.setdefault(_without_number(entry), []).append(entry)
    merged = [
        group[0] if len(group) == 1 else _merged(stem, group) for stem, group in alike.items()
    ]
    return tuple(
        sorted(merged, key=lambda e: (e.istat_code, normalised_name(e.name), e.name, e.anchor))
    )


def by_province(entries: tuple[Entry, ...], network: Network) -> tuple[ProvinceEntries, ...]:
    """Arrange entries by province and municipality, each in alphabetical order."""
    of_code: dict[str, list[Entry]] = {}
    for entry in entries:
        of_code.setdefault(entry.istat_code, []).append(entry)
    municipalities = network.territory.municipalities
    served = municipalities[municipalities["istat_code"].isin(list(of_code))]
    of_province: dict[str, list[MunicipalityEntries]] = {}
    for row in served[["istat_code", "municipality", "province", "province_short"]].to_dict(
        "records"
    ):
        of_province.setdefault(row["province"], []).append(
            MunicipalityEntries(
                anchor=f"comune-{municipality_slug(row['municipality'], row['istat_code'])}",
                istat_code=row["istat_code"],
                municipality=row["municipality"],
                province_short=_text(row["province_short"]),
                entries=tuple(of_code[row["istat_code"]]),
            )
        )
    return tuple(
        ProvinceEntries(
            f"provincia-{province_slug(province)}",
            province,
            tuple(sorted(held, key=lambda m: (normalised_name(m.municipality), m.anchor))),
        )
        for province, held in sorted(of_province.items(), key=lambda p: normalised_name(p[0]))
    )


def _entry(row: Mapping[Hashable, Any]) -> Entry:
    hours = _text(row["opening_hours"])
    booking, email, source = (_text(row[name]) for name in ("booking_url", "email", "source"))
    verified_on = _text(row["verified_on"])
    return Entry(
        anchors=(ANCHOR + slug(str(row["desk_id"])),),
        desk_ids=(str(row["desk_id"]),),
        n_desks=1 if pd.isna(row["n_desks"]) else int(row["n_desks"]),
        name=_text(row["name"]),
        network=_text(row["network"]),
        kind=_text(row["kind"]),
        istat_code=_text(row["istat_code"]),
        locality=_text(row["locality"]),
        address=_text(row["address"]),
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        position_basis=_text(row["position_basis"]),
        hours_it=_said(hours, "it"),
        hours_en=_said(hours, "en"),
        by_appointment=None if pd.isna(row["by_appointment"]) else bool(row["by_appointment"]),
        booking=web_link(booking) if booking else None,
        phones=phone_links(_text(row["phone"])),
        email=email_link(email) if email else None,
        wheelchair=_text(row["wheelchair"]),
        services=_listed(row["services"]),
        languages=_listed(row["languages"]),
        is_confirmed=bool(verified_on) and not bool(row["is_to_be_confirmed"]),
        verified_on=verified_on,
        source=web_link(source) if source else None,
        source_date=_text(row["source_date"]),
        begins_on="" if row["is_in_service"] else _text(row["valid_from"]),
        ends_on=_text(row["valid_to"]),
    )


def _without_number(entry: Entry) -> Entry:
    numbered = _ONE_OF_MANY.fullmatch(entry.name)
    if numbered is None or entry.is_seat_known:
        return entry
    return replace(entry, name=numbered["stem"], anchors=(), desk_ids=(), n_desks=0)


def _merged(stem: Entry, group: list[Entry]) -> Entry:
    return replace(
        stem,
        anchors=tuple(anchor for entry in group for anchor in entry.anchors),
        desk_ids=tuple(desk_id for entry in group for desk_id in entry.desk_ids),
        n_desks=sum(entry.n_desks for entry in group),
    )


def _said(hours: str, lang: Language) -> str:
    try:
        return (readable_it if lang == "it" else readable_en)(hours) if hours else ""
    except DataError:
        return ""


def _text(cell: object) -> str:
    return "" if pd.isna(cell) else str(cell).strip()  # type: ignore[call-overload]


def _listed(cell: object) -> tuple[str, ...]:
    return tuple(part.strip() for part in _text(cell).split(";") if part.strip())
