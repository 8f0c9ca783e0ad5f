"""How complete the list is, in numbers that the pages say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from capillare.planning.network import Network
    from capillare.publish.site.entries import Entry

_MOST = 0.5


@dataclass(frozen=True)
class Figures:
    """Counts of desks in service, and of points held against the first campaign's.

    Attributes
    ----------
    n_declared
        Points of the first campaign; 0 where the policy is another region's.
    confirm
        What the notice says: ``ended`` and ``unverified`` when most desks are to be confirmed,
        after or before the campaign's end; ``some``; or ``none``.
    """

    n_desks: int
    n_to_confirm: int
    n_unknown: int
    n_with_hours: int
    n_with_phone: int
    n_with_seat: int
    n_held: int
    n_declared: int
    campaign: str
    campaign_ends_on: date
    confirm: Literal["ended", "unverified", "some", "none"]

    @property
    def is_partial(self) -> bool:
        """Whether fewer points are held than the campaign declares."""
        return self.n_held < self.n_declared


def count_entries(entries: tuple[Entry, ...], network: Network) -> Figures:
    """Count the desks in service; an entry counts for the desks it stands for."""
    entries = tuple(entry for entry in entries if not entry.begins_on)
    campaign = network.policy.first_campaign
    ends_on = date.fromisoformat(campaign.ends_on)
    n_desks = sum(entry.n_desks for entry in entries)
    n_to_confirm = sum(entry.n_desks for entry in entries if not entry.is_confirmed)
    # Another region's commitments say nothing of this one's desks.
    is_ours = network.territory.region in {network.policy.region, "all"}
    confirm: Literal["ended", "unverified", "some", "none"] = "none"
    if n_to_confirm > _MOST * n_desks:
        confirm = "ended" if is_ours and ends_on < network.scenario.as_of else "unverified"
    elif n_to_confirm:
        confirm = "some"
    return Figures(
        n_desks=n_desks,
        n_to_confirm=n_to_confirm,
        n_unknown=int((network.desks["status"] == "unknown").sum()),
        n_with_hours=sum(entry.n_desks for entry in entries if entry.hours_it),
        n_with_phone=sum(entry.n_desks for entry in entries if entry.phones),
        n_with_seat=sum(entry.n_desks for entry in entries if entry.is_seat_known),
        n_held=network.roll_up.n_points,
        n_declared=campaign.n_points if is_ours else 0,
        campaign=campaign.title,
        campaign_ends_on=ends_on,
        confirm=confirm,
    )
