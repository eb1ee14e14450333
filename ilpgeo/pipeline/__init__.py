"""The line from file to released product; every screen and command makes one call into it.

``file -> read -> validate -> place -> store`` and
``Query -> counts and incidents -> model -> rank -> Briefing -> release -> map | table | report``.
"""

from ilpgeo.pipeline.brief import brief
from ilpgeo.pipeline.bring import Progress, files_in, ingest, remap, withdraw
from ilpgeo.pipeline.catalogue import build_model, describe_models, model_classes
from ilpgeo.pipeline.making import Status, make_demo, make_workspace, status
from ilpgeo.pipeline.opened import Opened, default_period, now, open_workspace
from ilpgeo.pipeline.picture import picture
from ilpgeo.pipeline.places import answer, hotspots

__all__ = [
    "Opened",
    "Progress",
    "Status",
    "answer",
    "brief",
    "build_model",
    "default_period",
    "describe_models",
    "files_in",
    "hotspots",
    "ingest",
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
