"""Errors: one base, leaves that are also built-ins, rows named on one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capillare.geo.errors import (
    MAX_KEY_CHARACTERS,
    MAX_ROWS_NAMED,
    CapillareError,
    ConfigError,
    DataError,
    InfeasibleError,
    SourceError,
    named_rows,
)


@pytest.mark.parametrize(
    ("leaf", "built_in"),
    [(DataError, ValueError), (SourceError, OSError), (ConfigError, ValueError),
     (InfeasibleError, ValueError)],
)  # fmt: skip
def test_each_leaf_is_ours_and_a_built_in(leaf, built_in):
    assert issubclass(leaf, CapillareError)
    assert issubclass(leaf, built_in)
    assert str(leaf("desks: wrong. Correct them.")) == "desks: wrong. Correct them."


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ([], "0 rows []"),
        (["048017"], "1 row [048017]"),
        ([7, "b"], "2 rows [7, b]"),
        (range(5), "5 rows [0, 1, 2, 3, 4]"),
        (range(6), "6 rows [0, 1, 2, 3, 4, …]"),
        (iter("ab"), "2 rows [a, b]"),
        (["a\nb\x1b[31m"], "1 row [a?b?[31m]"),
        (["x" * 100], f"1 row [{'x' * 59}…]"),
    ],
)
def test_rows_are_counted_and_named(keys, sentence):
    assert named_rows(keys) == sentence


@given(st.lists(st.text(max_size=200), max_size=12))
def test_a_sentence_about_rows_is_one_short_line(keys):
    sentence = named_rows(keys)
    assert sentence.isprintable()
    assert sentence.startswith(f"{len(keys)} row")
    assert len(sentence) <= 20 + (MAX_ROWS_NAMED + 1) * (MAX_KEY_CHARACTERS + 2)
