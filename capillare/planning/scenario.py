"""Everything a planner sets, as one object: from the command line, the app or a small TOML file."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from capillare.geo.errors import ConfigError
from capillare.geo.fields import build, nearest
from capillare.geo.settings import EFFORTS, Effort
from capillare.planning.siting.funding_wishes import FundingWishes, funding_as_toml
from capillare.planning.siting.wishes import SitingWishes, read_sites, sites_as_toml
from capillare.planning.tours.vans import MAX_VANS, Van, fleet_faults, vans_as_toml, vans_of

if TYPE_CHECKING:
    from pathlib import Path

    from capillare.geo.numerals import Language

Networks = Literal["pdf", "all"]
MAX_NEW_SITES = 2000
MAX_WITHIN_MIN = 240
MAX_SCENARIO_BYTES = 20_000
MAX_TITLE_CHARACTERS = 80
FORMAT = 1
"""Of a scenario file. It rises when older versions would misread a newer file."""

_MAX_SHOWN = 40
_A_NUMBER = (int | float, "a number, with a point for decimals")
_A_TEXT = (str, "a text in quotes")
_KINDS: dict[str, tuple[Any, str]] = {
    "as_of": (date, "a date without quotes, like 2026-01-31"),
    "region": _A_TEXT,
    "new_sites": (int, "a whole number without quotes"),
    "budget_eur": _A_NUMBER,
    "within_min": _A_NUMBER,
    "networks": _A_TEXT,
    "effort": _A_TEXT,
    "lang": _A_TEXT,
    "seasons": (bool, "true or false"),
    "sites": (dict, "a table: write [sites] once, and its settings below"),
    "funding": (dict, "a table: write [funding] once, and its settings below"),
    "vans": (int | list, "a number of vans, or tables [[vans]]"),
    "title": _A_TEXT,
}
"""Settings of a scenario file: what each is, in a program's words and in a reader's."""


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
    within_min
        Minutes that count as within reach; the policy's if None.
    networks
        ``pdf`` counts Punti Digitale Facile only, ``all`` the sister networks too.
    effort
        How hard searches try.
    lang
        Language of the reasons.
    seasons
        Whether to plan seasonal seats.
    sites
        What is wanted of new sites: table ``[sites]`` of a file.
    funding
        What is wanted of a call and of a renewal: table ``[funding]``.
    vans
        How many vans to plan tours for, based by default, or the vans; 0 for none.
    title
        What its author calls it; it changes no figure.
    """

    as_of: date
    region: str = "09"
    new_sites: int = 20
    budget_eur: float | None = None
    within_min: float | None = None
    networks: Networks = "pdf"
    effort: Effort = "normal"
    lang: Language = "it"
    seasons: bool = False
    vans: int | tuple[Van, ...] = 0
    sites: SitingWishes = field(default_factory=SitingWishes)
    funding: FundingWishes = field(default_factory=FundingWishes)
    title: str = ""

    def __post_init__(self) -> None:
        """Refuse what no plan can mean, all at once."""
        faults = []
        if not 0 <= self.new_sites <= MAX_NEW_SITES:
            faults.append(f"new_sites {self.new_sites} is not within 0 and {MAX_NEW_SITES}")
        if self.budget_eur is not None and not 0 <= self.budget_eur < float("inf"):
            faults.append(f"budget_eur {self.budget_eur} is not an amount of money")
        if self.within_min is not None and not 0 < self.within_min <= MAX_WITHIN_MIN:
            faults.append(
                f"within_min {self.within_min} is not above 0 and at most {MAX_WITHIN_MIN}"
            )
        for name, allowed in (
            ("networks", ("pdf", "all")),
            ("effort", EFFORTS),
            ("lang", ("it", "en")),
        ):
            if getattr(self, name) not in allowed:
                faults.append(f"{name} {getattr(self, name)!r} is not one of {', '.join(allowed)}")
        if isinstance(self.vans, tuple):
            faults += fleet_faults(self.vans)
        elif not 0 <= self.vans <= MAX_VANS:
            faults.append(f"vans {self.vans} is not within 0 and {MAX_VANS}")
        if len(self.title) > MAX_TITLE_CHARACTERS or not self.title.isprintable():
            faults.append(f"title is not one line of at most {MAX_TITLE_CHARACTERS} characters")
        if faults:
            raise ConfigError(f"scenario: {'; '.join(faults)}. Correct it.")


