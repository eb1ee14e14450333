"""The first click made as quick as the second: what it needs is loaded while the first page is being read."""

from __future__ import annotations

import logging
from threading import Thread

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core.types import Access, Query
from ilpgeo.models.registry import model_class

log = logging.getLogger("ilpgeo.ui")


@st.cache_resource(max_entries=1, show_spinner=False)
def warm(_opened: pipeline.Opened, _model: str, _query: Query, _access: Access) -> Thread:
    """Ask for one area's hotspots beside the page, once per process; the answer is thrown away."""

    def ask() -> None:
        try:
            pipeline.hotspots(_opened, model_class(_model)(), _query, _access)
        except Exception:  # whatever fails here fails again, and is shown, when somebody asks for it
            log.debug("warming up failed", exc_info=True)

    thread = Thread(target=ask, name="ilpgeo-warm", daemon=True)
    thread.start()
    return thread
