import numpy as np
import pytest
from scipy import ndimage

from ilpgeo.models.neighbourhood import disc_kernel, disc_sum


@pytest.mark.parametrize("radius", [0.0, 0.9, 1.0, 1.5, 2.0, 3.3, 5.0, 40.0])
def test_the_sum_over_a_disc_is_the_correlation_with_it(radius: float) -> None:
    values = np.random.default_rng(1).integers(0, 9, (13, 19)).astype(float)
    expected = ndimage.correlate(values, disc_kernel(radius), mode="constant")
    assert (disc_sum(values, radius) == expected).all()


def test_a_disc_holds_the_centres_within_its_radius() -> None:
    kernel = disc_kernel(5.0)
    rows, columns = np.mgrid[-5:6, -5:6]
    assert (kernel == (rows**2 + columns**2 <= 25)).all()
