import numpy as np
import pytest
from scipy.stats import binom

from ilpgeo.prioritise.comparison import compare_counts


@pytest.mark.parametrize(("n", "before", "share"), [(62, 44, 0.5), (0, 9, 0.5), (9, 0, 0.5), (3, 3, 0.5), (7, 20, 0.2)])
def test_the_conditional_binomial_test(n, before, share):
    law = binom(n + before, share)
    expected = min(1.0, 2 * min(law.cdf(n), law.sf(n - 1)))
    assert compare_counts([n], [before], share)[0] == pytest.approx(expected, rel=1e-9)


def test_nothing_compared_with_nothing_is_no_change():
    assert compare_counts([0, 5], [0, 5]).tolist() == [1.0, 1.0]


def test_chance_alone_is_called_a_change_no_more_often_than_it_says():
    rng = np.random.default_rng(0)
    for mean in (0.5, 5.0, 50.0):
        p = compare_counts(rng.poisson(mean, 20_000), rng.poisson(mean, 20_000))
        assert (p < 0.01).mean() < 0.012
