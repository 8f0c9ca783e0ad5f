"""The fields of the wishes' form, group by group; each returns the settings that it says."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import streamlit as st

from capillare.geo.numerals import percent
from capillare.planning.network import serving_desks
from capillare.planning.plan import find_network_candidates
from capillare.planning.siting.wish_words import OBJECTIVE_WORDS
from capillare.planning.siting.wishes import EVERY_DESK, PLAIN_OVER65_WEIGHT, AtLeast

if TYPE_CHECKING:
    from capillare.planning.network import Network
    from capillare.planning.siting.wishes import People, SitingWishes

    Settings = dict[str, Any]

PEOPLE: dict[People, str] = {
    "adults": "Tutti i maggiorenni allo stesso modo",
    "over65": "Solo chi ha almeno 65 anni",
    "mix": "Tutti, con un peso diverso per chi ha almeno 65 anni",
}
NOTHING = "nessuna richiesta"
MOST_IN_AREA = 20
BLANK_AREAS = 2
"""Rows for areas with a minimum, besides those that have one."""


@dataclass(frozen=True, eq=False)
class Fields:
    """What the fields show first.

    Attributes
    ----------
    wishes
        Those in force.
    network
        Where names of places, desks and areas come from.
    mark
        Begins the keys of the fields.
    """

    wishes: SitingWishes
    network: Network
    mark: str

    def key(self, name: str) -> str:
        """Return a field's key."""
        return f"{self.mark}_{name}"

    @cached_property
    def places(self) -> dict[str, str]:
        """Municipalities by ISTAT code, then candidate localities by id, by name."""
        towns = self.network.territory.municipalities.set_index("istat_code")["municipality"]
        candidates = find_network_candidates(self.network)
        localities = {
            row["candidate_id"]: f"{row['locality']} ({towns[row['istat_code']]}), località"
            for row in candidates.to_dict("records")
        }
        named = {code: f"{name}, tutto il comune" for code, name in towns.items()}
        return dict(sorted((named | localities).items(), key=lambda place: place[1]))

    @cached_property
    def desks(self) -> dict[str, str]:
        """Desks of points in service by id, by name, after one entry for all of them."""
        desks = serving_desks(self.network.desks, self.network.scenario)
        desks = desks[desks["network"].eq("pdf") & desks["point_id"].notna()]
        towns = self.network.territory.municipalities.set_index("istat_code")["municipality"]
        names = {
            row["desk_id"]: f"{row['name']} ({towns.get(row['istat_code'], row['istat_code'])})"
            for row in desks.to_dict("records")
        }
        ordered = dict(sorted(names.items(), key=lambda desk: desk[1]))
        return {EVERY_DESK: "Tutti gli sportelli"} | ordered

    @cached_property
    def areas(self) -> list[str]:
        """Provinces and unions, by name."""
        provinces = sorted(self.network.territory.municipalities["province"].unique())
        entities = self.network.registry.entities
        unions = sorted(entities.loc[entities["entity_kind"] == "union", "entity"])
        return [*provinces, *unions]

    def share(self, label: str, name: str, words: str | None = None) -> float | None:
        """Ask for a share, in percent; empty asks for nothing."""
        given = getattr(self.wishes, name)
        shown = None if given is None else round(given * 100.0, 6)
        asked = st.number_input(
            label,
            min_value=0.0,
            max_value=100.0,
            value=shown,
            step=5.0,
            format="%g",
            placeholder=NOTHING,
            help=words,
            key=self.key(name),
        )
        # What nobody has changed stays to the last digit.
        if asked == shown:
            return None if given is None else float(given)
        return None if asked is None else asked / 100.0

    def amount(
        self, label: str, name: str, *, most: float, words: str | None = None
    ) -> float | None:
        """Ask for minutes or kilometres; empty asks for nothing."""
        asked: float | None = st.number_input(
            label,
            min_value=0.0,
            max_value=most,
            value=getattr(self.wishes, name),
            step=1.0,
            format="%g",
            placeholder=NOTHING,
            help=words,
            key=self.key(name),
        )
        return asked

    def count(self, label: str, name: str, *, most: int, words: str | None = None) -> int:
        """Ask for a whole number; 0 asks for nothing."""
        given = getattr(self.wishes, name)
        return int(
            st.number_input(
                label,
                min_value=0,
                max_value=max(most, given),
                value=given,
                help=words,
                key=self.key(name),
            )
        )

    def tick(self, label: str, name: str, words: str | None = None) -> bool:
        """Ask whether."""
        return st.checkbox(label, value=getattr(self.wishes, name), help=words, key=self.key(name))

    def named(self, label: str, name: str, options: dict[str, str]) -> tuple[str, ...]:
        """Ask for places or desks by name; what a file names and nobody knows stays."""
        given = getattr(self.wishes, name)
        known = options | {one: one for one in given if one not in options}
        chosen = st.multiselect(
            label,
            options=list(known),
            default=list(given),
            format_func=known.__getitem__,
            placeholder="nessuno",
            key=self.key(name),
        )
        return tuple(chosen)


