"""A proposal approved: what a written plan proposes becomes rows of the registry."""

from capillare.geo.points.approval.approving import Wishes, approve
from capillare.geo.points.approval.proposal_files import (
    WrittenPlan,
    read_written_plan,
    refuse_another_registry,
)

__all__ = ["Wishes", "WrittenPlan", "approve", "read_written_plan", "refuse_another_registry"]
