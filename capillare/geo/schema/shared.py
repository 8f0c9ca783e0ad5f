"""Columns that several tables of the registry share."""

from __future__ import annotations

from capillare.geo.schema.tables import Column

SOURCE = Column("source", "text", "Page, act or file it comes from", "Fonte", may_miss=True)
SOURCE_DATE = Column(
    "source_date",
    "text",
    "Date of the source: a year, month or day",
    "Data della fonte",
    may_miss=True,
    pattern=r"\d{4}(-\d{2}(-\d{2})?)?",
)
LOCALITY = Column("locality", "text", "Hamlet or quarter", "Località", may_miss=True)
POSITION_BASIS = Column(
    "position_basis",
    "text",
    "given by coordinates, settlement named in locality, or the municipality's chief town",
    "Base della posizione",
    may_miss=True,
    choices=("given", "locality", "chief_town"),
)
NOTE = Column("note", "text", "Doubts and remarks", "Nota", may_miss=True)


def count_column(name: str, meaning: str, title_it: str, *, minimum: int = 0) -> Column:
    """Declare a count that may not be known."""
    return Column(name, "integer", meaning, title_it, may_miss=True, minimum=minimum)


def id_column(name: str, meaning: str, title_it: str, *, may_miss: bool = False) -> Column:
    """Declare an id: no blanks or slashes, so that it can name a page."""
    return Column(name, "text", meaning, title_it, may_miss=may_miss, pattern=r"[^\s/\\]{1,80}")
