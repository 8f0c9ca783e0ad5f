"""What a file says of itself: which scenario it answers, of which day, from which data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from capillare import __version__
from capillare.geo.numerals import day, euros, number
from capillare.geo.places import normalised_name
from capillare.planning.siting.funding_wishes import tell_funding
from capillare.planning.siting.wish_words import tell_wishes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from capillare.geo.sources.records import SourceRecord
    from capillare.planning.network import Network
    from capillare.planning.scenario import Scenario

_MOST_CHARS = 40
_NETWORKS_IT = {"pdf": "soli Punti Digitale Facile", "all": "tutte le reti"}
_EFFORTS_IT = {"quick": ["ricerca rapida"], "normal": [], "best": ["la ricerca più lunga"]}


@dataclass(frozen=True)
class Provenance:
    """Where the rows of a file come from.

    Attributes
    ----------
    title
        What the scenario's author calls it; empty where it has no title.
    as_of
        Day that the network is described for.
    asked
        What each scenario asks, in Italian; one, or the two that are compared.
    sources
        What was read, with its dates.
    caveats
        What must be known before the figures are used, in Italian.
    """

    title: str
    as_of: date
    asked: tuple[str, ...]
    sources: tuple[SourceRecord, ...]
    caveats: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """Return the end of a file's name: the day, and the scenario's title if it has one."""
        return file_mark(self.title, self.as_of)

    @property
    def lines(self) -> tuple[str, ...]:
        """Return what a file says of itself, line by line, in Italian."""
        sources = "; ".join(
            f"{source.name} ({source.date})" if source.date else source.name
            for source in self.sources
        )
        return (
            f"La rete al {day(self.as_of)}, calcolata da Capillare {__version__}.",
            *(f"Scenario: {asked}." for asked in self.asked),
            f"Dati: {sources}.",
        )

    @property
    def cells(self) -> dict[str, str]:
        """Return the same by name, for formats whose files carry names and texts."""
        return {
            "situazione_al": self.as_of.isoformat(),
            "scenario": "; ".join(self.asked),
            "dati": "; ".join(f"{source.name} ({source.date})" for source in self.sources),
            "programma": f"Capillare {__version__}",
        }


def file_mark(title: str, as_of: date) -> str:
    """Return the end of a file's name: the day, and a scenario's title if it has one.

    >>> from datetime import date
    >>> file_mark("Più sedi, ../in Lunigiana", date(2026, 3, 2)), file_mark("", date(2026, 3, 2))
    ('2026-03-02_piu-sedi-in-lunigiana', '2026-03-02')
    """
    plain = normalised_name(title).replace(" ", "-")[:_MOST_CHARS].strip("-")
    return f"{as_of.isoformat()}_{plain}" if plain else as_of.isoformat()


def provenance_of(
    network: Network, *, caveats: Sequence[str] = (), asked: Sequence[Scenario] = ()
) -> Provenance:
    """Return where figures come from.

    Parameters
    ----------
    network
        What they are measured on.
    caveats
        In Italian.
    asked
        The scenarios that they answer, where it is not the network's own alone.
    """
    scenarios = tuple(asked) or (network.scenario,)
    return Provenance(
        title=scenarios[0].title if len(scenarios) == 1 else "confronto",
        as_of=network.scenario.as_of,
        asked=tuple(scenario_sentence(scenario) for scenario in scenarios),
        sources=network.sources,
        caveats=tuple(caveats),
    )


def scenario_sentence(scenario: Scenario) -> str:
    """Say in one line what a scenario asks: its title, then its settings, in Italian.

    >>> from datetime import date
    >>> from capillare.planning.scenario import Scenario
    >>> scenario_sentence(Scenario(as_of=date(2026, 3, 2), vans=1, title="Un furgone"))
    '«Un furgone»: 2 marzo 2026, soli Punti Digitale Facile, 20 nuove sedi, 1 furgone'
    """
    sites = (
        f"{number(scenario.new_sites)} nuove sedi"
        if scenario.budget_eur is None
        else f"nuove sedi con {euros(scenario.budget_eur)}"
    )
    parts = [day(scenario.as_of), _NETWORKS_IT[scenario.networks], sites]
    if scenario.within_min is not None:
        parts.append(f"entro {number(scenario.within_min)} minuti")
    n_vans = scenario.vans if isinstance(scenario.vans, int) else len(scenario.vans)
    if n_vans:
        parts.append(f"{number(n_vans)} furgon{'e' if n_vans == 1 else 'i'}")
    if scenario.seasons:
        parts.append("sedi stagionali")
    parts += _EFFORTS_IT[scenario.effort]
    told = (*tell_wishes(scenario.sites), *tell_funding(scenario.funding))
    said = ", ".join([*parts, *told])
    return f"«{scenario.title}»: {said}" if scenario.title else said