def write_toml(scenario: Scenario) -> str:
    """Return the scenario as TOML; `read_scenario` reads it back the same."""
    lines = [f"format = {FORMAT}"]
    for name, setting in asdict(scenario).items():
        if setting is None or (name in {"title", "vans"} and not setting):
            continue
        if isinstance(setting, dict | tuple):
            continue
        # A JSON string of printable characters is a TOML string, and so are true and false.
        is_json = isinstance(setting, str | bool)
        lines.append(f"{name} = {json.dumps(setting, ensure_ascii=False) if is_json else setting}")
    # A table ends the settings before it.
    vans = scenario.vans if isinstance(scenario.vans, tuple) else ()
    tables = [sites_as_toml(scenario.sites), funding_as_toml(scenario.funding), vans_as_toml(vans)]
    return "\n".join(lines) + "\n" + "".join(tables)


def read_scenario(path: Path) -> dict[str, Any]:
    """Read the settings of a scenario file, to be completed by the command line's own.

    Raises
    ------
    ConfigError
        If the file is absent, or see `parse_scenario`.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_SCENARIO_BYTES + 1)
    except OSError as fault:
        raise ConfigError(f"scenario {path.name}: cannot be read ({fault.strerror}).") from fault
    return parse_scenario(content, path.name)


def parse_scenario(content: bytes, file_name: str) -> dict[str, Any]:
    """Read the settings of a scenario file's content.

    Raises
    ------
    ConfigError
        If it is too long, not TOML, of a newer version, or names a setting that does not exist.
    """
    if len(content) > MAX_SCENARIO_BYTES:
        raise ConfigError(f"scenario {file_name}: over {MAX_SCENARIO_BYTES} bytes. Shorten it.")
    settings = _loaded(content, file_name)
    written_as = settings.pop("format", FORMAT)
    if written_as != FORMAT:
        raise ConfigError(
            f"scenario {file_name}: format {written_as!r}, this version reads {FORMAT}. "
            "Update Capillare, or save the scenario again."
        )
    for name, setting in settings.items():
        if name not in _KINDS:
            raise ConfigError(
                f"scenario {file_name}: no setting {name!r}. Known: {', '.join(sorted(_KINDS))}."
                f"{nearest(name, _KINDS)}"
            )
        kind, said = _KINDS[name]
        is_odd = isinstance(setting, bool | datetime) and kind is not bool
        if is_odd or not isinstance(setting, kind):
            raise ConfigError(
                f"scenario {file_name}: {name} = {_as_typed(setting)} is not {said}. Correct it."
            )
    _refuse_misplaced(settings, file_name)
    if isinstance(settings.get("vans"), list):
        settings["vans"] = vans_of(settings["vans"], where=f"scenario {file_name}")
    if "sites" in settings:
        settings["sites"] = read_sites(settings["sites"], where=f"scenario {file_name} [sites]")
    if "funding" in settings:
        where = f"scenario {file_name} [funding]"
        settings["funding"] = build(FundingWishes, settings["funding"], where=where)
    return settings


def _loaded(content: bytes, file_name: str) -> dict[str, Any]:
    """Read TOML; Windows' editors put a mark before it."""
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise ConfigError(
            f"scenario {file_name}: not UTF-8 text (byte {fault.start + 1}). "
            "Save it as a text file with UTF-8 encoding."
        ) from fault
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        raise ConfigError(
            f"scenario {file_name}: not a TOML file ({fault}). Correct it there: texts stand in "
            "quotes, decimals have a point, dates are like 2026-01-31."
        ) from fault


def _as_typed(setting: Any) -> str:  # noqa: ANN401 (whatever a file holds)
    """Write a setting as its file does, cut short."""
    if isinstance(setting, bool | str):
        written = json.dumps(setting, ensure_ascii=False)
    else:
        written = str(setting)
    return written if len(written) <= _MAX_SHOWN else written[: _MAX_SHOWN - 1] + "…"


def _refuse_misplaced(settings: dict[str, Any], file_name: str) -> None:
    """Refuse settings of a whole scenario that stand below ``[sites]`` or ``[funding]``."""
    for table, kind in (("sites", SitingWishes), ("funding", FundingWishes)):
        own = {declared.name for declared in fields(kind)}
        for name in settings.get(table, {}):
            if name in _KINDS and name not in own:
                raise ConfigError(
                    f"scenario {file_name} [{table}]: {name} is a setting of the whole scenario. "
                    "Move it above the first line in brackets."
                )
