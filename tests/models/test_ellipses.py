import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core.space import Grid
from ilpgeo.models.ellipses import Ellipses, cell_hulls, deviational_ellipses, ellipse_polygons


def as_the_manual_has_it(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Half axes by the formula with the angle of rotation, divided by n - 2 and multiplied by 2."""
    x, y, n = x - x.mean(), y - y.mean(), len(x)
    a, b = (x**2).sum() - (y**2).sum(), (x * y).sum()
    theta = np.arctan((a + np.sqrt(a**2 + 4 * b**2)) / (2 * b))
    one = np.sqrt(2 * ((x * np.cos(theta) - y * np.sin(theta)) ** 2).sum() / (n - 2))
    other = np.sqrt(2 * ((x * np.sin(theta) + y * np.cos(theta)) ** 2).sum() / (n - 2))
    return max(one, other), min(one, other)


@given(seed=st.integers(0, 2**31), n=st.integers(3, 60), turn=st.floats(0.1, 1.4))
def test_the_axes_are_those_of_the_manual_s_formula(seed: int, n: int, turn: float) -> None:
    rng = np.random.default_rng(seed)
    u, v = rng.normal(0, 90, n), rng.normal(0, 20, n)
    x, y = 500 + u * np.cos(turn) - v * np.sin(turn), 800 + u * np.sin(turn) + v * np.cos(turn)
    found = deviational_ellipses(x, y, np.ones(n), np.zeros(n, int))
    assert (found.major_m[0], found.minor_m[0]) == pytest.approx(as_the_manual_has_it(x, y), rel=1e-9)
    assert (found.x[0], found.y[0]) == pytest.approx((x.mean(), y.mean()))


def test_a_weight_of_k_equals_k_copies_and_points_of_no_cluster_do_not_count() -> None:
    rng = np.random.default_rng(2)
    x, y, times = rng.normal(0, 50, 30), rng.normal(0, 20, 30), rng.integers(1, 4, 30)
    labels = np.repeat([0, -1, 1], 10)
    weighted = deviational_ellipses(x, y, times.astype(float), labels)
    copied = deviational_ellipses(*(np.repeat(axis, times) for axis in (x, y)), np.ones(times.sum()),
                                  np.repeat(labels, times))  # fmt: skip
    for one, other in zip(weighted, copied, strict=True):
        assert one == pytest.approx(other)
        assert one.shape == (2,)


def test_by_hand_points_along_a_line_have_its_angle_and_no_width() -> None:
    found = deviational_ellipses(np.array([-1.0, 0, 1]), np.array([-1.0, 0, 1]), np.ones(3), np.zeros(3, int))
    # Sum of squares 4 along the line, twice that over n - 2 = 1.
    assert (found.major_m[0], found.minor_m[0], found.angle[0]) == pytest.approx((np.sqrt(8), 0, np.pi / 4))


def study() -> Grid:
    return Grid(1000.0, 2000.0, 100.0, 10, 8, "EPSG:32617", np.ones((8, 10), bool))


def test_the_polygon_lies_where_the_ellipse_does() -> None:
    wide = Ellipses(*(np.array([value]) for value in (450.0, 350.0, 200.0, 80.0, np.pi / 2)))
    (polygon,) = ellipse_polygons(wide, 1.0, study())
    assert polygon.bounds == pytest.approx((1450 - 80, 2350 - 200, 1450 + 80, 2350 + 200))
    assert polygon.area == pytest.approx(np.pi * 200 * 80, rel=2e-3)


def test_no_clusters_have_no_outlines() -> None:
    none = np.full(3, -1)
    ellipses = deviational_ellipses(np.zeros(3), np.zeros(3), np.ones(3), none)
    assert ellipse_polygons(ellipses, 1.0, study()).shape == (0,)
    assert cell_hulls(none, none, study()).shape == (0,)


def test_by_hand_the_hull_of_three_cells() -> None:
    labels, cell = np.array([1, 0, 0, 0, -1, 0]), np.array([77, 0, 1, 10, 5, -1])
    corner, single = cell_hulls(labels, cell, study())
    assert corner.equals(shapely.Polygon([(1000, 2000), (1200, 2000), (1200, 2100), (1100, 2200), (1000, 2200)]))
    assert single.equals(shapely.box(1700, 2700, 1800, 2800))
