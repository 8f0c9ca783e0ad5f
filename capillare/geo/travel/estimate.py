"""The estimate as packaged: fitted coefficients, their date, and their measured error."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import Any

from capillare.geo.schema import FAST_ROADS
from capillare.geo.sources.records import SourceRecord, checksum
from capillare.geo.sources.reference import DATA_FOLDER, reference_file
from capillare.geo.sources.relief import relief_record
from capillare.geo.travel.costs import Coefficients
from capillare.geo.travel.graph import read_graph
from capillare.geo.travel.protocol import TravelError
from capillare.geo.travel.settlement import SettlementTravel

FIT_FILE = DATA_FOLDER / "travel.toml"


def read_estimate(region: str) -> tuple[SettlementTravel, TravelError]:
    """Return the packaged estimate and its measured error, for `region` where known apart."""
    fit = _read_fit()
    is_apart = region in fit["errors"] and region != "all"
    errors = fit["errors"][region if is_apart else "all"]
    where = "nella regione" if is_apart else f"in {', '.join(fit['regions_fitted'])}"
    return _packaged_travel(), TravelError(
        basis="minuti in auto stimati su un grafo di località, rilievo e strade veloci; "
        f"errore misurato {where}",
        fitted_on=fit["fitted_on"],
        fitted_against=fit["fitted_against"],
        **errors,
    )


def travel_records() -> tuple[SourceRecord, ...]:
    """Say what the estimate stands on besides settlements, for summary and pages."""
    return (
        relief_record(),
        SourceRecord(
            name="Strade veloci d'Italia, per città servite (tabella propria, compilata a mano)",
            date="2026-11-22",
            licence="EUPL-1.2",
            sha256=checksum(reference_file(FAST_ROADS)),
        ),
    )


@lru_cache(maxsize=1)
def _packaged_travel() -> SettlementTravel:
    return SettlementTravel(read_graph(), Coefficients(**_read_fit()["coefficients"]))


@lru_cache(maxsize=1)
def _read_fit() -> dict[str, Any]:
    with FIT_FILE.open("rb") as file:
        return tomllib.load(file)
