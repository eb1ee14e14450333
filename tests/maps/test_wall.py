"""Maps for a wall: every area where it belongs, numbers that do not cover each other, nothing that was not released."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core.briefing import Tier
from ilpgeo.maps import wall
from ilpgeo.maps.badges import RADIUS, Badge, badges, spread
from ilpgeo.maps.certainty import is_uncertain, tier_cuts
from ilpgeo.maps.palette import DARK
from ilpgeo.maps.shapes import AreaShapes, area_shapes
from ilpgeo.maps.wall import HEIGHT, WIDTH, View, tier_map
from ilpgeo.maps.wall_places import hotspot_map
from tests.maps import toy

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def shapes() -> AreaShapes:
    return area_shapes(toy.city())


def drawn(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def filled(picture: ElementTree.Element, colour: str) -> int:
    return sum(path.get("fill") == colour for path in picture.iter(f"{SVG}path"))


def test_every_ranked_area_is_drawn_in_the_style_of_its_tier(shapes: AreaShapes):
    released = toy.briefing(shapes.areas)
    ranked = [each for each in released.value.priorities if each.rank is not None]
    picture = drawn(tier_map(released, shapes, [each.id for each in ranked[:5]]))
    for tier in (Tier.CRITICAL, Tier.HIGH, Tier.ELEVATED, Tier.ROUTINE):
        assert filled(picture, DARK.marks[tier].fill) == sum(each.tier is tier for each in ranked)
    assert sum((path.get("fill") or "").startswith("url(#") for path in picture.iter(f"{SVG}path")) == 9
    cuts = tier_cuts(len(ranked))
    faint = [path for path in picture.iter(f"{SVG}path") if path.get("fill-opacity") == "0.18"]
    assert len(faint) == sum(is_uncertain(each, cuts) for each in ranked) > 0
    assert [each.text for each in picture.iter(f"{SVG}text")] == ["1", "2", "3", "4", "5"]


def test_outlines_are_drawn_once_whatever_the_data_say(shapes: AreaShapes, monkeypatch: pytest.MonkeyPatch):
    made = []
    make = wall.outline_of
    monkeypatch.setattr(wall, "outline_of", lambda geometry, view: made.append(view) or make(geometry, view))
    one, other = View.of((-79.4, 43.6, -79.3, 43.7)), View.of((-79.4, 43.6, -79.2, 43.7))
    first = wall.outlines_of(shapes, one, [0, 1, 2])
    assert wall.outlines_of(shapes, one, [2, 1, 0]) == first
    assert len(made) == 3
    assert wall.outlines_of(shapes, other, [0]) != {name: first[name] for name in list(first)[:1]}


def test_names_from_data_are_words_and_never_markup(shapes: AreaShapes):
    released = toy.briefing(shapes.areas)
    first = released.value.priorities[0]
    picture = drawn(tier_map(released, shapes, [first.id]))
    assert first.name in (picture.get("aria-label") or "")
    assert "<b>" in first.name
    assert not list(picture.iter(f"{SVG}b"))


def test_areas_keep_their_shape_and_lie_inside_the_picture(shapes: AreaShapes):
    released = toy.briefing(shapes.areas, gaps=0)
    text = tier_map(released, shapes, [])
    rings = [
        np.array([[float(value) for value in point.split()] for point in ring.split("L")])
        for ring in re.findall(r'd="M([^"Z]+)Z"', text)
    ]
    drawn_area = sorted(shapely.area(shapely.polygons(ring)) for ring in rings[-len(released.value.priorities) - 8 :])
    assert all((ring >= 0).all() and (ring <= (WIDTH, HEIGHT)).all() for ring in rings[-40:])
    # equal up to the simplification of borders, which the largest areas feel least
    truth = sorted(shapely.area(shapes.areas.geometry[shapes.areas.of_type("neighbourhood")]))
    ratio = drawn_area[-9] / truth[-1]
    assert ratio == pytest.approx(drawn_area[-20] / truth[-12], rel=0.1)


def test_a_view_is_conformal_and_holds_its_rectangle():
    view = View.of((-79.7, 43.5, -79.1, 43.9))
    corners = view.place(np.array([[-79.7, 43.5], [-79.1, 43.9]]))
    assert (corners >= 0).all()
    assert (corners <= (WIDTH, HEIGHT)).all()
    a_minute = view.place(np.array([[-79.4, 43.7], [-79.4 + 1 / 60, 43.7], [-79.4, 43.7 + 1 / 60]]))
    east, north = a_minute[1, 0] - a_minute[0, 0], a_minute[0, 1] - a_minute[2, 1]
    assert east / north == pytest.approx(np.cos(np.radians(43.7)), rel=1e-3)


def test_near_goes_nearer(shapes: AreaShapes):
    released = toy.briefing(shapes.areas)
    one = [released.value.priorities[0].id]
    far, near = (drawn(tier_map(released, shapes, one, is_near=is_near)) for is_near in (False, True))
    outlined = [
        next(path.get("d") or "" for path in each.iter(f"{SVG}path") if path.get("stroke") == DARK.selected)
        for each in (far, near)
    ]
    spans = [np.ptp([float(x) for x in re.findall(r"[ML](-?[\d.]+) ", path)]) for path in outlined]
    assert spans[1] > 3 * spans[0]


def test_hotspots_carry_their_rank(shapes: AreaShapes):
    picture = drawn(hotspot_map(toy.hotspots(), shapes, "city", 2))
    assert [each.text for each in picture.iter(f"{SVG}text")] == ["1", "2"]
    assert filled(picture, DARK.ramp[11]) == 2


def test_only_what_was_released_is_drawn(shapes: AreaShapes):
    with pytest.raises(TypeError, match="released"):
        tier_map(toy.briefing(shapes.areas).value, shapes, [])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="released"):
        hotspot_map(toy.hotspots().value, shapes, "city", 3)  # type: ignore[arg-type]


def test_an_empty_answer_is_still_a_picture(shapes: AreaShapes):
    nothing = toy.briefing(shapes.areas, gaps=len(shapes.areas.of_type("neighbourhood")))
    assert drawn(tier_map(nothing, shapes, [])).get("role") == "img"


@given(
    st.lists(st.tuples(st.floats(0, WIDTH), st.floats(0, HEIGHT)), min_size=1, max_size=5),
    st.booleans(),
)
def test_badges_never_touch_and_stay_in_the_picture(places: list[tuple[float, float]], is_one_place: bool):
    points = np.array([places[0]] * len(places) if is_one_place else places)
    found = spread(points, (WIDTH, HEIGHT))
    for at in range(len(found)):
        for other in range(at):
            assert np.hypot(*(found[at] - found[other])) >= 2 * RADIUS
    assert (found >= RADIUS).all()
    assert (found <= (WIDTH - RADIUS, HEIGHT - RADIUS)).all()


def test_badges_far_apart_stay_where_they_are_and_need_no_line():
    points = np.array([[200.0, 200.0], [500.0, 500.0]])
    assert np.abs(spread(points, (WIDTH, HEIGHT)) - points).max() < 0.01
    assert not any("<line" in each for each in badges([Badge("1", 200, 200), Badge("2", 500, 500)], DARK, (1000, 700)))
    assert any("<line" in each for each in badges([Badge("1", 200, 200)] * 2, DARK, (1000, 700)))
