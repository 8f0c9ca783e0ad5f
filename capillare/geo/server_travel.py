"""Minutes from a routing server that an operator configures: OSRM's table, Valhalla's matrix.

Nothing is asked of anybody unless a server is configured. Positions leave the program for that
server and for no other.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

import numpy as np
import pyproj

from capillare.geo.errors import ConfigError, DataError, SourceError, named_rows
from capillare.geo.fields import Checked, above, between
from capillare.geo.places import FILE_CRS, METRIC_CRS
from capillare.geo.settings import MINUTES_A_DAY
from capillare.geo.travel import Nearest, Spots, TravelPairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

Kind = Literal["osrm", "valhalla"]
PROFILES: dict[str, str] = {"osrm": "driving", "valhalla": "auto"}
INSTALL = "Install it with: pip install 'capillare[roads]'"
MINUTE_DECIMALS = 2
SECONDS_PER_MIN = 60.0
DEGREE_DECIMALS = 6
FASTEST_M_PER_MIN = 150_000.0 / 60.0
"""No pair is faster than its straight line at 150 km/h: further ones need not be asked."""
MAX_SNAP_M = 2000.0
"""A position further from the server's nearest road is not reached, where the server says so."""
STRIP_M = 40_000.0
_DEGREES = pyproj.Transformer.from_crs(METRIC_CRS, FILE_CRS, always_xy=True)


@dataclass(frozen=True)
class RoutingServer(Checked):
    """A routing server, and how it is asked.

    Attributes
    ----------
    url
        Address, http or https.
    kind
        What it speaks.
    timeout_s
        Longest wait for an answer.
    retries
        How often a fault that passes is tried again.
    backoff_s
        Pause before the first of them; each next one is twice as long.
    batch
        Positions on either side of one request; servers refuse large tables.
    """

    WHERE: ClassVar[str] = "routing server"

    url: str
    kind: Kind
    timeout_s: Annotated[float, above(0, at_most=3600)] = 30.0
    retries: Annotated[int, between(0, 10)] = 3
    backoff_s: Annotated[float, between(0, 60)] = 1.0
    batch: Annotated[int, between(1, 1000)] = 50

    def __post_init__(self) -> None:
        """Refuse what is no address of the web."""
        super().__post_init__()
        try:
            parts = urlsplit(self.url)
            is_address = parts.scheme in {"http", "https"} and bool(parts.hostname)
        except ValueError:
            is_address = False
        if not is_address:
            raise ConfigError(
                "CAPILLARE_ROUTING_URL: not an http or https address. Correct the setting."
            )

    @property
    def host(self) -> str:
        """Name of the server, without path or credentials, as shown to people."""
        return urlsplit(self.url).hostname or ""


def routing_server(url: str | None, kind: str | None) -> RoutingServer | None:
    """Return the server that the two settings describe; None where neither is given.

    Raises
    ------
    ConfigError
        If one is given without the other, or is no address or no kind.
    """
    if not url and not kind:
        return None
    if not url or not kind:
        raise ConfigError(
            "CAPILLARE_ROUTING_URL and CAPILLARE_ROUTING_KIND: one without the other. Set both."
        )
    named = kind.strip().lower()
    if named not in PROFILES:
        raise ConfigError(
            f"CAPILLARE_ROUTING_KIND: {kind!r} is not one of {', '.join(PROFILES)}. Correct it."
        )
    return RoutingServer(
        url=url.strip().rstrip("/"), kind="osrm" if named == "osrm" else "valhalla"
    )


