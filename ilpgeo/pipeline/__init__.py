"""The line from file to released product; every screen and command makes one call into it.

``file -> read -> validate -> place -> store`` and
``Query -> counts and incidents -> model -> rank -> Briefing -> release -> map | table | report``.

Each call lives in its own module, imported when first used: asking for the status loads no model and no map.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ilpgeo.pipeline.bring import Progress, files_in, ingest, remap, withdraw
    from ilpgeo.pipeline.catalogue import build_model, describe_models, model_classes
    from ilpgeo.pipeline.holdings import Status, status
    from ilpgeo.pipeline.making import make_demo, make_workspace
    from ilpgeo.pipeline.opened import Opened, default_period, now, open_workspace
    from ilpgeo.pipeline.pictured import picture
    from ilpgeo.pipeline.places import Explored, answer, explore, hotspots, lacking
    from ilpgeo.pipeline.ranked import brief

_HOME = {
    "bring": ("Progress", "files_in", "ingest", "remap", "withdraw"),
    "catalogue": ("build_model", "describe_models", "model_classes"),
    "holdings": ("Status", "status"),
    "making": ("make_demo", "make_workspace"),
    "opened": ("Opened", "default_period", "now", "open_workspace"),
    "pictured": ("picture",),
    "places": ("Explored", "answer", "explore", "hotspots", "lacking"),
    "ranked": ("brief",),
}
__all__ = [
    "Explored",
    "Opened",
    "Progress",
    "Status",
    "answer",
    "brief",
    "build_model",
    "default_period",
    "describe_models",
    "explore",
    "files_in",
    "hotspots",
    "ingest",
    "lacking",
    "make_demo",
    "make_workspace",
    "model_classes",
    "now",
    "open_workspace",
    "picture",
    "remap",
    "status",
    "withdraw",
]


def __getattr__(name: str) -> Any:
    for module, names in _HOME.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
