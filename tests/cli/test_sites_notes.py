from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Capillare


def test_notes_stand_on_the_error_stream_beside_a_clean_answer(capillare: Capillare):
    Path("d.csv").write_text("id,people\na,10\nb,20\n", encoding="utf-8")
    Path("c.csv").write_text("id,cost_eur\nx,100\n", encoding="utf-8")
    Path("t.csv").write_text("from_id,to_id,travel_min\na,x,5\n", encoding="utf-8")
    tables = ("--demand", "d.csv", "--candidates", "c.csv", "--travel", "t.csv")
    outcome = capillare("sites", *tables, "--new-sites", 9, "--json")
    assert outcome.code == 0
    assert "Sedi chieste 9, candidati 1" in outcome.err
    assert "1 riga [b]" in outcome.err
    assert "notes" not in json.loads(outcome.out)
    poor = capillare("sites", *tables, "--objective", "p-median", "--budget", 50, "--json")
    assert poor.code == 3
