"""What a folder of official files holds, and what becomes of each file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from capillare.geo.errors import SourceError
from capillare.geo.sources.embedded import POPULATION_DATE
from capillare.geo.sources.fetching import ORIGIN_SUFFIX, Origin, read_origin
from capillare.geo.sources.official import find_inner_areas_file, read_inner_areas_file
from capillare.geo.sources.official_population import find_population_files, read_population_file

if TYPE_CHECKING:
    from pathlib import Path

_DESK_LISTS = (".geojson", ".csv")


@dataclass(frozen=True)
class HeldFile:
    """A file in the folder of official files.

    Attributes
    ----------
    file
        Its name.
    is_used
        Whether plans read it.
    what
        What is read from it, or why it is not, in Italian.
    origin
        Where it came from; None if it was dropped by hand.
    """

    file: str
    is_used: bool
    what: str
    origin: Origin | None


def read_held(folder: Path) -> tuple[HeldFile, ...]:
    """Describe every file of the folder, by name.

    Raises
    ------
    SourceError
        If it is no folder.
    """
    inner_areas = find_inner_areas_file(folder)
    populations = find_population_files(folder)
    held = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name.endswith(ORIGIN_SUFFIX) or not path.is_file():
            continue
        try:
            is_used, what = _use(path, inner_areas, populations)
        except SourceError as fault:
            is_used, what = False, f"non leggibile: {fault}"
        held.append(HeldFile(path.name, is_used, what, read_origin(path)))
    return tuple(held)


def _use(path: Path, inner_areas: Path | None, populations: tuple[Path, ...]) -> tuple[bool, str]:
    if path == inner_areas:
        return True, f"classi delle aree interne di {len(read_inner_areas_file(path))} comuni"
    if path in populations:
        population = read_population_file(path)
        n_listed = len(population.residents)
        if population.date < POPULATION_DATE:
            return False, f"residenti al {population.date}, più vecchi di quelli inclusi"
        return True, f"residenti al {population.date} di {n_listed} comuni"
    if path.name.upper().startswith("POSAS_"):
        return False, "un altro file di popolazione è più recente o più completo"
    if path.suffix.lower() in _DESK_LISTS:
        return False, "un elenco di sportelli entra con `capillare registry import`"
    return False, "nome non riconosciuto"