def ask_aims(fields: Fields) -> Settings:
    """Ask what is best, in which order, and who counts."""
    wishes = fields.wishes
    objective = st.multiselect(
        "Che cosa conta, nell'ordine in cui lo scegli",
        options=list(OBJECTIVE_WORDS),
        default=list(wishes.objective),
        format_func=lambda name: OBJECTIVE_WORDS[name].capitalize(),
        placeholder="scegli almeno un obiettivo",
        help="Ogni obiettivo conserva ciò che quelli prima hanno raggiunto. «Meno sedi» e «meno "
        "spesa» per primi chiedono una quota da coprire, un tetto ai minuti o sedi obbligate.",
        key=fields.key("objective"),
    )
    usual = percent(fields.network.policy.siting.tolerance_share, 1)
    left, right = st.columns(2)
    with left:
        people = st.selectbox(
            "Chi conta",
            options=list(PEOPLE),
            index=list(PEOPLE).index(wishes.people),
            format_func=PEOPLE.__getitem__,
            key=fields.key("people"),
        )
        weight = st.number_input(
            "Quante volte conta chi ha almeno 65 anni",
            min_value=0.0,
            max_value=100.0,
            value=wishes.over65_weight,
            step=0.5,
            format="%g",
            help="Vale se chi ha almeno 65 anni ha un peso diverso.",
            key=fields.key("over65_weight"),
        )
    with right:
        tolerance = fields.share(
            f"Quanto si può cedere di un obiettivo per i seguenti (%; di solito {usual})",
            "tolerance_share",
            "Per esempio il 2 % delle persone raggiunte, se così gli altri fanno meno strada.",
        )
        tradeoffs = fields.tick(
            "Calcola sempre compromessi e stabilità",
            "tradeoffs",
            "Nel piano e nei suoi file; altrimenti si calcolano in questa pagina quando servono.",
        )
    return {
        "objective": tuple(objective),
        "people": people,
        "over65_weight": weight if people == "mix" else PLAIN_OVER65_WEIGHT,
        "tolerance_share": tolerance,
        "tradeoffs": tradeoffs,
    }


def ask_areas(fields: Fields) -> Settings:
    """Ask what everybody, inner areas, provinces and unions must get."""
    left, right = st.columns(2)
    with left:
        cover = fields.share("Maggiorenni coperti, almeno (%)", "cover_share")
        inner = fields.share("Maggiorenni delle aree interne coperti, almeno (%)", "inner_share")
        ceiling = fields.amount("Minuti che nessuna località supera", "max_min", most=1440.0)
    with right:
        per_province = fields.count(
            "Sedi in ogni provincia, almeno", "per_province", most=MOST_IN_AREA
        )
        per_union = fields.count("Sedi in ogni unione, almeno", "per_union", most=MOST_IN_AREA)
    return {
        "cover_share": cover or None,
        "inner_share": inner or None,
        "max_min": ceiling or None,
        "per_province": per_province,
        "per_union": per_union,
        "at_least": _areas_with_minimum(fields),
    }


def _areas_with_minimum(fields: Fields) -> tuple[AtLeast, ...]:
    """Ask for a number of sites in provinces and unions, a row each."""
    st.markdown("Almeno tante sedi in una provincia o in un'unione:")
    rows: list[AtLeast | None] = [*fields.wishes.at_least, *[None] * BLANK_AREAS]
    asked = []
    for position, wish in enumerate(rows, start=1):
        known = fields.areas if wish is None else list(dict.fromkeys([*fields.areas, wish.area]))
        left, right = st.columns([3, 1], vertical_alignment="bottom")
        area = left.selectbox(
            f"Area {position}",
            options=known,
            index=None if wish is None else known.index(wish.area),
            placeholder="provincia o unione",
            key=fields.key(f"area_{position}"),
        )
        n_sites = right.number_input(
            f"Sedi nell'area {position}",
            min_value=0,
            max_value=2000,
            value=1 if wish is None else wish.n_sites,
            key=fields.key(f"area_sites_{position}"),
        )
        if area is not None and n_sites:
            asked.append(AtLeast(area, int(n_sites)))
    return tuple(asked)


def ask_places(fields: Fields) -> Settings:
    """Ask where sites must, may not, and may stand."""
    require = fields.named("Dove deve esserci una sede", "require", fields.places)
    exclude = fields.named("Dove non deve essercene", "exclude", fields.places)
    left, right = st.columns(2)
    with left:
        spacing_min = fields.amount(
            "Minuti fra una nuova sede e ogni altro sportello, almeno", "spacing_min", most=1440.0
        )
        honour = fields.tick(
            "Nuovi punti solo dove il bacino regge l'obiettivo",
            "honour_targets",
            "L'obiettivo è quello della fascia del comune; il bacino sono i maggiorenni entro la "
            "soglia.",
        )
    with right:
        spacing_km = fields.amount("Chilometri in linea d'aria, almeno", "spacing_km", most=1000.0)
        branches = fields.tick(
            "Anche sedi di punti esistenti",
            "branches",
            "Una sede prende alcune delle ore del suo punto e costa molto meno.",
        )
    return {
        "require": require,
        "exclude": exclude,
        "spacing_min": spacing_min or None,
        "spacing_km": spacing_km or None,
        "honour_targets": honour,
        "branches": branches,
    }


def ask_desks(fields: Fields) -> Settings:
    """Ask what desks in service may do, and whether their hours are a limit."""
    closable = fields.named("Sportelli che possono chiudere", "closable", fields.desks)
    close = fields.count("Quanti devono chiudere, almeno", "close_desks", most=len(fields.desks))
    movable = fields.named("Sportelli che possono spostarsi", "movable", fields.desks)
    capacity = fields.tick(
        "Ogni sportello serve al più le persone che le sue ore permettono",
        "capacity",
        "Le persone che un'ora a settimana può servire sono nelle regole del piano.",
    )
    return {
        "closable": closable,
        "close_desks": close,
        "movable": movable,
        "capacity": capacity,
    }


__all__ = ["Fields", "ask_aims", "ask_areas", "ask_desks", "ask_places"]
