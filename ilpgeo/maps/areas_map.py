"""The commander's map: a base that never changes and the layer of ranked areas."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import Any

import folium
import numpy as np

from ilpgeo.core.briefing import Briefing, Priority, Released, Tier
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.gaps import GapMarks
from ilpgeo.core.query import Period
from ilpgeo.maps.certainty import gather_gaps, is_uncertain, tier_cuts
from ilpgeo.maps.element import Call
from ilpgeo.maps.land import ATTRIBUTION, land_around
from ilpgeo.maps.legend import tier_legend
from ilpgeo.maps.offline import localise
from ilpgeo.maps.palette import Scheme, Theme, mark_svg, scheme_of
from ilpgeo.maps.released import value_of
from ilpgeo.maps.shapes import AreaShapes, Bounds

_DRAWN_FIRST = (Tier.NO_DATA, Tier.ROUTINE, Tier.ELEVATED, Tier.HIGH, Tier.CRITICAL)
_MARK_PX = {Tier.CRITICAL: 22, Tier.HIGH: 20, Tier.ELEVATED: 14}
_MARGIN = 0.04
_NEIGHBOURHOOD = 0.35  # so much of an opened area's width and height is seen around it
_MOST_MARKS = 400
_ROWS = ("Tier", "Rank", "Incidents", "Expected", "Data", "Gap")
_LED_BY = 4  # id, style, mark and name come before them
_MOSTLY = 0.9  # with data for less of it, an area is hatched: its rank says nothing of the rest


def base_map(
    shapes: AreaShapes,
    theme: Theme = Theme.LIGHT,
    *,
    attribution: str = "",
    tiles_url: str = "",
    tiles_attribution: str = "",
) -> folium.Map:
    """Return the map under every layer: land, water, the workspace's outer boundaries, own tiles by setting.

    Parameters
    ----------
    shapes
        The workspace's areas; the map opens on all of them.
    theme
        Light or dark.
    attribution
        The workspace's licence line.
    tiles_url, tiles_attribution
        An own tile server, Leaflet's pattern with {z}, {x} and {y}; without one no tile is asked for.

    Raises
    ------
    InvalidInput
        For tiles without an attribution.

    Notes
    -----
    The same arguments give the same script, so st_folium keeps its frame. Cost: about 5 ms once the land is known.
    """
    if tiles_url and not tiles_attribution:
        raise InvalidInput("tiles_url is set but tiles_attribution is not; name whose tiles they are in ilpgeo.toml")
    scheme = scheme_of(theme)
    coarsest = np.flatnonzero(shapes.areas.type == len(shapes.areas.types) - 1).astype(np.int64)
    bounds = shapes.bounds(coarsest)
    land = _land(shapes, bounds)
    shown = folium.Map(
        location=[(bounds[1] + bounds[3]) / 2, (bounds[0] + bounds[2]) / 2],
        zoom_start=10,
        tiles=None,
        prefer_canvas=False,
        zoom_control=True,
        zoom_snap=0.25,
        zoom_delta=0.5,
        max_zoom=19,
        attribution_control=True,
    )
    if tiles_url:
        folium.TileLayer(tiles_url, attr=escape(tiles_attribution), control=False).add_to(shown)
    lines = [escape(attribution)] if attribution else []
    lines += [ATTRIBUTION] if land else []
    Call(
        "base",
        {
            "look": {
                "theme": theme.value,
                "water": scheme.water if land else scheme.land,
                "land": scheme.land,
                "gap": scheme.marks[Tier.NO_DATA].fill,
                "hatch": scheme.hatch,
                "label": "Map of ranked areas; the list beside it says the same in words",
            },
            "attribution": " · ".join(lines),
            "land": "" if tiles_url else land,
            "sources": shapes.sources(coarsest),
            "outer": [shapes.areas.id[at] for at in coarsest],
            "style": {
                "color": scheme.line,
                "weight": 1.5,
                "fillColor": scheme.ground,
                "fillOpacity": 0 if tiles_url else 1,
            },
            "view": corners(bounds),
        },
    ).add_to(shown)
    localise(shown)
    return shown


def priority_layer(
    released: Released[Briefing],
    shapes: AreaShapes,
    selected: str | None = None,
    theme: Theme = Theme.LIGHT,
    *,
    is_open: bool = False,
    gaps: GapMarks | None = None,
) -> folium.FeatureGroup:
    """Return the ranked areas by tier; a click returns the area's id.

    Parameters
    ----------
    released
        What passed the gate; anything else is refused.
    shapes
        The workspace's areas.
    selected
        Id of the area that gets the strong outline.
    theme
        Light or dark.
    is_open
        True shows what lies in the selected area: it is left unfilled and unmarked, and the view goes to it and its
        neighbours.
    gaps
        Intelligence gaps: areas whose data fell silent are drawn as an absence, and every gap is said.

    Notes
    -----
    Filled: the rank interval stays within one top share. Outlined: it reaches over a border. Hatched: no data; hatched
    with the edge of its tier: the data fell silent, or are for part of the area only.
    Cost: about 10 ms for 140 areas, 40 kB to the browser.
    """
    briefing = value_of(released, Briefing)
    scheme, areas = scheme_of(theme), shapes.areas
    ranked = [each for each in briefing.priorities if each.tier != Tier.NO_DATA]
    blank = np.array([areas.at(each.id) for each in briefing.priorities if each.tier == Tier.NO_DATA], np.int64)
    gap_positions, stands_for = gather_gaps(blank, areas)
    cuts = tier_cuts(len(ranked))
    styles = _styles(scheme)
    shown_marks = [tier for tier in _MARK_PX if sum(each.tier == tier for each in ranked) <= _MOST_MARKS]
    rows: list[list[Any]] = []
    for at, n in zip(gap_positions.tolist(), stands_for.tolist(), strict=True):
        style = "gap" if n == 1 else "gaps"
        title = areas.name[at] if n == 1 else f"{areas.name[at]} ({n:,} areas)"
        rows.append([areas.id[at], style, -1, title, "No data: not ranked, not safe", "", "", ""])
    for each in sorted(ranked, key=lambda one: (is_uncertain(one, cuts), _DRAWN_FIRST.index(one.tier))):
        sure = "open" if is_uncertain(each, cuts) else "full"
        is_hollow = each.id == selected and is_open
        is_silent = gaps is not None and each.id in gaps.silent
        is_part = each.covered_share < _MOSTLY
        drawn = "hollow" if is_hollow else "silent" if is_silent else "part" if is_part else sure
        mark = shown_marks.index(each.tier) if each.tier in shown_marks and not is_hollow else -1
        rows.append([each.id, f"{each.tier.value} {drawn}", mark, each.name, *_words(each, uncertain=sure == "open")])
    if gaps is not None:
        said_at = _LED_BY + _ROWS.index("Gap")
        for row in rows:
            if row[0] in gaps.words:
                row += [*[""] * (said_at - len(row)), gaps.words[row[0]]]
    positions = np.array([areas.at(row[0]) for row in rows], np.int64)
    in_view = positions[len(gap_positions) :] if ranked else positions
    parents = np.unique(areas.parent[in_view])
    parents = parents[parents >= 0]
    whole = corners(padded(shapes.bounds(in_view))) if len(in_view) else None
    view = whole
    if is_open and selected is not None:
        view = corners(padded(shapes.bounds(np.array([areas.at(selected)])), _NEIGHBOURHOOD))
    group = folium.FeatureGroup(name="Ranked areas")
    Call(
        "areas",
        {
            "sources": shapes.sources(np.concatenate([positions, parents])) if len(positions) else [],
            "styles": styles,
            "areas": rows,
            "rows": _ROWS,
            "foot": f"Incidents {days(briefing.query.period)}\nExpected {days(briefing.window)}, 90 % interval",
            "marks": [[mark_svg(tier, theme, _MARK_PX[tier], halo=True), _MARK_PX[tier]] for tier in shown_marks],
            "selected": selected,
            "outline": outline(scheme),
            "parents": [areas.id[at] for at in parents] if len(parents) > 1 else [],
            "parent": {"color": scheme.ink, "weight": 1.4, "opacity": 0.55, "fill": False},
            "view": view,
            "whole": None if view == whole else [whole, "Show all"],
            "legend": tier_legend(
                theme,
                has_silent=any(row[1].endswith("silent") for row in rows),
                has_part=any(row[1].endswith("part") for row in rows),
            ),
        },
    ).add_to(group)
    return group


def outline(scheme: Scheme) -> list[dict[str, Any]]:
    """Return the two lines, casing first, around what is selected."""
    return [
        {"color": scheme.casing, "weight": 5.5, "opacity": 0.9, "fill": False},
        {"color": scheme.selected, "weight": 2.5, "opacity": 1, "fill": False},
    ]


def _styles(scheme: Scheme) -> dict[str, dict[str, Any]]:
    plain = {"color": scheme.casing, "weight": 0.8, "opacity": 0.9, "fillOpacity": 0.92}
    styles: dict[str, dict[str, Any]] = {
        "gap": plain | {"fillColor": "url(#ilp-hatch)", "color": scheme.line, "weight": 0.6},
        "gaps": plain | {"fillColor": "url(#ilp-hatch)", "color": scheme.line, "weight": 0.6, "clickable": False},
    }
    for tier, mark in scheme.marks.items():
        styles[f"{tier.value} full"] = plain | {"fillColor": mark.fill}
        styles[f"{tier.value} open"] = {"color": mark.edge, "weight": 2, "opacity": 0.9, "fillOpacity": 0.12,
                                        "fillColor": mark.fill}  # fmt: skip
        styles[f"{tier.value} hollow"] = plain | {"fillOpacity": 0}
        hatched = {"color": mark.edge, "weight": 2, "opacity": 0.9, "fillOpacity": 0.92, "fillColor": "url(#ilp-hatch)"}
        styles[f"{tier.value} silent"] = styles[f"{tier.value} part"] = hatched
    return styles


def _words(each: Priority, *, uncertain: bool) -> list[str]:
    rank = ""
    if each.rank is not None:
        rank = f"{each.rank}"
        if each.rank_interval is not None:
            rank += f" ({each.rank_interval[0]} to {each.rank_interval[1]})"
    expected = ""
    if each.expected is not None:
        expected = f"{each.expected:,.1f}"
        if each.expected_interval is not None:
            expected += f" ({each.expected_interval[0]:,.0f} to {each.expected_interval[1]:,.0f})"
    n = "too few to show" if each.suppressed else "" if each.n is None else f"{each.n:,}"
    tier = each.tier.value.capitalize()
    data = [] if each.covered_share == 1 else [f"for {each.covered_share:.0%} of the area"]
    return [f"{tier}, could be another" if uncertain else tier, rank, n, expected, *data]


def days(period: Period) -> str:
    """Return a period in words that do not break: ``2 Dec 2021 to 29 Dec 2021``."""
    ends = (f"{day.day} {day:%b %Y}" for day in (period.start, period.end))
    return " to ".join(ends).replace(" ", "\u00a0")


def padded(bounds: Bounds, share: float = _MARGIN) -> Bounds:
    """Return a rectangle wider and higher by a share of itself on every side."""
    west, south, east, north = bounds
    wide, high = share * (east - west), share * (north - south)
    return west - wide, south - high, east + wide, north + high


def corners(bounds: Bounds) -> list[list[float]]:
    """Return a rectangle as Leaflet writes it, south-west and north-east corner."""
    west, south, east, north = (round(each, 5) for each in bounds)
    return [[south, west], [north, east]]


def _land(shapes: AreaShapes, bounds: Bounds) -> str:
    text = _land_text(bounds)
    return shapes.shelf.put(text) if text and shapes.shelf else text


@lru_cache(maxsize=8)
def _land_text(bounds: Bounds) -> str:
    return land_around(bounds)
