"""Which way of knowing minutes a run uses, and what fills in where that one knows nothing.

A matrix that the user gives comes first, then a routing server that the operator configures, then
a road network that was built, then the embedded estimate.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import platformdirs
import shapely

from capillare.geo.given_travel import GivenTravel
from capillare.geo.numerals import day, number
from capillare.geo.patched_travel import PatchedTravel
from capillare.geo.places import find_landmasses
from capillare.geo.roads import RoadTravel, load_current, snap_notes
from capillare.geo.server_travel import RoutingServer, ServerTravel, routing_server
from capillare.geo.sources.matrices import read_matrix
from capillare.geo.sources.records import SourceRecord, checksum
from capillare.geo.travel import Spots, TravelError, TravelTimes, landmass_at, spots_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from capillare.geo.roads import RoadFile

ROADS_DIR = "CAPILLARE_ROADS_DIR"
ROUTING_URL = "CAPILLARE_ROUTING_URL"
ROUTING_KIND = "CAPILLARE_ROUTING_KIND"
NO_LAND = -1


@dataclass(frozen=True)
class TravelWishes:
    """What a user or an operator brings to know minutes by; nothing is the embedded estimate.

    Attributes
    ----------
    matrix
        File of minutes.
    server
        Routing server.
    roads
        Folder of built road networks, of which the current one is used.
    """

    matrix: Path | None = None
    server: RoutingServer | None = None
    roads: Path | None = None


def read_wishes(environ: Mapping[str, str], *, matrix: Path | None = None) -> TravelWishes:
    """Read what the environment says of servers and roads; networks lie in the user's cache.

    Raises
    ------
    ConfigError
        If the routing server's settings are wrong.
    """
    return TravelWishes(
        matrix=matrix,
        server=routing_server(environ.get(ROUTING_URL), environ.get(ROUTING_KIND)),
        roads=roads_folder(environ),
    )


def roads_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder of built road networks."""
    given = environ.get(ROADS_DIR)
    return Path(given) if given else platformdirs.user_cache_path("capillare") / "roads"


@dataclass(frozen=True)
class TravelChoice:
    """The way of knowing minutes that a run uses.

    Attributes
    ----------
    travel
        Knows the minutes.
    error
        How wrong the embedded estimate is, and in words what it stands for here.
    sources
        What else than the estimate was read.
    notes
        What a reader must know before trusting the minutes, in Italian.
    """

    travel: TravelTimes
    error: TravelError
    sources: tuple[SourceRecord, ...] = ()
    notes: tuple[str, ...] = ()

    def after_notes(self) -> tuple[str, ...]:
        """Return `notes`, and what is only known once minutes were asked for."""
        if not (isinstance(self.travel, ServerTravel) and self.travel.n_null):
            return self.notes
        found = f"Per {number(self.travel.n_null)} coppie il server non trova strada: contano come"
        return (*self.notes, f"{found} irraggiungibili.")


def choose_travel(
    wishes: TravelWishes,
    estimate: tuple[TravelTimes, TravelError],
    places: pd.DataFrame | None = None,
    other_ids: Iterable[str] = (),
) -> TravelChoice:
    """Choose how minutes are known: a matrix, else a server, else roads, else the estimate.

    Parameters
    ----------
    wishes
        What is brought.
    estimate
        The embedded estimate and its error: it fills in where the chosen way knows nothing.
    places
        Table ``places``: a matrix may name them, and it is said how far they are from the roads.
    other_ids
        Ids of desks and candidates that a matrix may name.

    Raises
    ------
    SourceError, DataError, ConfigError
        If what is brought cannot be used.
    """
    travel, error = estimate
    if wishes.matrix is not None:
        known = {*(() if places is None else places["place_id"]), *other_ids}
        return _by_matrix(wishes.matrix, known, travel, error)
    if wishes.server is not None:
        return _by_server(wishes.server, error)
    network = None if wishes.roads is None else load_current(wishes.roads)
    if network is None:
        return TravelChoice(travel, error)
    return _by_roads(RoadTravel(network), places, travel, error)


