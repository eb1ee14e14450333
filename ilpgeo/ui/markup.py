"""The one way our own markup reaches the page. Whatever comes from data is escaped by the functions that make it.

Streamlit reads its messages as Markdown: a sentence that may name what somebody typed passes through `literal`.
"""

from __future__ import annotations

import re
from typing import Literal

import streamlit as st

_MARKS = re.compile(r"[\\`*~$#<>|\[\]]|\b_|_\b|:(?=[a-z+])", re.IGNORECASE)


def show(html: str, *, width: Literal["stretch", "content"] = "stretch") -> None:
    """Show markup that may hold inline SVG (st.html takes SVG out); blank lines would end it, so there are none."""
    st.markdown(html.replace("\n\n", "\n"), unsafe_allow_html=True, anchors=False, width=width)


def literal(sentence: str) -> str:
    r"""Return Markdown that shows a sentence as it is written.

    >>> print(literal("Saved: [x](y) for $5, 18:00"))
    Saved: \[x\](y) for \$5, 18:00
    """
    return _MARKS.sub(r"\\\g<0>", sentence)
