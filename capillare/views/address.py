"""The scenario in the page's address, so that a view can be shared. Never a path in it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from capillare.geo.fields import build
from capillare.planning.scenario import MAX_TITLE_CHARACTERS, MAX_WITHIN_MIN
from capillare.planning.siting.funding_wishes import FundingWishes, changed
from capillare.planning.siting.wishes import SitingWishes, read_sites
from capillare.views.deployment import askable_day

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from capillare.planning.scenario import Scenario

MOST_SITES = 60
MOST_VANS = 12
MOST_BUDGET_EUR = 10_000_000.0
MOST_WISHES_CHARACTERS = 2_000
_MOST_SHOWN = 40
_EFFORTS = {"rapida": "quick", "normale": "normal", "lunga": "best"}


@dataclass(frozen=True)
class Setting:
    """One setting of a scenario in the address.

    Attributes
    ----------
    field
        Of `Scenario`.
    read
        From text; a ValueError means nonsense.
    expected
        What it should look like, in Italian.
    """

    field: str
    read: Callable[[str], object]
    expected: str


def _whole(most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        figure = int(text)
        if not 0 <= figure <= most:
            raise ValueError(text)
        return figure

    return read


def _amount(text: str) -> float:
    figure = float(text)
    if not 0 <= figure <= MOST_BUDGET_EUR:
        raise ValueError(text)
    return figure


def _minutes(text: str) -> float:
    minutes = float(text)
    if not 0 < minutes <= MAX_WITHIN_MIN:
        raise ValueError(text)
    return minutes


def _networks(text: str) -> str:
    return {"pdf": "pdf", "tutte": "all"}.get(text, text)


def _seasons(text: str) -> bool:
    return {"sì": True, "no": False}[text]


def _effort(text: str) -> str:
    return _EFFORTS[text]


def _wishes(text: str) -> SitingWishes:
    if len(text) > MOST_WISHES_CHARACTERS:
        raise ValueError(text)
    return read_sites(json.loads(text), where="richieste")


def _funding(text: str) -> FundingWishes:
    if len(text) > MOST_WISHES_CHARACTERS:
        raise ValueError(text)
    return build(FundingWishes, json.loads(text), where="avviso")


SETTINGS = {
    "data": Setting("as_of", askable_day, "una data come 2026-03-31"),
    "entro": Setting("within_min", _minutes, f"minuti sopra 0 e fino a {MAX_WITHIN_MIN}"),
    "reti": Setting("networks", _networks, "pdf o tutte"),
    "sedi": Setting("new_sites", _whole(MOST_SITES), f"un numero fra 0 e {MOST_SITES}"),
    "furgoni": Setting("vans", _whole(MOST_VANS), f"un numero fra 0 e {MOST_VANS}"),
    "budget": Setting("budget_eur", _amount, "un importo in euro"),
    "stagioni": Setting("seasons", _seasons, "sì o no"),
    "ricerca": Setting("effort", _effort, "rapida, normale o lunga"),
    "lingua": Setting("lang", str, "it o en"),
    "titolo": Setting("title", str, f"una riga di al più {MAX_TITLE_CHARACTERS} caratteri"),
    "richieste": Setting("sites", _wishes, "quelle che il programma scrive"),
    "avviso": Setting("funding", _funding, "quello che il programma scrive"),
}


def scenario_from(query: Mapping[str, str], default: Scenario) -> tuple[Scenario, list[str]]:
    """Read a scenario from an address.

    Returns
    -------
    The scenario, `default` where the address says nothing or nonsense, and an Italian sentence for
    each setting that was ignored. Names that are not ours are passed over: pages and maps may put
    their own there.
    """
    scenario, ignored = default, []
    for name, setting in SETTINGS.items():
        text = query.get(name)
        if text is None:
            continue
        try:
            changed: dict[str, object] = {setting.field: setting.read(text)}
            scenario = replace(scenario, **changed)  # type: ignore[arg-type]  # checked inside
        except (ValueError, LookupError, RecursionError):  # a ConfigError is a ValueError too
            shown = text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "…"
            ignored.append(
                f"Nell'indirizzo, «{name}={shown}» non è valido e viene ignorato: "
                f"dovrebbe essere {setting.expected}."
            )
    return scenario, ignored


def query_of(scenario: Scenario, default: Scenario) -> dict[str, str]:
    """Return what an address must say for `scenario_from` to find this scenario."""
    written = {
        "data": scenario.as_of.isoformat(),
        "reti": "tutte" if scenario.networks == "all" else "pdf",
        "entro": "" if scenario.within_min is None else repr(scenario.within_min),
        "sedi": str(scenario.new_sites),
        # Vans of a file are no number, and stay out of the address.
        "furgoni": str(scenario.vans) if isinstance(scenario.vans, int) else "0",
        "stagioni": "sì" if scenario.seasons else "no",
        "ricerca": next(word for word, effort in _EFFORTS.items() if effort == scenario.effort),
        "lingua": scenario.lang,
        "titolo": scenario.title,
        "richieste": json.dumps(_changed(scenario.sites), ensure_ascii=False),
        "avviso": json.dumps(changed(scenario.funding), ensure_ascii=False),
        "budget": "" if scenario.budget_eur is None else f"{scenario.budget_eur:.0f}",
    }
    return {
        name: text
        for name, text in written.items()
        if getattr(scenario, SETTINGS[name].field) != getattr(default, SETTINGS[name].field)
    }


def fits_address(scenario: Scenario, default: Scenario) -> bool:
    """Tell whether an address leads back to a whole scenario.

    Vans of a file, and numbers beyond what an address may ask of a server, stay out of it.
    """
    return scenario_from(query_of(scenario, default), default) == (scenario, [])


def _changed(wishes: SitingWishes) -> dict[str, object]:
    """Return the wishes that are not the default."""
    plain = SitingWishes()
    return {
        name: setting
        for name, setting in asdict(wishes).items()
        if getattr(wishes, name) != getattr(plain, name)
    }
