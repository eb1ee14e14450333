"""Point location against shapely and geopandas, and the half-open rule on random tessellations."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from ilpgeo.areas.edges import Edges
from ilpgeo.areas.locate import MOST_CELLS, Locator, fitting_frame
from ilpgeo.core.errors import InvalidInput


def polygons(*shapes: shapely.Geometry | None) -> np.ndarray:
    array = np.empty(len(shapes), object)
    array[:] = shapes
    return array


def located(shapes: np.ndarray, points: list[tuple[float, float]]) -> list[int]:
    x, y = np.array(points, float).T
    return Locator.of(shapes).locate(x, y).tolist()


def test_a_square_holds_its_western_and_southern_sides_only():
    square = polygons(shapely.box(0, 0, 10, 10))
    assert located(square, [(5, 5), (0, 5), (5, 0), (0, 0)]) == [0, 0, 0, 0]
    assert located(square, [(10, 5), (5, 10), (10, 10), (0, 10), (10, 0), (-1, 5), (5, 11)]) == [-1] * 7


def test_a_shared_border_belongs_to_the_eastern_and_the_northern_neighbour():
    four = polygons(*(shapely.box(x, y, x + 1, y + 1) for y in (0, 1) for x in (0, 1)))
    assert located(four, [(1, 0.5), (0.5, 1), (1, 1)]) == [1, 2, 3]


def test_holes_hold_nothing_and_an_island_in_a_hole_is_its_own():
    ring = shapely.Polygon(shapely.box(0, 0, 9, 9).exterior, [shapely.box(3, 3, 6, 6).exterior])
    both = polygons(ring, shapely.box(4, 4, 5, 5))
    assert located(both, [(1, 1), (3.5, 3.5), (4.5, 4.5), (3, 4), (6, 4), (4, 4), (5, 4.5)]) == [0, -1, 1, -1, 0, 1, -1]


def test_the_parts_of_a_multipolygon_are_one_area():
    parts = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 6)])
    assert located(polygons(parts), [(0.5, 0.5), (5.5, 5.5), (3, 3)]) == [0, 0, -1]


def test_where_areas_overlap_the_lowest_position_wins():
    small, large = shapely.box(40, 40, 60, 60), shapely.box(0, 0, 100, 100)
    assert located(polygons(large, small), [(50, 50), (10, 10), (40, 50)]) == [0, 0, 0]
    assert located(polygons(small, large), [(50, 50), (10, 10), (41.3, 59.9), (60, 50)]) == [0, 1, 0, 1]


def test_coordinates_that_are_not_finite_lie_nowhere():
    bad = [(np.nan, 5), (5, np.nan), (np.inf, 5), (5, -np.inf), (1e308, 1e308)]
    assert located(polygons(shapely.box(0, 0, 10, 10)), bad) == [-1] * 5


def test_missing_and_empty_areas_keep_their_position_and_hold_nothing():
    assert located(polygons(None, shapely.Polygon(), shapely.box(0, 0, 1, 1)), [(0.5, 0.5)]) == [2]
    assert located(polygons(), [(0.5, 0.5)]) == [-1]
    assert Locator.of(polygons(shapely.box(0, 0, 1, 1))).locate(np.empty(0), np.empty(0)).tolist() == []


def test_what_is_no_polygon_is_refused_by_position():
    with pytest.raises(InvalidInput, match="position 1 is a Point"):
        Locator.of(polygons(shapely.box(0, 0, 1, 1), shapely.Point(0, 0)))
    with pytest.raises(InvalidInput, match="position 0 has a coordinate that is not finite"):
        Locator.of(polygons(shapely.Polygon([(0, 0), (1, 0), (np.inf, 1)])))


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
@pytest.mark.parametrize("offset", [0.0, 5e6])
def test_tiny_and_huge_areas(scale: float, offset: float):
    if scale < 1 and offset:
        pytest.skip("below the spacing of doubles")
    triangle = shapely.Polygon([(offset, offset), (offset + 4 * scale, offset), (offset, offset + 4 * scale)])
    points = [(offset + a * scale, offset + b * scale) for a, b in ((1, 1), (3, 3), (0.5, 3), (3, 0.5), (3.9, 3.9))]
    assert located(polygons(triangle), points) == [0, -1, 0, 0, -1]


def random_triangulation(points: list[tuple[int, int]], turned: list[bool]) -> np.ndarray:
    """Delaunay triangles of lattice points, each started and turned at random: a tessellation with exact corners."""
    triangles = shapely.get_parts(shapely.delaunay_triangles(shapely.MultiPoint(points)))
    answer = np.empty(len(triangles), object)
    for k, triangle in enumerate(triangles):
        ring = list(triangle.exterior.coords)[:-1]
        ring = ring[k % 3 :] + ring[: k % 3]
        answer[k] = shapely.Polygon(ring[::-1] if turned[k % len(turned)] else ring)
    return answer


lattice = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=3, max_size=40, unique=True)


@settings(max_examples=150, deadline=None)
@given(
    points=lattice,
    turned=st.lists(st.booleans(), min_size=1, max_size=9),
    step=st.sampled_from([1.0, 0.1, 1e6]),
    origin=st.sampled_from([0.0, 630_000.1]),
)
def test_every_point_of_a_tessellation_lies_in_exactly_one_area(points, turned, step, origin):
    shapes = shapely.transform(random_triangulation(points, turned), lambda xy: xy * step + origin)
    if not len(shapes):
        return
    half = np.arange(0, 12.5, 0.5)
    x, y = (each.ravel() for each in np.meshgrid(half, half))
    px, py = x * step + origin, y * step + origin
    ours = Locator.of(shapes).locate(px, py)
    claims = np.array([Locator.of(shapes[[k]]).locate(px, py) == 0 for k in range(len(shapes))])
    union = shapely.union_all(random_triangulation(points, [False]))
    rim = shapely.distance(union.boundary, shapely.points(x, y)) < 1e-7
    covered = shapely.contains_xy(union, x, y)
    assert (claims.sum(axis=0)[covered & ~rim] % 2 == 1).all()
    assert (ours[covered & ~rim] == claims.argmax(axis=0)[covered & ~rim]).all()
    assert (ours[~covered & ~rim] == -1).all()
    if step != 0.1 and origin == 0:  # exact arithmetic: exactly one, and never two on the rim either
        assert (claims.sum(axis=0)[covered & ~rim] == 1).all()
        assert (claims.sum(axis=0) <= 1).all()


def spiky(rng: np.random.Generator, n: int) -> shapely.Polygon:
    """A star-shaped polygon with a star-shaped hole."""
    angle = np.sort(rng.uniform(0, 2 * np.pi, n))
    radius = rng.uniform(20, 50, n)
    shell = np.c_[radius * np.cos(angle), radius * np.sin(angle)]
    return shapely.make_valid(shapely.Polygon(shell, [shell[::-1] * 0.4]), method="structure", keep_collapsed=False)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(4, 200), n_areas=st.integers(1, 6))
def test_agrees_with_shapely_on_polygons_with_holes(seed: int, n: int, n_areas: int):
    rng = np.random.default_rng(seed)
    shapes = polygons(*(shapely.transform(spiky(rng, n), lambda c, at=at: c + 110 * at) for at in range(n_areas)))
    kept = np.isin(shapely.get_type_id(shapes), (3, 6))
    shapes = shapes[kept]
    x, y = rng.uniform(-60, 60 + 110 * n_areas, (2, 400))
    expected = np.full(400, -1)
    for k in reversed(range(len(shapes))):
        expected[shapely.contains_xy(shapes[k], x, y)] = k
    assert Locator.of(shapes).locate(x, y).tolist() == expected.tolist()


def test_agrees_with_geopandas_on_a_warped_tessellation():
    rng = np.random.default_rng(5)
    seeds = shapely.MultiPoint(rng.uniform(0, 1000, (300, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=shapely.box(0, 0, 1000, 1000)))
    x, y = rng.uniform(0, 1000, (2, 20_000))
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y))
    joined = points.sjoin(gpd.GeoDataFrame(geometry=cells), predicate="within")["index_right"]
    ours = Locator.of(cells).locate(x, y)
    assert (ours[joined.index] == joined).all()
    assert (ours >= 0).all()


def test_long_thin_and_needle_shaped_extents_keep_the_raster_small():
    needle = polygons(shapely.Polygon([(0, 0), (1e6, 1e-6), (1e6, 2e-6)]))
    frame = fitting_frame(Edges.of(needle))
    assert frame.n_cols * frame.n_rows <= 3 * MOST_CELLS
    assert located(needle, [(9e5, 1.3e-6), (9e5, 0.8e-6)]) == [0, -1]
    fan = polygons(*(shapely.Polygon([(0, 0), (1e5, 10 * k), (1e5, 10 * k + 10)]) for k in range(3000)))
    locator = Locator.of(fan)
    assert len(locator.strips.edge) <= 10 * 3 * len(fan)
    at = np.arange(0, 3000, 7)
    assert (locator.locate(np.full(len(at), 9e4), 0.9 * (10.0 * at + 5)) == at).all()


@pytest.mark.shared
def test_agrees_with_geopandas_on_chicago(shared_data):
    areas = gpd.read_file(shared_data / "chicago" / "chicago-community-areas.geojson").to_crs("EPSG:32616")
    west, south, east, north = areas.total_bounds
    rng = np.random.default_rng(1)
    x, y = rng.uniform(west, east, 50_000), rng.uniform(south, north, 50_000)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=areas.crs)
    joined = points.sjoin(areas[["geometry"]], predicate="within")["index_right"]
    joined = joined.groupby(level=0).min()
    expected = np.full(len(x), -1)
    expected[joined.index] = joined
    assert Locator.of(areas.geometry.to_numpy()).locate(x, y).tolist() == expected.tolist()
