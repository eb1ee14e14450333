import numpy as np
import pytest
from pyproj import Transformer

from ilpgeo.core.errors import InvalidInput
from ilpgeo.ingest.projection import projection


@pytest.mark.parametrize(
    ("crs", "box"),
    [
        ("EPSG:32617", (-79.7, 43.5, -79.0, 43.9)),
        ("EPSG:32616", (-88.0, 41.6, -87.5, 42.1)),
        ("EPSG:27700", (-6.5, 49.8, 1.9, 55.9)),
    ],
)
def test_the_polynomial_is_within_a_micrometre_of_proj_inside_the_box(crs, box):
    there = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    extent = there.transform_bounds(*box)
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(box[0], box[2], 20_000), rng.uniform(box[1], box[3], 20_000)
    x, y = projection("EPSG:4326", crs, extent)(lon, lat)
    true_x, true_y = there.transform(lon, lat)
    assert max(np.abs(x - true_x).max(), np.abs(y - true_y).max()) < 1e-6


def test_outside_the_box_it_is_proj_itself():
    lon, lat = np.array([-79.4, 0.1, 1e9]), np.array([43.7, 51.5, 1e9])
    x, y = projection("EPSG:4326", "EPSG:32617", (609_000.0, 4_826_000.0, 652_000.0, 4_858_000.0))(lon, lat)
    true = Transformer.from_crs("EPSG:4326", "EPSG:32617", always_xy=True).transform(lon, lat)
    assert np.array_equal([x[1], y[1]], [true[0][1], true[1][1]])
    assert not np.isfinite(x[2])


def test_one_crs_is_left_alone_and_feet_become_metres():
    x, y = np.array([1.0]), np.array([2.0])
    assert projection("EPSG:27700", "EPSG:27700")(x, y)[0] is x
    feet = projection("EPSG:3435", "EPSG:32616")(np.array([1150568.0]), np.array([1905409.0]))
    degrees = projection("EPSG:4326", "EPSG:32616")(np.array([-87.722441]), np.array([41.896342]))
    assert np.allclose(feet, degrees, atol=2)


def test_an_unknown_crs_is_named():
    with pytest.raises(InvalidInput, match="EPSG:999999"):
        projection("EPSG:999999", "EPSG:32617")
