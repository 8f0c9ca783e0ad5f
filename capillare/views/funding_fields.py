"""What is wanted of a call and of a renewal, asked on their page and kept in the scenario."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from capillare.geo.numerals import number, percent
from capillare.planning.siting.funding_wishes import RULES, count_or_share, tell_rules
from capillare.views.address import MOST_BUDGET_EUR
from capillare.views.notes import as_text
from capillare.views.session import change_scenario, current

if TYPE_CHECKING:
    from collections.abc import Mapping

    from capillare.geo.funding_rules import CallRules
    from capillare.planning.siting.funding_wishes import FundingWishes

USUAL_PERCENT = 70
USUAL_KEEP = f"{USUAL_PERCENT}%"
_COUNTS = {
    "most_per_body": ("Domande di un ente, al più", 2000),
    "most_per_province": ("Domande in una provincia, al più", 2000),
    "least_adults": ("Maggiorenni che solo lei raggiunge, almeno", 1_000_000),
}
_SHARES = {
    "body_budget_share": "Quota del bilancio a un ente, al più (%)",
    "province_budget_share": "Quota del bilancio a una provincia, al più (%)",
}
_AMOUNTS = {
    "least_score": "Punteggio minimo",
    "adults_per_score": "Maggiorenni che vale un punto di punteggio",
}
_KEEP_BY = {"share": "in percentuale", "count": "per numero"}


def change_funding(**settings: Any) -> None:  # noqa: ANN401 (each setting in its own type)
    """Change what is wanted of a call and of a renewal in the scenario."""
    change_scenario(funding=replace(current().scenario.funding, **settings))


def ask_call(campaigns: list[str], titles: Mapping[str, str], page: str) -> FundingWishes:
    """Ask for the campaign, by its title, and the money of a call; return all that is wanted."""
    funding = current().scenario.funding
    left, right = st.columns(2, vertical_alignment="bottom")
    known = campaigns.index(funding.campaign) if funding.campaign in campaigns else 0
    campaign = left.selectbox(
        "Campagna",
        campaigns,
        index=known,
        format_func=lambda name: titles.get(name, name) or "non dichiarata",
        key=f"{page}_campaign",
        on_change=lambda: change_funding(campaign=st.session_state[f"{page}_campaign"] or None),
    )
    most = max(MOST_BUDGET_EUR, funding.call_budget_eur or 0.0)
    right.number_input(
        "Bilancio, in euro",
        min_value=0,
        max_value=int(most),
        value=None if funding.call_budget_eur is None else round(funding.call_budget_eur),
        step=10_000,
        key=f"{page}_budget",
        placeholder="quello dell'avviso, se il registro lo dice",
        on_change=lambda: change_funding(call_budget_eur=_money(f"{page}_budget")),
    )
    return replace(current().scenario.funding, campaign=campaign or None)


def _money(key: str) -> float | None:
    asked = st.session_state[key]
    return None if asked is None else float(asked)


def ask_rules(policy: CallRules, page: str) -> None:
    """Let the reader state rules of this call in place of the policy's; sent, all follow them."""
    funding = current().scenario.funding
    told = tell_rules(funding.rules(policy))
    is_changed = any(getattr(funding, name) is not None for name in RULES)
    with st.expander(
        "Regole di questo avviso" + (": diverse dalle solite" if is_changed else ""),
        expanded=is_changed,
    ):
        st.markdown(
            "**In vigore:** " + as_text("; ".join(told) or "nessun limite oltre al bilancio") + "."
        )
        with st.form(f"{page}_rules", border=False):
            left, right = st.columns(2)
            with left:
                asked: dict[str, Any] = {
                    name: _whole(name, funding, policy, page) for name in _COUNTS
                }
            with right:
                asked |= {name: _share(name, funding, policy, page) for name in _SHARES}
                asked |= {name: _amount(name, funding, policy, page) for name in _AMOUNTS}
            st.caption("Un campo vuoto lascia la regola solita, scritta in grigio.")
            is_sent = st.form_submit_button("Applica", type="primary")
    if is_sent:
        change_funding(**asked)
        st.rerun()


