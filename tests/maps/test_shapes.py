"""Boundaries: matched after simplification, small, written once."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from ilpgeo.maps.shapes import Shelf, area_shapes, geojson, to_degrees, tolerance_m
from tests.maps import toy


def test_neighbours_still_share_their_borders():
    shapes = area_shapes(toy.city()).of_type(0)
    whole = shapely.area(shapely.union_all(shapes.geometry))
    assert shapely.area(shapes.geometry).sum() == pytest.approx(whole, rel=1e-6)
    assert shapely.is_valid(shapes.geometry).all()


def test_the_point_lies_in_its_area():
    shapes = area_shapes(toy.city()).of_type(0)
    inside = shapely.contains_xy(shapes.geometry, shapes.points[:, 0], shapes.points[:, 1])
    assert inside.mean() > 0.99


def test_coordinates_are_rounded():
    shapes = area_shapes(toy.city()).of_type(0)
    coordinates = shapely.get_coordinates(shapes.geometry)
    assert np.array_equal(coordinates, np.round(coordinates, 5))
    assert all(len(str(abs(each)).split(".")[1]) <= 5 for each in coordinates.ravel()[:200].tolist())


def test_bounds_of_several_types():
    shapes = area_shapes(toy.city())
    everything = np.arange(len(shapes.areas))
    west, south, east, north = shapes.bounds(everything)
    assert (west, south, east, north) == pytest.approx(tuple(shapes.of_type(2).bounds[0]), abs=0.01)


def test_a_type_is_written_once_under_the_hash_of_its_content(tmp_path: Path):
    shapes = area_shapes(toy.city(), Shelf(tmp_path, "../shelf/"))
    first = shapes.sources(np.array([0, 1]))
    again = shapes.sources(np.array([5]))
    assert first == again
    (file,) = tmp_path.iterdir()
    assert first == [f"../shelf/{file.name}"]
    content = json.loads(file.read_text("utf-8"))
    assert set(content) == {shapes.areas.id[at] for at in shapes.areas.of_type("neighbourhood")}
    assert area_shapes(toy.city(), Shelf(tmp_path, "../shelf/")).sources(np.array([0])) == first


def test_many_areas_are_cut_by_parent(tmp_path: Path):
    areas = toy.city(900)
    shapes = area_shapes(areas, Shelf(tmp_path, ""))
    position = int(areas.of_type("neighbourhood")[0])
    (name,) = shapes.sources(np.array([position]))
    content = json.loads((tmp_path / name).read_text("utf-8"))
    siblings = {areas.id[at] for at in np.flatnonzero(areas.parent == areas.parent[position])}
    assert set(content) == siblings


def test_of_many_parents_the_parents_parents_are_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    areas = toy.city(900)
    shapes = area_shapes(areas, Shelf(tmp_path, ""))
    everywhere = areas.of_type("neighbourhood")
    assert len(shapes.sources(everywhere)) == len(areas.of_type("municipality"))
    monkeypatch.setattr("ilpgeo.maps.shapes._MOST_FILES", 3)
    (name,) = shapes.sources(everywhere)
    assert set(json.loads((tmp_path / name).read_text("utf-8"))) == {areas.id[at] for at in everywhere}
    (part,) = shapes.sources(everywhere[:1])
    assert part != name


def test_what_was_prepared_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    areas = toy.city(900)
    shapes = area_shapes(areas, Shelf(tmp_path, ""))
    shapes.prepare()
    monkeypatch.setattr("ilpgeo.maps.shapes._as_json", None)
    for kind in areas.types:
        assert shapes.sources(areas.of_type(kind))


def test_without_a_shelf_the_source_is_the_geometry():
    (source,) = area_shapes(toy.city()).sources(np.array([0]))
    assert json.loads(source)["n0"]["geometry"]["type"] == "Polygon"


def test_what_the_browser_fetches_is_every_border_with_holes_and_parts():
    areas = toy.city()
    holed = shapely.Polygon([(0, 0), (9e3, 0), (9e3, 9e3), (0, 9e3)], [[(1e3, 1e3), (2e3, 1e3), (2e3, 2e3)]])
    east = shapely.total_bounds(areas.geometry)[2]
    geometry = areas.geometry.copy()
    geometry[0] = shapely.transform(
        shapely.MultiPolygon([holed, shapely.box(20e3, 0, 21e3, 1e3)]), lambda xy: xy + np.array([east, 0])
    )
    odd = replace(areas, id=('n "0"', *areas.id[1:]), geometry=geometry)
    shapes = area_shapes(odd)
    of_type = shapes.of_type(int(areas.type[0]))
    (source,) = shapes.sources(of_type.positions)
    content = json.loads(source)
    assert list(content) == [odd.id[at] for at in of_type.positions]
    for at, drawn, point in zip(of_type.positions, of_type.geometry, of_type.points, strict=True):
        assert shapely.from_geojson(json.dumps(content[odd.id[at]]["geometry"])).equals(drawn)
        assert content[odd.id[at]]["at"] == point.tolist()
    assert len(content['n "0"']["geometry"]["coordinates"]) == 2


def test_the_key_follows_the_areas():
    assert area_shapes(toy.city()).key == area_shapes(toy.city()).key
    assert area_shapes(toy.city()).key != area_shapes(toy.city(50)).key


def test_geojson_keeps_holes_and_parts():
    holed = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(1, 1), (2, 1), (2, 2)]])
    assert shapely.from_geojson(json.dumps(geojson(holed))).equals(holed)
    both = shapely.MultiPolygon([holed, shapely.box(20, 0, 21, 1)])
    assert shapely.from_geojson(json.dumps(geojson(both))).equals(both)


def test_tolerance_stays_within_bounds():
    assert tolerance_m(np.array([1.0])) == 4.0
    assert tolerance_m(np.array([1e12])) == 250.0
    assert tolerance_m(np.array([4.5e6])) == pytest.approx(26.5, abs=0.1)


def test_degrees_are_longitude_then_latitude():
    point = to_degrees(np.array([shapely.Point(630_000, 4_833_000)], dtype=object), toy.CRS)[0]
    assert (point.x, point.y) == pytest.approx((-79.39, 43.64), abs=0.02)
