"""What the first page needs is made while the browser is still loading its part: a start is mostly imports.

Kept out of a start is what only other pages or nobody asks for: pandas and requests come with folium, numpy.f2py with
scipy. They are two of the eight seconds a start may take, and are loaded as usual when somebody does ask.
"""

from __future__ import annotations

import gc
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

from ilpgeo.core.errors import IlpgeoError

NAME = "ilpgeo-preload"
WAIT_S = 60.0
NEEDED = (
    "ilpgeo.ui.nav",
    "ilpgeo.ui.bar",
    "ilpgeo.ui.headline",
    "ilpgeo.ui.mapview",
    "ilpgeo.ui.pictures",
    "ilpgeo.ui.pulse",
    "ilpgeo.ui.ranking",
    "ilpgeo.ui.warm",
    "ilpgeo.maps.areas_map",
    "ilpgeo.maps.layers",
)
log = logging.getLogger("ilpgeo.ui")


def preload() -> threading.Thread:
    """Make what the first page needs in a thread of its own; return the thread."""
    thread = threading.Thread(target=_load, name=NAME, daemon=True)
    thread.start()
    return thread


def wait() -> None:
    """Return when the preload is over; at once where there is none.

    A run beside it would wait for the same imports, one by one, and be no sooner done.
    """
    for thread in threading.enumerate():
        if thread.name == NAME:
            thread.join(WAIT_S)


def _load() -> None:
    # What is made now stays: looking through it for garbage again and again costs a tenth of the start.
    gc.disable()
    try:
        _import_maps()
        _skip_use_warning()
        for name in NEEDED:
            import_module(name)
        _first_page()
    except IlpgeoError:
        log.debug("the first page could not be made ready; the screen will say why", exc_info=True)
    except Exception:
        log.warning("the first page could not be made ready", exc_info=True)
    finally:
        gc.freeze()
        gc.enable()


def _import_maps() -> None:
    """Import folium without what it only needs for data frames and for files from other servers."""
    from ilpgeo.ui import assets

    for name in ("requests", "xyzservices", "numpy.f2py"):
        postpone(name)
    with absent("pandas"):
        import_module("streamlit_folium")
    assets.serve()
    import_module("scipy.special")


def _skip_use_warning() -> None:
    """Spare Streamlit the look through all loaded source by which it finds out whether it runs in a Python console."""
    from streamlit import delta_generator

    delta_generator._use_warning_has_been_displayed = True


def _first_page() -> None:
    """Ask what the first page will ask, so that the answers are kept when it does."""
    from ilpgeo.maps.areas_map import base_map, priority_layer
    from ilpgeo.ui import cache, ranking
    from ilpgeo.ui.access import current_access
    from ilpgeo.ui.frame import start_view

    if not cache.folder().exists():
        return
    key, opened = cache.workspace()
    if not cache.files(key, opened):
        return
    access = current_access()
    cache.offences(key, opened)
    view = start_view(key, opened, access)
    released = cache.brief(key, opened, view.query, access, None)
    first = ranking.chosen(released.value, "")
    if first is not None:
        cache.picture(key, opened, released.value.query, first.id, access, None)
    shapes = cache.shapes(key.folder, key.tables, opened)
    base_map(shapes)
    priority_layer(released, shapes, None if first is None else first.id)


class _Postponed(ModuleType):
    """A module that is loaded when something of it is used."""

    def __getattr__(self, name: str) -> Any:
        # whoever walks over all modules asks for their files and the like, and means none of them
        if name.startswith("__"):
            raise AttributeError(name)
        spec, self.__class__ = self.__spec__, ModuleType  # type: ignore[assignment]
        if spec is not None and spec.loader is not None:
            spec.loader.exec_module(self)
        return getattr(self, name)


def postpone(name: str) -> None:
    """Let a module be loaded when something of it is used, not when it is imported."""
    spec = None if name in sys.modules else find_spec(name)
    if spec is None:
        return
    module = module_from_spec(spec)
    module.__class__ = _Postponed
    sys.modules[name] = module
    package, _, own = name.rpartition(".")
    if package:
        setattr(sys.modules[package], own, module)


@contextmanager
def absent(name: str) -> Iterator[None]:
    """Let an optional module seem not to be installed, unless it is loaded already.

    No other thread may import it meanwhile: the first run of a page waits (`wait`).
    """
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