def _whole(name: str, funding: FundingWishes, policy: CallRules, page: str) -> int | None:
    label, most = _COUNTS[name]
    usual = getattr(policy, name)
    asked: int | None = st.number_input(
        label,
        min_value=0,
        max_value=most,
        value=getattr(funding, name),
        step=1,
        placeholder="nessun limite" if usual is None else number(usual),
        key=f"{page}_{name}",
    )
    return asked


def _share(name: str, funding: FundingWishes, policy: CallRules, page: str) -> float | None:
    given, usual = getattr(funding, name), getattr(policy, name)
    shown = None if given is None else round(given * 100.0, 6)
    asked = st.number_input(
        _SHARES[name],
        min_value=0.1,
        max_value=100.0,
        value=shown,
        step=5.0,
        format="%g",
        placeholder="nessun limite" if usual is None else percent(usual),
        key=f"{page}_{name}",
    )
    if asked == shown:
        return None if given is None else float(given)
    return None if asked is None else asked / 100.0


def _amount(name: str, funding: FundingWishes, policy: CallRules, page: str) -> float | None:
    usual = getattr(policy, name)
    asked: float | None = st.number_input(
        _AMOUNTS[name],
        min_value=0.0,
        max_value=1e6,
        value=getattr(funding, name),
        step=1.0,
        format="%g",
        placeholder="nessuno" if usual is None else number(usual, int(usual % 1 > 0)),
        key=f"{page}_{name}",
    )
    return asked


def ask_renewal(n_points: int, line_share: float | None, page: str) -> str:
    """Ask how many points a renewal keeps, and from which share of its target each is kept anyway.

    Parameters
    ----------
    n_points
        Points with a desk in service.
    line_share
        The policy's line; None without one.
    page
        Of the widgets.

    Returns
    -------
    How many to keep, as `FundingWishes` has it.
    """
    funding = current().scenario.funding
    keep = funding.keep or USUAL_KEEP
    left, middle, right = st.columns([1, 2, 1], vertical_alignment="bottom")
    by = left.radio(
        "Come si dice",
        options=list(_KEEP_BY),
        index=int(keep.strip().isdecimal()),
        format_func=_KEEP_BY.__getitem__,
        key=f"{page}_keep_by",
        horizontal=True,
    )
    with middle:
        asked = _keep_share(keep, page) if by == "share" else _keep_count(keep, n_points, page)
    given = funding.renewal_line_share
    right.number_input(
        "Proroga diretta dal (% dell'obiettivo)",
        min_value=0.1,
        max_value=100.0,
        value=None if given is None else round(given * 100.0, 6),
        step=5.0,
        format="%g",
        placeholder="nessuna soglia" if line_share is None else percent(line_share),
        key=f"{page}_line",
        on_change=_take_line,
        args=(f"{page}_line",),
    )
    return asked


def _keep_share(keep: str, page: str) -> str:
    """Ask for a share in percent; a count begins at the usual one."""
    wanted = count_or_share(keep)
    share = round(wanted * 100) if isinstance(wanted, float) else USUAL_PERCENT
    asked = st.slider(
        "Quanti punti tenere, in percentuale di quelli in servizio",
        min_value=0,
        max_value=100,
        value=share,
        step=5,
        key=f"{page}_keep",
        format="%d %%",
        on_change=lambda: change_funding(keep=f"{st.session_state[f'{page}_keep']}%"),
    )
    is_as_it_was = isinstance(wanted, float) and asked == share
    return keep if is_as_it_was else f"{asked}%"


def _keep_count(keep: str, n_points: int, page: str) -> str:
    count = int(keep) if keep.strip().isdecimal() else n_points
    asked = st.number_input(
        f"Quanti punti tenere, dei {number(n_points)} in servizio",
        min_value=0,
        max_value=max(n_points, count),
        value=count,
        key=f"{page}_keep_count",
        on_change=lambda: change_funding(keep=str(st.session_state[f"{page}_keep_count"])),
    )
    return str(asked)


def _take_line(key: str) -> None:
    asked = st.session_state[key]
    change_funding(renewal_line_share=None if asked is None else asked / 100.0)


__all__ = ["ask_call", "ask_renewal", "ask_rules", "change_funding"]
