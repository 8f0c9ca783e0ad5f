"""What changes in the registry when a published list, or another registry, is held against it."""

from __future__ import annotations

from capillare.geo.schema.shared import id_column
from capillare.geo.schema.tables import Column, Table
from capillare.geo.schema.territory import istat_column

CHANGE_KINDS = ("new", "changed", "gone")
MATCH_BASES = ("id", "near", "address", "name")

CHANGES = Table(
    "changes",
    "A desk that is new or gone, or one field of a desk that changed",
    "Differenze",
    ("desk_id", "column"),
    (
        Column("change", "text", "New, changed or gone", "Differenza", choices=CHANGE_KINDS),
        id_column("desk_id", "Id of the desk in the registry; its future id if new", "Sportello"),
        Column("name", "text", "Name people know it by", "Nome"),
        istat_column(),
        Column("column", "text", "Field that differs; desk_id where the whole desk does", "Campo"),
        Column("before", "text", "In the registry", "Prima", may_miss=True),
        Column("after", "text", "In the list", "Dopo", may_miss=True),
        Column(
            "matched_by",
            "text",
            "How the two desks were found to be one: same id, near with a like name, same address "
            "with a like name, or almost the same name in the municipality",
            "Riconosciuto per",
            may_miss=True,
            choices=MATCH_BASES,
        ),
        id_column("listed_id", "Id of the desk in the list", "Codice nell'elenco", may_miss=True),
    ),
)
"""Rows are ordered new, changed, gone, then by desk."""

ROW_CHANGES = Table(
    "row_changes",
    "A cell of the registry that an approval writes, changes or empties",
    "Modifiche al registro",
    ("table", "row", "column"),
    (
        Column("change", "text", "New, changed or gone row", "Differenza", choices=CHANGE_KINDS),
        Column("table", "text", "Table of the registry", "Tabella"),
        Column("row", "text", "Key of the row; its parts separated by /", "Riga"),
        Column("column", "text", "Column of the cell", "Campo"),
        Column("before", "text", "In the registry", "Prima", may_miss=True),
        Column("after", "text", "Once approved", "Dopo", may_miss=True),
    ),
)
"""Rows are ordered by table, then by row, then as the table's columns."""
