"""Fields of a configuration: built from a file and held against their annotations.

An annotation says the kind and, through ``Annotated``, the rules: functions from what was given to
what is wrong with it, the empty text where nothing is.
"""

from __future__ import annotations

import difflib
import math
import re
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from typing import (
    Annotated,
    Any,
    ClassVar,
    Literal,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from capillare.geo.errors import ConfigError

Rule = Callable[[Any], str]
Built = TypeVar("Built")

_MAX_SHOWN = 40
_KINDS: dict[type, tuple[tuple[type, ...], str]] = {
    str: ((str,), "a text"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
}


@dataclass(frozen=True)
class Checked:
    """Rules that refuse to exist unless every field is of its kind and in its range."""

    WHERE: ClassVar[str] = "settings"

    def __post_init__(self) -> None:
        """Refuse fields that break their annotations, or each other, all at once."""
        hints = get_type_hints(type(self), include_extras=True)
        faults = [
            f"{field.name}: {fault}"
            for field in fields(self)
            for fault in _faults(getattr(self, field.name), hints[field.name])
        ]
        faults = faults or self.contradictions()
        if faults:
            raise ConfigError(f"{self.WHERE}: {'; '.join(faults)}. Correct it.")

    def contradictions(self) -> list[str]:
        """List what is wrong between fields that are fine by themselves."""
        return []


def between(minimum: float, maximum: float = math.inf) -> Rule:
    """Rule that holds a number within a closed range."""
    return lambda number: (
        "" if minimum <= number <= maximum else f"{number} is not {_range(minimum, maximum)}"
    )


def above(minimum: float, at_most: float = math.inf) -> Rule:
    """Rule that holds a number within a range whose lower end is excluded."""
    return lambda number: (
        ""
        if minimum < number <= at_most
        else f"{number} is not above {minimum:g}"
        + (f" and at most {at_most:g}" if math.isfinite(at_most) else "")
    )


def like(pattern: str, example: str) -> Rule:
    """Rule that a text matches a pattern whole."""
    return lambda text: (
        "" if re.fullmatch(pattern, text) else f"{_shown(text)} is not like {example}"
    )


def among(names: Iterable[str]) -> Rule:
    """Rule that names are known: a text, the entries of a list or the keys of a table."""
    known = tuple(names)

    def fault(given: str | Iterable[str]) -> str:
        strangers = [g for g in ([given] if isinstance(given, str) else given) if g not in known]
        if not strangers:
            return ""
        said = f"{_shown(strangers[0])} is not one of {', '.join(known)}"
        return said + meant(strangers[0], known)

    return fault


def not_empty(entries: Any) -> str:  # noqa: ANN401 (a text, a list or a table)
    """Refuse an empty text, list or table."""
    return "" if len(entries) else "is empty"


def ascending(numbers: tuple[float, ...]) -> str:
    """Refuse numbers that repeat or fall."""
    return "" if list(numbers) == sorted(set(numbers)) else "must ascend without repeats"


def iso_day(text: str) -> str:
    """Refuse a text that is not a day of the calendar."""
    fault = like(r"\d{4}-\d{2}-\d{2}", "2026-01-31")(text)
    try:
        date.fromisoformat(text)
    except ValueError:
        return fault or f"{_shown(text)} is not a day of the calendar"
    return fault


def nearest(name: str, known: Iterable[str]) -> str:
    """Ask whether the nearest known name was meant; empty where none is near."""
    close = _nearest_name(name, known)
    return f" Did you mean {close!r}?" if close else ""


def meant(name: str, known: Iterable[str]) -> str:
    """Ask the same in parentheses, for the inside of a sentence; empty where none is near."""
    close = _nearest_name(name, known)
    return f" (did you mean {close!r}?)" if close else ""


def _nearest_name(name: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(name, list(known), n=1)), "")


def build(kind: type[Built], entries: Any, *, where: str) -> Built:  # noqa: ANN401 (a file's)
    """Build rules from the entries of a file; lists become tuples, TOML dates ISO text.

    Raises
    ------
    ConfigError
        If a key is unknown (the nearest is given), one is missing, or a rule is broken.
    """
    if not isinstance(entries, Mapping):
        raise ConfigError(f"{where}: {_shown(entries)} is not a table of keys. Write one.")
    declared = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    unknown = [name for name in entries if name not in declared]
    if unknown:
        meant_or_known = nearest(unknown[0], declared) or f" Known: {', '.join(declared)}."
        raise ConfigError(f"{where}: unknown key {unknown[0]!r}.{meant_or_known}")
    lacking = [
        name
        for name, field in declared.items()
        if field.default is MISSING and field.default_factory is MISSING and name not in entries
    ]
    if lacking:
        raise ConfigError(f"{where}: missing {', '.join(lacking)}. Add it.")
    hints = get_type_hints(kind)
    return kind(
        **{
            name: _entry(entry, hints[name], where=f"{where} [{name}]")
            for name, entry in entries.items()
        }
    )


def _entry(entry: Any, hint: Any, *, where: str) -> Any:  # noqa: ANN401 (any of a file's kinds)
    part = get_args(hint)[0] if get_origin(hint) is tuple else None
    if is_dataclass(hint):
        return build(hint, entry, where=where)  # type: ignore[arg-type]
    if is_dataclass(part) and isinstance(entry, list):
        return tuple(
            build(part, piece, where=f"{where} {position}")  # type: ignore[arg-type]
            for position, piece in enumerate(entry, start=1)
        )
    if isinstance(entry, list):
        return tuple(entry)
    return entry.isoformat() if isinstance(entry, date) else entry


def _faults(given: Any, hint: Any) -> list[str]:  # noqa: ANN401 (any annotation and what it met)
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        broken = (rule(given) for rule in parts[1:])
        return _faults(given, parts[0]) or [fault for fault in broken if fault]
    if origin in {Union, types.UnionType}:
        return [] if given is None else _faults(given, parts[0])
    if origin in _PARTED:
        return _PARTED[origin](given, parts)
    return _kind_faults(given, hint)


def _choice_faults(given: Any, choices: tuple[Any, ...]) -> list[str]:  # noqa: ANN401 (as above)
    fault = among(choices)(given) if isinstance(given, str) else f"{_shown(given)} is not a text"
    return [fault] if fault else []


def _table_faults(given: Any, parts: tuple[Any, ...]) -> list[str]:  # noqa: ANN401 (as above)
    if not isinstance(given, dict):
        return [f"{_shown(given)} is not a table of keys"]
    return [f"{name}: {fault}" for name in given for fault in _faults(given[name], parts[1])]


def _tuple_faults(given: Any, parts: tuple[Any, ...]) -> list[str]:  # noqa: ANN401 (as above)
    if not isinstance(given, tuple):
        return [f"{_shown(given)} is not a list"]
    is_open = parts[-1] is Ellipsis
    if not is_open and len(given) != len(parts):
        return [f"{len(given)} entries are not {len(parts)}"]
    kinds = [parts[0]] * len(given) if is_open else parts
    return [
        f"entry {position}: {fault}"
        for position, (entry, kind) in enumerate(zip(given, kinds, strict=True), start=1)
        for fault in _faults(entry, kind)
    ]


def _kind_faults(given: Any, kind: Any) -> list[str]:  # noqa: ANN401 (as above)
    if kind not in _KINDS:
        return [] if isinstance(given, kind) else [f"{_shown(given)} is not a {kind.__name__}"]
    allowed, said = _KINDS[kind]
    is_kind = isinstance(given, allowed) and not isinstance(given, bool)
    if is_kind and (isinstance(given, str) or math.isfinite(given)):
        return []
    return [f"{_shown(given)} is not {said}"]


_PARTED: dict[Any, Callable[[Any, tuple[Any, ...]], list[str]]] = {
    Literal: _choice_faults,
    dict: _table_faults,
    tuple: _tuple_faults,
}


def _range(minimum: float, maximum: float) -> str:
    return (
        f"within {minimum:g} and {maximum:g}" if math.isfinite(maximum) else f"{minimum:g} or more"
    )


def _shown(given: object) -> str:
    written = repr(given)
    return written if len(written) <= _MAX_SHOWN else written[: _MAX_SHOWN - 1] + "…"
