"""How places meet the roads, said to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capillare.geo.numerals import number
from capillare.geo.travel import spots_of

if TYPE_CHECKING:
    import pandas as pd

    from capillare.geo.roads.routing import RoadTravel

MAX_NAMED = 10


def snap_notes(roads: RoadTravel, places: pd.DataFrame) -> list[str]:
    """Say in Italian how places meet the roads: how far, which outside, which cut off."""
    report = roads.report(spots_of(places, id_column="place_id"))
    names = dict(zip(places["place_id"], places["place"], strict=True))
    rules = roads.about.rules
    notes = []
    if report.n_inside:
        far = f": {_named(report.far, names)}" if report.far else ""
        notes.append(
            f"Le {number(report.n_inside)} località nell'area della rete distano da una strada in "
            f"media {number(report.mean_m)} m, al massimo {number(report.max_m)} m; "
            f"{number(len(report.far))} più di {number(rules.far_snap_m)} m{far}."
        )
    if report.unreachable:
        notes.append(
            f"{number(len(report.unreachable))} località sono a più di "
            f"{number(rules.max_snap_m)} m da ogni strada e valgono come irraggiungibili: "
            f"{_named(report.unreachable, names)}."
        )
    if report.off_main:
        ids = tuple(place for place, _ in report.off_main)
        notes.append(
            f"{number(len(ids))} località stanno su strade staccate dalla rete principale: "
            f"{_named(ids, names)}."
        )
    if report.outside:
        notes.append(
            f"{number(len(report.outside))} località su {number(len(places))} sono fuori dall'area "
            "della rete: i loro minuti restano stimati."
        )
    return notes


def _named(ids: tuple[str, ...], names: dict[str, str]) -> str:
    shown = ", ".join(names[place] for place in ids[:MAX_NAMED])
    return shown + (" …" if len(ids) > MAX_NAMED else "")
