"""The map on paper: true to scale, nothing outside its frame, tiers by shape and colour."""

import math
from dataclasses import replace

import numpy as np
import pytest
import shapely

from ilpgeo.core.briefing import Tier
from ilpgeo.maps.palette import LIGHT
from ilpgeo.reports.area_map import area_map, locator, ratio
from ilpgeo.reports.drawing import Label, Shape, mark
from ilpgeo.reports.keys import map_key
from tests.maps import toy
from tests.reports import products


def corners(shape: Shape) -> np.ndarray:
    return np.concatenate(shape.rings)


@pytest.mark.parametrize("subject", ["", "first", "d1"])
def test_nothing_leaves_the_frame(subject: str) -> None:
    drawing = area_map(products.product(subject=subject), 120.0, 80.0)
    for part in drawing.parts:
        if isinstance(part, Label):
            assert 0 <= part.x <= 120 and 0 <= part.y <= 80
        elif part.name:
            x, y = corners(part).T
            assert x.min() >= -1e-6 and x.max() <= 120 + 1e-6 and y.min() >= -1e-6 and y.max() <= 80 + 1e-6


def test_the_scale_bar_is_as_long_as_the_ground_it_says() -> None:
    product = products.product()
    drawing = area_map(product, 180.0, 108.0)
    words = next(part.text for part in drawing.parts if isinstance(part, Label) and part.text.endswith("km"))
    bar = next(
        part for part in drawing.parts if isinstance(part, Shape) and not part.is_closed and part.ink.width_mm == 0.4
    )
    bar_mm = float(np.ptp(corners(bar)[:, 0]))
    named = next(part for part in drawing.parts if isinstance(part, Shape) and part.name.startswith("Quarter 30"))
    area = product.areas.geometry[product.areas.name.index("Quarter 30 <b>&")]
    drawn = shapely.Polygon(named.rings[0]).area
    mm_per_km = math.sqrt(drawn / (area.area / 1e6))
    assert bar_mm / mm_per_km == pytest.approx(float(words.split()[0]), rel=0.02)


def test_a_scale_bar_in_web_mercator_is_true_to_the_ground() -> None:
    product = products.product()
    from pyproj import Transformer

    turn = Transformer.from_crs(toy.CRS, "EPSG:3857", always_xy=True)
    moved = shapely.transform(product.areas.geometry, lambda xy: np.column_stack(turn.transform(*xy.T)))
    wide = replace(product, areas=replace(product.areas, geometry=moved, crs="EPSG:3857"))

    def km_on_the_map(of) -> float:
        drawing = area_map(of, 180.0, 108.0)
        bar = next(
            part
            for part in drawing.parts
            if isinstance(part, Shape) and not part.is_closed and part.ink.width_mm == 0.4
        )
        words = next(part.text for part in drawing.parts if isinstance(part, Label) and part.text.endswith("km"))
        return 180.0 / float(np.ptp(corners(bar)[:, 0])) * float(words.split()[0])

    assert km_on_the_map(wide) == pytest.approx(km_on_the_map(product), rel=0.1)


def test_each_tier_is_drawn_in_its_colour_and_with_its_mark() -> None:
    product = products.product()
    drawing = area_map(product, 180.0, 108.0)
    for each in product.briefing.value.priorities:
        found = [
            part
            for part in drawing.parts
            if isinstance(part, Shape) and part.name.endswith(f": {each.tier}") and part.name.startswith(each.name)
        ]
        assert all(part.ink.fill == LIGHT.marks[each.tier].fill for part in found)
        assert found or each.tier is Tier.NO_DATA
    outlines = {tier: corners(mark(tier, 0, 0, 24)[0]) for tier in Tier}
    assert [len(outlines[tier]) for tier in (Tier.CRITICAL, Tier.HIGH, Tier.NO_DATA)] == [4, 3, 4]
    assert np.ptp(outlines[Tier.ROUTINE][:, 0]) < np.ptp(outlines[Tier.ELEVATED][:, 0])


def test_the_first_seven_are_numbered_and_a_map_of_one_area_numbers_its_hotspots() -> None:
    numbers = [
        part.text
        for part in area_map(products.product(), 180.0, 108.0).parts
        if isinstance(part, Label) and part.text.isdigit()
    ]
    assert set(numbers) <= {str(rank) for rank in range(1, 8)}
    assert "1" in numbers
    one = [
        part.text for part in area_map(products.product(subject="first"), 120.0, 150.0).parts if isinstance(part, Label)
    ]
    assert {"1", "2"} <= set(one)


def test_areas_without_data_are_hatched() -> None:
    def stripes(gaps: int) -> int:
        parts = area_map(products.product(gaps=gaps), 180.0, 108.0).parts
        return sum(
            len(part.rings)
            for part in parts
            if isinstance(part, Shape) and part.ink.stroke == LIGHT.hatch and not part.is_closed
        )

    assert stripes(9) > 20
    assert stripes(0) == 0


def test_a_map_of_nothing_but_gaps_is_drawn_all_the_same() -> None:
    bare = products.product(gaps=0)
    told = bare.briefing.value
    gone = tuple(replace(each, rank=None, rank_interval=None, tier=Tier.NO_DATA, n=None) for each in told.priorities)
    drawing = area_map(replace(bare, briefing=replace(bare.briefing, value=replace(told, priorities=gone))), 100, 80)
    assert drawing.title.startswith("Map of 0 ranked areas")


def test_the_ratio_is_that_of_the_ground() -> None:
    product = products.product()
    wide = shapely.transform(product.areas.geometry, lambda xy: xy * (3.0, 1.0))
    stretched = replace(product, areas=replace(product.areas, geometry=wide))
    assert ratio(stretched) == pytest.approx(3 * ratio(product))


def test_the_locator_shows_the_subject_in_the_whole() -> None:
    drawing = locator(products.product(subject="first"), 30, 22)
    assert drawing.title == "Quarter 30 <b>& within Toy City"


def test_the_key_breaks_into_rows_where_it_has_no_room() -> None:
    product = products.product(subject="first")
    wide, narrow = map_key(product, 180.0), map_key(product, 90.0)
    assert narrow.height_mm > wide.height_mm
    said = {part.text for part in wide.parts if isinstance(part, Label)}
    assert {
        "Critical",
        "High",
        "Elevated",
        "Routine",
        "Outlined: tier uncertain",
        "Expected hotspot",
        "This area",
    } <= said


def test_a_subject_without_data_is_in_the_middle_of_its_map() -> None:
    told = products.product(gaps=9).briefing.value.priorities
    blank = next(each.id for each in told if each.rank is None)
    product = products.product(gaps=9, subject=blank)
    parts = area_map(product, 120.0, 90.0).parts
    outline = next(part for part in parts if isinstance(part, Shape) and part.ink.stroke == LIGHT.selected)
    middle = (corners(outline).min(axis=0) + corners(outline).max(axis=0)) / 2
    assert middle == pytest.approx([60.0, 45.0], abs=0.5)
