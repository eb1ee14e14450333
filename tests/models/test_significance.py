import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from ilpgeo.core.errors import InvalidInput
from ilpgeo.models.significance import fdr_rejections


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**31), m=st.integers(1, 300), alpha=st.floats(0.001, 0.4), power=st.integers(1, 8))
def test_rejections_are_those_of_scipy(seed, m, alpha, power) -> None:
    p = np.random.default_rng(seed).random(m) ** power
    adjusted = false_discovery_control(p)
    decided = np.abs(adjusted - alpha) > 1e-12
    assert (fdr_rejections(p, alpha) == (adjusted <= alpha))[decided].all()


def test_by_hand() -> None:
    # Thresholds at m = 4, alpha = 0.1: 0.025, 0.05, 0.075, 0.1; the third passes, so the first two do.
    p = np.array([[0.07, 0.05], [0.03, 0.2]])
    assert fdr_rejections(p, 0.1).tolist() == [[True, True], [True, False]]


def test_absent_cells_are_no_hypotheses() -> None:
    p = np.array([0.02, np.nan, np.nan, 0.9])
    assert fdr_rejections(p, 0.05).tolist() == [True, False, False, False]
    assert not fdr_rejections(np.array([np.nan]), 0.05).any()
    assert fdr_rejections(np.empty(0), 0.05).shape == (0,)


@pytest.mark.parametrize(("p", "alpha"), [([0.5], 0.0), ([0.5], 1.0), ([1.5], 0.05), ([-0.1], 0.05)])
def test_values_out_of_range_are_refused(p, alpha) -> None:
    with pytest.raises(InvalidInput):
        fdr_rejections(np.array(p), alpha)
