"""Hotspots, surfaces, significance and clusters as layers."""

from __future__ import annotations

from typing import Any

import folium
import numpy as np

from ilpgeo.core.answers import Clusters, RiskSurface, Significance
from ilpgeo.core.arrays import IntArray
from ilpgeo.core.briefing import Hotspot, HotspotSet, Released
from ilpgeo.maps.areas_map import corners, days, outline, padded
from ilpgeo.maps.element import Call
from ilpgeo.maps.legend import class_legend, intensity_legend
from ilpgeo.maps.palette import Theme, scheme_of, step_of
from ilpgeo.maps.raster import draw
from ilpgeo.maps.released import value_of
from ilpgeo.maps.shapes import AreaShapes, geojson, to_degrees

_MANY = 40
_NUMBERED = 20
_NUMBERED_OVER_A_SURFACE = 10


def hotspot_layer(
    released: Released[HotspotSet],
    theme: Theme = Theme.LIGHT,
    *,
    selected: str | None = None,
    is_filled: bool = True,
    most: int | None = None,
) -> folium.FeatureGroup:
    """Return hotspots as outlined polygons, the denser the stronger the colour; a click returns the hotspot's id.

    The first twenty (ten over a surface) carry their rank as a number. Cost: about 10 ms for 100 hotspots.

    Parameters
    ----------
    selected
        Id of the hotspot that gets the strong outline.
    is_filled
        False draws outlines only, over a surface that has the colours and the legend.
    most
        How many to draw, by rank; None draws all.
    """
    import shapely

    found = value_of(released, HotspotSet)
    hotspots = found.hotspots[:most]
    scheme = scheme_of(theme)
    group = folium.FeatureGroup(name="Hotspots")
    shapes = np.array([each.polygon for each in hotspots], dtype=object)
    degrees = to_degrees(shapes, found.crs) if len(shapes) else shapes
    boxes = shapely.bounds(degrees)
    density = np.sort([each.density_km2 for each in hotspots])
    # by rank: one very dense hotspot must not make all others look alike
    places = np.searchsorted(density, [each.density_km2 for each in hotspots], side="right") / max(len(density), 1)
    is_fine = not is_filled or len(hotspots) > _MANY
    numbered = _NUMBERED if is_filled else _NUMBERED_OVER_A_SURFACE
    low, middle, high = (f"{each:,.0f}" for each in np.quantile(density, (0, 0.5, 1))) if hotspots else ("none",) * 3
    rows: list[list[Any]] = []
    for each, polygon, box, place in zip(hotspots, degrees, boxes, places.tolist(), strict=True):
        number = str(each.rank) if each.rank <= numbered else ""
        colour = scheme.ramp[step_of(place)]
        rows.append(
            [each.id, geojson(polygon), colour, [(box[0] + box[2]) / 2, box[3]], number, each.name, _words(each)]
        )
    Call(
        "hotspots",
        {
            # the first rank is drawn last, on top
            "hotspots": rows[::-1],
            "casing": {"color": scheme.casing, "weight": 3 if is_fine else 4.5, "opacity": 0.9, "fill": False},
            "style": {
                "color": scheme.ink,
                "weight": 1.2 if is_fine else 1.8,
                "opacity": 1,
                "fillOpacity": 0.9 if is_filled else 0,
            },
            "outline": outline(scheme),
            "selected": selected,
            "foot": f"Incidents {days(found.trained_on)}",
            "legend": intensity_legend("Hotspots: incidents per km²", low, high, theme, middle=middle)
            if is_filled
            else "",
        },
    ).add_to(group)
    return group


def ground_layer(
    shapes: AreaShapes, named: IntArray, lined: IntArray, view: IntArray, theme: Theme = Theme.LIGHT
) -> folium.FeatureGroup:
    """Return thin borders to find one's way by, and the view on a scope; nothing in it can be clicked.

    Parameters
    ----------
    named
        Positions of the areas whose border is drawn faintly and whose name shows under the pointer.
    lined
        Positions of the areas drawn with a stronger border.
    view
        Positions of the areas to look at.
    """
    scheme, areas = scheme_of(theme), shapes.areas
    group = folium.FeatureGroup(name="Ground")
    faint = {"color": scheme.line, "weight": 0.5, "opacity": 0.6, "fillOpacity": 0, "clickable": False}
    Call(
        "areas",
        {
            "sources": shapes.sources(np.union1d(named, lined).astype(np.int64)) if len(named) + len(lined) else [],
            "styles": {"faint": faint},
            "areas": [[areas.id[at], "faint", -1, areas.name[at]] for at in named],
            "rows": [],
            "foot": "",
            "marks": [],
            "selected": None,
            "outline": [],
            "parents": [areas.id[at] for at in lined],
            "parent": {"color": scheme.ink, "weight": 1.2, "opacity": 0.55, "fill": False},
            "view": corners(padded(shapes.bounds(view))),
            "legend": "",
        },
    ).add_to(group)
    return group


