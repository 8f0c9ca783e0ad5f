"""What a reader must know before trusting a figure, as Italian sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capillare.geo.numerals import counted, number, percent
from capillare.planning.network import seen_desks, serving_desks
from capillare.planning.reasons import under_served_rule
from capillare.planning.siting.cautions import find_cautions

if TYPE_CHECKING:
    import pandas as pd

    from capillare.planning.gaps import Gaps
    from capillare.planning.network import Network
    from capillare.planning.siting.proposal import Proposal

INDICATORS_IT = {
    "travel_min": "minuti allo sportello",
    "adults_unreachable_share": "maggiorenni senza via",
    "hours_per_1000_adults": "ore per 1.000 maggiorenni",
    "weekly_coverage_share": "copertura settimanale",
    "over65_share": "residenti dai 65 anni",
    "minutes_to_pole_min": "minuti dal polo",
    "target_distance_share": "distanza dall'obiettivo",
}


def network_caveats(network: Network, *, networks: str | None = None) -> tuple[str, ...]:
    """List what is incomplete or estimated in a network.

    Parameters
    ----------
    networks
        Whose desks the sentences count, ``pdf`` or ``all``; by default those that the network's
        scenario asks for.
    """
    seen = seen_desks(network.desks, networks or network.scenario.networks)
    return (
        *network.registry.caveats,
        *_registry_caveats(network, seen),
        *_travel_caveats(network),
        *_programme_caveats(network),
        *network.territory.caveats,
    )


def find_caveats(network: Network, gaps: Gaps, proposal: Proposal) -> tuple[str, ...]:
    """List every caveat of a plan: its network's, its ranking's and its proposal's."""
    return (
        *network_caveats(network),
        *_gap_caveats(network, gaps),
        *find_cautions(proposal, network.policy, budget_eur=network.scenario.budget_eur),
    )


def _registry_caveats(network: Network, desks: pd.DataFrame) -> list[str]:
    serving = desks[desks["is_in_service"]]
    caveats = []
    if serving.empty:
        caveats.append(
            "Non risultano sportelli in servizio in questo territorio alla data indicata."
        )
    unknown = int((desks["status"] == "unknown").sum())
    if unknown:
        caveats.append(
            counted(
                unknown,
                "sportello ha stato sconosciuto e non conta come in servizio.",
                "sportelli hanno stato sconosciuto e non contano come in servizio.",
            )
        )
    confirm = int(serving["is_to_be_confirmed"].sum())
    if confirm:
        caveats.append(
            f"Sportelli in servizio da confermare: {number(confirm)} su {number(len(serving))}. "
            "Nessuno li ha verificati dopo la fine della loro campagna."
        )
    placed = int((serving["position_basis"] == "chief_town").sum())
    if placed:
        caveats.append(
            counted(
                placed, "sportello in servizio è collocato", "sportelli in servizio sono collocati"
            )
            + " nel capoluogo del comune, perché la sede non è nota."
        )
    estimated = int((serving["hours_basis"] != "stated").sum())
    if estimated:
        caveats.append(
            f"Di {counted(estimated, 'sportello', 'sportelli')} in servizio non si conosce "
            "l'orario: le ore sono stimate "
            "dalle ore dovute del punto; nella copertura settimanale minima contano come chiusi."
        )
    booking = int(serving["by_appointment"].fillna(value=False).sum())
    if booking:
        caveats.append(
            counted(
                booking,
                "sportello riceve solo su appuntamento e non conta",
                "sportelli ricevono solo su appuntamento e non contano",
            )
            + " nella copertura settimanale."
        )
    faults = network.registry.faults
    refused = len(faults.loc[faults["is_refused"].astype(bool), ["file", "line"]].drop_duplicates())
    if refused:
        rows = counted(
            refused,
            "riga del registro è stata rifiutata",
            "righe del registro sono state rifiutate",
        )
        caveats.append(f"{rows}: vedi il comando check.")
    return caveats


def _programme_caveats(network: Network) -> list[str]:
    """List what the programme's sums lack; they speak of the policy's own region only."""
    if network.scenario.region != network.policy.region:
        sentence = (
            "Fasce, costi e campagne sono quelli della regione "
            f"{network.policy.region} ({network.policy.title}): qui valgono solo come esempio."
        )
        return [sentence]
    sums = [sentence[0].upper() + sentence[1:] for sentence in network.roll_up.caveats]
    return [*sums, *network.policy.caveats]


def _travel_caveats(network: Network) -> list[str]:
    caveats = list(network.travel_notes)
    based = network.coverage["travel_basis"].dropna()
    n_estimated = int((based == "estimated").sum())
    if not caveats or n_estimated:
        caveats.append(_estimate_caveat(network, n_estimated, len(based)))
    unreachable = network.coverage[network.coverage["adults_unreachable"] > 0]
    if len(unreachable) and len(serving_desks(network.desks, network.scenario)):
        named = unreachable.sort_values("adults_unreachable", ascending=False)["municipality"]
        shown = ", ".join(named.head(10)) + (" …" if len(named) > 10 else "")  # noqa: PLR2004
        caveats.append(
            f"{number(unreachable['adults_unreachable'].sum())} maggiorenni non raggiungono "
            f"nessuno sportello via strada, in {counted(len(unreachable), 'comune', 'comuni')}: "
            f"{shown}. I traghetti non sono considerati."
        )
    return caveats


def _estimate_caveat(network: Network, n_estimated: int, n_based: int) -> str:
    error = network.travel_error
    where = "" if n_estimated == n_based else f" in {n_estimated} comuni su {n_based}"
    return (
        f"I minuti sono in auto, stimati da località, rilievo e strade veloci{where}: errore "
        f"medio assoluto {number(error.mean_absolute_error_min, 1)} minuti rispetto ai minuti "
        f"ufficiali ({percent(error.within_25_percent_share)} dei casi entro il 25 %)."
    )


def _gap_caveats(network: Network, gaps: Gaps) -> list[str]:
    caveats = [under_served_rule(network.policy.gaps, lang="it")]
    estimated = int((network.coverage["inner_basis"] == "estimated").sum())
    if estimated:
        caveats.append(
            f"La classe di area interna di {counted(estimated, 'comune', 'comuni')} è stimata dai "
            "minuti al polo più vicino; con il file ufficiale in CAPILLARE_DATA_DIR sarebbe quella "
            "pubblicata."
        )
    if gaps.n_unclassed:
        caveats.append(
            counted(gaps.n_unclassed, "comune non ha", "comuni non hanno")
            + " una classe di area interna nota né stimabile: fuori dalla graduatoria."
        )
    if gaps.indicators_left_out:
        names = ", ".join(INDICATORS_IT[name] for name in gaps.indicators_left_out)
        caveats.append(
            "Indicatori esclusi dall'indice perché noti per meno del "
            f"{percent(network.policy.gaps.known_share)} dei comuni in graduatoria: {names}."
        )
    return caveats
