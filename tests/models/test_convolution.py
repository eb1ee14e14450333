import numpy as np
import pytest
from scipy import ndimage

from ilpgeo.models.convolution import Convolution


@pytest.mark.parametrize("shape", [(1, 1), (7, 30), (64, 65)])
@pytest.mark.parametrize("sides", [(1, 1), (3, 5), (41, 9), (99, 99)])
def test_it_is_the_sum_of_shifted_copies(shape, sides) -> None:
    rng = np.random.default_rng(1)
    values, kernel = rng.random(shape), rng.random(sides)
    expected = ndimage.convolve(values, kernel, mode="constant")
    np.testing.assert_allclose(Convolution(kernel, shape)(values), expected, atol=1e-10)
