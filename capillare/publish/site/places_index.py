"""Names that people search, with their positions: municipalities and hamlets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capillare.geo.places import normalised_name

if TYPE_CHECKING:
    from capillare.publish.site.content import Content

_DECIMALS = 4


def places_index(content: Content) -> dict[str, Any]:
    """List municipalities and hamlets, the most peopled first.

    Returns
    -------
    ``municipalities``: ``[name, province, lat, lon]``; ``hamlets``: ``[name, n, lat, lon]`` with
    n the row of its municipality, without those named like it; EPSG:4326. In a site whose desks
    are not all on the first page, also ``desks``: ``[name, n, lat, lon]``.
    """
    territory = content.network.territory
    towns = territory.municipalities.sort_values(
        ["residents", "istat_code"], ascending=[False, True], kind="stable", na_position="last"
    )
    row_of = {code: row for row, code in enumerate(towns["istat_code"])}
    name_of = dict(zip(towns["istat_code"], towns["municipality"], strict=True))
    places = territory.places.sort_values(
        ["adults", "place_id"], ascending=[False, True], kind="stable"
    )
    columns = ["place", "istat_code", "lat", "lon"]
    index: dict[str, Any] = {
        "municipalities": [
            [
                name,
                content.municipalities[code].province_short,
                *_position(lat, lon),
            ]
            for name, code, lat, lon in towns[
                ["municipality", "istat_code", "lat", "lon"]
            ].itertuples(index=False, name=None)
        ],
        "hamlets": [
            [name, row_of[code], *_position(lat, lon)]
            for name, code, lat, lon in places[columns].itertuples(index=False, name=None)
            if normalised_name(name) != normalised_name(name_of[code])
        ],
    }
    if not content.is_one_page:
        index["desks"] = [
            [entry.name, row_of[entry.istat_code], *_position(entry.lat, entry.lon)]
            for entry in content.entries
        ]
    return index


def _position(lat: float, lon: float) -> tuple[float, float]:
    return round(float(lat), _DECIMALS), round(float(lon), _DECIMALS)
