"""A mapping made from what a person chose, and its TOML file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from capillare.geo.points.mapping import ListMapping

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def mapping_of(
    fields: Mapping[str, str],
    *,
    source: str,
    source_date: str,
    constants: Mapping[str, str],
    updates: Sequence[str] = (),
    translations: Mapping[str, Mapping[str, str]] | None = None,
    crs: str = "",
    id_prefix: str = "",
) -> ListMapping:
    """Make a mapping; columns of one field make it up together, in the order given.

    Raises
    ------
    ConfigError
        If a needed field is missing, or a setting cannot be.
    """
    together: dict[str, list[str]] = {}
    for column, field in fields.items():
        together.setdefault(field, []).append(column)
    return ListMapping(
        source=source,
        source_date=source_date,
        columns={names[0]: field for field, names in together.items() if len(names) == 1},
        joined={field: tuple(names) for field, names in together.items() if len(names) > 1},
        constants=dict(constants),
        updates=tuple(updates),
        translations={
            field: {word: choice for word, choice in words.items() if choice}
            for field, words in (translations or {}).items()
            if any(words.values())
        },
        crs=crs,
        id_prefix=id_prefix,
    )


def mapping_as_toml(mapping: ListMapping) -> str:
    """Return a mapping as TOML; `read_mapping` reads it back the same."""
    lines = [
        f"{name} = {_text(getattr(mapping, name))}"
        for name in ("source", "source_date", "id_prefix", "crs")
        if getattr(mapping, name)
    ]
    if mapping.updates:
        lines.append(f"updates = {_texts(mapping.updates)}")
    lines += ["", "[columns]"]
    lines += [f"{_text(column)} = {_text(name)}" for column, name in mapping.columns.items()]
    if mapping.joined:
        lines += ["", "[joined]"]
        lines += [f"{name} = {_texts(parts)}" for name, parts in mapping.joined.items()]
    if mapping.constants:
        lines += ["", "[constants]"]
        lines += [f"{name} = {_text(cell)}" for name, cell in mapping.constants.items()]
    for name, words in mapping.translations.items():
        lines += ["", f"[translations.{name}]"]
        lines += [f"{_text(word)} = {_text(choice)}" for word, choice in words.items()]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    # A JSON string is a TOML string, but that TOML escapes DEL too.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _texts(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, texts))}]"


__all__ = ["mapping_as_toml", "mapping_of"]
