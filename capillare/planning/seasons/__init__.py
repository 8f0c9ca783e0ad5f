"""Seasonal seats: who is present by month, where each point opens, and what that brings."""

from capillare.planning.seasons.planning import SeasonPlan, plan_seasons

__all__ = ["SeasonPlan", "plan_seasons"]
