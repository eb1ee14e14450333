"""The incidents, the grid and the context that a model answers from, inside one scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from ilpgeo.areas.grids import cell_polygons, dissolve_cells, grid_over
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.query import Period
from ilpgeo.core.types import (
    Access,
    AreaPicture,
    Answer,
    Context,
    Grid,
    HotspotSet,
    Incidents,
    Model,
    Query,
    Released,
    Selection,
)
from ilpgeo.models.hotspots import find_hotspots
from ilpgeo.pipeline.opened import Opened, coverage, cube
from ilpgeo.pipeline.scope import Scope, covered_days, scope_of
from ilpgeo.safeguards.release import release_answer, release_hotspots
