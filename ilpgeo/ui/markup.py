"""The one way our own markup reaches the page. Whatever comes from data is escaped by the functions that make it."""

from __future__ import annotations

from typing import Literal

import streamlit as st


def show(html: str, *, width: Literal["stretch", "content"] = "stretch") -> None:
    """Show markup that may hold inline SVG (st.html takes SVG out); blank lines would end it, so there are none."""
    st.markdown(html.replace("\n\n", "\n"), unsafe_allow_html=True, anchors=False, width=width)
