"""What pages make of a network, the same for every reader: each thing once, when first shown.

A page runs again at every click, and most of what it shows follows from the network alone.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from capillare.planning.caveats import network_caveats
from capillare.planning.coordinators import known_grounds
from capillare.planning.missing import find_missing
from capillare.planning.network import serving_desks
from capillare.planning.pace import pace_by_province
from capillare.planning.plan import compare_sister_networks
from capillare.planning.service import people_within
from capillare.views.leaflet_map.areas import coverage_areas
from capillare.views.leaflet_map.marks import desk_marks

if TYPE_CHECKING:
    import pandas as pd

    from capillare.planning.coordinators import Ground
    from capillare.planning.missing import Missing
    from capillare.planning.network import Network
    from capillare.planning.service import PeopleWithin
    from capillare.views.leaflet_map.areas import Areas
    from capillare.views.leaflet_map.marks import Mark


class Derived:
    """What follows from one network; nobody may change it, for it is shared."""

    def __init__(self, network: Network) -> None:
        self._network = network

    @cached_property
    def serving(self) -> pd.DataFrame:
        """Desks in service that the scenario counts."""
        return serving_desks(self._network.desks, self._network.scenario)

    @cached_property
    def marks(self) -> list[Mark]:
        """Their symbols on a map."""
        return desk_marks(self.serving, self.municipality_names)

    @cached_property
    def municipality_names(self) -> dict[str, str]:
        """Names of municipalities by ISTAT code, in the alphabet's order."""
        named = self._network.territory.municipalities[["istat_code", "municipality"]]
        named = named.sort_values(["municipality", "istat_code"])
        return dict(zip(named["istat_code"], named["municipality"], strict=True))

    @cached_property
    def municipality_of(self) -> dict[str, str]:
        """The municipality that an area or a desk's symbol on a map stands for, by its id."""
        itself = {code: code for code in self.municipality_names}
        return itself | dict(zip(self.serving["desk_id"], self.serving["istat_code"], strict=True))

    @cached_property
    def minutes_areas(self) -> Areas:
        """Municipalities by minutes to the nearest desk."""
        within_min = self._network.policy.reach.within_min
        return coverage_areas(self._network.coverage, within_min=within_min)

    @cached_property
    def within(self) -> tuple[PeopleWithin, ...]:
        """People within each band of minutes."""
        return people_within(self._network)

    @cached_property
    def by_province(self) -> pd.DataFrame:
        """Table ``province_pace``."""
        return pace_by_province(self._network)

    @cached_property
    def missing(self) -> tuple[Missing, ...]:
        """What is not known."""
        return find_missing(self._network)

    @cached_property
    def sister_networks(self) -> pd.DataFrame:
        """Table ``network_difference``: what counting the sister networks changes."""
        return compare_sister_networks(self._network)

    @cached_property
    def caveats(self) -> tuple[str, ...]:
        """What must be known before the figures are used."""
        return network_caveats(self._network)

    @cached_property
    def grounds(self) -> tuple[Ground, ...]:
        """Provinces, unions and bodies that a list or a report can be made for."""
        return tuple(known_grounds(self._network))