class ServerTravel:
    """Minutes by car as a routing server says them; it is asked in batches, never twice in a row.

    Attributes
    ----------
    n_null
        Pairs for which the server knows no way, so far: they are out of reach.
    n_requests
        Requests so far, repeated ones too.
    """

    basis = "server"

    def __init__(self, server: RoutingServer) -> None:
        self.server = server
        self.n_null = 0
        self.n_requests = 0
        self._ask = _asker(server)
        self._last: tuple[bytes, NDArray[np.float64]] | None = None

    def pairs(self, origins: Spots, destinations: Spots, *, max_min: float) -> TravelPairs:
        """Return the minutes of every pair within `max_min`, boundary included."""
        table = self._table(origins, destinations, reach_m=max_min * FASTEST_M_PER_MIN)
        origin, destination = np.nonzero(table <= max_min)
        return TravelPairs(origin, destination, table[origin, destination], table.shape)

    def nearest(self, origins: Spots, destinations: Spots) -> Nearest:
        """Return each origin's nearest destination, with no cut-off, ties to the lower row."""
        table = self._table(origins, destinations, reach_m=math.inf)
        if 0 in table.shape:
            return Nearest(np.full(len(origins), -1), np.full(len(origins), np.nan))
        index = table.argmin(axis=1)
        travel_min = table[np.arange(len(origins)), index]
        is_reached = np.isfinite(travel_min)
        return Nearest(np.where(is_reached, index, -1), np.where(is_reached, travel_min, np.nan))

    def _table(self, origins: Spots, destinations: Spots, *, reach_m: float) -> NDArray[np.float64]:
        """Return minutes of all pairs, infinite where there is no way or it is surely too far."""
        key = origins.xy_m.tobytes() + b"|" + destinations.xy_m.tobytes()
        if self._last is not None and self._last[0] == key:
            return self._last[1]
        table = np.full((len(origins), len(destinations)), np.inf)
        absurd: list[str] = []
        from_lonlat, to_lonlat = _lonlat(origins), _lonlat(destinations)
        for rows in _batches(origins.xy_m, self.server.batch):
            for columns in _batches(destinations.xy_m, self.server.batch):
                if _apart_m(origins.xy_m[rows], destinations.xy_m[columns]) > reach_m:
                    continue
                seconds = self._asked(from_lonlat[rows], to_lonlat[columns])
                minutes = np.round(seconds / SECONDS_PER_MIN, MINUTE_DECIMALS)
                is_absurd = ~np.isnan(minutes) & ~((minutes >= 0) & (minutes <= MINUTES_A_DAY))
                absurd += [
                    f"{origins.ids[rows[i]]}→{destinations.ids[columns[j]]}"
                    for i, j in np.argwhere(is_absurd)
                ]
                self.n_null += int(np.isnan(minutes).sum())
                table[np.ix_(rows, columns)] = np.where(np.isnan(minutes), np.inf, minutes)
        if absurd:
            raise DataError(
                f"{self.server.host}: minutes that are negative or over a day, "
                f"{named_rows(absurd)}. Check the routing server."
            )
        if math.isinf(reach_m):
            self._last = (key, table)
        return table

    def _asked(
        self, origins: NDArray[np.float64], destinations: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Ask for one table of seconds, again while the fault may pass; NaN where no way is."""
        server = self.server
        for attempt in range(server.retries + 1):
            if attempt:
                time.sleep(server.backoff_s * 2 ** (attempt - 1))
            self.n_requests += 1
            try:
                return self._ask(origins.tolist(), destinations.tolist())
            except _PassingError as fault:
                last = fault
        raise SourceError(
            f"{server.host}: the routing server does not answer, tried {server.retries + 1} times "
            f"({last}). Try later, or unset CAPILLARE_ROUTING_URL."
        ) from last


class _PassingError(Exception):
    """A fault after which it is worth asking again."""


Asker = Callable[[list[list[float]], list[list[float]]], "NDArray[np.float64]"]


def _asker(server: RoutingServer) -> Asker:
    """Return what asks the server for a table of seconds, faults told apart."""
    try:
        import routingpy  # noqa: PLC0415 (an optional extra)
        from routingpy import exceptions as said  # noqa: PLC0415 (the same)
    except ModuleNotFoundError as fault:
        raise ConfigError(
            f"CAPILLARE_ROUTING_URL: routingpy is needed to ask a server. {INSTALL}."
        ) from fault
    router_of = {"osrm": routingpy.OSRM, "valhalla": routingpy.Valhalla}[server.kind]
    router = router_of(
        base_url=server.url,
        timeout=server.timeout_s,
        retry_timeout=1,
        retry_over_query_limit=False,
        skip_api_error=False,
    )
    # Positions are for the configured server alone.
    router.client._session.max_redirects = 0  # noqa: SLF001 (it offers no other way)

    def ask(origins: list[list[float]], destinations: list[list[float]]) -> NDArray[np.float64]:
        sources = list(range(len(origins)))
        targets = list(range(len(origins), len(origins) + len(destinations)))
        try:
            with warnings.catch_warnings():
                # It warns of each of its own retries.
                warnings.simplefilter("ignore", UserWarning)
                matrix = router.matrix(
                    [*origins, *destinations],
                    profile=PROFILES[server.kind],
                    sources=sources,
                    destinations=targets,
                )
        except (said.Timeout, said.RouterServerError, said.OverQueryLimit) as fault:
            raise _PassingError(_reason(fault)) from fault
        except said.JSONParseError as fault:
            raise _PassingError("the answer is no JSON") from fault
        except OSError as fault:
            raise _PassingError("no connection, cut, or sent elsewhere") from fault
        except said.RouterApiError as fault:
            raise SourceError(
                f"{server.host}: the routing server refuses the request ({_reason(fault)}). "
                "Check its address, its kind and its limits."
            ) from fault
        except (KeyError, TypeError, AttributeError) as fault:
            raise _wrong_shape(server) from fault
        return _seconds(matrix.durations, matrix.raw, (len(origins), len(destinations)), server)

    return ask


def _seconds(
    durations: Any,  # noqa: ANN401 (whatever a server sent)
    raw: Any,  # noqa: ANN401 (the same)
    shape: tuple[int, int],
    server: RoutingServer,
) -> NDArray[np.float64]:
    """Return seconds as the server sent them: NaN for null, infinite for what is no number."""
    is_table = (
        isinstance(durations, list)
        and len(durations) == shape[0]
        and all(isinstance(row, list) and len(row) == shape[1] for row in durations)
    )
    if not is_table:
        raise _wrong_shape(server)
    seconds = np.array([[_second(cell) for cell in row] for row in durations]).reshape(shape)
    for axis, side in enumerate(("sources", "destinations")):
        far = np.array([_is_far(end) for end in _ends(raw, side, shape[axis])], dtype=np.bool_)
        seconds[(far, slice(None)) if axis == 0 else (slice(None), far)] = np.nan
    return seconds


def _second(cell: Any) -> float:  # noqa: ANN401 (whatever a server sent)
    if cell is None:
        return math.nan
    is_number = isinstance(cell, (int, float)) and not isinstance(cell, bool)
    # What is no number must not pass for "no way": it is named with the absurd ones.
    return float(cell) if is_number and not math.isnan(cell) else math.inf


def _ends(raw: Any, side: str, count: int) -> list[Any]:  # noqa: ANN401 (whatever a server sent)
    listed = raw.get(side) if isinstance(raw, dict) else None
    return listed if isinstance(listed, list) and len(listed) == count else [None] * count


def _is_far(end: Any) -> bool:  # noqa: ANN401 (whatever a server sent)
    metres = end.get("distance") if isinstance(end, dict) else None
    return isinstance(metres, (int, float)) and metres > MAX_SNAP_M


def _wrong_shape(server: RoutingServer) -> SourceError:
    return SourceError(
        f"{server.host}: the answer is no table of {server.kind}. "
        "Check CAPILLARE_ROUTING_URL and CAPILLARE_ROUTING_KIND."
    )


def _reason(fault: Exception) -> str:
    status = getattr(fault, "status", None)
    return f"status {status}" if status is not None else "too slow"


def _lonlat(spots: Spots) -> NDArray[np.float64]:
    lon, lat = _DEGREES.transform(spots.xy_m[:, 0], spots.xy_m[:, 1])
    return np.round(np.column_stack([lon, lat]), DEGREE_DECIMALS)


def _batches(xy_m: NDArray[np.float64], size: int) -> Iterator[NDArray[np.int64]]:
    """Part positions into batches of neighbours, strip by strip."""
    order = np.lexsort((xy_m[:, 1], xy_m[:, 0] // STRIP_M))
    for first in range(0, order.size, size):
        yield np.sort(order[first : first + size])


def _apart_m(some: NDArray[np.float64], others: NDArray[np.float64]) -> float:
    """Return metres that certainly lie between any of some positions and any of others."""
    gap = np.maximum(some.min(axis=0) - others.max(axis=0), others.min(axis=0) - some.max(axis=0))
    return float(np.linalg.norm(np.maximum(gap, 0.0)))
