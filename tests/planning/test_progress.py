"""Progress: shares, the renewal line, the pace to a campaign's end, and the network's sums."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capillare.geo.schema import PROGRESS, TARGETS
from capillare.geo.settings import read_policy
from capillare.planning.progress import add_progress, roll_up

POLICY = read_policy()
AS_OF = date(2025, 9, 22)  # 100 days before the first campaign's end
ASSIGNED = [*TARGETS.names[: TARGETS.names.index("status") + 1], "territory_basis"]


def targets(*rows):
    """Frame of assigned targets; each row gives only what matters to the case."""
    default = {
        "point": "Punto", "entity_id": "e1", "entity": "Ente", "entity_basis": "stated",
        "entity_residents": 5_001, "band": 6, "target_citizens": 1_000, "target_basis": "computed",
        "target_services": 1_500, "weekly_hours": 24.0, "funding_eur": 30_000.0,
        "on_band_edge": False, "campaign": "pnrr-1.7.2", "status": "active",
        "territory_basis": "declared",
    }  # fmt: skip
    listed = [default | {"point_id": f"p{n}"} | row for n, row in enumerate(rows, start=1)]
    return TARGETS.check(pd.DataFrame(listed))[ASSIGNED]


def counts(*rows):
    """Frame of counts: point, date, people."""
    if not rows:
        return PROGRESS.empty()
    return PROGRESS.check(pd.DataFrame(rows, columns=["point_id", "as_of", "citizens"]))


def one(people, *, as_of=AS_OF, policy=POLICY, **target):
    """Row of one point that reached `people` (None: no count) by a day in July."""
    seen = counts() if people is None else counts(("p1", "2025-07-01", people))
    return add_progress(targets(target), seen, policy, as_of=as_of).iloc[0]


@pytest.mark.parametrize(
    ("as_of", "people", "counted_on"),
    [
        (date(2024, 12, 31), None, None),
        (date(2025, 1, 1), 10, "2025-01-01"),
        (date(2025, 5, 31), 10, "2025-01-01"),
        (date(2025, 6, 1), 25, "2025-06-01"),
        (date(2026, 1, 1), 25, "2025-06-01"),
    ],
)
def test_the_last_count_not_after_the_date_is_seen(as_of, people, counted_on):
    seen = counts(
        ("p1", "2025-06-01", 25),
        ("p1", "2025-01-01", 10),
        ("p1", "2026-01-02", 90),
        ("p2", "2024-01-01", 7),
    )
    row = add_progress(targets({}), seen, POLICY, as_of=as_of).iloc[0]
    assert (None if pd.isna(row["citizens_reached"]) else row["citizens_reached"]) == people
    assert (None if pd.isna(row["as_of"]) else row["as_of"]) == counted_on


def test_a_count_without_people_is_passed_over():
    seen = counts(("p1", "2025-01-01", 10), ("p1", "2025-06-01", None))
    row = add_progress(targets({}), seen, POLICY, as_of=AS_OF).iloc[0]
    assert row["citizens_reached"] == 10
    assert row["as_of"] == "2025-01-01"


@pytest.mark.parametrize(
    ("people", "share", "is_over"),
    [
        (0, 0.0, False),
        (199, 0.199, False),
        (200, 0.2, True),
        (201, 0.201, True),
        (1_500, 1.5, True),
    ],
)
def test_the_renewal_line_is_exactly_a_fifth(people, share, is_over):
    row = one(people)
    assert row["target_share"] == share
    assert row["renewal_line_share"] == 0.20
    assert bool(row["is_over_renewal_line"]) is is_over


@given(target=st.integers(1, 10_000))
@settings(max_examples=10, deadline=None)
def test_a_fifth_of_any_target_is_on_the_line_and_one_person_less_is_not(target):
    assert one(target, target_citizens=5 * target)["is_over_renewal_line"]
    assert not one(target - 1, target_citizens=5 * target)["is_over_renewal_line"]


@pytest.mark.parametrize(
    ("people", "target_citizens"), [(None, 1_000), (10, None), (10, 0), (None, None)]
)
def test_an_unknown_or_empty_target_or_count_has_no_share(people, target_citizens):
    row = one(people, target_citizens=target_citizens, target_basis=None)
    assert pd.isna(row["target_share"])
    assert pd.isna(row["is_over_renewal_line"])


def test_without_a_renewal_campaign_there_is_no_line():
    policy = replace(POLICY, campaigns=POLICY.campaigns[:1])
    row = one(900, policy=policy)
    assert pd.isna(row["renewal_line_share"])
    assert pd.isna(row["is_over_renewal_line"])


def test_the_latest_renewal_line_holds():
    later = replace(POLICY.campaigns[1], campaign="x", starts_on="2027-01-01", ends_on="2027-06-30",
                    renewal_line_share=0.5)  # fmt: skip
    policy = replace(POLICY, campaigns=(later, *POLICY.campaigns))
    assert one(400, policy=policy)["renewal_line_share"] == 0.5


@pytest.mark.parametrize(
    ("people", "as_of", "pace"),
    [
        (0, date(2025, 9, 22), 10.0),  # 1,000 people in 100 days
        (750, date(2025, 9, 22), 2.5),
        (999, date(2025, 12, 30), 1.0),
        (1_000, date(2025, 9, 22), 0.0),
        (1_200, date(2025, 9, 22), 0.0),
        (0, date(2025, 12, 31), None),  # no day is left
        (0, date(2026, 3, 1), None),
        (1_000, date(2026, 3, 1), None),
        (None, date(2025, 9, 22), None),
    ],
)
def test_the_pace_is_who_is_missing_over_the_days_left(people, as_of, pace):
    row = one(people, as_of=as_of)
    assert (None if pd.isna(row["pace_needed_per_day"]) else row["pace_needed_per_day"]) == pace


def test_the_pace_is_to_the_end_of_the_points_own_campaign():
    seen = counts(("p1", "2026-01-10", 0), ("p2", "2026-01-10", 0), ("p3", "2026-01-10", 0))
    frame = targets({}, {"campaign": "extension-2026"}, {"campaign": None})
    paces = add_progress(frame, seen, POLICY, as_of=date(2026, 6, 10))["pace_needed_per_day"]
    assert paces[[0, 2]].isna().all()
    assert paces[1] == 1_000 / 20


@given(
    people=st.integers(0, 3_000),
    target=st.integers(1, 3_000),
    days=st.integers(1, 400),
)
@settings(max_examples=20, deadline=None)
def test_at_the_pace_needed_the_target_is_met_on_the_last_day(people, target, days):
    as_of = date(2025, 12, 31) - timedelta(days=days)
    seen = counts(("p1", "2023-05-01", people))
    frame = targets({"target_citizens": target})
    pace = add_progress(frame, seen, POLICY, as_of=as_of)["pace_needed_per_day"].iloc[0]
    assert people + pace * days == pytest.approx(max(people, target))


def test_inputs_stay_untouched_and_the_frame_is_the_tables():
    frame, seen = targets({}, {}), counts(("p2", "2025-01-01", 5))
    before = frame.copy()
    reached = add_progress(frame, seen, POLICY, as_of=AS_OF)
    pd.testing.assert_frame_equal(frame, before)
    assert reached.columns.tolist() == TARGETS.names
    backwards = add_progress(frame[::-1], seen, POLICY, as_of=AS_OF)
    pd.testing.assert_frame_equal(backwards, reached)


def network():
    """Six hand-made points: targets 1000, 100, 2000, unknown, 1000, 1000."""
    frame = targets(
        {},
        {"status": "planned", "target_citizens": 100, "on_band_edge": True, "funding_eur": 25_000},
        {"target_citizens": 2_000, "target_basis": "official", "campaign": "extension-2026"},
        {"target_citizens": None, "target_basis": None, "entity_residents": None, "band": None,
         "territory_basis": None, "entity_basis": "assumed"},
        {"status": "closed", "funding_eur": None, "territory_basis": "main_seat"},
        {"status": "unknown", "funding_eur": None, "territory_basis": "members"},
    )  # fmt: skip
    seen = counts(("p1", "2025-01-01", 300), ("p3", "2025-02-01", 500), ("p5", "2027-01-01", 9))
    return add_progress(frame, seen, POLICY, as_of=AS_OF)


def test_the_roll_up_adds_what_is_known():
    rolled = roll_up(network(), POLICY, as_of=AS_OF)
    assert rolled.n_points == 6
    assert rolled.n_points_by_status == {"planned": 1, "active": 3, "closed": 1, "unknown": 1}
    assert rolled.n_points_by_campaign == {"pnrr-1.7.2": 5, "extension-2026": 1}
    assert rolled.target_active_people == 3_000
    assert rolled.target_held_people == 5_100
    assert rolled.contributions_eur == 115_000  # 30,000 + 25,000 + 30,000 + 30,000
    assert rolled.equipment_eur == 36_000
    assert rolled.citizens_reached_people == 800
    assert rolled.n_points_counted == 2
    assert rolled.is_lower_bound


def test_the_commitments_stand_beside_the_sums():
    first = roll_up(network(), POLICY, as_of=AS_OF).campaigns[0]
    assert (first.n_points, first.target_citizens, first.target_services) == (169, 136_000, 204_000)
    assert first.budget_eur == 7_451_103


@pytest.mark.parametrize(
    "sentence",
    [
        "6 dei 169 punti dichiarati: ogni cifra sulla rete è un limite inferiore",
        "la somma degli obiettivi è 5.100 (4 punti calcolati dalla fascia)",
        "l'impegno della regione è 136.000",
        "nulla viene riproporzionato",
        "bordo di una fascia, dove la tabella stampata è ambigua (si usa la fascia inferiore): 1 su 6",
        "attribuiti a un ente per ipotesi e non per fonte: 1 su 6",
        "il comune della sede principale dell'ente: 1 su 6",
        "quelli dichiarati nella domanda: 1 su 6",
        "senza un territorio noto, con fascia e obiettivo calcolato lasciati vuoti: 1 su 6",
        "senza un obiettivo noto, fuori dalle somme: 1 su 6",
        "senza un avanzamento noto alla data, fuori dai cittadini raggiunti: 4 su 6",
    ],
)
def test_every_doubt_is_said(sentence):
    rolled = roll_up(network(), POLICY, as_of=AS_OF)
    assert any(sentence in caveat for caveat in rolled.caveats)
    assert sentence in rolled.summary()


def test_a_full_and_certain_registry_only_sets_its_sum_beside_the_commitment():
    frame = targets(*({"point_id": f"p{n}"} for n in range(169)))
    seen = counts(*((f"p{n}", "2025-01-01", 10) for n in range(169)))
    rolled = roll_up(add_progress(frame, seen, POLICY, as_of=AS_OF), POLICY, as_of=AS_OF)
    assert not rolled.is_lower_bound
    assert len(rolled.caveats) == 1
    assert "169.000" in rolled.caveats[0]


@pytest.mark.parametrize(("target_citizens", "is_said"), [(68_000, False), (68_001, True)])
def test_a_sum_that_passes_the_commitment_with_fewer_points_is_said(target_citizens, is_said):
    frame = targets(*({"target_citizens": target_citizens} for _ in range(2)))
    rolled = roll_up(add_progress(frame, counts(), POLICY, as_of=AS_OF), POLICY, as_of=AS_OF)
    said = [caveat for caveat in rolled.caveats if "già superato con meno punti" in caveat]
    assert len(said) == is_said


def test_the_summary_reads_in_italian():
    lines = roll_up(network(), POLICY, as_of=AS_OF).summary().splitlines()
    assert lines[:9] == [
        "Situazione al 22 settembre 2025.",
        (
            "Punti nel registro: 6 su 169 dichiarati (1 previsti, 3 attivi, 1 chiusi, 1 di stato "
            "ignoto)."
        ),
        "Cittadini da raggiungere nei punti attivi: 3.000.",
        "Cittadini da raggiungere in tutti i punti: 5.100.",
        (
            "Impegno della regione: 136.000 cittadini, 204.000 servizi, 7.451.103 € entro il "
            "31 dicembre 2025."
        ),
        "Contributi: 115.000 €.",
        "Attrezzature: circa 36.000 €.",
        "Cittadini raggiunti: 800.",
        "Punti con avanzamento noto: 2 su 6.",
    ]


def test_no_point_is_a_sum_of_nothing():
    nobody = add_progress(TARGETS.empty()[ASSIGNED], counts(), POLICY, as_of=AS_OF)
    rolled = roll_up(nobody, POLICY, as_of=AS_OF)
    assert (rolled.n_points, rolled.target_held_people, rolled.contributions_eur) == (0, 0, 0)
    assert rolled.is_lower_bound
    assert "0 su 169" in rolled.summary()
