import numpy as np

from ilpgeo.models.jit import compiled, compiled_reordered

# Adding and taking off 1.5 * 2^52 rounds to a whole number, unless sums are reordered.
ROUNDING = 6755399441055744.0


@compiled
def rounded(value: float) -> float:
    return (value + ROUNDING) - ROUNDING


@compiled_reordered
def sum_rounded(values: np.ndarray) -> float:
    total = 0.0
    for value in values:
        total += rounded(value)
    return total


def test_a_strict_kernel_stays_strict_when_a_reordered_one_calls_it_first() -> None:
    assert sum_rounded(np.array([0.4, 1.6, 2.3])) == 4.0
    assert rounded(0.4) == 0.0
