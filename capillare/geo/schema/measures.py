"""Columns that several written tables share."""

from __future__ import annotations

from capillare.geo.schema.tables import Column


def people(name: str, meaning: str, title_it: str, *, may_miss: bool = False) -> Column:
    """Declare a count of people."""
    return Column(name, "integer", meaning, title_it, "people", may_miss=may_miss, minimum=0)


def share(
    name: str, meaning: str, title_it: str, *, may_miss: bool = True, maximum: float | None = 1
) -> Column:
    """Declare a share of a whole, from 0 to 1 unless said otherwise."""
    return Column(
        name, "number", meaning, title_it, "share", may_miss=may_miss, minimum=0, maximum=maximum
    )


def minutes(name: str, meaning: str, title_it: str) -> Column:
    """Declare minutes; missing is not known or out of reach, as the meaning says."""
    return Column(name, "number", meaning, title_it, "minutes", may_miss=True, minimum=0)


MUNICIPALITY = Column("municipality", "text", "Name of the municipality", "Comune")
PROVINCE = Column("province", "text", "Name of the province", "Provincia")
