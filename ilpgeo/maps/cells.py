"""Answers that say something of every cell, as pictures over the map."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import folium
import numpy as np

from ilpgeo.core.answers import Contrast, Kind, RiskSurface, Significance
from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.briefing import Released
from ilpgeo.core.space import Grid
from ilpgeo.maps.element import Call
from ilpgeo.maps.legend import class_legend, contrast_legend, intensity_legend
from ilpgeo.maps.palette import Theme, scheme_of
from ilpgeo.maps.raster import Codes, draw
from ilpgeo.maps.released import value_of


def surface_layer(
    released: Released[RiskSurface], theme: Theme = Theme.LIGHT, *, during: str = ""
) -> folium.FeatureGroup:
    """Return a surface as one palette picture; cells outside the study area, withheld or zero are transparent.

    Each colour stands for an equal share of the expected incidents, the hottest cells first: what is dark is little
    ground that holds much. The legend gives the expected incidents of a cell at both ends and where half of all are
    expected in hotter cells. Cost: about 20 ms for 100,000 cells.

    Parameters
    ----------
    during
        The window the expectation is for, in words.
    """
    surface, ramp = value_of(released, RiskSurface), scheme_of(theme).ramp
    shown = (surface.expected > 0) & surface.grid.inside
    codes = np.zeros(surface.grid.shape, np.uint8)
    codes[shown], borders = _by_mass(surface.expected[shown], len(ramp))
    low, middle, high = ("none", "", "none") if borders is None else _ends(borders)
    title = f"Expected incidents per {surface.grid.cell_m:g}\u00a0m cell"
    legend = intensity_legend(f"{title}, {during}" if during else title, low, high, theme, middle=middle)
    return _picture(title, codes, surface.grid, ramp, legend)


def significance_layer(released: Released[Significance], theme: Theme = Theme.LIGHT) -> folium.FeatureGroup:
    """Return where significantly more or less happened than chance would place there; or each cell's class."""
    found = value_of(released, Significance)
    if found.kind is not None:
        return _kinds(found, theme)
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
    return _picture("Significance", codes, found.grid, colours, legend)


def kind_colours(kinds: tuple[Kind, ...], theme: Theme) -> tuple[str, ...]:
    """Return the colour of each class: hot ones along the palette, the others along the cool one.

    The palest steps of either are left out: a single cell must still be seen.
    """
    scheme = scheme_of(theme)
    n_hot = sum(kind.is_hot for kind in kinds)
    hot, cool = _spaced(scheme.ramp[3:], n_hot), _spaced(scheme.cool[2:], len(kinds) - n_hot)
    return tuple((hot if kind.is_hot else cool).pop(0) for kind in kinds)


def _spaced(ramp: tuple[str, ...], n: int) -> list[str]:
    """Return n colours of a ramp, strongest first, as far from each other as it allows."""
    return [ramp[at] for at in np.rint(np.linspace(len(ramp) - 1, 0, n)).astype(int)] if n else []


def _kinds(found: Significance, theme: Theme) -> folium.FeatureGroup:
    assert found.kind is not None
    present = np.unique(found.kind[found.grid.inside & (found.kind >= 0)]).tolist()
    colours = kind_colours(found.kinds, theme)
    codes = np.where(found.grid.inside, found.kind + 1, 0).astype(np.uint8)
    classes = tuple((colours[at], found.kinds[at].name) for at in present)
    legend = class_legend("Class of each cell", classes or (("#00000000", "No cell stands out"),))
    return _picture("Classes", codes, found.grid, colours, legend)


def contrast_layer(released: Released[Contrast], theme: Theme = Theme.LIGHT) -> folium.FeatureGroup:
    """Return where there is more (warm) and less (cool) than in what is compared with; the same is transparent.

    Colours follow the rank of a cell among those on its side.
    """
    contrast, scheme = value_of(released, Contrast), scheme_of(theme)
    away = np.nan_to_num(contrast.value, nan=contrast.neutral) - contrast.neutral
    more, less = (away > 0) & contrast.grid.inside, (away < 0) & contrast.grid.inside
    codes = np.zeros(contrast.grid.shape, np.uint8)
    codes[more], _ = _by_rank(away[more], len(scheme.ramp))
    cooler, _ = _by_rank(-away[less], len(scheme.cool))
    codes[less] = cooler + len(scheme.ramp)
    unit = f" {contrast.unit}" if contrast.unit else " times"
    known = contrast.value[np.isfinite(contrast.value)]
    least, most = (known.min(), known.max()) if known.size else (contrast.neutral, contrast.neutral)
    title = f"{contrast.of[:1].upper()}{contrast.of[1:]} against {contrast.against}"
    legend = contrast_legend(
        title, f"{_rounded_signed(least)}{unit}", "the same", f"{_rounded_signed(most)}{unit}", theme
    )
    return _picture(title, codes, contrast.grid, scheme.ramp + scheme.cool, legend)


def cell_layer(grid: Grid, cell: int, theme: Theme = Theme.LIGHT) -> folium.FeatureGroup:
    """Return one cell's outline, to show which one is spoken of."""
    row, column = divmod(cell, grid.nx)
    alone = replace(
        grid, x0=grid.x0 + column * grid.cell_m, y0=grid.y0 + row * grid.cell_m, nx=1, ny=1,
        inside=np.ones((1, 1), np.bool_),
    )  # fmt: skip
    return _picture("Chosen cell", np.ones((1, 1), np.uint8), alone, (scheme_of(theme).selected,), "", opacity=1.0)


def _by_rank(values: FloatArray, steps: int) -> tuple[Any, FloatArray | None]:
    """Return each value's step, 1..steps, by its rank, and the borders between the steps; None without values."""
    if not len(values):
        return np.empty(0, np.uint8), None
    borders = np.quantile(values, np.linspace(0, 1, steps + 1))
    return 1 + np.searchsorted(borders[1:-1], values, side="left").astype(np.uint8), borders


def _by_mass(values: FloatArray, steps: int) -> tuple[Any, FloatArray | None]:
    """Return each value's step, 1..steps, all of equal sum where values allow, and the borders; None without values."""
    if not len(values):
        return np.empty(0, np.uint8), None
    ordered = np.sort(values)
    below = np.cumsum(ordered)
    at = np.searchsorted(below, below[-1] * np.arange(1, steps) / steps)
    borders = np.concatenate([ordered[:1], ordered[np.minimum(at, len(ordered) - 1)], ordered[-1:]])
    return 1 + np.searchsorted(borders[1:-1], values, side="left").astype(np.uint8), borders


def _ends(borders: FloatArray) -> tuple[str, str, str]:
    low, middle, high = (_rounded(float(borders[at])) for at in (0, len(borders) // 2, -1))
    return low, middle, high


def _rounded(value: float) -> str:
    """Return a number with two digits that count, never in powers of ten."""
    if value >= 10:
        return f"{value:,.0f}"
    return "under 0.001" if 0 < value < 0.001 else f"{float(f'{value:.2g}'):g}"


def _rounded_signed(value: float) -> str:
    return _rounded(value) if value >= 0 else f"\u2212{_rounded(-value)}"


def _picture(
    name: str, codes: Codes, grid: Grid, colours: tuple[str, ...], legend: str, opacity: float = 0.8
) -> folium.FeatureGroup:
    picture = draw(codes, grid, colours)
    west, south, east, north = picture.bounds
    group = folium.FeatureGroup(name=name)
    Call(
        "picture",
        {
            "image": picture.image,
            "bounds": [[south, west], [north, east]],
            "opacity": opacity,
            "alt": name,
            "legend": legend,
        },
    ).add_to(group)
    return group
