"""The published desks as open data: one CSV table, one GeoJSON file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from capillare.geo.schema import DESKS, STOPS
from capillare.geo.schema.csv_text import canonical_text, table_as_csv
from capillare.publish.site.catalogue import catalogue_files
from capillare.publish.site.entries import ANCHOR
from capillare.publish.site.published import published_desks
from capillare.publish.site.slugs import slug
from capillare.publish.site.stops_calendar import stops_ics
from capillare.publish.site.structured_data import desks_jsonld

if TYPE_CHECKING:
    from capillare.planning.network import Network

_BEHIND = ("municipality", "province", "is_to_be_confirmed", "anchor", "is_in_service")
_FLAGS = ["is_to_be_confirmed", "is_in_service"]


def public_desks(network: Network) -> pd.DataFrame:
    """Return the desks that are published, sorted by ``desk_id``, as open data hold them.

    Returns
    -------
    Table ``desks``, and behind it ``municipality``, ``province``, ``is_to_be_confirmed``,
    ``anchor``, the desk's name in the address of the list, and ``is_in_service``: false for one
    that begins later, on its ``valid_from``.
    """
    published = published_desks(network)
    names = network.territory.municipalities[["istat_code", "municipality", "province"]]
    named = published[[*DESKS.names, *_FLAGS]].merge(
        pd.DataFrame(names), on="istat_code", how="left", validate="many_to_one"
    )
    named["anchor"] = [ANCHOR + slug(desk_id) for desk_id in named["desk_id"]]
    return named[[*DESKS.names, *_BEHIND]].reset_index(drop=True)


def open_data_files(network: Network, structured: dict[str, str]) -> dict[str, bytes]:
    """Return every file of open data by path; the same network always gives the same bytes.

    Parameters
    ----------
    structured
        What `structured_data` says of each desk.
    """
    return {
        "desks.csv": desks_csv(network).encode(),
        "desks.geojson": desks_geojson(network).encode(),
        "desks.jsonld": desks_jsonld(structured.values()).encode(),
        "stops.csv": stops_csv(network).encode(),
        "stops.ics": stops_ics(network),
        **catalogue_files(network),
    }


def desks_csv(network: Network) -> str:
    """Write the public desks as CSV (RFC 4180), safe to open in a spreadsheet."""
    desks = public_desks(network)
    written = canonical_text(desks, DESKS)
    behind = desks[list(_BEHIND)]
    flags = {name: behind[name].map({True: "true", False: "false"}) for name in _FLAGS}
    text: str = written.join(behind.assign(**flags)).to_csv(index=False, lineterminator="\r\n")
    return text


def desks_geojson(network: Network) -> str:
    """Write the public desks as GeoJSON (RFC 7946); ``position_basis`` says how exact each is."""
    features = [_feature(row) for row in public_desks(network).to_dict("records")]
    as_of = network.scenario.as_of.isoformat()
    return compact_json({"type": "FeatureCollection", "as_of": as_of, "features": features})


def stops_csv(network: Network) -> str:
    """Write the stops of published mobile desks as CSV (RFC 4180), sorted by ``stop_id``."""
    desks = published_desks(network)
    desks = desks[desks["kind"] == "mobile"]
    stops = network.registry.stops
    served = stops[stops["desk_id"].isin(desks["desk_id"])]
    return table_as_csv(served.sort_values("stop_id", kind="stable"), STOPS)


def _feature(row: dict[Any, Any]) -> dict[str, Any]:
    lat, lon = (round(float(row[name]), 6) for name in ("lat", "lon"))
    known = {
        str(name): cell.item() if hasattr(cell, "item") else cell
        for name, cell in row.items()
        if name not in {"lat", "lon"} and not pd.isna(cell)
    }
    return {
        "type": "Feature",
        "id": known["desk_id"],
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": known,
    }


def compact_json(content: dict[str, Any]) -> str:
    """Write plain values as JSON without a byte too many."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"
