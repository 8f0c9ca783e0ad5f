from __future__ import annotations

import pandas as pd
import pytest

from capillare.planning.siting.analyst import solve_tables


def solve(people=(10, 20, 5), status=("candidate", "candidate"), **asked):
    """Three places a, b, c: a reaches x in 5 minutes, b reaches y in 5, c reaches nobody."""
    demand = pd.DataFrame({"id": ["a", "b", "c"][: len(people)], "people": people})
    candidates = pd.DataFrame({"id": ["x", "y"], "cost_eur": [100.0, 200.0], "status": status})
    travel = pd.DataFrame({"from_id": ["a", "b"], "to_id": ["x", "y"], "travel_min": [5.0, 5.0]})
    asked = {"objective": "mclp", "within_min": 6.0, "new_sites": 1} | asked
    return solve_tables(demand, candidates, travel, full_cost_eur=1.0, **asked)


@pytest.mark.parametrize(
    ("asked", "words", "chosen"),
    [
        ({"people": (10, 20)}, [], ["y"]),
        ({"people": (0, 0)}, ["Nessuna domanda"], []),
        ({}, ["nessun candidato raggiunge entro 6 minuti: 5, 1 riga [c]"], ["y"]),
        ({"people": (10, 20), "new_sites": 9}, ["Sedi chieste 9, candidati 2"], ["x", "y"]),
        (
            {"people": (10, 20), "new_sites": None, "budget_eur": 50.0},
            ["50 € non paga nemmeno il candidato meno caro, 100 €"],
            [],
        ),
        ({"people": (10, 20), "status": ("fixed", "closable")}, ["raggiungono già"], []),
        ({"people": (10, 20), "objective": "p-median", "new_sites": 3}, ["candidati 2"], None),
    ],
)
def test_what_is_odd_is_said_and_answered(asked, words, chosen):
    answer = solve(**asked)
    assert answer["status"] == "optimal"
    assert chosen is None or answer["chosen"] == chosen
    assert len(answer["notes"]) == len(words)
    for note, word in zip(answer["notes"], words, strict=True):
        assert word in note
