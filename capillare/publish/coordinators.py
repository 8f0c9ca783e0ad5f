"""A coordinator's list as files that can be mailed, and as a report that can be printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capillare import __version__
from capillare.geo.numerals import day
from capillare.geo.places import normalised_name
from capillare.geo.schema import COVERAGE, TARGETS
from capillare.geo.schema.coordinators import COORDINATOR_SITES
from capillare.publish.folders import write_text_aside
from capillare.publish.geopackage import at_positions, points_as_geojson, write_layers
from capillare.publish.provenance import provenance_of, scenario_sentence
from capillare.publish.report import write_report
from capillare.publish.sheets import DESKS_AS_OF, Sheet, sheet_of
from capillare.publish.tables import write_table
from capillare.publish.workbook import caveats_and_sources, sheet_words, write_book

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from capillare.planning.coordinators import CoordinatorList, Ground

FORMATS = ("csv", "xlsx", "gpkg", "geojson", "html")
HOW_TO_READ = (
    "Ogni persona conta una volta: i maggiorenni in più di una sede proposta si aggiungono a "
    "quelli delle sedi che la precedono nel piano regionale; quelli di una riserva si aggiungono "
    "a tutto il piano, e di due riserve vicine non si sommano. «Da sola» è ciò che porterebbe se "
    "fosse l'unica nuova sede."
)
_MOST_CHARS = 60


def list_name(content: CoordinatorList) -> str:
    """Return the name of a list's files without ending: what, whose, and of which day.

    Two territories of one name differ by the code at its end.
    """
    as_of = content.plan.network.scenario.as_of
    return f"sedi-candidate_{ground_name(content.ground)}_{as_of.isoformat()}"


def ground_name(ground: Ground) -> str:
    """Return a territory's name as a part of a file's name."""
    plain = normalised_name(ground.name).replace(" ", "-")[:_MOST_CHARS].rstrip("-")
    return f"{plain}-{ground.key}" if ground.kind == "municipality" else plain


def write_list(
    content: CoordinatorList, out: Path, *, formats: Iterable[str] = FORMATS
) -> list[Path]:
    """Write a list into `out`, one file a format, each in one step; return the files."""
    writers: dict[str, Callable[[CoordinatorList, Path], None]] = {
        "csv": _write_csv,
        "xlsx": write_list_workbook,
        "gpkg": write_list_geopackage,
        "geojson": _write_geojson,
        "html": write_report,
    }
    name = list_name(content)
    paths = []
    for ending in formats:
        path = out / f"{name}.{ending}"
        writers[ending](content, path)
        paths.append(path)
    return paths


def _write_csv(content: CoordinatorList, path: Path) -> None:
    write_table(content.table, COORDINATOR_SITES, path)


def _write_geojson(content: CoordinatorList, path: Path) -> None:
    write_text_aside(path, list_as_geojson(content))


def list_as_geojson(content: CoordinatorList) -> str:
    """Return the sites of a list as GeoJSON (RFC 7946), one feature a row."""
    about = provenance_of(content.plan.network).cells
    features = points_as_geojson(
        content.table, COORDINATOR_SITES, name="sedi_candidate", about=about
    )
    return features + "\n"


def write_list_workbook(content: CoordinatorList, path: Path) -> None:
    """Write a list as a workbook: how to read it, the sites, and what they are measured against."""
    sheets = _sheets(content)
    write_book(
        path,
        title=f"Sedi candidate: {content.ground.name}",
        as_of=content.plan.network.scenario.as_of,
        readme=_readme(content, sheets),
        sheets=sheets,
    )


def _sheets(content: CoordinatorList) -> tuple[Sheet, ...]:
    return (
        sheet_of(COORDINATOR_SITES, content.table),
        Sheet(
            "Obiettivi",
            TARGETS,
            content.targets,
            "I punti che hanno uno sportello o un territorio qui, con i cittadini da raggiungere.",
        ),
        Sheet(
            "Copertura",
            COVERAGE,
            content.coverage,
            "I comuni del territorio: quanto sono lontani gli abitanti da uno sportello in "
            "servizio.",
        ),
        Sheet(
            "Sportelli",
            DESKS_AS_OF,
            content.desks,
            "Gli sportelli del registro nel territorio, anche quelli non in servizio alla data.",
        ),
    )


def _readme(
    content: CoordinatorList, sheets: tuple[Sheet, ...]
) -> Iterable[tuple[str, tuple[str, ...]]]:
    network = content.plan.network
    yield "title", (f"Sedi candidate per i Punti Digitale Facile: {content.ground.name}",)
    yield (
        "wrapped",
        (f"La rete al {day(network.scenario.as_of)}, calcolata da Capillare {__version__}.",),
    )
    yield "wrapped", (f"Scenario: {scenario_sentence(network.scenario)}.",)
    for sentence in content.sentences:
        yield "wrapped", (sentence,)
    yield "wrapped", ()
    yield "heading", ("Come leggerla",)
    yield "wrapped", (HOW_TO_READ,)
    yield "wrapped", ()
    yield from caveats_and_sources(content.caveats, network.sources)
    yield from sheet_words(sheets, network)


def write_list_geopackage(content: CoordinatorList, path: Path) -> None:
    """Write ``sedi_candidate``, ``comuni`` and ``sportelli`` of a list, EPSG:4326."""
    network = content.plan.network
    towns = network.territory.municipalities
    towns = towns[towns["istat_code"].isin(content.ground.istat_codes)][["istat_code", "geometry"]]
    coverage = COVERAGE.typed(content.coverage)[COVERAGE.names]
    layers = {
        "sedi_candidate": at_positions(content.table),
        "comuni": towns.merge(coverage, on="istat_code", validate="one_to_one"),
        "sportelli": at_positions(DESKS_AS_OF.typed(content.desks)[DESKS_AS_OF.names]),
    }
    about = provenance_of(network).cells
    write_layers(layers, path, as_of=network.scenario.as_of, about=about)


__all__ = [
    "FORMATS",
    "ground_name",
    "list_as_geojson",
    "list_name",
    "write_list",
    "write_list_geopackage",
]
