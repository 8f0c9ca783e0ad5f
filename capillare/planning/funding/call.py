"""The ranking of a call: which applications to fund, the reserve in order, and each refusal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capillare.geo.errors import ConfigError, InfeasibleError
from capillare.geo.numerals import euros, number
from capillare.geo.schema import RANKED_APPLICATIONS, TRAVEL_USED
from capillare.planning.funding.bundles import bundle, call_of, open_applications
from capillare.planning.funding.call_order import Ending, Swap, displaced, ending, screen
from capillare.planning.funding.call_reasons import passed_alone, say_why
from capillare.planning.siting.calls import NOBODY, Call, CallAnswer, choose_applications
from capillare.planning.siting.choices import SEARCHES
from capillare.planning.siting.funding_wishes import tell_rules

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.geo.funding_rules import CallRules
    from capillare.planning.funding.bundles import Bundles
    from capillare.planning.network import Network

    Indices = NDArray[np.intp]


NOTHING_OPEN = (
    "Nessuna domanda aspetta una decisione: nel registro non ce n'è con esito proposed o reserve. "
    "Per valutare un avviso servono le tabelle applications e application_seats; un esempio "
    "inventato è in examples/call."
)


GIVEN = "given"


@dataclass(frozen=True)
class CallRanking:
    """A call's applications in order, and how the best set was found.

    Attributes
    ----------
    table
        Table ``ranked_applications``.
    answer
        Status, objective, bound and gap; None where no application could be chosen from.
    campaign
        Campaign of the applications; missing where they name none.
    budget_eur, budget_basis
        Money of the call: ``given`` by the user, or stated by the ``call`` of the registry.
    rules
        Rules that it was ranked by: the policy's, save for what the scenario wishes.
    pairs
        Place-to-seat pairs within reach, as table ``travel_used`` has them; a seat's id is its
        application's, a slash, and its own.
    caveats
        Italian sentences that must accompany the ranking.
    too_dear
        Where none fits, the cheapest that passes a ceiling by itself: its id, its cost, and which
        ceiling by how much, in English as errors are.
    """

    table: pd.DataFrame
    answer: CallAnswer | None
    campaign: str | None
    budget_eur: float
    budget_basis: str
    rules: CallRules
    pairs: pd.DataFrame
    caveats: tuple[str, ...]
    too_dear: tuple[str, float, str] | None = None

    @property
    def funded(self) -> pd.DataFrame:
        """Rows of the applications to fund."""
        return self.table[self.table["outcome"] == "funded"]

    @property
    def spent_eur(self) -> float:
        """Cost of the applications to fund."""
        return float(self.funded["cost_eur"].sum())

    def summary(self) -> str:
        """Say it in a few Italian lines."""
        if self.table.empty:
            said = [NOTHING_OPEN, *(f"Attenzione: {caveat}" for caveat in self.caveats)]
            return "\n".join(said)
        counts = self.table["outcome"].value_counts()
        lines = [
            (
                f"Domande da valutare: {number(len(self.table))}. "
                f"Bilancio: {euros(self.budget_eur)}{self._whence()}."
            ),
            (
                f"Da finanziare {number(counts.get('funded', 0))}, in riserva "
                f"{number(counts.get('reserve', 0))}, respinte {number(counts.get('refused', 0))}."
            ),
            (
                f"Spesa: {euros(self.spent_eur)}. Maggiorenni in più entro la soglia: "
                f"{number(self.funded['adults_gained'].sum())}."
            ),
        ]
        held = tell_rules(self.rules)
        if held:
            lines.append(f"Regole in vigore: {'; '.join(held)}.")
        if self.answer is not None:
            lines.append(self.answer.proof())
        return "\n".join([*lines, *(f"Attenzione: {caveat}" for caveat in self.caveats)])

    def _whence(self) -> str:
        return "" if self.budget_basis == GIVEN else f", come nell'avviso «{self.budget_basis}»"

    def refuse_if_nothing_fits(self) -> None:
        """Say which rule leaves no application that could be funded, and by how much.

        Raises
        ------
        InfeasibleError
            If applications are there, and budget or caps let none of them in.
        """
        if self.too_dear is not None:
            application_id, cost_eur, passed = self.too_dear
            raise InfeasibleError(
                f"call: no application fits. The cheapest is {application_id}, "
                f"{cost_eur:,.0f} EUR, against a budget of {self.budget_eur:,.0f} EUR: "
                f"{passed}. Raise the budget or the caps."
            )


def campaigns_waiting(network: Network) -> list[str]:
    """Return the campaigns whose applications await a decision, sorted; empty text for none."""
    campaigns: list[str] = sorted(open_applications(network)["campaign"].fillna("").unique())
    return campaigns


def rank_call(
    network: Network, *, budget_eur: float | None = None, campaign: str | None = None
) -> CallRanking:
    """Rank the applications of the registry that await a decision.

    Parameters
    ----------
    network
        The network as it is: who has a desk within reach already. Its scenario may state rules of
        this call in place of the policy's, its campaign and its money.
    budget_eur
        Money of the call; by default the scenario's, or that of the only call of the campaign that
        states one.
    campaign
        Of several, the one whose applications are ranked; by default the scenario's.

    Raises
    ------
    ConfigError
        If applications of several campaigns wait, or no budget is known.
    """
    wishes = network.scenario.funding
    rules = wishes.rules(network.policy.calls)
    network = replace(network, policy=replace(network.policy, calls=rules))
    applications, campaign = _of_campaign(open_applications(network), campaign or wishes.campaign)
    if budget_eur is None:
        budget_eur = wishes.call_budget_eur
    budget_eur, basis = _budget(network, applications, budget_eur, campaign)
    bundles = bundle(network, applications)
    call = call_of(network, bundles, budget_eur)
    refused = screen(bundles.applications, call, rules)
    eligible = np.array([a for a in range(len(call)) if a not in refused], dtype=np.intp)
    node_limit = SEARCHES[network.scenario.effort].node_limit
    answer: CallAnswer | None = None
    ends = Ending(NOBODY, NOBODY, refused, np.zeros(len(refused), dtype=np.int64))
    swaps: dict[int, Swap] = {}
    if eligible.size:
        answer = choose_applications(call.of(eligible), node_limit=node_limit)
        ends = ending(call, eligible, answer, refused)
        swaps = displaced(call, eligible, answer, ends.reserve, node_limit=node_limit)
    table = _table(network, bundles, call, ends, swaps)
    return CallRanking(
        table=table,
        answer=answer,
        campaign=campaign,
        budget_eur=budget_eur,
        budget_basis=basis,
        rules=rules,
        pairs=TRAVEL_USED.check(bundles.pairs),
        caveats=_caveats(network, bundles, answer),
        too_dear=_too_dear(bundles, call, refused) if answer is None else None,
    )


def _too_dear(
    bundles: Bundles, call: Call, refused: dict[int, str]
) -> tuple[str, float, str] | None:
    """Name the cheapest application that money or caps alone keep out; None where none does."""
    dear = [position for position, rule in refused.items() if rule.startswith("over_")]
    if not dear:
        return None
    # The earlier id of two that cost the same: applications are in the order of their ids.
    cheapest = min(dear, key=lambda position: (call.cost_eur[position], position))
    application_id = str(bundles.applications["application_id"].iloc[cheapest])
    passed = passed_alone(call, cheapest, refused[cheapest], "en")
    return application_id, float(call.cost_eur[cheapest]), passed


def _of_campaign(
    applications: pd.DataFrame, campaign: str | None
) -> tuple[pd.DataFrame, str | None]:
    known = sorted(applications["campaign"].dropna().unique())
    if campaign is not None:
        if campaign not in known:
            raise ConfigError(
                f"--campaign {campaign!r}: no application of it awaits a decision. "
                f"Campaigns that have some: {', '.join(known) or 'none'}."
            )
        own = applications[applications["campaign"] == campaign]
        return own.reset_index(drop=True), campaign
    if len(known) > 1:
        raise ConfigError(
            f"applications of several campaigns await a decision ({', '.join(known)}). "
            "Choose one with --campaign."
        )
    return applications, known[0] if known else None


def _budget(
    network: Network, applications: pd.DataFrame, budget_eur: float | None, campaign: str | None
) -> tuple[float, str]:
    if budget_eur is not None:
        return budget_eur, GIVEN
    calls = network.registry.calls
    stated = calls[(calls["campaign"] == campaign) & calls["budget_eur"].notna()]
    if len(stated) == 1:
        return float(stated["budget_eur"].iloc[0]), str(stated["call"].iloc[0])
    if applications.empty:
        return 0.0, GIVEN
    raise ConfigError(
        f"call: {len(stated)} calls of the registry state a budget for campaign "
        f"{campaign or 'unknown'}. Say how much there is, with --budget."
    )


def _table(
    network: Network, bundles: Bundles, call: Call, ends: Ending, swaps: dict[int, Swap]
) -> pd.DataFrame:
    order = ends.order
    if order.size == 0:
        return RANKED_APPLICATIONS.empty()
    n_funded, n_reserve = ends.funded.size, ends.reserve.size
    outcome = np.repeat(
        ["funded", "reserve", "refused"], [n_funded, n_reserve, order.size - n_funded - n_reserve]
    )
    ids = bundles.applications["application_id"].to_numpy(dtype=object)
    reserve_rank = pd.array([None] * order.size, dtype="Int64")
    reserve_rank[n_funded : n_funded + n_reserve] = np.arange(1, n_reserve + 1)
    newly = _first_funded(call, order[: n_funded + n_reserve])
    over65 = network.territory.places["over65"].to_numpy()
    all_adults = network.territory.places["adults"].to_numpy()
    table = bundles.applications.iloc[order].reset_index(drop=True)
    table = table.assign(
        rank=np.arange(1, order.size + 1),
        outcome=outcome,
        reserve_rank=reserve_rank,
        refusal_rule=pd.array([ends.refused.get(int(a)) for a in order], dtype="str"),
        adults_gained=ends.gained,
        over65_gained=[int(over65[newly == position].sum()) for position in range(order.size)],
        adults_alone=[call.people(np.array([a])) for a in order],
        catchment_adults=np.asarray(call.reach.T.astype(np.int64) @ all_adults)[order],
        displaces=pd.array(
            [";".join(ids[swaps[a].leaving]) or None if a in swaps else None for a in order],
            dtype="str",
        ),
        worth_lost_people=[swaps[a].worth_lost_people if a in swaps else np.nan for a in order],
    )
    table["reasons"] = say_why(table, call, order, newly, network)
    return RANKED_APPLICATIONS.check(table[RANKED_APPLICATIONS.names])


def _first_funded(call: Call, order: Indices) -> NDArray[np.int64]:
    """Return the first application, in order, that newly reaches each demand; -1 for none."""
    reach = call.reach[:, order].toarray() * (call.adults > 0)[:, None]
    if order.size == 0:
        return np.full(reach.shape[0], -1)
    return np.where(reach.any(axis=1), reach.argmax(axis=1), -1)


def _caveats(network: Network, bundles: Bundles, answer: CallAnswer | None) -> tuple[str, ...]:
    applications = bundles.applications
    n_assumed = int((applications["cost_basis"] == "assumed").sum())
    n_unscored = int(applications["score"].isna().sum())
    n_seatless = int((applications["n_seats"] == 0).sum())
    n_unknown = int((network.registry.applications["application_status"] == "unknown").sum())
    n_unheard = int(applications["weekly_hours"].isna().sum()) - n_seatless
    sentences = (
        (
            n_assumed,
            (
                f"domande senza costo: {number(n_assumed)}; vale "
                f"{euros(network.policy.point.cost_eur)} per ogni sede principale, almeno una."
            ),
        ),
        (n_unscored, f"domande senza punteggio: {number(n_unscored)}."),
        (
            n_seatless,
            f"domande senza una sede utilizzabile, che nessuno può valutare: {number(n_seatless)}.",
        ),
        (n_unheard, f"domande con ore non dichiarate: {number(n_unheard)}."),
        (
            n_unknown,
            f"domande di esito ignoto, non considerate: {number(n_unknown)}.",
        ),
        (
            not network.access.places["is_within"].any(),
            (
                "nessuno ha oggi uno sportello entro la soglia: il registro dato non contiene "
                "sportelli in servizio, e ogni domanda porta tutte le persone del suo bacino."
            ),
        ),
        (
            answer is not None and answer.status != "optimal",
            "la ricerca si è fermata prima della prova: la graduatoria può non essere la migliore.",
        ),
    )
    left_aside = (sentence[0].lower() + sentence[1:] for sentence in network.registry.caveats)
    return (*left_aside, *(sentence for is_said, sentence in sentences if is_said))
