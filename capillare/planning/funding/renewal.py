"""A renewal: which points to keep so that most people keep a desk, and what each closure costs.

The points that reached the line of the policy's campaign are kept, whatever they serve. Of the
others as many are kept as were asked for: those by which most adults keep a desk within reach (the
model of `capillare.planning.siting.calls`, a point standing for an application of its own desks);
of the sets that are even in that, the one that is nearest to everybody
(`capillare.planning.siting.keeping`); and of points in one place those with most hours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from capillare.geo.errors import InfeasibleError
from capillare.geo.numerals import number, percent
from capillare.geo.patched_travel import pair_bases
from capillare.geo.schema import RENEWAL, TRAVEL_USED
from capillare.geo.travel import Spots, spots_of
from capillare.planning.funding.closures import describe_closures
from capillare.planning.funding.serving import Serving, find_serving
from capillare.planning.progress import hold_to_line
from capillare.planning.siting.calls import Call, CallAnswer, Ceiling, choose_applications
from capillare.planning.siting.choices import SEARCHES
from capillare.planning.siting.funding_wishes import points_to_keep
from capillare.planning.siting.keeping import Keeping, keep_nearest, with_most_hours

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from capillare.planning.network import Network
    from capillare.planning.solver import Answer


@dataclass(frozen=True)
class Renewal:
    """Points to keep and to close, and how they were found.

    Attributes
    ----------
    table
        Table ``renewal``.
    answer
        Status, objective and bound: adults who keep a desk of a point within reach, those whom
        other networks serve left out.
    nearness
        The solver's answer about adults x minutes to the nearest desk that stays, among the sets
        that keep as many adults within reach.
    n_asked
        Points to keep, as asked.
    adults_before, adults_after
        Adults with a desk within reach, before and after.
    pairs
        Place-to-desk pairs that a figure used, as table ``travel_used`` has them.
    caveats
        Italian sentences that must accompany the figures.
    """

    table: pd.DataFrame
    answer: CallAnswer
    nearness: Answer
    n_asked: int
    adults_before: int
    adults_after: int
    pairs: pd.DataFrame
    caveats: tuple[str, ...]

    @property
    def is_kept(self) -> pd.Series:
        """Whether each row's point is kept."""
        return self.table["decision"] != "closed"

    def proof(self) -> str:
        """Say in Italian what was proved."""
        if self.nearness.status == "optimal":
            return f"{self.answer.proof()} Fra le scelte pari è anche quella con meno strada."
        return f"{self.answer.proof()} Non è dimostrato che sia quella con meno strada."

    def summary(self) -> str:
        """Say it in a few Italian lines."""
        n_direct = int((self.table["decision"] == "kept_direct").sum())
        n_kept = int(self.is_kept.sum())
        lost = self.adults_before - self.adults_after
        closed = self.table[~self.is_kept]
        lines = [
            (
                f"Punti in servizio: {number(len(self.table))}. Da tenere {number(n_kept)}, di cui "
                f"{number(n_direct)} direttamente per l'obiettivo raggiunto; da chiudere "
                f"{number(len(closed))}."
            ),
            (
                f"Maggiorenni con uno sportello entro la soglia: da {number(self.adults_before)} a "
                f"{number(self.adults_after)}, {number(lost)} in meno."
            ),
            (
                f"Maggiorenni che restano senza uno sportello raggiungibile su strada: "
                f"{number(closed['adults_unreachable'].sum())}."
            ),
            self.proof(),
        ]
        return "\n".join([*lines, *(f"Attenzione: {caveat}" for caveat in self.caveats)])


def keep_points(network: Network, wish: str) -> Renewal:
    """Choose which points of a network to keep.

    Parameters
    ----------
    network
        The network as it is; points with a desk in service are asked about. Its scenario may state
        the line in place of the policy's.
    wish
        How many to keep, see `points_to_keep`. More are kept where more reached the line.

    Raises
    ------
    ConfigError
        If the wish cannot be read.
    InfeasibleError
        If more are to be kept than there are.
    """
    serving = find_serving(network)
    n_points = len(serving.points)
    n_asked = points_to_keep(wish, n_points)
    if n_asked > n_points:
        raise InfeasibleError(
            f"--keep {wish}: {n_asked} points, but {n_points} have a desk in service on "
            f"{network.scenario.as_of}, {n_asked - n_points} fewer. Ask for at most "
            f"{n_points}, or for a share of them such as 0.7."
        )
    line_share = network.scenario.funding.renewal_line_share
    if line_share is not None:
        network = replace(network, targets=hold_to_line(network.targets, line_share))
    over = network.targets.set_index("point_id")["is_over_renewal_line"]
    is_direct = serving.points.map(over).fillna(value=False).to_numpy(dtype=np.bool_)
    keeping = Keeping(
        adults=network.territory.places["adults"].to_numpy().astype(np.int64),
        minutes=serving.minutes,
        elsewhere_min=serving.elsewhere_min,
        within_min=network.policy.reach.within_min,
        forced=np.flatnonzero(is_direct),
        n_kept=max(n_asked, int(is_direct.sum())),
        far_min=network.policy.siting.far_min,
    )
    node_limit = SEARCHES[network.scenario.effort].node_limit
    answer = choose_applications(_as_call(keeping), forced=keeping.forced, node_limit=node_limit)
    nearest, nearness = keep_nearest(keeping, answer.chosen, node_limit=node_limit)
    chosen = with_most_hours(keeping, nearest, np.nan_to_num(serving.weekly_hours))
    is_kept = np.isin(np.arange(n_points), chosen)
    table = describe_closures(network, serving, is_kept, is_direct)
    return Renewal(
        table=RENEWAL.check(table[RENEWAL.names]),
        answer=answer,
        nearness=nearness,
        n_asked=n_asked,
        adults_before=keeping.people(np.arange(n_points)),
        adults_after=keeping.people(chosen),
        pairs=_pairs_used(network, serving, is_kept),
        caveats=_caveats(network, table, n_asked, serving.desks),
    )


