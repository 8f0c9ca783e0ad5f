"""Every figure and every table that a page shows says how it is computed, from what, how wrong."""

import ast
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

import capillare
from capillare.planning.network import Inputs, describe_network
from capillare.planning.scenario import Scenario
from capillare.publish.explained import explanations, facts_of
from capillare.views.explaining import HOW, written
from tests.views.test_pages import open_page

VIEWS = Path(capillare.__file__).parent / "views"
PAGES = ("overview", "targets", "coverage", "gaps", "sites", "calls", "seasons", "scenarios")
DRAWN_BY_HAND = {
    "st.dataframe": {"grids.py", "week.py"},
    "st.table": {"scenario_pair.py"},
    "st.line_chart": {"site_answers.py"},
    "st.metric": set(),
    "st.data_editor": set(),
    "st.bar_chart": set(),
    "st.altair_chart": set(),
}
"""Where a table or chart is drawn without `show_grid`; each stands over its own explanation."""


def calls_of(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def explained_figures():
    for path in sorted(VIEWS.rglob("*.py")):
        for name, node in calls_of(path):
            if name == "Figure":
                yield pytest.param(node, id=f"{path.name}:{ast.unparse(node.args[0])[:40]}")


def assert_explained(app):
    """Every card has its help, every table its button, both with formula, source and error."""
    for metric in app.metric:
        assert f"**{HOW}.**" in metric.help, metric.label
        assert "**Fonte.**" in metric.help, metric.label
        assert "**Errore.**" in metric.help, metric.label
    told = Counter(text.value.partition(".**")[0] for text in app.markdown)
    assert told[f"**{HOW}"] >= len(app.dataframe) + len(app.table)


@pytest.mark.parametrize("page", PAGES)
def test_every_figure_and_table_of_a_page_is_explained(page):
    assert_explained(open_page(page))


@pytest.mark.parametrize("node", list(explained_figures()))
def test_every_card_names_its_explanation(node):
    named = [word.value for word in node.keywords if word.arg == "explained"] + node.args[3:4]
    assert len(named) == 1, "a Figure without explained=…: declare it in data/figures_it.toml"
    if isinstance(named[0], ast.Constant):
        assert named[0].value in explanations()


def test_nothing_is_drawn_past_the_explanations():
    drawn = {name: set() for name in DRAWN_BY_HAND}
    for path in VIEWS.rglob("*.py"):
        for name, _ in calls_of(path):
            if name in drawn:
                drawn[name].add(path.name)
    assert drawn == DRAWN_BY_HAND


@pytest.fixture(scope="module")
def network():
    return describe_network(Scenario(as_of=date(2026, 3, 2)), Inputs())


@pytest.mark.parametrize("key", list(explanations()))
def test_explanations_are_whole_and_carry_the_plan_s_own_figures(key, network):
    told = explanations()[key].filled(facts_of(network))
    for text in (told.title, told.formula, told.source, told.error):
        assert text.strip()
        assert "{" not in text
        assert "None" not in text
    assert written(told).startswith(f"**{HOW}.** ")


def test_facts_follow_the_rules_and_the_day(network):
    facts = facts_of(network)
    assert facts["within"] == "20"
    assert facts["as_of"] == "2 marzo 2026"
    assert facts["contribution"] == "30.000 €"
    assert "1,00 entro 10 minuti, 0,68 entro 20 minuti" in facts["zones"]
    for source in ("people_source", "places_source", "registry_source"):
        assert "(" in facts[source], source
    assert "01/01/2023" in facts["people_source"]
    assert "3,5 minuti" in facts["minutes_error"]
    other = facts_of(describe_network(Scenario(as_of=date(2025, 6, 30)), Inputs()))
    assert other["as_of"] == "30 giugno 2025"
