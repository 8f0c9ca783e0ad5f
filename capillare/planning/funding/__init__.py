"""What money is given to: the applications of a call, and the points that a renewal keeps."""

from capillare.planning.funding.call import CallRanking, campaigns_waiting, rank_call
from capillare.planning.funding.renewal import Renewal, keep_points
from capillare.planning.siting.funding_wishes import points_to_keep

__all__ = [
    "CallRanking",
    "Renewal",
    "campaigns_waiting",
    "keep_points",
    "points_to_keep",
    "rank_call",
]
