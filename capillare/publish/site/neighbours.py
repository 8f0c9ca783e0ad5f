"""The desks nearest to each municipality, with the minutes by car."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from capillare.geo.travel import spots_of

if TYPE_CHECKING:
    import pandas as pd

    from capillare.planning.network import Network

N_NEAREST = 3
_REACHES_MIN = (45.0, 120.0)


def nearest_desks(network: Network) -> dict[str, list[tuple[str, int]]]:
    """Find the desks in service nearest to each municipality's most peopled place.

    Returns
    -------
    By ``istat_code``: up to three ``(desk_id, minutes)``, nearest first, ties by id; none where no
    desk is within two hours on the same land. Minutes are whole.
    """
    desks = network.desks
    serving = desks[desks["is_in_service"] & (desks["kind"] != "mobile")]
    serving = serving.sort_values("desk_id", ignore_index=True)
    places = _main_places(network.territory.places)
    found: dict[str, list[tuple[str, int]]] = {code: [] for code in places["istat_code"]}
    if serving.empty:
        return found
    supply = spots_of(serving, id_column="desk_id")
    for reach_min in _REACHES_MIN:
        still = places[[len(found[code]) < N_NEAREST for code in places["istat_code"]]]
        if still.empty:
            break
        pairs = network.travel.pairs(
            spots_of(still, id_column="place_id"), supply, max_min=reach_min
        )
        order = np.lexsort((pairs.destination, pairs.travel_min, pairs.origin))
        codes = still["istat_code"].to_numpy()
        for code in codes:
            found[code] = []
        for pair in order:
            near = found[codes[pairs.origin[pair]]]
            if len(near) < N_NEAREST:
                desk_id = str(supply.ids[pairs.destination[pair]])
                near.append((desk_id, max(1, round(float(pairs.travel_min[pair])))))
    return found


def _main_places(places: pd.DataFrame) -> pd.DataFrame:
    ranked = places.sort_values(
        ["istat_code", "adults", "place_id"], ascending=[True, False, True], kind="stable"
    )
    return ranked.drop_duplicates("istat_code").reset_index(drop=True)
