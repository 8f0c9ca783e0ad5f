"""Everything a planner sets, as one object: from the command line, the app or a small TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from capillare.geo.errors import ConfigError
from capillare.geo.settings import EFFORTS, Effort

if TYPE_CHECKING:
    from pathlib import Path

    from capillare.geo.numerals import Language

Networks = Literal["pdf", "all"]
MAX_NEW_SITES = 2000
MAX_SCENARIO_BYTES = 20_000


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What is asked of a plan.

    Attributes
    ----------
    as_of
        Day for which the network is described.
    region
        Two-digit ISTAT region code, or ``all``.
    new_sites
        How many sites to propose, unless `budget_eur` is given.
    budget_eur
        Money for new sites; as many are proposed as it pays for.
    networks
        ``pdf`` counts Punti Digitale Facile only, ``all`` the sister networks too.
    effort
        How hard searches try.
    lang
        Language of the reasons.
    """

    as_of: date
    region: str = "09"
    new_sites: int = 20
    budget_eur: float | None = None
    networks: Networks = "pdf"
    effort: Effort = "normal"
    lang: Language = "it"

    def __post_init__(self) -> None:
        """Refuse what no plan can mean, all at once."""
        faults = []
        if not 0 <= self.new_sites <= MAX_NEW_SITES:
            faults.append(f"new_sites {self.new_sites} is not within 0 and {MAX_NEW_SITES}")
        if self.budget_eur is not None and not 0 <= self.budget_eur < float("inf"):
            faults.append(f"budget_eur {self.budget_eur} is not an amount of money")
        for name, allowed in (
            ("networks", ("pdf", "all")),
            ("effort", EFFORTS),
            ("lang", ("it", "en")),
        ):
            if getattr(self, name) not in allowed:
                faults.append(f"{name} {getattr(self, name)!r} is not one of {', '.join(allowed)}")
        if faults:
            raise ConfigError(f"scenario: {'; '.join(faults)}. Correct it.")


def write_toml(scenario: Scenario) -> str:
    """Return the scenario as TOML; `read_scenario` reads it back the same."""
    lines = []
    for name, setting in asdict(scenario).items():
        if setting is None:
            continue
        is_text = isinstance(setting, str)
        lines.append(f'{name} = "{setting}"' if is_text else f"{name} = {setting}")
    return "\n".join(lines) + "\n"


def read_scenario(path: Path) -> dict[str, Any]:
    """Read the settings of a scenario file, to be completed by the command line's own.

    Raises
    ------
    ConfigError
        If the file is absent, too long, not TOML, or names a setting that does not exist.
    """
    try:
        if path.stat().st_size > MAX_SCENARIO_BYTES:
            raise ConfigError(f"scenario {path.name}: over {MAX_SCENARIO_BYTES} bytes. Shorten it.")
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise ConfigError(f"scenario {path.name}: cannot be read ({fault.strerror}).") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ConfigError(f"scenario {path.name}: not a TOML file ({fault}).") from fault
    kinds = {
        "as_of": date,
        "region": str,
        "new_sites": int,
        "budget_eur": int | float,
        "networks": str,
        "effort": str,
        "lang": str,
    }
    known = {f.name for f in fields(Scenario)}
    for name, setting in settings.items():
        if name not in known:
            raise ConfigError(
                f"scenario {path.name}: no setting {name!r}. Known: {', '.join(sorted(known))}."
            )
        if isinstance(setting, bool) or not isinstance(setting, kinds[name]):
            raise ConfigError(f"scenario {path.name}: {name} = {setting!r} has the wrong type.")
    return settings
