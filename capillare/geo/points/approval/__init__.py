"""A proposal approved: what a written plan proposes becomes rows of the registry."""

from capillare.geo.points.approval.announced import announced_days, with_their_desks
from capillare.geo.points.approval.approving import Wishes, approvable_names, approve
from capillare.geo.points.approval.proposal_files import (
    WrittenPlan,
    plan_in_memory,
    read_written_plan,
    refuse_another_registry,
)

__all__ = [
    "Wishes",
    "WrittenPlan",
    "announced_days",
    "approvable_names",
    "approve",
    "plan_in_memory",
    "read_written_plan",
    "refuse_another_registry",
    "with_their_desks",
]
