"""A small plan made by hand, with the names that people should not be able to type."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from capillare.geo.access import measure_access
from capillare.geo.points import Registry
from capillare.geo.schema import (
    COVERAGE,
    DESKS,
    FOUND_CANDIDATES,
    REGISTRY_TABLES,
    SITES,
    TARGETS,
    TRAVEL_USED,
)
from capillare.geo.sources.records import SourceRecord
from capillare.geo.travel import EstimatedTravel, TravelError
from capillare.planning.gaps import rank_gaps
from capillare.planning.network import Network
from capillare.planning.plan import Plan
from capillare.planning.progress import add_progress, roll_up
from capillare.planning.scenario import Scenario
from capillare.planning.siting.answer import SitingAnswer
from capillare.planning.siting.proposal import Proposal
from capillare.planning.siting.stages import Stage

AS_OF = date(2025, 6, 30)
NASTY = "=SOMMA(A1) <img src=x onerror=alert(1)> `${alert(2)}` \\u0041 'x' \"y\" & già"


def make_desks(territory, names):
    """One desk in the middle of each of the first municipalities, the last one not in service."""
    places = territory.places.iloc[: len(names)]
    desks = pd.DataFrame(
        {
            "desk_id": [f"desk-{number}" for number in range(1, len(names) + 1)],
            "point_id": "point-1",
            "network": "pdf",
            "kind": ["main"] + ["branch"] * (len(names) - 1),
            "name": names,
            "istat_code": places["istat_code"].to_numpy(),
            "locality": places["place"].to_numpy(),
            "address": "Via Roma, 1",
            "lat": places["lat"].to_numpy(),
            "lon": places["lon"].to_numpy(),
            "position_basis": "given",
            "n_desks": 1,
            "opening_hours": "Mo-Fr 09:00-13:00",
            "hours_basis": "stated",
            "by_appointment": False,
            "phone": "+39 055 123456",
            "status": "active",
        }
    )
    return DESKS.check(desks).assign(
        landmass=places["landmass"].to_numpy(),
        weekly_hours=20.0,
        is_in_service=[True] * (len(names) - 1) + [False],
        is_to_be_confirmed=False,
    )


def make_targets(policy, name):
    targets = pd.DataFrame(
        {
            "point_id": ["point-1", "point-2"],
            "point": [name, "Punto due"],
            "entity_id": "entity-1",
            "entity": "Unione dei Comuni",
            "entity_basis": ["stated", "assumed"],
            "entity_residents": [2500, None],
            "band": [3, None],
            "target_citizens": [300, None],
            "target_basis": ["computed", None],
            "target_services": [450, None],
            "weekly_hours": [24.0, None],
            "funding_eur": [30000.0, None],
            "on_band_edge": [False, True],
            "campaign": "pnrr-1.7.2",
            "status": ["active", "unknown"],
            "territory_basis": ["declared", None],
        }
    )
    progress = pd.DataFrame({"point_id": ["point-1"], "as_of": ["2025-06-01"], "citizens": [75]})
    return add_progress(TARGETS.typed(targets)[list(targets)], progress, policy, as_of=AS_OF)


def make_sites(territory, name):
    places = territory.places.iloc[[8, 4]]
    return SITES.check(
        pd.DataFrame(
            {
                "rank": [1, 2],
                "candidate_id": places["place_id"].to_numpy(),
                "option": "point",
                "istat_code": places["istat_code"].to_numpy(),
                "municipality": places["place"].to_numpy(),
                "locality": [name, "Comune 5"],
                "venue": [None, name],
                "lat": places["lat"].to_numpy(),
                "lon": places["lon"].to_numpy(),
                "weekly_hours": 24.0,
                "adults_gained": [700, 100],
                "over65_gained": [175, 25],
                "person_minutes_saved": [1234.5, 0.0],
                "catchment_adults": [800, 100],
                "target_citizens": [100, None],
                "cost_eur": 39000.0,
                "covered_share_after": [0.9, 0.95],
                "reasons": [f"700 maggiorenni in più: {name}", "100 maggiorenni in più"],
            }
        )
    )


def make_plan(territory, policy, *, name="Biblioteca", scenario=None):
    scenario = scenario or Scenario(as_of=AS_OF, new_sites=2)
    desks = make_desks(territory, [name, "URP", "Bottega"])
    travel = EstimatedTravel(minutes_at_1_km=4.0, exponent=0.8)
    serving = desks[desks["is_in_service"]]
    access = measure_access(territory, serving, travel, policy, as_of=AS_OF)
    n = len(access.coverage)
    coverage = COVERAGE.check(
        access.coverage.assign(
            inner_class=np.resize(["A", "D", "E", "F", None], n),
            inner_basis=np.resize(["known", "known", "estimated", "known", None], n),
            minutes_to_pole_min=np.arange(n) * 7.5,
        )
    )
    no_targets = pd.DataFrame({"istat_code": ["090001"], "target_share": [0.25]})
    error = TravelError("stima", 4.7, 0.1, 0.62, "2026-11-21", "Mappa Aree Interne 2020")
    targets = make_targets(policy, name)
    network = Network(
        scenario=scenario,
        policy=policy,
        territory=territory,
        registry=Registry(**{table.name: table.empty() for table in REGISTRY_TABLES}),
        desks=desks,
        targets=targets,
        roll_up=roll_up(targets, policy, as_of=AS_OF),
        access=access,
        coverage=coverage,
        travel=travel,
        travel_error=error,
        sources=(SourceRecord("Confini (ISTAT)", "2023-01-01", "CC BY 4.0", "ab" * 32),),
    )
    stage = Stage(
        objective="coverage",
        status="feasible",
        reached=800,
        bound=820,
        gap=20 / 800,
        seconds=0.25,
        method="search",
    )
    answer = SitingAnswer(
        stages=(stage,),
        n_asked=2,
        n_opened=2,
        n_branches=0,
        n_moved=0,
        n_closed=0,
        adults_gained=800,
        adults_lost=0,
        people_before=0,
        people_after=800,
        seconds=0.25,
    )
    sites = make_sites(territory, name)
    pairs = TRAVEL_USED.check(
        pd.DataFrame(
            {"from_id": ["g9"], "to_id": ["g5"], "travel_min": [25.24], "basis": ["estimated"]}
        )
    )
    return Plan(
        network=network,
        gaps=rank_gaps(coverage, no_targets, policy, travel_error_min=4.7),
        candidates=FOUND_CANDIDATES.empty(),
        proposal=Proposal(sites, answer, pairs),
        caveats=("Il registro è parziale.", f"Nome strano: {name}"),
    )


def with_tables(plan, *, gaps=None, sites=None):
    """The plan with other gaps or sites."""
    if gaps is not None:
        plan = replace(plan, gaps=replace(plan.gaps, table=gaps))
    if sites is not None:
        plan = replace(plan, proposal=replace(plan.proposal, sites=sites))
    return plan


def with_season_and_tours(plan, name):
    """The plan with a seasonal seat open in two months, and a van that stops twice at a place."""
    seat = {
        "point_id": name, "candidate_id": "g9", "lat": 43.5, "lon": 11.2, "is_open": True,
        "weekly_hours": 6.5, "opening_hours": "Mo 09:00-12:00", "present_people": 120,
        "municipality": name, "locality": name,
    }  # fmt: skip
    months = [seat | {"month": month} for month in (8, 7)]
    shut = [seat | {"month": 1, "is_open": False}, seat | {"month": 7, "candidate_id": None}]
    stop = {
        "van": name, "point_id": "point-1", "weekday": "We", "istat_code": "090009",
        "municipality": name, "locality": name, "arrive": "09:00", "depart": "11:00",
        "setup_min": 15.0, "drive_min": 20.0, "pattern": None, "adults_served": 0,
        "note": None, "place_id": None, "lat": 43.4, "lon": 11.1,
    }  # fmt: skip
    there = {"place_id": "g9", "lat": 43.5, "lon": 11.2, "pattern": "biweekly"}
    days = [
        stop | {"date": day, "week": week, "stop_order": order} | (there if order == 1 else {})
        for day, week in (("2025-07-09", 2), ("2025-07-23", 4))
        for order in (0, 1, 2)
    ]
    days[1]["adults_served"] = 70
    season = SimpleNamespace(
        table=pd.DataFrame([*months, *shut]), presence=SimpleNamespace(records=())
    )
    return replace(plan, season=season, tours=SimpleNamespace(stops=pd.DataFrame(days)))


def plan_named(territory, policy, name):
    """The small plan in which everything that has a name has this one."""
    towns = territory.municipalities.assign(municipality=name, province=name, region=name)
    places = territory.places.assign(place=name)
    plan = make_plan(replace(territory, municipalities=towns, places=places), policy, name=name)
    desks = plan.network.desks.assign(name=name, address=name, locality=name)
    sources = (SourceRecord(name, name, name, ""),)
    plan = replace(plan, network=replace(plan.network, desks=desks, sources=sources))
    return with_season_and_tours(plan, name)


@pytest.fixture(scope="session")
def small_plan(tiny, policy):
    return make_plan(tiny, policy)


@pytest.fixture(scope="session")
def nasty_plan(tiny, policy):
    return make_plan(tiny, policy, name=NASTY)
