"""Ratios of rates beside scipy's exact interval, and what they allow to be said."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2

from ilpgeo.core.assessment import Course, Direction
from ilpgeo.core.errors import InvalidInput
from ilpgeo.cycle.rates import compare_rates, course_of, usual_dispersion


@given(n=st.integers(0, 400), before=st.integers(0, 400), share=st.floats(0.05, 0.95))
def test_the_interval_is_scipys_exact_binomial_turned_into_a_ratio(n, before, share):
    if n + before == 0:
        return
    found = compare_rates(n, before, share)
    exact = binomtest(n, n + before).proportion_ci(0.95, "exact")
    odds = (1 - share) / share
    assert found.low == pytest.approx(odds * exact.low / (1 - exact.low), rel=1e-6, abs=1e-9)
    if exact.high < 1:
        assert found.high == pytest.approx(odds * exact.high / (1 - exact.high), rel=1e-6)
    else:
        assert found.high == float("inf")


def test_hand_worked_ratio():
    # 10 against none: p is at least 0.025 ** (1 / 10) = 0.6915, so the ratio at least 0.6915 / 0.3085.
    found = compare_rates(10, 0)
    assert found.low == pytest.approx(0.025**0.1 / (1 - 0.025**0.1))
    assert found.ratio == found.high == float("inf") and found.direction is Direction.RISE
    assert compare_rates(0, 10).direction is Direction.FALL
    # Twice the days and twice the incidents are the same rate.
    assert compare_rates(20, 10, share=2 / 3).ratio == pytest.approx(1)


def test_two_zeros_say_nothing_of_a_change():
    assert compare_rates(0, 0).direction is Direction.NONE


@given(n=st.integers(0, 1000), before=st.integers(0, 1000), dispersion=st.floats(1, 20))
def test_swapped_counts_swap_the_words_and_scatter_never_makes_a_claim(n, before, dispersion):
    plain, wide = compare_rates(n, before), compare_rates(n, before, 0.5, dispersion)
    assert wide.low <= plain.low + 1e-9 and wide.high >= plain.high - 1e-9
    mirror = {Direction.RISE: Direction.FALL, Direction.FALL: Direction.RISE}
    assert compare_rates(before, n).direction is mirror.get(plain.direction, plain.direction)
    if plain.direction is Direction.NONE:
        assert wide.direction is Direction.NONE


@pytest.mark.parametrize("wrong", [(-1, 2, 0.5, 1), (1, 2, 0, 1), (1, 2, 0.5, 0.5), (float("nan"), 1, 0.5, 1)])
def test_counts_that_are_none_are_refused(wrong):
    with pytest.raises(InvalidInput, match="rates:"):
        compare_rates(*wrong)


def test_dispersion_of_poisson_counts_is_one_and_of_scattered_counts_their_factor():
    rng = np.random.default_rng(1)
    steady = usual_dispersion(rng.poisson(200, 4000))
    assert steady == pytest.approx(1, abs=0.1)
    clumped = usual_dispersion(5 * rng.poisson(40, 4000))
    assert clumped == pytest.approx(5, rel=0.1)


def test_too_short_a_history_widens_nothing():
    assert usual_dispersion([1, 100, 1, 100]) == 1
    assert usual_dispersion([]) == 1


def test_two_equal_poisson_counts_rarely_pass_for_a_change():
    rng = np.random.default_rng(2)
    pairs = rng.poisson(60, (2000, 2))
    wrong = sum(compare_rates(a, b).direction is not Direction.NONE for a, b in pairs.tolist())
    assert wrong <= chi2.ppf(0.999, 2 * 101) / 2  # at most 5 % of them, give or take


def test_a_course_needs_both_comparisons():
    rise, fall, none, unknown = Direction
    assert course_of(rise, rise) is Course.EMERGING and course_of(fall, fall) is Course.FADING
    assert course_of(none, none) is Course.STEADY
    assert course_of(rise, fall) is course_of(rise, unknown) is course_of(none, fall) is Course.MIXED
    assert course_of(unknown, unknown) is course_of(none, unknown) is Course.UNKNOWN
