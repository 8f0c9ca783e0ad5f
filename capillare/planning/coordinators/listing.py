"""What the plan holds for a coordinator: sites proposed in or near a territory, and runners-up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.numerals import Language, euros, number, percent
from capillare.geo.schema.coordinators import COORDINATOR_SITES
from capillare.geo.travel import landmass_at, spots_of
from capillare.planning.candidates import venues_without_place
from capillare.planning.targets import band_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.coordinators.grounds import Ground
    from capillare.planning.network import Network
    from capillare.planning.plan import Plan

MOST_RUNNERS_UP = 30

_WORDS: dict[Language, dict[str, str]] = {
    "it": {
        "more": "riserva: {n} maggiorenni in più oltre alle sedi proposte, {a} se fosse la sola",
        "none": "riserva: nessuno in più oltre alle sedi proposte, {a} maggiorenni se fosse sola",
    },
    "en": {
        "more": "runner-up: {n} more adults beside the proposed sites, {a} were it alone",
        "none": "runner-up: nobody more beside the proposed sites, {a} adults were it alone",
    },
}


@dataclass(frozen=True)
class CoordinatorList:
    """What a coordinator gets.

    Attributes
    ----------
    table
        Table ``coordinator_sites``.
    runners_up
        Every candidate of the territory that is not proposed and reaches adults who have no desk
        within reach, the best first; `table` holds the first `MOST_RUNNERS_UP`. Its columns are
        those of the candidates, with ``adults_gained`` beside the plan and ``adults_alone``.
    targets, coverage, desks
        Rows of the plan's tables that concern the territory.
    sentences
        What the list says, in Italian.
    caveats
        What must be known before it is used, in Italian.
    """

    plan: Plan
    ground: Ground
    table: pd.DataFrame
    runners_up: pd.DataFrame
    targets: pd.DataFrame
    coverage: pd.DataFrame
    desks: pd.DataFrame
    sentences: tuple[str, ...]
    caveats: tuple[str, ...]


def list_for(plan: Plan, ground: Ground) -> CoordinatorList:
    """Make the list of a territory out of the plan of its region.

    Proposed sites of the territory come first, then those elsewhere that reach some of its people
    who have no desk yet, in the plan's order; then, of its other candidates, those that would
    bring most adults beside the plan, ties to the one that brings more alone.
    """
    network = plan.network
    table, runners_up = _table(plan, ground)
    here = network.coverage["istat_code"].isin(ground.istat_codes)
    desks_here = network.desks["istat_code"].isin(ground.istat_codes)
    coverage = network.coverage[here].reset_index(drop=True)
    return CoordinatorList(
        plan=plan,
        ground=ground,
        table=table,
        runners_up=runners_up,
        targets=_targets(network, ground),
        coverage=coverage,
        desks=network.desks[desks_here].reset_index(drop=True),
        sentences=_sentences(plan, ground, table, coverage),
        caveats=_caveats(plan, ground),
    )


def _table(plan: Plan, ground: Ground) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return table ``coordinator_sites`` and every runner-up, the best first."""
    network, sites = plan.network, plan.proposal.sites
    places = network.territory.places
    adults = places["adults"].to_numpy().astype(np.int64)
    over65 = places["over65"].to_numpy().astype(np.int64)
    is_here = places["istat_code"].isin(ground.istat_codes).to_numpy()
    is_open = ~network.access.places["is_within"].to_numpy()
    in_ground = plan.candidates["istat_code"].isin(ground.istat_codes)
    chosen = _columns(network, sites)
    newly = _first_reached(chosen, is_open)
    proposed = sites.assign(
        proposal=np.where(sites["istat_code"].isin(ground.istat_codes), "proposed", "nearby"),
        plan_rank=sites["rank"].astype("Int64"),
        adults_gained_here=[int(adults[is_here & (newly == n)].sum()) for n in range(len(sites))],
        adults_alone=(adults * is_open) @ chosen,
        why=sites["candidate_id"].map(plan.candidates.set_index("candidate_id")["why"]),
    )
    is_listed = (proposed["proposal"] == "proposed") | (proposed["adults_gained_here"] > 0)
    # "proposed" comes before "nearby".
    proposed = proposed[is_listed].sort_values(["proposal", "plan_rank"], ascending=[False, True])
    others = plan.candidates[
        in_ground & ~plan.candidates["candidate_id"].isin(sites["candidate_id"])
    ]
    reach = _columns(network, others)
    left = np.where(is_open & (newly < 0), 1, 0)
    runners = others.assign(
        proposal="runner_up",
        plan_rank=pd.array([None] * len(others), dtype="Int64"),
        option="point",
        adults_gained=(adults * left) @ reach,
        adults_gained_here=(adults * left * is_here) @ reach,
        over65_gained=(over65 * left) @ reach,
        adults_alone=(adults * is_open) @ reach,
        catchment_adults=adults @ reach,
        weekly_hours=network.policy.point.weekly_hours,
    )
    runners = runners[runners["adults_alone"] > 0].sort_values(
        ["adults_gained", "adults_alone", "candidate_id"], ascending=[False, False, True]
    )
    listed = _with_targets(runners.head(MOST_RUNNERS_UP), network)
    return _described(plan, [proposed, listed]), runners


def _columns(network: Network, rows: pd.DataFrame) -> NDArray[np.int64]:
    """Return whether each place reaches each candidate, as ones and zeros."""
    within_min = network.policy.reach.within_min
    origins = spots_of(network.territory.places, id_column="place_id")
    if rows.empty:
        return np.zeros((len(origins), 0), dtype=np.int64)
    land = landmass_at(rows, id_column="candidate_id", table="sites")
    landed = rows.assign(landmass=land)
    pairs = network.travel.pairs(
        origins, spots_of(landed, id_column="candidate_id"), max_min=within_min
    )
    return pairs.within(within_min).toarray().astype(np.int64)


