"""Who is looking: what the pipeline is told about the person at the screen."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from ilpgeo.core.errors import NotFound
from ilpgeo.core.settings import Settings
from ilpgeo.core.types import Access

NOT_NAMED = "an agency that the sign-in did not name"


def current_access() -> Access:
    """Return the access of the person at the screen; without a roles file everyone is a commander."""
    from ilpgeo.ui import cache

    try:
        _, opened = cache.workspace()
    except NotFound:
        return Access()
    settings = opened.workspace.settings
    return Access(agency=agency(settings, st.context.headers if settings.agency_header else {}))


def agency(settings: Settings, headers: Mapping[str, str]) -> str:
    """Return the agency whose people are looking: the sign-in's word where there is one, else the workspace's.

    Where a sign-in should name it and does not, it is an agency that is given nothing.
    """
    if not settings.agency_header:
        return settings.agency.strip()
    return (headers.get(settings.agency_header) or "").strip() or NOT_NAMED
