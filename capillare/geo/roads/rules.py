"""How fast a car goes on each road, and how a position reaches the network: a TOML file."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

from capillare.geo.errors import ConfigError
from capillare.geo.fields import Checked, above, between, build, iso_day, not_empty

RULES_FILE = Path(__file__).parents[2] / "data" / "roads.toml"

Kph = Annotated[float, above(0, at_most=200)]
Metres = Annotated[float, between(0, 100_000)]


@dataclass(frozen=True)
class RoadRules(Checked):
    """Speeds by road class, who may drive where, and how positions are snapped.

    Attributes
    ----------
    class_kph
        Mean speed by value of ``highway``; a class that is not listed is not drivable.
    maxspeed_share, maxspeed_lift
        A mapped limit is driven at this share, and lifts a class's speed by this factor at most.
    maxspeed_kph
        What words in ``maxspeed`` stand for.
    bend_s_per_turn
        Seconds lost for every 360 degrees of bends.
    unpaved, unpaved_share
        Surfaces on which only this share of the speed is driven.
    denied, denied_service
        Values that keep the public out.
    with_ferries, ferry_kph
        Whether ferries count as roads, and how fast they are.
    access_kph
        Speed from a position straight to the road.
    far_snap_m, max_snap_m
        Metres to the road beyond which a position is named, and is unreachable.
    min_piece_km
        Pieces of the network below this length are left out.
    main_piece_m
        A position goes to the largest piece unless another is nearer by more than this.
    """

    WHERE: ClassVar[str] = "roads"

    source: Annotated[str, not_empty]
    source_date: Annotated[str, iso_day]
    class_kph: Annotated[dict[str, Kph], not_empty]
    maxspeed_kph: dict[str, Kph]
    maxspeed_share: Annotated[float, above(0, at_most=1.5)]
    maxspeed_lift: Annotated[float, above(0, at_most=5)]
    bend_s_per_turn: Annotated[float, between(0, 600)]
    unpaved: tuple[str, ...]
    unpaved_share: Annotated[float, above(0, at_most=1)]
    denied: tuple[str, ...]
    denied_service: tuple[str, ...]
    with_ferries: bool
    ferry_kph: Kph
    access_kph: Kph
    far_snap_m: Metres
    max_snap_m: Metres
    min_piece_km: Annotated[float, between(0, 1000)]
    main_piece_m: Metres

    @property
    def sha256(self) -> str:
        """Checksum of the rules: whatever the file's layout, the same speeds give the same."""
        written = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(written.encode()).hexdigest()


def read_rules(path: Path | None = None) -> RoadRules:
    """Read and validate speeds; the packaged ones by default.

    Raises
    ------
    ConfigError
        If the file is absent, is not TOML, lacks a rule, or breaks one.
    """
    path = path or RULES_FILE
    try:
        with path.open("rb") as file:
            entries = tomllib.load(file)
    except OSError as fault:
        raise ConfigError(f"speeds {path.name}: cannot be read ({fault.strerror}).") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise ConfigError(f"speeds {path.name}: not a TOML file ({fault}).") from fault
    return rules_of(entries, where=f"speeds {path.name}")


def rules_of(entries: dict[str, Any], *, where: str) -> RoadRules:
    """Build the rules from their entries, as a file or a stored network holds them."""
    return build(RoadRules, entries, where=where)
