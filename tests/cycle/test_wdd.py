"""The displacement difference by hand, by simulation, and what must hold whatever the counts."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ilpgeo.core.errors import InvalidInput
from ilpgeo.cycle.wdd import Counts, Estimate, harm_weighted, peak_p, wdd

COUNT = st.integers(0, 5000)
WEIGHT = st.floats(0.05, 20)


def test_two_places_by_hand():
    found = wdd(Counts(20, 10), Counts(20, 20))
    assert found.value == -10 and found.se == pytest.approx(math.sqrt(70))
    low, high = found.interval()
    assert (low, high) == pytest.approx((-10 - 1.959964 * math.sqrt(70), -10 + 1.959964 * math.sqrt(70)), rel=1e-6)
    assert found.p == pytest.approx(2 * stats.norm.sf(10 / math.sqrt(70)))


def test_four_places_by_hand():
    # (50-80) - (65-70) + (35-30) - (33-40) = -30 + 5 + 5 + 7
    found = wdd(Counts(80, 50), Counts(70, 65), Counts(30, 35), Counts(40, 33))
    assert found.value == -13 and found.se == pytest.approx(math.sqrt(80 + 50 + 70 + 65 + 30 + 35 + 40 + 33))


def test_weights_by_hand():
    # after lasted half as long as before, the comparison is three times as large:
    # (10/1 - 60/2) - (45/3 - 120/6) = -20 + 5; variance 10 + 60/4 + 45/9 + 120/36
    found = wdd(Counts(60, 10, 2, 1), Counts(120, 45, 6, 3))
    assert found.value == pytest.approx(-15)
    assert found.se == pytest.approx(math.sqrt(10 + 15 + 5 + 120 / 36))


def test_harm_by_hand():
    theft, robbery = wdd(Counts(40, 30), Counts(40, 40)), wdd(Counts(9, 4), Counts(5, 6))
    found = harm_weighted([theft, robbery], [2, 365])
    assert found.value == -10 * 2 + -6 * 365
    assert found.se == pytest.approx(math.sqrt(4 * 150 + 365**2 * 24))
    with pytest.raises(ValueError):
        harm_weighted([theft], [1, 2])


@given(st.lists(st.tuples(COUNT, COUNT, WEIGHT, WEIGHT), min_size=4, max_size=4))
def test_swapping_the_two_sides_turns_the_sign(cells):
    a, b, c, d = (Counts(*cell) for cell in cells)
    one, other = wdd(a, b, c, d), wdd(b, a, d, c)
    assert one.value == pytest.approx(-other.value, abs=1e-6) and one.se == pytest.approx(other.se)
    assert one.interval()[0] <= one.value <= one.interval()[1]


@given(COUNT, COUNT, COUNT, COUNT, st.floats(0.1, 10))
def test_one_weight_for_all_scales_estimate_and_error_alike(t0, t1, c0, c1, weight):
    plain = wdd(Counts(t0, t1), Counts(c0, c1))
    scaled = wdd(Counts(t0, t1, weight, weight), Counts(c0, c1, weight, weight))
    assert scaled.value == pytest.approx(plain.value / weight, abs=1e-9)
    assert scaled.se == pytest.approx(plain.se / weight)


@pytest.mark.parametrize("weights", [(1.0, 1.0), (2.0, 0.5)])
def test_the_interval_holds_the_truth_as_often_as_it_says(weights):
    rng = np.random.default_rng(20181)
    area, time = weights
    means = {"t": (60.0, 45.0), "c": (90.0 * area, 85.0 * area)}
    truth = (45.0 - 60.0) - (85.0 - 90.0)
    held, n = 0, 4000
    for _ in range(n):
        t0, t1 = rng.poisson(means["t"][0] * time), rng.poisson(means["t"][1])
        c0, c1 = rng.poisson(means["c"][0] * time), rng.poisson(means["c"][1])
        low, high = wdd(Counts(t0, t1, time, 1), Counts(c0, c1, area * time, area)).interval()
        held += low <= truth <= high
    # 95 % of 4,000 with its own 4-sigma band
    assert abs(held / n - 0.95) < 4 * math.sqrt(0.95 * 0.05 / n) + 0.003


def test_nothing_counted_says_nothing():
    found = wdd(Counts(0, 0), Counts(0, 0))
    assert found == Estimate(0.0, 0.0) and found.p == 1.0 and found.interval() == (0.0, 0.0)


@pytest.mark.parametrize("cell", [(-1, 2), (1, math.nan), (1, 2, 0, 1), (1, 2, 1, -3), (math.inf, 1)])
def test_what_is_no_count_is_refused(cell):
    with pytest.raises(InvalidInput, match=r"below zero|above zero"):
        Counts(*cell)


@given(st.integers(0, 60), st.integers(0, 200), st.floats(1, 400), st.floats(1, 2000))
def test_a_peak_agrees_with_the_binomial(before, longer, before_days, longer_days):
    share = before_days / (before_days + longer_days)
    oracle = stats.binom.sf(before - 1, before + longer, share) if before + longer else 1.0
    assert peak_p(before, before_days, longer, longer_days) == pytest.approx(oracle, abs=1e-9)
