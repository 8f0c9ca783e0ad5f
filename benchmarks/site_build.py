"""Time to build the public site and weight of its first page, for Tuscany and for all Italy."""

from __future__ import annotations

import gzip
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import folium
import pandas as pd

from capillare.geo.population import read_territory
from capillare.geo.schema import DESKS
from capillare.planning.network import Inputs, Network, describe_network
from capillare.planning.scenario import Scenario
from capillare.publish.site.build import build_site
from capillare.publish.site.compression import ENDINGS
from capillare.publish.site.served_files import HeldFiles

if TYPE_CHECKING:
    from capillare.publish.site.compression import Coding

AS_OF = date(2026, 3, 2)
N_DESKS = 3500
BUILD_LIMIT_S = {"09": 5.0, "all": 60.0}
FIRST_PAGE_LIMIT_BYTES = {"09": 150_000, "all": 300_000}
LIST_LIMIT_BYTES = 60_000
HOURS = (
    "Mo-Fr 09:00-13:00; PH off",
    "Mo,Tu,Th,Sa 09:00-13:00; We,Fr 15:00-19:00",
    "Tu,Th 15:30-18:30",
    "Mo-Th 09:00-12:30,15:00-18:00; Fr 09:00-12:30",
)


def main() -> None:
    """Print seconds of the build, compressed weights, and a folium page of the same points."""
    with tempfile.TemporaryDirectory() as folder:
        for region in ("09", "all"):
            network = network_of(region, Path(folder))
            out = Path(folder) / f"site-{region}"
            start, busy = time.perf_counter(), time.process_time()
            build_site(network, out)
            seconds, busy_s = time.perf_counter() - start, time.process_time() - busy
            n_desks = int(network.desks["is_in_service"].sum())
            n_files = sum(1 for path in out.rglob("*") if path.is_file())
            limit_s = BUILD_LIMIT_S[region]
            print(
                f"region {region:3}  {n_desks:5} desks  {n_files:6} files  {seconds:6.2f} s "
                f"({seconds / limit_s:4.0%} of {limit_s:g} s), {busy_s:.2f} s of processor"
            )
            print_weights(out, region)
            print_peer(network, out)


def network_of(region: str, folder: Path) -> Network:
    """Describe the packaged registry, or one of invented desks spread over all Italy."""
    scenario = Scenario(as_of=AS_OF, region=region)
    if region != "all":
        return describe_network(scenario)
    registry = folder / "desks.csv"
    invented_desks(N_DESKS).to_csv(registry, index=False)
    return describe_network(scenario, Inputs(registry=registry))


def invented_desks(n_desks: int) -> pd.DataFrame:
    """Invent desks with hours in every second municipality or so, the same at every run."""
    towns = read_territory("all").municipalities
    chosen = towns.iloc[[row * len(towns) // n_desks for row in range(n_desks)]]
    rows = [
        {
            "desk_id": f"desk-{n}",
            "network": "pdf",
            "kind": "main",
            "name": f"Punto Digitale Facile di {town['municipality']}",
            "istat_code": town["istat_code"],
            "address": f"Via dei Mille {n % 90 + 1}",
            "n_desks": 1,
            "opening_hours": HOURS[n % len(HOURS)],
            "phone": f"0571 {268000 + n}",
            "status": "active",
            "verified_on": "2026-02-01",
            "source": "https://www.comune.example.it/",
        }
        for n, town in enumerate(chosen.to_dict("records"))
    ]
    return pd.DataFrame(rows, columns=DESKS.names)


def print_weights(site: Path, region: str) -> None:
    """Print the compressed weight of the list alone, and of all that the first page loads."""
    shown = ("assets/leaflet.js", "assets/leaflet.css", "assets/map.js", "ground.json")
    limit = FIRST_PAGE_LIMIT_BYTES[region]
    for coding in ENDINGS:
        listed = sum(
            weight(site / name, coding)
            for name in ("index.html", "assets/site.css", "assets/finder.js")
        )
        first = listed + sum(weight(site / name, coding) for name in shown)
        by_need = weight(site / "places.json", coding)
        print(
            f"  {coding:4}  list alone {listed / 1000:6.1f} kB ({listed / LIST_LIMIT_BYTES:4.0%})"
            f"  first page with map {first / 1000:6.1f} kB ({first / limit:4.0%} of "
            f"{limit // 1000})  names, when one types {by_need / 1000:6.1f} kB"
        )


def print_peer(network: Network, site: Path) -> None:
    """Print what a folium page of the same points weighs, beside ours of the same kind."""
    serving = network.desks[network.desks["is_in_service"]]
    peer = folium.Map(location=[serving["lat"].mean(), serving["lon"].mean()], zoom_start=8)
    for name, lat, lon in serving[["name", "lat", "lon"]].itertuples(index=False, name=None):
        folium.Marker([lat, lon], tooltip=str(name)).add_to(peer)
    theirs = len(gzip.compress(peer.get_root().render().encode(), 6))
    ours = weight(site / "index.html")
    ratio = ours / theirs
    print(f"  page itself           {ours / 1000:7.1f} kB; to folium's, markers alone: {ratio:.2f}")


def weight(path: Path, coding: Coding = "gzip") -> int:
    """Return the bytes of a file as our server sends it, compressed."""
    return len(HeldFiles().read(str(path), path.stat()).forms[coding])


if __name__ == "__main__":
    main()
