"""Which desks the site publishes: those in service, and those announced for a later day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from capillare.geo.points.service import begins_later
from capillare.publish.site.openings import HORIZON_DAYS

if TYPE_CHECKING:
    import pandas as pd

    from capillare.planning.network import Network


def published_desks(network: Network) -> pd.DataFrame:
    """Return the desks that pages and open data show, sorted by ``desk_id``.

    Beside those in service, desks whose validity begins within the days for which opening is
    computed: browsers and the interface let them in on their first day, and let any desk go after
    its last, without a new build.

    Returns
    -------
    Rows of the network's desks; ``is_in_service`` is False for one that begins later, on its
    ``valid_from``.
    """
    desks = network.desks
    first = network.scenario.as_of
    until = first + timedelta(days=HORIZON_DAYS - 1)
    is_announced = begins_later(desks, network.registry.points, as_of=first, until=until)
    return desks[desks["is_in_service"] | is_announced].sort_values("desk_id", kind="stable")