def _by_matrix(
    path: Path, known_ids: set[str], estimate: TravelTimes, error: TravelError
) -> TravelChoice:
    matrix = read_matrix(path)
    given = GivenTravel(matrix, known_ids)
    use = given.use
    notes = [
        (
            f"I minuti vengono dal file {matrix.file}: {number(use.n_pairs)} coppie fra "
            f"{number(use.n_ids)} codici noti. Una coppia che non elenca, fra codici che conosce, "
            "vale come irraggiungibile; dove non conosce un estremo i minuti restano stimati."
        )
    ]
    if use.n_unknown_ids:
        notes.append(
            f"Di {number(use.n_unknown_ids)} codici del file {matrix.file} non c'è corrispondenza "
            "e le loro coppie non sono usate."
        )
    if use.n_merged_codes:
        notes.append(
            f"{number(use.n_merged_codes)} codici del file {matrix.file} sono di comuni fusi o "
            "divisi dopo: le loro coppie non sono usate."
        )
    source = SourceRecord(
        f"Matrice dei tempi dell'utente: {matrix.file}", "", "dell'utente", checksum(path)
    )
    basis = f"minuti del file {matrix.file}, il cui errore non è noto; dove mancano, {error.basis}"
    return TravelChoice(
        PatchedTravel(given, estimate), replace(error, basis=basis), (source,), tuple(notes)
    )


def _by_server(server: RoutingServer, error: TravelError) -> TravelChoice:
    name = f"server {server.host} ({server.kind})"
    note = (
        f"I minuti vengono dal {name}, con le sue strade e le sue velocità; il loro errore non è "
        "misurato."
    )
    basis = f"minuti del {name}, il cui errore non è misurato; quello della stima sarebbe"
    return TravelChoice(
        ServerTravel(server),
        replace(error, basis=f"{basis}: {error.basis}"),
        (SourceRecord(f"Tempi di percorrenza del {name}", "", "del gestore del server"),),
        (note,),
    )


def _by_roads(
    roads: RoadTravel, places: pd.DataFrame | None, estimate: TravelTimes, error: TravelError
) -> TravelChoice:
    about = roads.about
    notes = [
        (
            f"I minuti sono calcolati sulle strade di OpenStreetMap del file {about.file}"
            f"{_dated(about)}, con velocità assunte per classe di strada e senza traffico; il loro "
            "errore non è misurato, e le vie che escono dal file non si vedono."
        ),
        *([] if places is None else snap_notes(roads, places)),
    ]
    source = SourceRecord(
        name=f"Strade di OpenStreetMap: {about.file}",
        date=about.dated,
        licence="ODbL 1.0, © contributori di OpenStreetMap",
        sha256=about.sha256,
    )
    basis = f"minuti sulle strade di {about.file}, il cui errore non è misurato; altrove"
    return TravelChoice(
        PatchedTravel(roads, estimate),
        replace(error, basis=f"{basis}, {error.basis}"),
        (source,),
        tuple(notes),
    )


def _dated(about: RoadFile) -> str:
    return f" ({day(date.fromisoformat(about.dated))})" if about.dated else " (senza data)"


def spots_on_land(frame: pd.DataFrame, travel: TravelTimes, *, id_column: str, table: str) -> Spots:
    """Make `Spots` of positions whose land is not known yet.

    Roads and servers lead where no land of ours is: there a position needs none.

    Raises
    ------
    DataError
        If positions lie in the sea or outside Italy, and no road that is known is near.
    """
    spots = spots_of(frame.assign(landmass=NO_LAND), id_column=id_column)
    needs_land = np.flatnonzero(~_is_on_known_roads(spots, travel))
    landmass = _land_under(frame)
    landmass[needs_land] = landmass_at(frame.iloc[needs_land], id_column=id_column, table=table)
    return replace(spots, landmass=landmass)


def _is_on_known_roads(spots: Spots, travel: TravelTimes) -> NDArray[np.bool_]:
    if isinstance(travel, PatchedTravel) and isinstance(travel.first, RoadTravel):
        return travel.first.answers(spots, spots)
    return np.full(len(spots), isinstance(travel, ServerTravel))


def _land_under(frame: pd.DataFrame) -> NDArray[np.int64]:
    lands = find_landmasses()
    points = shapely.points(frame["lon"].to_numpy(), frame["lat"].to_numpy())
    point, part = shapely.STRtree(lands.geometry.to_numpy()).query(points, predicate="intersects")
    landmass = np.full(len(frame), NO_LAND, dtype=np.int64)
    landmass[point] = lands["landmass"].to_numpy()[part]
    return landmass
