"""Ranked areas and hotspots as layers for map files: rows, shapes in longitude and latitude, and how they look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from ilpgeo.core.briefing import Briefing, HotspotSet, Priority, Released, Tier
from ilpgeo.core.space import Areas
from ilpgeo.maps.certainty import is_uncertain, tier_cuts
from ilpgeo.maps.palette import LIGHT
from ilpgeo.maps.released import value_of
from ilpgeo.maps.shapes import geojson
from ilpgeo.reports.files import briefing_rows, hotspot_records
from ilpgeo.reports.text import plain

DECIMALS = 6  # of a degree: about a decimetre
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind of feature is drawn in a map file, and what its legend says."""

    words: str
    fill: str
    stroke: str
    width_mm: float
    opacity: float
    is_hatched: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One layer of a map file.

    Attributes
    ----------
    name, title
        For programs and for people.
    rows
        The attributes of each feature; the same columns in each.
    geometry
        Shape (n,): polygons in EPSG:4326, rings turned as RFC 7946 asks.
    look
        The name of each feature's look.
    looks
        Every look there is, in the order of a legend.
    """

    name: str
    title: str
    rows: tuple[Row, ...]
    geometry: npt.NDArray[Any]
    look: tuple[str, ...]
    looks: Mapping[str, Look]

    def shape_json(self, at: int) -> dict[str, Any]:
        """Return the geometry of one feature as GeoJSON."""
        return geojson(self.geometry[at])


def area_layer(released: Released[Briefing], areas: Areas) -> Layer:
    """Return the ranked areas, highest first, then those without data."""
    briefing = value_of(released, Briefing)
    cuts = tier_cuts(sum(each.rank is not None for each in briefing.priorities))
    shapes = areas.geometry[[areas.at(each.id) for each in briefing.priorities]]
    rows = []
    for each, row in zip(briefing.priorities, briefing_rows(released), strict=True):
        row["tier_is_sure"] = each.tier is not Tier.NO_DATA and not is_uncertain(each, cuts)
        rows.append(_plain(row))
    looks = {
        _key(tier, sure): Look(
            tier.capitalize() if sure else f"{tier.capitalize()}, could be another",
            LIGHT.marks[tier].fill,
            LIGHT.casing if sure else LIGHT.marks[tier].edge,
            0.2 if sure else 0.5,
            0.85 if sure else 0.14,
        )
        for tier in Tier
        if tier is not Tier.NO_DATA
        for sure in (True, False)
    }
    look = LIGHT.marks[Tier.NO_DATA]
    looks[Tier.NO_DATA.value] = Look("No data: not ranked, not safe", look.fill, LIGHT.hatch, 0.2, 0.6, True)
    keys = tuple(_look(each, cuts) for each in briefing.priorities)
    title = f"Ranked areas: {briefing.ranked_type}"
    return Layer("areas", title, tuple(rows), _degrees(shapes, areas.crs), keys, looks)


def hotspot_layer(released: Released[HotspotSet]) -> Layer:
    """Return hotspots by rank, the first the strongest in colour."""
    found = value_of(released, HotspotSet)
    rows = tuple(_plain(row) for row in hotspot_records(released))
    steps = ("first", "next", "other")
    looks = {
        step: Look(words, LIGHT.ramp[at], LIGHT.ink, 0.4, 0.8)
        for step, at, words in zip(steps, (13, 9, 5), ("Rank 1 to 3", "Rank 4 to 10", "Lower rank"), strict=True)
    }
    look = tuple(steps[0 if each.rank <= 3 else 1 if each.rank <= 10 else 2] for each in found.hotspots)
    shapes = np.array([each.polygon for each in found.hotspots], dtype=object)
    return Layer("hotspots", f"Hotspots: {plain(found.model)}", rows, _degrees(shapes, found.crs), look, looks)


def _key(tier: Tier, sure: bool) -> str:
    return f"{tier.value}, {'sure' if sure else 'uncertain'}"


def _look(each: Priority, cuts: tuple[int, ...]) -> str:
    return each.tier.value if each.tier is Tier.NO_DATA else _key(each.tier, not is_uncertain(each, cuts))


def _plain(row: Mapping[str, Any]) -> Row:
    return {
        name: plain(value) if isinstance(value, str) else value.isoformat() if isinstance(value, date) else value
        for name, value in row.items()
    }


def _degrees(geometry: npt.NDArray[Any], crs: str) -> npt.NDArray[Any]:
    import shapely
    from pyproj import Transformer

    if not len(geometry):
        return np.array([], dtype=object)
    to_degrees = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)

    def turned(coordinates: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        lon, lat = to_degrees.transform(coordinates[:, 0], coordinates[:, 1])
        return np.round(np.column_stack([lon, lat]), DECIMALS)

    return np.asarray(shapely.orient_polygons(shapely.transform(geometry, turned)), dtype=object)
