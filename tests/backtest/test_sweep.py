"""Which points a sweep tries."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.backtest.sweep import Axis, SweepPlan, even_values, points_of
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.params import params_of
from ilpgeo.core.recipes import Entry
from ilpgeo.models.kde import Kde

PARAMS = params_of(Kde)
KNOWN = {each.name: each for each in PARAMS}
KERNELS = Axis("kernel", ("quartic", "gaussian"))


def test_a_grid_is_every_combination_in_order() -> None:
    plan = SweepPlan(Entry("kde"), (Axis("bandwidth_m", (100.0, 200.0)), KERNELS))
    assert points_of(plan, PARAMS) == (
        (("bandwidth_m", 100.0), ("kernel", "quartic")),
        (("bandwidth_m", 100.0), ("kernel", "gaussian")),
        (("bandwidth_m", 200.0), ("kernel", "quartic")),
        (("bandwidth_m", 200.0), ("kernel", "gaussian")),
    )


def test_a_grid_too_large_is_thinned_and_the_same_plan_thins_alike() -> None:
    axis = Axis("bandwidth_m", even_values(KNOWN["bandwidth_m"], 100, 1000, 20))
    plan = SweepPlan(Entry("kde"), (axis, KERNELS), most=7)
    found = points_of(plan, PARAMS)
    assert len(set(found)) == 7
    assert found == points_of(plan, PARAMS)
    assert found != points_of(SweepPlan(Entry("kde"), (axis, KERNELS), most=7, seed=1), PARAMS)


@given(st.integers(0, 99), st.integers(1, 30))
def test_random_points_lie_between_the_ends_and_are_valid(seed: int, most: int) -> None:
    plan = SweepPlan(Entry("kde"), (Axis("bandwidth_m", (100.0, 1600.0)), KERNELS), most, is_random=True, seed=seed)
    found = points_of(plan, PARAMS)
    assert len(found) == len(set(found)) == most
    for point in found:
        settings = dict(point)
        assert 100 <= settings["bandwidth_m"] <= 1600
        assert all(KNOWN[name].fault(value) is None for name, value in point)


@given(st.floats(25, 5000), st.floats(25, 5000), st.integers(2, 20))
def test_even_values_ascend_within_bounds(a: float, b: float, n: int) -> None:
    low, high = sorted((a, b))
    values = even_values(KNOWN["bandwidth_m"], low, high, n)
    assert 1 <= len(values) <= n
    assert list(values) == sorted(set(values))
    assert all(KNOWN["bandwidth_m"].fault(value) is None for value in values)
    assert np.all(np.abs(np.array([values[0] - low, values[-1] - high])) <= KNOWN["bandwidth_m"].step)


def test_all_faults_of_a_plan_are_told_at_once() -> None:
    plan = SweepPlan(Entry("kde"), (Axis("bandwidth_m", (1.0,)), Axis("colour", ("red",)), Axis("kernel", ())), most=0)
    with pytest.raises(InvalidInput) as told:
        points_of(plan, PARAMS)
    assert len(told.value.faults) == 4
    with pytest.raises(InvalidInput, match="at least one setting"):
        points_of(SweepPlan(Entry("kde"), ()), PARAMS)
