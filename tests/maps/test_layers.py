"""Hotspots, surfaces, significance, clusters: described as they were released."""

import base64
import io
import json
from typing import Any

import numpy as np
import pytest

from ilpgeo.core.answers import Clusters, Significance
from ilpgeo.core.briefing import Released
from ilpgeo.maps.layers import clusters_layer, hotspot_layer, significance_layer, surface_layer
from ilpgeo.maps.palette import Theme, scheme_of
from tests.maps import toy


def said(group: Any) -> dict[str, Any]:
    (call,) = group._children.values()
    return json.loads(call.description)


def pixels(group: Any) -> np.ndarray:
    image = pytest.importorskip("PIL.Image")
    data = base64.b64decode(said(group)["image"].partition(",")[2])
    return np.asarray(image.open(io.BytesIO(data)))


def test_hotspots_carry_rank_and_words_with_the_first_on_top():
    drawn = said(hotspot_layer(toy.hotspots(), selected="h2"))
    assert [row[0] for row in drawn["hotspots"]] == ["h3", "h2", "h1"]
    assert drawn["hotspots"][0][1]["type"] == "MultiPolygon"
    assert drawn["hotspots"][-1][4] == "1"
    assert ["Share of all", "10.0%"] in drawn["hotspots"][-1][6]
    densest = max(toy.hotspots().value.hotspots, key=lambda each: each.density_km2).id
    colours = {row[0]: row[2] for row in drawn["hotspots"]}
    assert colours[densest] == scheme_of(Theme.LIGHT).ramp[-1]


def test_no_hotspots_is_an_empty_layer():
    from dataclasses import replace

    assert said(hotspot_layer(Released(replace(toy.hotspots().value, hotspots=()))))["hotspots"] == []


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


def test_clusters_show_their_cells():
    grid = toy.grid(1000.0)
    middle = grid.ny // 2 * grid.nx + grid.nx // 2
    clusters = Clusters(grid, np.array([0, 0, -1]), np.array([middle, middle, middle + 5]), np.ones(3), 0.5)
    assert (pixels(clusters_layer(Released(clusters))) > 0).sum() in range(2, 10)


@pytest.mark.parametrize("layer", [hotspot_layer, surface_layer, significance_layer, clusters_layer])
def test_only_what_was_released_is_drawn(layer: Any):
    with pytest.raises(TypeError, match="released"):
        layer(toy.surface().value)
    with pytest.raises(TypeError, match="released"):
        layer(Released("anything"))
