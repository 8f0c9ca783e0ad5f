"""How the sheets of a workbook come out of a printer: on A4, at a size that can be read."""

from __future__ import annotations

from itertools import accumulate, takewhile
from math import ceil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_A4 = 9
_PAGE_CHARS = 240
"""Widths of columns, in characters, that A4 on its side holds at three fifths of their size."""
_REPEATED_CHARS = 96
"""Of them, at most these for the columns that each page repeats."""
_MARGINS_INCHES = {"left": 0.4, "right": 0.4, "top": 0.5, "bottom": 0.6}
_MOST_FOOTER_CHARS = 80


def set_print(worksheet: Any, title: str, widths: Sequence[int], *, n_names: int) -> None:  # noqa: ANN401 (xlsxwriter ships no types)
    """Lay a table out for paper: headers on every page, and what each page is at its foot.

    Parameters
    ----------
    worksheet
        Of xlsxwriter.
    title
        Of the workbook.
    widths
        Of the columns, in characters.
    n_names
        Columns that say what a row is; pages beside the first repeat as many as fit.
    """
    n_across, n_repeated = pages_across(widths, n_names)
    _set_page(worksheet, title)
    worksheet.fit_to_pages(n_across, 0)
    worksheet.repeat_rows(0)
    if n_across > 1 and n_repeated:
        worksheet.repeat_columns(0, n_repeated - 1)


def set_print_of_text(worksheet: Any, title: str) -> None:  # noqa: ANN401 (as above)
    """Lay a sheet of text out for paper: as wide as the page."""
    _set_page(worksheet, title)
    worksheet.fit_to_pages(1, 0)


def pages_across(widths: Sequence[int], n_names: int) -> tuple[int, int]:
    """Return how many pages side by side a table takes, and how many columns each repeats.

    >>> pages_across([40, 80, 60], 1), pages_across([40, 200, 190], 1), pages_across([120, 200], 1)
    ((1, 1), (2, 1), (2, 0))
    """
    fitting = takewhile(lambda chars: chars <= _REPEATED_CHARS, accumulate(widths[:n_names]))
    repeated = list(fitting)
    taken = repeated[-1] if repeated else 0
    n_across = 1
    if sum(widths) > _PAGE_CHARS:
        n_across = ceil((sum(widths) - taken) / (_PAGE_CHARS - taken))
    return n_across, len(repeated)


def _set_page(worksheet: Any, title: str) -> None:  # noqa: ANN401 (as above)
    worksheet.set_paper(_A4)
    worksheet.set_landscape()
    worksheet.set_margins(**_MARGINS_INCHES)
    # In a footer & starts a code: &A is the sheet's name, &P the page, &N how many there are.
    named = title[:_MOST_FOOTER_CHARS].replace("&", "&&")
    worksheet.set_footer(f"&L{named}&C&A&RPagina &P di &N")


__all__ = ["pages_across", "set_print", "set_print_of_text"]
