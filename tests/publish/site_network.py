"""Small networks made by hand for the public site, and how to read the pages made of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from html.parser import HTMLParser
from types import SimpleNamespace

import pandas as pd

from capillare.geo.points.rows import fault_frame
from capillare.geo.schema import DESKS, ENTITIES, POINTS, SERVICES, STOPS
from capillare.geo.sources.records import SourceRecord
from capillare.geo.travel import EstimatedTravel

AS_OF = date(2026, 3, 2)
PLAIN_DESK = {
    "network": "pdf",
    "kind": "main",
    "name": "Sportello",
    "istat_code": "090001",
    "n_desks": 1,
    "position_basis": "chief_town",
    "status": "active",
    "is_in_service": True,
    "is_to_be_confirmed": True,
}


def desks_frame(rows, territory):
    """Desks with what each row says, PLAIN_DESK for the rest, at their chief town unless placed."""
    towns = territory.municipalities.set_index("istat_code")
    filled = []
    for number, row in enumerate(rows, start=1):
        desk = {"desk_id": f"desk-{number}", **PLAIN_DESK, **row}
        town = towns.loc[desk["istat_code"]]
        land = 1 if desk["istat_code"] == "090012" else 0
        filled.append({"lat": town["lat"], "lon": town["lon"], "landmass": land, **desk})
    columns = [*DESKS.names, "landmass", "is_in_service", "is_to_be_confirmed"]
    flags = {"is_in_service": "bool", "is_to_be_confirmed": "bool"}
    return DESKS.check(pd.DataFrame(filled, columns=columns).astype(flags))


def small_network(rows, territory, policy, *, as_of=AS_OF, n_points=91, helpline=""):
    """A stand-in for the parts of a network that the site reads."""
    return SimpleNamespace(
        scenario=SimpleNamespace(as_of=as_of, region=territory.region, networks="pdf"),
        policy=replace(policy, helpline=helpline),
        territory=territory,
        desks=desks_frame(rows, territory),
        roll_up=SimpleNamespace(n_points=n_points, caveats=("Somme parziali.",)),
        coverage=pd.DataFrame(
            {
                "municipality": ["Comune 12"],
                "adults_unreachable": [10],
                "travel_basis": ["estimated"],
            }
        ),
        travel_error=SimpleNamespace(mean_absolute_error_min=4.6, within_25_percent_share=0.62),
        travel=EstimatedTravel(minutes_at_1_km=4.0, exponent=0.8),
        travel_notes=(),
        registry=SimpleNamespace(
            faults=fault_frame(),
            caveats=(),
            stops=STOPS.empty(),
            services=SERVICES.empty(),
            points=POINTS.empty(),
            entities=ENTITIES.empty(),
        ),
        sources=(SourceRecord("Registro di prova", "2025-11-21", "CC BY 4.0"),),
    )


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    children: list = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text for c in self.children)

    @property
    def words(self) -> str:
        return " ".join(self.text.split())

    @property
    def classes(self) -> list[str]:
        return (self.attributes.get("class") or "").split()

    def all(self):
        for child in self.children:
            if not isinstance(child, str):
                yield child
                yield from child.all()

    def find(self, tag="", **attributes):
        return [
            e
            for e in self.all()
            if tag in {"", e.tag}
            and all(e.attributes.get(name) == wanted for name, wanted in attributes.items())
        ]

    def of_class(self, name):
        return [e for e in self.all() if name in e.classes]


class _Tree(HTMLParser):
    VOID = frozenset({"meta", "link", "img", "input", "br"})

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            raise AssertionError(f"<{tag}> repeats an attribute: {names}")
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in self.VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        if self.open[-1].tag != tag:
            raise AssertionError(f"</{tag}> closes <{self.open[-1].tag}>")
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].children.append(data)


def parsed(page: bytes | str) -> Element:
    """The elements of a page; AssertionError where tags do not nest."""
    tree = _Tree()
    tree.feed(page if isinstance(page, str) else page.decode())
    tree.close()
    if tree.open != [tree.root]:
        raise AssertionError(f"<{tree.open[-1].tag}> is not closed")
    return tree.root
