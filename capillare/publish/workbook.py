"""The plan as a workbook for people who work with spreadsheets: ``plan.xlsx``."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from capillare import __version__
from capillare.geo.errors import DataError
from capillare.geo.numerals import day, euros
from capillare.publish.explained import explanations, facts_of, plain_date
from capillare.publish.folders import file_aside
from capillare.publish.labels import LABELS_IT, YES_NO_IT
from capillare.publish.meanings import meaning_it
from capillare.publish.printed_sheets import set_print, set_print_of_text
from capillare.publish.provenance import scenario_sentence
from capillare.publish.sheets import Sheet, workbook_sheets

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import pandas as pd

    from capillare.geo.schema import Column, Table
    from capillare.geo.sources.records import SourceRecord
    from capillare.planning.network import Network
    from capillare.planning.plan import Plan

README_SHEET = "Leggimi"
MAX_ROWS = 1_048_575
_WIDEST, _NARROWEST = 48, 9
_README_WIDTHS = (30, 30, 70, 26)
_LINE_PT = 15.0
_FORMATS = {
    "share": "0.0%",
    "EUR": '#,##0 "€"',
    "people": "#,##0",
    "services": "#,##0",
    "minutes": "0.0",
    "person-minutes": "#,##0",
    "hours": "0.0",
    "degrees": "0.00000",
}
_UNITS_IT = {
    "share": "percentuale",
    "EUR": "euro",
    "people": "persone",
    "services": "servizi",
    "minutes": "minuti",
    "person-minutes": "minuti-persona",
    "hours": "ore",
    "degrees": "gradi",
    "hours/1000 adults": "ore per 1.000 maggiorenni",
    "people/day": "persone al giorno",
    "people/hour": "persone all'ora",
    "people/month": "persone al mese",
}


def write_workbook(plan: Plan, path: Path) -> None:
    """Write the workbook of a plan; the same plan gives the same bytes.

    Raises
    ------
    DataError
        If a table has more rows than a sheet can hold.
    """
    sheets = workbook_sheets(plan)
    write_book(
        path,
        title="Piano dei Punti Digitale Facile",
        as_of=plan.network.scenario.as_of,
        readme=_readme_rows(plan, sheets),
        sheets=sheets,
    )


def write_book(
    path: Path,
    *,
    title: str,
    as_of: date,
    readme: Iterable[tuple[str, tuple[str, ...]]],
    sheets: Sequence[Sheet],
) -> None:
    """Write a workbook: a sheet to read first, then one for each table, with filters.

    Parameters
    ----------
    path
        File.
    title
        Of the document.
    as_of
        Day that the file says it was made on, so that the same content gives the same bytes.
    readme
        Style (``title``, ``heading``, ``bold``, ``wrapped``) and cells of each line; a single cell
        runs over the whole width.
    sheets
        In the order they are read.

    Raises
    ------
    DataError
        If a table has more rows than a sheet can hold.
    """
    import xlsxwriter  # noqa: PLC0415 (paid only when a workbook is written)

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with file_aside(path) as aside, xlsxwriter.Workbook(aside, options) as workbook:
        workbook.set_properties(
            {
                "title": title,
                "author": "Capillare",
                "comments": f"Capillare {__version__}",
                "created": datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC),
            }
        )
        styles = _Styles(workbook)
        first = workbook.add_worksheet(README_SHEET)
        _write_readme(first, readme, styles)
        set_print_of_text(first, title)
        for sheet in sheets:
            worksheet = workbook.add_worksheet(sheet.title)
            widths = _write_sheet(worksheet, sheet, styles)
            set_print(worksheet, title, widths, n_names=_n_frozen(sheet.table))


class _Styles:
    """Formats of a workbook, made once each."""

    def __init__(self, workbook: Any) -> None:  # noqa: ANN401 (xlsxwriter ships no types)
        self._workbook = workbook
        self._by_number: dict[str, Any] = {}
        self.title = workbook.add_format({"bold": True, "font_size": 16})
        self.heading = workbook.add_format({"bold": True, "font_size": 12, "bottom": 1})
        self.bold = workbook.add_format({"bold": True})
        self.wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        self.text = workbook.add_format({"valign": "top"})
        self.header = workbook.add_format(
            {
                "bold": True,
                "text_wrap": True,
                "valign": "vcenter",
                "bg_color": "#1B3A5C",
                "font_color": "#FFFFFF",
                "border": 1,
                "border_color": "#FFFFFF",
            }
        )

    def of_number(self, number_format: str) -> Any:  # noqa: ANN401 (xlsxwriter ships no types)
        if number_format not in self._by_number:
            self._by_number[number_format] = self._workbook.add_format(
                {"num_format": number_format, "valign": "top"}
            )
        return self._by_number[number_format]


def _write_sheet(worksheet: Any, sheet: Sheet, styles: _Styles) -> list[int]:  # noqa: ANN401 (untyped)
    """Write a table with its header; return the widths of its columns."""
    table, frame = sheet.table, sheet.table.typed(sheet.frame)
    if len(frame) > MAX_ROWS:
        raise DataError(
            f"{table.name}: {len(frame)} rows, a sheet holds {MAX_ROWS}. Ask for a smaller region."
        )
    worksheet.set_row(0, 45)
    widths = []
    for position, column in enumerate(table.columns):
        worksheet.write_string(0, position, column.title_it, styles.header)
        cells = frame[column.name]
        widths.append(_width(column, cells))
        worksheet.set_column(position, position, widths[-1])
        _write_column(worksheet, position, column, cells, styles, width=widths[-1])
    worksheet.freeze_panes(1, _n_frozen(table))
    worksheet.autofilter(0, 0, len(frame), len(table.columns) - 1)
    return widths


def _write_column(
    worksheet: Any,  # noqa: ANN401 (xlsxwriter ships no types)
    position: int,
    column: Column,
    cells: pd.Series,
    styles: _Styles,
    *,
    width: int,
) -> None:
    known = cells[cells.notna().to_numpy()]
    rows = (cells.notna().to_numpy().nonzero()[0] + 1).tolist()
    if column.kind in {"integer", "number"}:
        style = styles.of_number(_number_format(column))
        for row, figure in zip(rows, known.tolist(), strict=True):
            worksheet.write_number(row, position, figure, style)
        return
    if column.kind == "date":
        style = styles.of_number("dd/mm/yyyy")
        for row, text in zip(rows, known.tolist(), strict=True):
            worksheet.write_datetime(row, position, date.fromisoformat(text), style)
        return
    words: dict[Any, str] = dict(LABELS_IT.get(column.name, {})) | dict(
        YES_NO_IT if column.kind == "flag" else {}
    )
    for row, text in zip(rows, known.tolist(), strict=True):
        said = words.get(text, text)
        style = styles.wrapped if len(said) > width else styles.text
        worksheet.write_string(row, position, said, style)


def _number_format(column: Column) -> str:
    if column.kind == "integer":
        return "#,##0"
    return _FORMATS.get(column.unit, "#,##0.0")


def _width(column: Column, cells: pd.Series) -> int:
    longest_word = max(map(len, column.title_it.split()))
    longest = 0
    if column.kind == "text":
        words = LABELS_IT.get(column.name, {})
        shown = cells.dropna().map(lambda text: words.get(text, text)).astype("str")
        # Most, not all: one long remark must not push everything else off the screen.
        longest = int(shown.str.len().quantile(0.95)) if len(shown) else 0
    return min(max(longest + 1, longest_word + 3, _NARROWEST), _WIDEST)


def _n_frozen(table: Table) -> int:
    """Count the columns up to the name of the thing, which stay in sight."""
    for name in ("municipality", "point", "name"):
        if name in table.names:
            return table.names.index(name) + 1
    return 1


def _write_readme(
    worksheet: Any,  # noqa: ANN401 (xlsxwriter ships no types)
    readme: Iterable[tuple[str, tuple[str, ...]]],
    styles: _Styles,
) -> None:
    for position, width in enumerate(_README_WIDTHS):
        worksheet.set_column(position, position, width)
    worksheet.hide_gridlines(2)
    for row, (style, texts) in enumerate(readme):
        if len(texts) == 1:
            # Merged cells do not grow by themselves.
            n_lines = 1 + len(texts[0]) // sum(_README_WIDTHS)
            worksheet.set_row(row, _LINE_PT * (n_lines + (style == "title")))
            last = len(_README_WIDTHS) - 1
            worksheet.merge_range(row, 0, row, last, "", getattr(styles, style))
        for position, text in enumerate(texts):
            worksheet.write_string(row, position, text, getattr(styles, style))


def _readme_rows(plan: Plan, sheets: tuple[Sheet, ...]) -> Iterable[tuple[str, tuple[str, ...]]]:
    network = plan.network
    yield "title", ("Piano dei Punti Digitale Facile",)
    yield (
        "wrapped",
        (f"La rete al {day(network.scenario.as_of)}, calcolata da Capillare {__version__}.",),
    )
    yield "wrapped", (f"Scenario: {scenario_sentence(network.scenario)}.",)
    yield "wrapped", (f"Regole del programma: {network.policy.title} ({network.policy.source}).",)
    answer = plan.proposal.answer
    cost = euros(float(plan.proposal.sites["cost_eur"].sum()))
    yield "wrapped", (f"{answer.summary()} Costo delle sedi proposte: {cost}.",)
    yield "wrapped", ()
    yield from caveats_and_sources(plan.caveats, plan.sources)
    yield from sheet_words(sheets, network)


def caveats_and_sources(
    caveats: Sequence[str], sources: Sequence[SourceRecord]
) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Say what to know of figures, if anything, and whose they are, on the sheet to read first."""
    if caveats:
        yield "heading", ("Da sapere prima di usare queste cifre",)
        for caveat in caveats:
            yield "wrapped", (caveat,)
        yield "wrapped", ()
    yield "heading", ("Fonti", "Data", "Licenza")
    for source in sources:
        yield "wrapped", (source.name, plain_date(source.date), source.licence)
    yield "wrapped", ()


def sheet_words(sheets: Sequence[Sheet], network: Network) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Explain the sheets, as lines of the sheet to read first: how computed, then each column.

    How a table is computed is what pages and reports say too, with the facts of `network`.
    """
    facts, told = facts_of(network), explanations()
    explained = [sheet for sheet in sheets if sheet.table.name in told]
    if explained:
        yield "heading", ("Foglio", "Fonte", "Come si calcola", "Errore")
        for sheet in explained:
            entry = told[sheet.table.name].filled(facts)
            yield "wrapped", (sheet.title, entry.source, entry.formula, entry.error)
        yield "wrapped", ()
    yield "heading", ("Foglio", "Colonna", "Significato", "Unità")
    for sheet in sheets:
        yield "bold", (sheet.title, "", sheet.explanation)
        for column in sheet.table.columns:
            unit = _UNITS_IT.get(column.unit, column.unit)
            yield "wrapped", (sheet.title, column.title_it, meaning_it(sheet.table, column), unit)
