"""Parts that every layer of the map is made of: GeoJSON features, cards and names, encoded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from capillare.geo.numerals import number
from capillare.publish.portable_map.escaping import safe_html

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Features = list[dict[str, Any]]

POSITION_DECIMALS = 5


def rows_of(frame: pd.DataFrame) -> Iterable[Any]:
    """Return the rows of a frame, named by its columns; the index is ``Index``."""
    return frame.itertuples()


def feature_collection(features: Features) -> dict[str, Any]:
    """Return features as GeoJSON."""
    return {"type": "FeatureCollection", "features": features}


def point_feature(row: Any, **properties: Any) -> dict[str, Any]:  # noqa: ANN401 (a named row)
    """Return a feature at a row's ``lat``, ``lon``."""
    spot = [round(row.lon, POSITION_DECIMALS), round(row.lat, POSITION_DECIMALS)]
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": spot},
    }


def card(title: str, rows: Mapping[str, object]) -> str:
    """Return a popup: a title and the rows that say something."""
    known: Iterable[tuple[str, object]] = (
        (label, said) for label, said in rows.items() if isinstance(said, str) and said
    )
    listed = "".join(
        f"<dt>{safe_html(label)}</dt><dd>{safe_html(str(said))}</dd>" for label, said in known
    )
    return f"<h3>{safe_html(title)}</h3><dl>{listed}</dl>"


def place_name(municipality: str, locality: str) -> str:
    """Name a locality, with its municipality where that is another name."""
    return municipality if locality == municipality else f"{locality} ({municipality})"


def figure_text(figure: float, decimals: int) -> str:
    """Write a figure; nothing where it is not known."""
    return "" if pd.isna(figure) else number(figure, decimals)
