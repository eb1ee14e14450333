"""The first click made as quick as the second: what it needs is loaded while the first page is being read."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from datetime import date
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import streamlit as st

import ilpgeo
from ilpgeo import pipeline
from ilpgeo.core import kernel_marks
from ilpgeo.core.types import Access, Query
from ilpgeo.ui import cache

if TYPE_CHECKING:
    from ilpgeo.maps.shapes import AreaShapes

PAINTED_S = 5.0
log = logging.getLogger("ilpgeo.ui")


@st.cache_resource(max_entries=1, show_spinner=False)
def compile_beside() -> Thread:
    """Compile the kernels in a process of low priority where that was not done yet, once per process.

    That is so where nobody ran the install's last step, and after an upgrade. Until it is done a click compiles what it
    needs and is not there yet. It begins when the first page is painted.
    """
    thread = Thread(target=_compile, name="ilpgeo-compile", daemon=True)
    thread.start()
    return thread


def _compile() -> None:
    time.sleep(PAINTED_S)
    try:
        if kernel_marks.is_compiled():
            return
        if kernel_marks.home() is None:
            log.warning("machine code can be kept nowhere, so that every start compiles anew: set NUMBA_CACHE_DIR")
            return
        failure = _beside("ilpgeo.pipeline", "beside")
    except Exception:  # a click compiles what it needs
        log.warning("the kernels could not be compiled beside the page", exc_info=True)
        return
    if failure:
        log.warning("the kernels could not be compiled beside the page: %s", failure)


def _beside(module: str, *words: str) -> str:
    """Run a module in a process of its own, which lowers its priority itself; return why it failed, if it did."""
    # Found by the very path this process has loaded it from: numba looks for machine code by the path of its source.
    home = str(Path(ilpgeo.__file__).parents[1])
    paths = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-P", "-m", module, *words], check=False, cwd=home, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip
    return (done.stderr[-2000:] or f"status {done.returncode}") if done.returncode else ""


@st.cache_resource(max_entries=1, show_spinner=False)
def warm(_opened: pipeline.Opened, _query: Query, _access: Access, _shapes: AreaShapes, _compiling: Thread) -> Thread:
    """Make every boundary and ask for one area's forecast beside the page, once per process; the answer is let go.

    The forecast waits for the kernels: compiling takes turns with whoever uses the page.
    """

    def ask() -> None:
        try:
            _shapes.prepare()
            _compiling.join()
            card = pipeline.model_card(_opened, _query, _access, _opened.workspace.settings.today())
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
def judge_beside(key: cache.Key, _opened: pipeline.Opened, _compiling: Thread) -> Thread | None:
    """Make the models' standing tests in a process of low priority, once for each version of the data.

    They begin when the kernels are compiled, so that nothing is compiled twice at once.

    Returns
    -------
    The thread that waits for it; None where nothing is missing.
    """
    if not pipeline.needs_tests(_opened):
        return None

    def run() -> None:
        _compiling.join()
        failure = _beside("ilpgeo.pipeline.standing", key.folder)
        if failure:
            log.warning("the standing tests failed: %s", failure)

    thread = Thread(target=run, name="ilpgeo-tests", daemon=True)
    thread.start()
    return thread
