"""What a network's data lack: how much, and of how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from capillare.planning.network import seen_desks, serving_desks

if TYPE_CHECKING:
    from capillare.planning.network import Network

What = Literal[
    "points",
    "status",
    "confirmation",
    "hours",
    "contacts",
    "counts",
    "targets",
    "inner_classes",
]


@dataclass(frozen=True)
class Missing:
    """One thing that is not known.

    Attributes
    ----------
    what
        Points that the campaign declares and the registry does not hold; desks of unknown status;
        desks in service not verified since their campaign ended, without stated hours, or without
        telephone and e-mail; points without a count or a target; municipalities whose inner-area
        class no list gives.
    n, of
        How many lack it, of how many.
    """

    what: What
    n: int
    of: int


def find_missing(network: Network) -> tuple[Missing, ...]:
    """List what is not known, what weighs most on the figures first; what is whole is left out."""
    sums, targets, coverage = network.roll_up, network.targets, network.coverage
    declared = sums.campaigns[0].n_points
    every = seen_desks(network.desks, network.scenario.networks)
    serving = serving_desks(network.desks, network.scenario)
    no_contact = serving["phone"].isna() & serving["email"].isna()
    found = (
        Missing("points", max(declared - sums.n_points, 0), declared),
        Missing("status", int((every["status"] == "unknown").sum()), len(every)),
        Missing("hours", int((serving["hours_basis"] != "stated").sum()), len(serving)),
        Missing("confirmation", int(serving["is_to_be_confirmed"].sum()), len(serving)),
        Missing("contacts", int(no_contact.sum()), len(serving)),
        Missing("counts", sums.n_points - sums.n_points_counted, sums.n_points),
        Missing("targets", int(targets["target_citizens"].isna().sum()), len(targets)),
        Missing(
            "inner_classes",
            int((~coverage["inner_basis"].isin(("official", "known"))).sum()),
            len(coverage),
        ),
    )
    return tuple(one for one in found if one.n)