def _first_reached(reach: NDArray[np.int64], is_open: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the first site, in the plan's order, that newly reaches each place; -1 for none."""
    newly = (reach > 0) & is_open[:, None]
    if newly.shape[1] == 0:
        return np.full(newly.shape[0], -1)
    return np.where(newly.any(axis=1), newly.argmax(axis=1), -1)


def _with_targets(runners: pd.DataFrame, network: Network) -> pd.DataFrame:
    """Add the target of a point of each candidate's municipality, and why it is no first choice."""
    lang = network.scenario.lang
    towns = network.territory.municipalities.set_index("istat_code")["residents"]
    bands = band_of(
        towns.reindex(runners["istat_code"]).reset_index(drop=True), network.policy.bands
    )
    citizens = dict(enumerate(network.policy.bands.target_citizens, start=1))
    reasons = [
        _WORDS[lang]["more" if gained else "none"].format(
            n=number(gained, lang=lang), a=number(alone, lang=lang)
        )
        for gained, alone in zip(runners["adults_gained"], runners["adults_alone"], strict=True)
    ]
    return runners.assign(target_citizens=bands.map(citizens).to_numpy(), reasons=reasons)


def _described(plan: Plan, parts: list[pd.DataFrame]) -> pd.DataFrame:
    network = plan.network
    towns = network.territory.municipalities.set_index("istat_code")
    coverage = network.coverage.set_index("istat_code")
    gaps = plan.gaps.table.set_index("istat_code")["rank"]
    wanted = [c for c in COORDINATOR_SITES.names if c not in _OF_MUNICIPALITY]
    rows = [part[wanted].astype("object") for part in parts if len(part)]
    if not rows:
        return COORDINATOR_SITES.empty()
    table = pd.concat(rows, ignore_index=True)
    codes = table["istat_code"]
    table = table.assign(
        list_rank=np.arange(1, len(table) + 1),
        municipality=codes.map(towns["municipality"]),
        province=codes.map(towns["province"]),
        travel_min=codes.map(coverage["travel_min"]),
        inner_class=codes.map(coverage["inner_class"]),
        gap_rank=codes.map(gaps),
        why=table["why"].fillna(""),
    )
    return COORDINATOR_SITES.check(table)[COORDINATOR_SITES.names]


_OF_MUNICIPALITY = frozenset(
    {"list_rank", "municipality", "province", "travel_min", "inner_class", "gap_rank"}
)


def _targets(network: Network, ground: Ground) -> pd.DataFrame:
    """Return the targets of points with a desk or a declared territory here, or of the body."""
    registry = network.registry
    desks = registry.desks[registry.desks["istat_code"].isin(ground.istat_codes)]
    declared = registry.application_municipalities
    applications = declared.loc[declared["istat_code"].isin(ground.istat_codes), "application_id"]
    points = registry.points
    concerns = points["point_id"].isin(desks["point_id"]) | points["application_id"].isin(
        applications
    )
    if ground.entity_id is not None:
        concerns |= points["entity_id"] == ground.entity_id
    is_here = network.targets["point_id"].isin(points.loc[concerns, "point_id"])
    return network.targets[is_here].reset_index(drop=True)


def _sentences(
    plan: Plan, ground: Ground, table: pd.DataFrame, coverage: pd.DataFrame
) -> tuple[str, ...]:
    within = number(plan.network.policy.reach.within_min)
    adults, reached = int(coverage["adults"].sum()), int(coverage["adults_within"].sum())
    own = table[table["proposal"] == "proposed"]
    gained = int(table.loc[table["proposal"] != "runner_up", "adults_gained_here"].sum())
    n_towns = len(ground.istat_codes)
    n_near, n_more = (int((table["proposal"] == kind).sum()) for kind in ("nearby", "runner_up"))
    lines = [
        (
            f"{ground.name}: {number(n_towns)} {'comune' if n_towns == 1 else 'comuni'}, "
            f"{number(adults)} maggiorenni."
        ),
        (
            f"Oggi {number(reached)} ({percent(reached / max(adults, 1), 1)}) hanno uno sportello "
            f"entro {within} minuti in auto; con le sedi proposte {number(reached + gained)} "
            f"({percent((reached + gained) / max(adults, 1), 1)})."
        ),
        (
            f"Sedi proposte nel territorio: {number(len(own))}, per "
            f"{euros(float(own['cost_eur'].sum()))}; appena fuori, che raggiungono anche queste "
            f"persone: {number(n_near)}; riserve: {number(n_more)}."
        ),
        f"Nel piano di tutto il territorio: {plan.proposal.answer.summary()}",
    ]
    if not len(own):
        lines.insert(
            3,
            "Nessuna sede del piano cade in questo territorio: altrove, con le stesse risorse, si "
            "raggiungono più persone. Le riserve dicono che cosa porterebbe ogni località.",
        )
    return tuple(lines)


def _caveats(plan: Plan, ground: Ground) -> tuple[str, ...]:
    lost = venues_without_place(plan.network.territory, plan.network.registry.venues)
    lost = lost[lost["istat_code"].isin(ground.istat_codes)]
    said = [
        (
            "Le sedi sono proposte, non decisioni: chi le propone ai comuni ne verifica locali, "
            "personale e orari."
        ),
        *plan.caveats,
    ]
    if len(lost):
        names = ", ".join(lost["venue"].head(5))
        said.append(f"Luoghi noti di cui non si conosce la località, non usati: {names}.")
    return tuple(said)


__all__ = ["MOST_RUNNERS_UP", "CoordinatorList", "list_for"]
