"""ISTAT's population by age written in its published layout, for a few municipalities."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

TITLE = '"Popolazione residente per età e sesso al 1° gennaio {year} (stima)"'
HEADER = '"Codice comune";"Comune";"Età";"Totale maschi";"Totale femmine";"Totale"'
LONG_HEADER = (
    '"Codice comune";"Comune";"Età";"Celibi";"Coniugati";"Totale maschi";"Nubili";"Coniugate";'
    '"Totale femmine"'
)
REMARK = '"Nota: lo stato civile è in corso di validazione."'
People = Mapping[int, tuple[int, int]]
"""Men and women by age."""


def posas_text(
    municipalities: Mapping[str, People], *, year: int = 2026, header: str = HEADER
) -> str:
    """Write the text: every age from 0 to 100, the total as age 999, a remark at the end."""
    lines = [TITLE.format(year=year), header]
    for code, people in municipalities.items():
        for age in [*range(101), 999]:
            men, women = people.get(age, (0, 0))
            if age == 999:
                men, women = (sum(side) for side in zip(*people.values(), strict=True))
            counts = (
                (men, women, men + women) if header == HEADER else (men, 0, men, 0, women, women)
            )
            lines.append(";".join([f'"{code}"', '"Comune"', str(age), *map(str, counts)]))
    return "\r\n".join([*lines, REMARK, ""])


def write_posas(path: Path, text: str) -> Path:
    """Write it as published: UTF-8 with a mark, in a ZIP where the name says so."""
    content = ("\ufeff" + text).encode()
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr(path.with_suffix(".csv").name, content)
    else:
        path.write_bytes(content)
    return path