def surface_layer(
    released: Released[RiskSurface], theme: Theme = Theme.LIGHT, *, during: str = ""
) -> folium.FeatureGroup:
    """Return a surface as one palette picture; cells outside the study area, withheld or zero are transparent.

    Colours follow the rank of a cell among those above zero, so that the few strongest do not drown the rest; the
    legend gives the expected incidents of a cell at both ends and in the middle of the ranks. Cost: about 20 ms for
    100,000 cells.

    Parameters
    ----------
    during
        The window the expectation is for, in words.
    """
    return _surface(value_of(released, RiskSurface), theme, "Expected incidents", during)


def clusters_layer(released: Released[Clusters], theme: Theme = Theme.LIGHT) -> folium.FeatureGroup:
    """Return the cells of clusters by intensity."""
    return _surface(value_of(released, Clusters).to_surface(), theme, "Clusters: expected incidents", "")


def significance_layer(released: Released[Significance], theme: Theme = Theme.LIGHT) -> folium.FeatureGroup:
    """Return where significantly more or less happened than chance would place there."""
    found = value_of(released, Significance)
    scheme = scheme_of(theme)
    colours = (scheme.ramp[8], scheme.ramp[13], scheme.cold)
    strong = np.nan_to_num(found.p, nan=1.0) <= found.alpha / 5
    marked = found.rejected & found.grid.inside
    codes = np.zeros(found.grid.shape, np.uint8)
    codes[marked & (found.z > 0)] = 1
    codes[marked & (found.z > 0) & strong] = 2
    codes[marked & (found.z < 0)] = 3
    words = (
        f"More than chance (p at most {found.alpha:g})",
        f"Far more (p at most {found.alpha / 5:g})",
        "Less than chance",
    )
    legend = class_legend("Beside chance, corrected for all cells", tuple(zip(colours, words, strict=True)))
    return _picture("Significance", draw(codes, found.grid, colours), legend)


def _surface(surface: RiskSurface, theme: Theme, title: str, during: str) -> folium.FeatureGroup:
    scheme = scheme_of(theme)
    shown = (surface.expected > 0) & surface.grid.inside
    values = surface.expected[shown]
    codes = np.zeros(surface.grid.shape, np.uint8)
    steps = len(scheme.ramp)
    low, middle, high = "none", "", "none"
    if len(values):
        borders = np.quantile(values, np.linspace(0, 1, steps + 1))
        codes[shown] = 1 + np.searchsorted(borders[1:-1], values, side="left")
        low, middle, high = (_rounded(borders[at]) for at in (0, steps // 2, steps))
    title = f"{title} per {surface.grid.cell_m:g} m cell"
    legend = intensity_legend(f"{title}, {during}" if during else title, low, high, theme, middle=middle)
    return _picture(title, draw(codes, surface.grid, scheme.ramp), legend)


def _rounded(value: float) -> str:
    """Return a number with two digits that count, never in powers of ten."""
    if value >= 10:
        return f"{value:,.0f}"
    return "under 0.001" if 0 < value < 0.001 else f"{float(f'{value:.2g}'):g}"


def _picture(name: str, picture: Any, legend: str) -> folium.FeatureGroup:
    west, south, east, north = picture.bounds
    group = folium.FeatureGroup(name=name)
    Call(
        "picture",
        {
            "image": picture.image,
            "bounds": [[south, west], [north, east]],
            "opacity": 0.8,
            "alt": name,
            "legend": legend,
        },
    ).add_to(group)
    return group


def _words(each: Hotspot) -> list[list[str]]:
    return [
        ["Rank", str(each.rank)],
        ["Incidents", f"{each.n:,}"],
        ["Area", f"{each.area_km2:,.2f} km²"],
        ["Share of all", f"{each.share:.1%}"],
        ["Peak", each.peak],
    ]
