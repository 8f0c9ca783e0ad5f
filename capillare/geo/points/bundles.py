"""Seats of one application go together: a seat that is refused takes the others with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from capillare.geo.points.rows import Rows


def refuse_broken_bundles(seats: Rows) -> None:
    """Refuse every seat of an application one of whose seats is refused.

    An application is all or none: weighed by the seats that could be read, it would be another.
    """
    application = seats.frame["application_id"]
    broken = set(application[seats.is_refused].dropna())
    is_left_alone = application.isin(broken).to_numpy(dtype=np.bool_) & ~seats.is_refused
    seats.refuse(
        is_left_alone,
        "application_id",
        application,
        "un'altra sede della stessa domanda è stata rifiutata, e la domanda vale con tutte o con "
        "nessuna",
        "Correggi l'altra sede.",
    )
