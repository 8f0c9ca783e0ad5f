"""Lists for the coordinators of provinces, unions and bodies."""

from capillare.planning.coordinators.grounds import Ground, find_grounds, known_grounds
from capillare.planning.coordinators.listing import CoordinatorList, list_for

__all__ = ["CoordinatorList", "Ground", "find_grounds", "known_grounds", "list_for"]
