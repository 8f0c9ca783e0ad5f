"""What an operator sets in the environment; only the doors read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from capillare.geo.errors import ConfigError
from capillare.geo.server_travel import routing_server
from capillare.geo.travel_choice import ROADS_DIR, ROUTING_KIND, ROUTING_URL, TravelWishes
from capillare.planning.network import Inputs
from capillare.views.access.sign_in import SIGN_IN, SignIn, read_sign_in

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_REGION = "09"
EARLIEST, LATEST = date(2020, 1, 1), date(2040, 12, 31)
"""Days that a planner can be asked about."""

REGION = "CAPILLARE_REGION"
AS_OF = "CAPILLARE_AS_OF"
REGISTRY = "CAPILLARE_REGISTRY"
POLICY = "CAPILLARE_POLICY"
DATA_DIR = "CAPILLARE_DATA_DIR"
TRAVEL_MATRIX = "CAPILLARE_TRAVEL_MATRIX"
SITE_DIR = "CAPILLARE_SITE_DIR"
SCENARIOS_DIR = "CAPILLARE_SCENARIOS_DIR"
OPEN_TO_ALL = "CAPILLARE_OPEN_TO_ALL"
CORS = "CAPILLARE_CORS"
_YES = "1"


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """Where a planner finds its data, and what it shows first.

    Attributes
    ----------
    region
        ISTAT region code, or ``all``.
    as_of
        Day shown unless the reader asks for another; None is today.
    inputs
        Registry, policy and official files; what is None is the package's.
    site
        Folder of a built public site, served beside the planner; None for none.
    scenarios
        Folder where saved scenarios are kept; None is the user's own.
    sign_in
        Who may come in; None asks nobody.
    is_open_to_all
        Whether it may listen to other computers and still ask nobody.
    cors
        Origin whose pages may ask the site's interface; ``*`` for any, empty for none but ours.
    """

    region: str = DEFAULT_REGION
    as_of: date | None = None
    inputs: Inputs = field(default_factory=Inputs)
    site: Path | None = None
    scenarios: Path | None = None
    sign_in: SignIn | None = None
    is_open_to_all: bool = False
    cors: str = ""

    @property
    def scenario_folder(self) -> Path:
        """Where saved scenarios are kept."""
        return self.scenarios or platformdirs.user_data_path("capillare") / "scenarios"

    @property
    def first_day(self) -> date:
        """The day to show first."""
        return self.as_of or datetime.now().astimezone().date()


def askable_day(text: str) -> date:
    """Read a day that a planner can be asked about.

    Raises
    ------
    ValueError
        If it is not an ISO date from `EARLIEST` to `LATEST`.
    """
    day = date.fromisoformat(text)
    if not EARLIEST <= day <= LATEST:
        raise ValueError(text)
    return day


def read_deployment(environ: Mapping[str, str]) -> Deployment:
    """Read a deployment from the environment; an empty setting counts as none.

    Raises
    ------
    ConfigError
        If the day is not one, or the settings of a routing server or of sign-in are wrong.
    """

    def path(name: str) -> Path | None:
        return Path(environ[name]) if environ.get(name) else None

    as_of, sign_in = environ.get(AS_OF), path(SIGN_IN)
    try:
        day = askable_day(as_of) if as_of else None
    except ValueError as fault:
        raise ConfigError(
            f"{AS_OF}={as_of}: not a day between {EARLIEST} and {LATEST}. Write YYYY-MM-DD."
        ) from fault
    return Deployment(
        region=environ.get(REGION) or DEFAULT_REGION,
        as_of=day,
        inputs=Inputs(
            registry=path(REGISTRY),
            policy=path(POLICY),
            official=path(DATA_DIR),
            travel=TravelWishes(
                matrix=path(TRAVEL_MATRIX),
                server=routing_server(environ.get(ROUTING_URL), environ.get(ROUTING_KIND)),
                roads=path(ROADS_DIR),
            ),
        ),
        site=path(SITE_DIR),
        scenarios=path(SCENARIOS_DIR),
        sign_in=None if sign_in is None else read_sign_in(sign_in, environ),
        is_open_to_all=environ.get(OPEN_TO_ALL) == _YES,
        cors=environ.get(CORS, ""),
    )


def as_environment(deployment: Deployment) -> dict[str, str]:
    """Return the settings that `read_deployment` reads back the same, paths made absolute.

    Secrets are not among them: they stay where they are, in the environment or in their file.
    """
    travel = deployment.inputs.travel
    settings = {
        REGION: deployment.region,
        AS_OF: deployment.as_of.isoformat() if deployment.as_of else None,
        REGISTRY: deployment.inputs.registry,
        POLICY: deployment.inputs.policy,
        DATA_DIR: deployment.inputs.official,
        TRAVEL_MATRIX: travel.matrix,
        ROUTING_URL: travel.server.url if travel.server else None,
        ROUTING_KIND: travel.server.kind if travel.server else None,
        ROADS_DIR: travel.roads,
        SITE_DIR: deployment.site,
        SCENARIOS_DIR: deployment.scenarios,
        SIGN_IN: deployment.sign_in.file if deployment.sign_in else None,
        OPEN_TO_ALL: _YES if deployment.is_open_to_all else None,
        CORS: deployment.cors or None,
    }
    return {
        name: str(setting.absolute()) if isinstance(setting, Path) else setting
        for name, setting in settings.items()
        if setting is not None
    }
