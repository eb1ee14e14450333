"""Hotspots, surfaces, significance, clusters: described as they were released."""

import json
from typing import Any

import pytest

from ilpgeo.core.briefing import Released
from ilpgeo.maps.cells import contrast_layer, significance_layer, surface_layer
from ilpgeo.maps.layers import hotspot_layer
from ilpgeo.maps.palette import Theme, scheme_of
from tests.maps import toy


def said(group: Any) -> dict[str, Any]:
    (call,) = group._children.values()
    return json.loads(call.description)


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


@pytest.mark.parametrize("layer", [hotspot_layer, surface_layer, significance_layer, contrast_layer])
def test_only_what_was_released_is_drawn(layer: Any):
    with pytest.raises(TypeError, match="released"):
        layer(toy.surface().value)
    with pytest.raises(TypeError, match="released"):
        layer(Released("anything"))
