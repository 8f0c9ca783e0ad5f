"""Doors for analysts: ``travel`` and ``hours``."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from capillare.commands.options import (
    AsJson,
    AsOf,
    Quiet,
    day,
    instant,
)
from capillare.geo.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

DEFAULT_MAX_MIN = 60.0


def travel(
    origins: Annotated[Path, typer.Argument(metavar="FROM.csv", help="Table of id, lat, lon.")],
    destinations: Annotated[Path, typer.Argument(metavar="TO.csv", help="Table of id, lat, lon.")],
    out: Annotated[Path, typer.Option("--out", help="CSV file to write.")] = Path("travel.csv"),
    max_min: Annotated[
        float, typer.Option("--max-min", help="Only pairs within these minutes.")
    ] = DEFAULT_MAX_MIN,
    quiet: Quiet = False,
) -> None:
    """Write the minutes by car between two tables of positions."""
    if not 0 < max_min < float("inf"):
        raise ConfigError(f"--max-min {max_min}: not a number of minutes above 0.")
    import pandas as pd  # noqa: PLC0415 (keeps --help fast)

    from capillare.geo.patched_travel import pair_bases  # noqa: PLC0415 (the same)
    from capillare.geo.schema import TRAVEL_USED  # noqa: PLC0415 (the same)
    from capillare.geo.travel import read_estimate  # noqa: PLC0415 (the same)
    from capillare.geo.travel_choice import (  # noqa: PLC0415 (the same)
        choose_travel,
        read_wishes,
        spots_on_land,
    )
    from capillare.publish.tables import write_table  # noqa: PLC0415 (the same)

    times = choose_travel(read_wishes(os.environ), read_estimate("all")).travel
    starts, ends = (
        spots_on_land(read_given(path, "SPOTS"), times, id_column="id", table=path.name)
        for path in (origins, destinations)
    )
    pairs = times.pairs(starts, ends, max_min=max_min)
    from_, to = starts.at(pairs.origin), ends.at(pairs.destination)
    legs = pd.DataFrame(
        {
            "from_id": from_.ids,
            "to_id": to.ids,
            "travel_min": pairs.travel_min,
            "basis": pair_bases(times, from_, to),
        }
    )
    write_table(TRAVEL_USED.check(legs), TRAVEL_USED, out)
    if not quiet:
        typer.echo(f"{len(legs)} coppie entro {max_min:g} minuti scritte in {out}")


def read_given(path: Path, table: str) -> pd.DataFrame:
    """Read a table of an analyst's, by its name in the schema."""
    from capillare.geo import schema  # noqa: PLC0415 (keeps --help fast)
    from capillare.geo.sources.exchange import read_exchange  # noqa: PLC0415 (the same)

    return read_exchange(path, getattr(schema, table))


def hours(
    expression: Annotated[str, typer.Argument(help="Opening hours, in OSM grammar or Italian.")],
    municipality: Annotated[
        str | None, typer.Option("--municipality", help="ISTAT code, for local holidays.")
    ] = None,
    at: Annotated[list[str] | None, typer.Option("--at", help="An instant; may repeat.")] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Say what opening hours mean: weekly hours, open or shut, next change, in words."""
    from datetime import datetime  # noqa: PLC0415 (beside its only use)

    from capillare.geo.hours import describe_hours  # noqa: PLC0415 (keeps --help fast)

    start = day(as_of) if as_of else datetime.now().astimezone().date()
    if municipality is not None:
        _say_patrons_day(expression, municipality, start.year)
    described = describe_hours(
        expression, at=[instant(text) for text in at or []], as_of=start, istat_code=municipality
    )
    if as_json:
        typer.echo(json.dumps(described, ensure_ascii=False))
        return
    for name, figure in described.items():
        typer.echo(f"{name}: {figure}")
    if described["parsed"] is None:
        typer.echo(
            "Orario da verificare: non si legge senza indovinare, e conta come sconosciuto. "
            "Scrivilo come lun-ven 9-13, o Mo-Fr 09:00-13:00.",
            err=True,
        )


def _say_patrons_day(expression: str, istat_code: str, year: int) -> None:
    """Say on the error stream whose patron's day stands in, or that it is not known.

    Nothing is said where the hours do not shut on it, or the municipality's own day is known.
    """
    from capillare.geo.hours import (  # noqa: PLC0415 (keeps --help fast)
        local_holidays,
        normalise_hours,
        shuts_on_patrons_day,
    )
    from capillare.geo.sources.embedded import read_boundaries  # noqa: PLC0415 (the same)

    boundaries = read_boundaries().set_index("istat_code")
    if istat_code not in boundaries.index:
        raise ConfigError(
            f"--municipality {istat_code!r}: not the six-digit ISTAT code of a municipality. "
            "Write for instance 048017 for Firenze."
        )
    if not shuts_on_patrons_day(normalise_hours(expression) or ""):
        return
    patron = local_holidays(istat_code, year)
    name = boundaries.loc[istat_code, "municipality"]
    if patron.basis == "unknown":
        typer.echo(f"Patrono di {name} non noto: nessuna chiusura per il patrono.", err=True)
    elif patron.basis == "province_capital":
        typer.echo(
            f"Patrono di {name} non noto: vale quello di {patron.municipality} ({patron.name}).",
            err=True,
        )
