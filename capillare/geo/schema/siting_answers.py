"""Tables that explain a choice of sites: each site's worth, the curve, what is traded, how sure."""

from __future__ import annotations

from capillare.geo.schema.measures import MUNICIPALITY, minutes, people, share
from capillare.geo.schema.tables import Column, Table
from capillare.geo.schema.territory import istat_column

PROOFS = ("optimal", "feasible", "infeasible", "no_solution")

_CANDIDATE = Column("candidate_id", "text", "Id of the candidate", "Codice candidato")
_LOCALITY = Column("locality", "text", "Settlement", "Località")
_PROOF = Column(
    "proof",
    "text",
    "optimal is proved; feasible is bounded, not proved",
    "Prova",
    choices=PROOFS,
)
_GAP = Column(
    "gap",
    "number",
    "|objective - bound| / max(|objective|, 1)",
    "Scarto",
    "share",
    may_miss=True,
    minimum=0,
)


def _euros(name: str, meaning: str, title_it: str) -> Column:
    return Column(name, "number", meaning, title_it, "EUR", may_miss=True, minimum=0)


def _person_minutes(name: str, meaning: str, title_it: str, *, may_miss: bool = False) -> Column:
    return Column(name, "number", meaning, title_it, "person-minutes", may_miss=may_miss)


SITE_EXPLANATIONS = Table(
    "site_explanations",
    "What a proposed site changes, what is lost without it, and what would stand in for it",
    "Sedi proposte, spiegate",
    ("candidate_id",),
    (
        Column("rank", "integer", "Order among the proposed sites", "Ordine", minimum=1),
        _CANDIDATE,
        istat_column(),
        MUNICIPALITY,
        _LOCALITY,
        Column("option", "text", "new point or branch", "Opzione", choices=("point", "branch")),
        Column(
            "municipalities_gaining",
            "text",
            "Municipalities whose adults would have this as their nearest desk, with how many",
            "Comuni che ci guadagnano",
            may_miss=True,
        ),
        Column(
            "n_municipalities_gaining",
            "integer",
            "How many municipalities these are",
            "N. comuni",
            minimum=0,
        ),
        people(
            "adults_nearest",
            "Adults who would have this as their nearest desk, nearer than any today",
            "Maggiorenni che la avrebbero più vicina",
        ),
        minutes(
            "before_min",
            "Their mean minutes to a desk today; longer than the policy's far minutes, or none, "
            "count as these",
            "Minuti oggi",
        ),
        minutes("after_min", "Their mean minutes once the sites are open", "Minuti dopo"),
        people(
            "adults_lost",
            "Adults no longer within reach without it (served, where hours are a limit)",
            "Maggiorenni persi senza",
        ),
        _person_minutes(
            "person_minutes_lost",
            "Adults x minutes more if this site alone is dropped",
            "Minuti-persona in più senza",
        ),
        Column(
            "next_candidate_id",
            "text",
            "Best new point in its place, all other sites open; missing where rules allow none",
            "Codice dell'alternativa",
            may_miss=True,
        ),
        Column("next_locality", "text", "Its settlement", "Alternativa", may_miss=True),
        Column(
            "next_municipality", "text", "Its municipality", "Comune alternativo", may_miss=True
        ),
        Column(
            "next_adults_fewer",
            "integer",
            "Adults fewer within reach with it (served, where hours are a limit); below zero, more",
            "Maggiorenni in meno",
            "people",
            may_miss=True,
        ),
        _person_minutes(
            "next_person_minutes_more",
            "Adults x minutes more with it; below zero, fewer",
            "Minuti-persona in più",
            may_miss=True,
        ),
        _euros("next_cost_eur", "Its cost", "Costo dell'alternativa"),
    ),
)

SITING_CURVE = Table(
    "siting_curve",
    "How many adults are within reach with a number of sites, or for an amount of money",
    "Quanto vale una sede in più",
    ("step",),
    (
        Column("step", "integer", "Steps in order, 0 is nothing new", "Passo", minimum=0),
        Column(
            "n_sites",
            "integer",
            "Most sites that may open; missing where money is the limit",
            "Sedi al più",
            may_miss=True,
            minimum=0,
        ),
        _euros("budget_eur", "Most money; missing where the number is the limit", "Spesa al più"),
        Column("sites_opened", "integer", "Sites that open", "Sedi aperte", minimum=0),
        Column("cost_eur", "number", "What they cost", "Costo", "EUR", minimum=0),
        people("adults_within", "Adults within reach", "Maggiorenni entro la soglia"),
        people(
            "adults_added",
            "Adults more than at the step before",
            "Maggiorenni in più",
        ),
        share(
            "covered_share",
            "Adults within reach over all adults",
            "Quota coperta",
            may_miss=False,
        ),
        people("bound_people", "No choice brings more within reach", "Limite dimostrato"),
        _GAP,
        _PROOF,
    ),
)

SITING_PARETO = Table(
    "siting_pareto",
    "The most adults within reach while no settlement is farther from a desk than some minutes",
    "Persone coperte e località più lontana",
    ("max_min",),
    (
        Column(
            "max_min",
            "number",
            "Minutes that no settlement may pass",
            "Minuti al più",
            "minutes",
            minimum=0,
        ),
        Column(
            "worst_min",
            "number",
            "Minutes of the worst-off settlement with the sites chosen",
            "Minuti della più lontana",
            "minutes",
            minimum=0,
        ),
        people("adults_within", "Adults within reach", "Maggiorenni entro la soglia"),
        share(
            "covered_share",
            "Adults within reach over all adults",
            "Quota coperta",
            may_miss=False,
        ),
        people("bound_people", "No choice brings more within reach", "Limite dimostrato"),
        _GAP,
        _PROOF,
        Column("sites", "text", "Ids of the candidates chosen, separated by ;", "Sedi"),
    ),
)

SITING_STABILITY = Table(
    "siting_stability",
    "How often a candidate is chosen when the minutes are off by their known error",
    "Stabilità della scelta",
    ("candidate_id",),
    (
        _CANDIDATE,
        istat_column(),
        MUNICIPALITY,
        _LOCALITY,
        Column("is_proposed", "flag", "Whether the plan proposes it", "Proposta"),
        share(
            "chosen_share",
            "Share of draws in which it is chosen",
            "Quota di scelte",
            may_miss=False,
        ),
        share(
            "near_share",
            "Share of draws in which it, or a candidate within 10 minutes, is chosen",
            "Quota di scelte, lì o vicino",
            may_miss=False,
        ),
        Column("n_draws", "integer", "Draws", "Estrazioni", minimum=1),
    ),
)

SITING_TABLES = (SITE_EXPLANATIONS, SITING_CURVE)
"""Written with every plan."""
TRADEOFF_TABLES = (SITING_PARETO, SITING_STABILITY)
"""Written where they are asked for."""


__all__ = [
    "SITE_EXPLANATIONS",
    "SITING_CURVE",
    "SITING_PARETO",
    "SITING_STABILITY",
    "SITING_TABLES",
    "TRADEOFF_TABLES",
]
