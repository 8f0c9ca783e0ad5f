"""How long `capillare check` takes on a registry of 100,000 desks, one in a hundred at fault."""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from capillare.geo.points import read_registry
from capillare.geo.population import read_territory

HOURS = ("lun-ven 9-13", "Mo-Fr 09:00-13:00", "mar e gio 15:30-18:30", "Mo-Sa 09:00-12:00", "")
FAULTY_SHARE = 0.01
N_DESKS = 100_000
SEED = 1


def write_registry(path: Path, n_desks: int, seed: int) -> int:
    """Write a CSV of desks at real places of Tuscany; return how many rows were spoiled."""
    rng = np.random.default_rng(seed)
    places = read_territory("09").places
    chosen = places.iloc[rng.integers(0, len(places), n_desks)].reset_index(drop=True)
    number = pd.Series(np.arange(n_desks)).astype("str")
    desks = pd.DataFrame(
        {
            "desk_id": "d" + number,
            "network": "pdf",
            "kind": rng.choice(["main", "branch", "sede principale"], n_desks),
            "name": "Sportello " + chosen["place"] + " " + number,
            "istat_code": chosen["istat_code"],
            "locality": chosen["place"],
            "address": "Via Roma " + number,
            "lat": chosen["lat"].round(5).astype("str").str.replace(".", ","),
            "lon": chosen["lon"].round(5).astype("str").str.replace(".", ","),
            "opening_hours": rng.choice(HOURS, n_desks),
            "valid_from": "01/03/2024",
            "status": rng.choice(["active", "attivo", "planned"], n_desks),
            "phone": "+39 055 " + number,
        }
    )
    bad = np.flatnonzero(rng.random(n_desks) < FAULTY_SHARE)
    spoilers = (
        ("istat_code", "999999"),
        ("lat", "41,9"),
        ("valid_from", "31/02/2024"),
        ("status", "boh"),
        ("desk_id", "d0"),
        ("lon", "NaN"),
    )
    for turn, (column, spoiled) in enumerate(spoilers):
        desks.loc[bad[turn :: len(spoilers)], column] = spoiled
    desks.to_csv(path, index=False, sep=";")
    return len(bad)


def main() -> None:
    """Print seconds, faults found and peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "desks.csv"
        n_spoiled = write_registry(path, N_DESKS, SEED)
        started = time.perf_counter()
        territory = read_territory("09")
        read, cpu = time.perf_counter(), time.process_time()
        registry = read_registry(path, territory)
        checked, cpu = time.perf_counter(), time.process_time() - cpu
    n_refused = int(registry.faults["is_refused"].sum())
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"territory {read - started:.2f} s, registry {checked - read:.2f} s ({cpu:.2f} of CPU)")
    print(f"{N_DESKS} desks, {n_spoiled} spoiled, {n_refused} refused, peak {peak_mb:.0f} MB")


if __name__ == "__main__":
    main()
