"""The types everyone speaks, in one place to import from."""

from ilpgeo.core.answers import Answer, Clusters, Contrast, Kind, RiskSurface, Significance, Zones
from ilpgeo.core.briefing import (
    AreaPicture,
    Briefing,
    Hotspot,
    HotspotSet,
    Priority,
    Quality,
    Reason,
    Released,
    Tier,
    TrendPoint,
)
from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.ingested import FileReport, Flag, Totals
from ilpgeo.core.protocols import Context, IncidentStore, Model, Selection
from ilpgeo.core.query import Access, Coverage, Covered, Level, Period, Query
from ilpgeo.core.space import Areas, Grid

__all__ = [
    "Access",
    "Answer",
    "AreaPicture",
    "Areas",
    "Briefing",
    "Clusters",
    "Context",
    "Contrast",
    "Coverage",
    "Covered",
    "Diagnostic",
    "FileReport",
    "Flag",
    "Grid",
    "Hotspot",
    "HotspotSet",
    "IncidentStore",
    "Incidents",
    "Kind",
    "Level",
    "Model",
    "Period",
    "Priority",
    "Quality",
    "Query",
    "Reason",
    "Released",
    "RiskSurface",
    "Selection",
    "Significance",
    "Table",
    "Tier",
    "Totals",
    "TrendPoint",
    "Zones",
]
