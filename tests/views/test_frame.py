"""How the frame ends faults that no page has caught."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.views.test_pages import PATIENCE_S

SCRIPT = """
from capillare.geo.errors import DataError
from capillare.views.frame import show_surprise

assert show_surprise({fault})
"""


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("DataError('points: 2 rows [a, b] lack a name. Add it.')", "points: 2 rows [a, b] lack"),
        ("KeyError('secret detail')", "errore imprevisto"),
    ],
)
def test_a_fault_becomes_a_sentence(fault, sentence, caplog):
    app = AppTest.from_string(SCRIPT.format(fault=fault), default_timeout=PATIENCE_S).run()
    assert not app.exception
    told = app.error[0].value.replace("\\", "")
    assert sentence in told
    assert "secret" not in told
    # Who runs the server still finds what happened.
    assert ("secret detail" in caplog.text) == ("KeyError" in fault)
