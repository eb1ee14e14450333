"""Surfaces, significance, classes, contrasts: drawn as they were released."""

import base64
import io
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ilpgeo.core.answers import Contrast, Kind, Significance
from ilpgeo.core.briefing import Released
from ilpgeo.maps.cells import _by_mass, cell_layer, contrast_layer, kind_colours, significance_layer, surface_layer
from ilpgeo.maps.palette import Theme, scheme_of
from tests.maps import toy


def said(group: Any) -> dict[str, Any]:
    (call,) = group._children.values()
    return json.loads(call.description)


def pixels(group: Any) -> np.ndarray:
    image = pytest.importorskip("PIL.Image")
    data = base64.b64decode(said(group)["image"].partition(",")[2])
    return np.asarray(image.open(io.BytesIO(data)))


def test_a_surface_is_ordered_and_clear_where_nothing_is():
    group = surface_layer(toy.surface(500.0))
    drawn = said(group)
    (south, west), (north, east) = drawn["bounds"]
    assert -80.5 < west < east < -78.9
    assert 43.5 < south < north < 44.1
    found = pixels(group)
    assert found.min() == 0
    assert found.max() == 16
    assert (found == 0).mean() > 0.3


def test_each_colour_holds_an_equal_share_of_what_is_expected():
    grid = toy.grid(500.0)
    rng = np.random.default_rng(2)
    expected = np.where(grid.inside, rng.lognormal(0.0, 1.5, grid.shape), 0.0)
    codes, borders = _by_mass(expected[grid.inside], 16)
    shares = np.bincount(codes, expected[grid.inside], 17)[1:] / expected.sum()
    largest = expected.max() / expected.sum()
    assert np.abs(shares - 1 / 16).max() <= largest
    assert (np.diff(np.bincount(codes, minlength=17)[1:]) <= 0).all(), "the hotter, the fewer cells"
    assert expected[expected > borders[8]].sum() == pytest.approx(expected.sum() / 2, rel=2 * largest)


def test_equal_cells_have_one_colour():
    grid = toy.grid(500.0)
    from ilpgeo.core.answers import RiskSurface

    flat = RiskSurface(grid, np.where(grid.inside, 2.0, 0.0), np.ones(grid.shape))
    assert len(np.unique(pixels(surface_layer(Released(flat))))) == 2


def test_significance_tells_more_from_less():
    grid = toy.grid(1000.0)
    z, p = np.zeros(grid.shape), np.ones(grid.shape)
    rejected = np.zeros(grid.shape, np.bool_)
    row, column = grid.ny // 2, grid.nx // 2
    for at, (score, chance) in enumerate([(3.0, 0.04), (9.0, 0.001), (-4.0, 0.01)]):
        z[row, column + at], p[row, column + at], rejected[row, column + at] = score, chance, True
    z[row - 3, column], p[row - 3, column] = 9.0, 0.001
    group = significance_layer(Released(Significance(grid, z, p, rejected, np.ones(grid.shape), 0.05)))
    assert set(np.unique(pixels(group))) == {0, 1, 2, 3}
    assert "Less than chance" in said(group)["legend"]


KINDS = (
    Kind("new hot spot", "Hot in the last step only.", is_hot=True),
    Kind("persistent hot spot", "Hot nearly always.", is_hot=True),
    Kind("new cold spot", "Cold in the last step only.", is_hot=False),
)


def test_classes_have_a_colour_each_and_the_legend_names_those_there_are():
    grid = toy.grid(1000.0)
    kind = np.full(grid.shape, -1, np.int8)
    row, column = grid.ny // 2, grid.nx // 2
    kind[row, column], kind[row, column + 1] = 0, 2
    z = np.zeros(grid.shape)
    found = Significance(grid, z, z, kind == 0, z, 0.05, kinds=KINDS, kind=kind)
    group = significance_layer(Released(found))
    assert set(np.unique(pixels(group))) == {0, 1, 3}
    assert "new hot spot" in said(group)["legend"]
    assert "persistent" not in said(group)["legend"]
    colours = kind_colours(KINDS, Theme.LIGHT)
    assert len(set(colours)) == 3
    assert colours[2] in scheme_of(Theme.LIGHT).cool
    empty = replace(found, kind=np.full(grid.shape, -1, np.int8))
    assert "No cell stands out" in said(significance_layer(Released(empty)))["legend"]


def test_a_contrast_is_warm_above_cool_below_and_clear_where_nothing_is_known():
    grid = toy.grid(1000.0)
    value = np.full(grid.shape, 1.0)
    row, column = grid.ny // 2, grid.nx // 2
    value[row, column], value[row, column + 1], value[row + 1, column] = 3.0, 0.25, np.nan
    group = contrast_layer(Released(Contrast(grid, value, value, 1.0, "", "The last 90 days", "the year before")))
    warm, cool = len(scheme_of(Theme.LIGHT).ramp), len(scheme_of(Theme.LIGHT).cool)
    drawn = set(np.unique(pixels(group))) - {0}
    assert any(0 < code <= warm for code in drawn)
    assert any(warm < code <= warm + cool for code in drawn)
    assert len(drawn) == 2
    legend = said(group)["legend"]
    assert "The last 90 days against the year before" in legend
    assert "0.25 times" in legend
    assert "3 times" in legend
    nothing = Contrast(grid, np.full(grid.shape, np.nan), value, 0.0, "incidents", "a", "b")
    assert set(np.unique(pixels(contrast_layer(Released(nothing))))) == {0}


def test_one_cell_is_outlined_where_it_lies():
    grid = toy.grid(1000.0)
    whole, one = said(surface_layer(toy.surface(1000.0)))["bounds"], said(cell_layer(grid, grid.nx + 1))["bounds"]
    assert whole[0][0] < one[0][0] < one[1][0] < whole[1][0]
    assert whole[0][1] < one[0][1] < one[1][1] < whole[1][1]
