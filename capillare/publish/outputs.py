"""Everything that a plan leaves behind, in one folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capillare.publish.folders import SEAL, written_aside
from capillare.publish.geopackage import write_geopackage, write_sites_geojson
from capillare.publish.metadata import write_summary
from capillare.publish.portable_map import write_map
from capillare.publish.provenance import provenance_of
from capillare.publish.site.assets import GROUND
from capillare.publish.site.build import build_site, site_files, write_files
from capillare.publish.site.compression import compressed_beside
from capillare.publish.tables import write_tables
from capillare.publish.tour_files import write_beside_tables
from capillare.publish.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from capillare.planning.network import Network
    from capillare.planning.plan import Plan


def write_plan(plan: Plan, out: Path, *, report: Callable[[str], None]) -> None:
    """Write every output of a plan into `out`, in one step; see `written_aside`.

    Parameters
    ----------
    plan
        What to write.
    out
        Folder; made if it does not exist.
    report
        Called with each step's name, in Italian.

    Raises
    ------
    ConfigError, SourceError
        If `out` cannot be used, or an installed package lacks a file.
    """
    with written_aside(out) as folder:
        report("tabelle")
        write_tables(plan, folder)
        write_sites_geojson(plan, folder / "sites.geojson")
        if plan.tours is not None:
            write_beside_tables(plan.tours, folder, provenance_of(plan.network))
        report("cartella di lavoro")
        write_workbook(plan, folder / "plan.xlsx")
        report("strati geografici")
        write_geopackage(plan, folder / "plan.gpkg")
        report("mappa")
        write_map(plan, folder / "map.html")
        report("sito pubblico")
        build_site(plan.network, folder / "site")
        write_summary(plan, folder / SEAL)


def write_site(network: Network, out: Path, *, has_compressed: bool = False) -> None:
    """Write the public site of a network into `out`, in one step; see `written_aside`.

    Nothing of an earlier site stays behind: a desk that has closed is on no page.

    Parameters
    ----------
    has_compressed
        Whether each text lies there compressed too, by Brotli and by gzip, for web servers that
        send such files; takes some times as long.

    Raises
    ------
    ConfigError, SourceError
        If `out` cannot be used, or an installed package lacks a file.
    """
    files = site_files(network)
    if has_compressed:
        files |= compressed_beside(files)
    names = frozenset(path.split("/")[0] for path in files)
    with written_aside(out, names=names, seal=GROUND) as folder:
        write_files(files, folder)
