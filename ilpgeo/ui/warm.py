"""The first click made as quick as the second: what it needs is loaded while the first page is being read."""

from __future__ import annotations

import logging
import subprocess
import sys
from datetime import date
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import streamlit as st

import ilpgeo
from ilpgeo import pipeline
from ilpgeo.core.types import Access, Query
from ilpgeo.ui import cache

if TYPE_CHECKING:
    from ilpgeo.maps.shapes import AreaShapes

log = logging.getLogger("ilpgeo.ui")


@st.cache_resource(max_entries=1, show_spinner=False)
def warm(_opened: pipeline.Opened, _query: Query, _access: Access, _shapes: AreaShapes) -> Thread:
    """Make every boundary and ask for one area's forecast beside the page, once per process; the answer is let go."""

    def ask() -> None:
        try:
            _shapes.prepare()
            card = pipeline.model_card(_opened, _query, _access, date.today())
            pipeline.forecast(_opened, pipeline.forecaster_of(card.value), _query, _access)
        except Exception:  # whatever fails here fails again, and is shown, when somebody asks for it
            log.debug("warming up failed", exc_info=True)

    thread = Thread(target=ask, name="ilpgeo-warm", daemon=True)
    thread.start()
    return thread


@st.cache_resource(max_entries=1, show_spinner=False)
def load_clustering() -> Thread:
    """Import scikit-learn's clustering beside the page, once per process: four seconds that no click waits for."""
    thread = Thread(target=import_module, args=("sklearn.cluster",), name="ilpgeo-clustering", daemon=True)
    thread.start()
    return thread


@st.cache_resource(max_entries=2, show_spinner=False)
def look_for_gaps(key: cache.Key, _opened: pipeline.Opened, today: date) -> Thread:  # noqa: ARG001  (the key of the cache)
    """Look for intelligence gaps beside the page, once a day and version of the data; what is new is recorded."""

    def look() -> None:
        try:
            pipeline.gaps(_opened, Access(), today)
        except Exception:  # whatever fails here fails again, and is shown, on the page of gaps
            log.debug("looking for gaps failed", exc_info=True)

    thread = Thread(target=look, name="ilpgeo-gaps", daemon=True)
    thread.start()
    return thread


@st.cache_resource(max_entries=2, show_spinner=False)
def judge_beside(key: cache.Key, _opened: pipeline.Opened) -> Thread | None:
    """Make the models' standing tests in a process of low priority, once for each version of the data.

    Returns
    -------
    The thread that waits for it; None where nothing is missing.
    """
    if not pipeline.needs_tests(_opened):
        return None
    command = [sys.executable, "-m", "ilpgeo.pipeline.standing", key.folder]
    home = Path(ilpgeo.__file__).parents[1]

    def run() -> None:
        done = subprocess.run(command, check=False, cwd=home, capture_output=True, text=True)
        if done.returncode:
            log.warning("the standing tests failed: %s", done.stderr[-2000:])

    thread = Thread(target=run, name="ilpgeo-tests", daemon=True)
    thread.start()
    return thread