def _as_call(keeping: Keeping) -> Call:
    """Ask which points keep most adults within reach, those whom others serve left out."""
    is_elsewhere = keeping.elsewhere_min <= keeping.within_min
    each = np.ones(keeping.minutes.shape[1])
    n_kept = float(keeping.n_kept)
    return Call(
        adults=np.where(is_elsewhere, 0, keeping.adults),
        reach=sparse.csr_array((keeping.minutes <= keeping.within_min).astype(np.int32)),
        score_people=np.zeros(each.size),
        cost_eur=each,
        ceilings=(Ceiling("keep", "", each, n_kept, "points", least=n_kept),),
    )


def _pairs_used(network: Network, serving: Serving, is_kept: NDArray[np.bool_]) -> pd.DataFrame:
    """Return every pair within reach, and each place's nearest desk that stays."""
    origins = spots_of(network.territory.places, id_column="place_id")
    ends = spots_of(serving.desks, id_column="desk_id")
    legs = network.travel.pairs(origins, ends, max_min=network.policy.reach.within_min)
    near = _pair_frame(network, origins.at(legs.origin), ends.at(legs.destination), legs.travel_min)
    is_shut = serving.desks["point_id"].isin(serving.points[~is_kept])
    stays = np.flatnonzero(~is_shut.to_numpy())
    after = network.travel.nearest(origins, ends.at(stays))
    reached = np.flatnonzero(after.destination >= 0)
    left = _pair_frame(
        network,
        origins.at(reached),
        ends.at(stays[after.destination[reached]]),
        after.travel_min[reached],
    )
    used = pd.concat([near, left, network.access.pairs], ignore_index=True)
    used = used.drop_duplicates(["from_id", "to_id"]).sort_values(["from_id", "to_id"])
    return TRAVEL_USED.check(used.reset_index(drop=True))


def _pair_frame(
    network: Network, from_: Spots, to: Spots, travel_min: NDArray[np.float64]
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "from_id": from_.ids,
            "to_id": to.ids,
            "travel_min": travel_min,
            "basis": pair_bases(network.travel, from_, to),
        }
    )


def _caveats(
    network: Network, table: pd.DataFrame, n_asked: int, desks: pd.DataFrame
) -> tuple[str, ...]:
    n_unknown = int(table["target_share"].isna().sum())
    n_direct = int((table["decision"] == "kept_direct").sum())
    first = network.policy.first_campaign
    active = network.registry.points["status"] == "active"
    n_unseated = int((active & ~network.registry.points["point_id"].isin(desks["point_id"])).sum())
    line = table["renewal_line_share"].dropna()
    n_no_hours = int(table["weekly_hours"].isna().sum())
    sentences = (
        (
            network.roll_up.is_lower_bound,
            (
                f"il registro contiene {number(network.roll_up.n_points)} dei "
                f"{number(first.n_points)} punti dichiarati: la scelta vale fra quelli che si "
                "conoscono, e chi resta può avere vicino un punto che il registro non ha."
            ),
        ),
        (
            n_unknown > 0 and len(line) > 0,
            (
                f"avanzamento non noto per {number(n_unknown)} punti su {number(len(table))}: per "
                "loro non si sa se la soglia "
                f"{'del ' + percent(line.iloc[0]) if len(line) else ''} è raggiunta, e contano "
                "solo per le persone che servono."
            ),
        ),
        (
            len(line) == 0,
            (
                "nessuna campagna delle regole ha una soglia di proroga: nessun punto è tenuto "
                "direttamente."
            ),
        ),
        (
            n_direct > n_asked,
            (
                f"punti che hanno raggiunto la soglia: {number(n_direct)}, più dei "
                f"{number(n_asked)} chiesti; si tengono tutti."
            ),
        ),
        (
            n_unseated > 0,
            (
                f"punti attivi senza uno sportello in servizio alla data, lasciati fuori: "
                f"{number(n_unseated)}."
            ),
        ),
        (
            n_no_hours > 0,
            f"punti senza ore note, che a parità di persone passano dopo: {number(n_no_hours)}.",
        ),
    )
    return tuple(sentence for is_said, sentence in sentences if is_said)
