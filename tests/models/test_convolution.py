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


def test_a_kernel_far_wider_than_the_array_costs_what_the_array_does() -> None:
    rng = np.random.default_rng(2)
    values, kernel = rng.random((3, 5)), rng.random((2001, 2001))
    wide = Convolution(kernel, (3, 5))
    np.testing.assert_allclose(wide(values), Convolution(kernel[998:1003, 996:1005], (3, 5))(values), rtol=1e-12)
    assert max(wide._padded) < 16
