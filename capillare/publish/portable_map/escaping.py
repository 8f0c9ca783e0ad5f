"""Texts that folium writes into scripts, where escaping HTML is not enough."""

from __future__ import annotations

import html

_SCRIPT_SIGNS = str.maketrans({sign: f"&#{ord(sign)};" for sign in "`${}\\"})


def safe_html(text: str) -> str:
    """Encode a text so that folium shows it as it is, wherever it writes it.

    Folium escapes nothing, and puts some texts in JavaScript template literals: there a backtick,
    a dollar, braces and a backslash speak too.

    >>> safe_html("<b>${alert(1)}")
    '&lt;b&gt;&#36;&#123;alert(1)&#125;'
    """
    return html.escape(text, quote=True).translate(_SCRIPT_SIGNS)
