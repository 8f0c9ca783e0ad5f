"""`capillare registry start`: a working copy that reads back as what it was copied from."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Capillare


def test_a_copy_is_the_registry_and_overwrites_nothing(capillare: Capillare):
    outcome = capillare("registry", "start", "mio")
    assert outcome.code == 0, outcome.err
    assert "sportelli in mio" in outcome.out
    same = capillare("registry", "diff", "packaged", "mio")
    assert same.code == 0
    assert "Nuovi sportelli: 0" in same.out
    assert "Campi cambiati: 0" in same.out
    again = capillare("registry", "start", "mio")
    assert again.code == 2
    assert "is already there" in again.err


def test_a_registry_with_refused_rows_is_not_copied(capillare: Capillare):
    Path("desks.csv").write_text(
        "desk_id,network,kind,name,istat_code,status\nd1,boh,main,A,048017,active\n"
    )
    outcome = capillare("registry", "start", "mio", "--registry", "desks.csv")
    assert outcome.code == 2
    assert "would be lost" in outcome.err
    assert not Path("mio").exists()
