"""``roads build``, ``roads list`` and ``roads forget``: real roads for the minutes."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path  # noqa: TC003 (typer reads annotations)
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capillare.commands.options import AsJson, Quiet, reporter
from capillare.geo.errors import ConfigError

if TYPE_CHECKING:
    from capillare.geo.roads import RoadFile, RoadNetwork

MAX_PIECES = 10


def roads_build(
    extract: Annotated[Path, typer.Argument(metavar="FILE.osm.pbf", help="OpenStreetMap extract.")],
    speeds: Annotated[
        Path | None, typer.Option("--speeds", help="Your speeds by road class (TOML).")
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Build the road network of an extract; from then on minutes are over its roads."""
    from capillare.geo.roads import build_network, read_rules  # noqa: PLC0415 (keeps --help fast)
    from capillare.geo.travel_choice import roads_folder  # noqa: PLC0415 (the same)

    rules = read_rules(speeds)
    folder = roads_folder(os.environ)
    network = build_network(extract, rules, folder, report=reporter(quiet=quiet or as_json))
    notes = _notes(network)
    if as_json:
        typer.echo(json.dumps(_described(network.about) | {"notes": notes}, ensure_ascii=False))
    elif not quiet:
        for line in [*_lines(network), *notes]:
            typer.echo(line)


def roads_list(as_json: AsJson = False) -> None:
    """List the road networks that were built; the current one is used by itself."""
    from capillare.geo.roads import current_key, list_networks  # noqa: PLC0415 (keeps --help fast)
    from capillare.geo.travel_choice import roads_folder  # noqa: PLC0415 (the same)

    folder = roads_folder(os.environ)
    built, current = list_networks(folder), current_key(folder)
    if as_json:
        listed = [_described(about) | {"is_current": about.key == current} for about in built]
        typer.echo(json.dumps(listed, ensure_ascii=False))
        return
    if not built:
        typer.echo("Nessuna rete stradale costruita: capillare roads build FILE.osm.pbf")
    for about in built:
        mark = "*" if about.key == current else " "
        typer.echo(f"{mark} {about.key}  {_named(about)}, costruita il {about.built_on}")


def roads_forget(
    keys: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY]…", help="Keys as listed, or their start.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Forget every network.")] = False,
    quiet: Quiet = False,
) -> None:
    """Delete built road networks; without a current one minutes are estimated again."""
    from capillare.geo.roads import forget_networks  # noqa: PLC0415 (keeps --help fast)
    from capillare.geo.travel_choice import roads_folder  # noqa: PLC0415 (the same)

    if bool(keys) == everything:
        raise ConfigError(
            "roads forget: give the keys that `capillare roads list` shows, or --all."
        )
    for about in forget_networks(roads_folder(os.environ), keys or []):
        if not quiet:
            typer.echo(f"Rimossa {about.key}  {_named(about)}")


def _described(about: RoadFile) -> dict[str, Any]:
    described = asdict(about)
    described["n_dropped_pieces"], described["n_dropped_vertices"] = described.pop("dropped")
    return described


def _named(about: RoadFile) -> str:
    return f"{about.file} ({about.dated or 'senza data'})"


def _lines(network: RoadNetwork) -> list[str]:
    from capillare.geo.numerals import number  # noqa: PLC0415 (beside its only use)

    about, graph = network.about, network.graph
    pieces = ", ".join(f"{number(km, 1)} km" for km in graph.piece_km[1 : MAX_PIECES + 1])
    more = " …" if graph.piece_km.size > MAX_PIECES + 1 else ""
    apart = f" Staccate dalla principale: {pieces}{more}." if pieces else ""
    return [
        (
            f"{_named(about)}: {number(about.road_km)} km di strade, "
            f"{number(about.n_vertices)} nodi e {number(about.n_edges)} archi. "
            f"È la rete in uso ({about.key})."
        ),
        (
            f"Parti tenute: {number(about.n_pieces)}; lasciate perché più corte di "
            f"{number(about.rules.min_piece_km, 1)} km: {number(about.dropped[0])} "
            f"({number(about.dropped[1])} nodi).{apart}"
        ),
    ]


def _notes(network: RoadNetwork) -> list[str]:
    """Say how the settlements of Italy that lie in the network's area meet its roads."""
    from capillare.geo.places import find_settlements  # noqa: PLC0415 (keeps --help fast)
    from capillare.geo.roads import RoadTravel, snap_notes  # noqa: PLC0415 (the same)
    from capillare.geo.travel import spots_of  # noqa: PLC0415 (the same)

    roads, places = RoadTravel(network), find_settlements()
    spots = spots_of(places, id_column="place_id")
    inside = places[roads.answers(spots, spots)]
    return snap_notes(roads, inside) or ["Nessuna località italiana nell'area di questo file."]
