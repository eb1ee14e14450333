"""The greedy allocation against every possible one; tours against every order."""

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ilpgeo.core.errors import InvalidInput
from ilpgeo.cycle.allocation import allocate, spread_over_week
from ilpgeo.cycle.routes import cut, length, tour


def best_of_all(harm, shift_of_block, per_block, per_shift):
    """Return the most harm any allowed set of visits covers, by trying them all."""
    cells = [(p, b) for p in range(harm.shape[0]) for b in range(harm.shape[1])]
    best = 0.0
    for size in range(len(cells) + 1):
        for chosen in combinations(cells, size):
            blocks = np.bincount([b for _, b in chosen], minlength=harm.shape[1]) if chosen else np.zeros(1)
            shifts = np.bincount([shift_of_block[b] for _, b in chosen]) if chosen else np.zeros(1)
            if blocks.max() <= per_block and shifts.max() <= per_shift:
                best = max(best, sum(harm[cell] for cell in chosen))
    return best


@settings(max_examples=60, deadline=None)
@given(
    hnp.arrays(np.float64, (3, 3), elements=st.sampled_from([0.0, 0.5, 1.0, 1.5, 2.0, 7.25])),
    st.sampled_from([(0, 0, 0), (0, 0, 1), (0, 1, 2)]), st.integers(0, 3), st.integers(0, 4),
)  # fmt: skip
def test_greedy_covers_as_much_as_the_best_of_all_plans(harm, shifts, per_block, per_shift):
    shift_of_block = np.array(shifts)
    visited = allocate(harm, shift_of_block, per_block, per_shift)
    assert harm[visited].sum() == pytest.approx(best_of_all(harm, shift_of_block, per_block, per_shift))
    assert (visited.sum(axis=0) <= per_block).all()
    assert (np.bincount(shift_of_block, visited.sum(axis=0)) <= per_shift).all()
    assert not visited[harm == 0].any()


def test_by_hand():
    # two blocks of one shift, one visit a block, two in the shift: the 9, then the best of the other block
    visited = allocate(np.array([[9.0, 8.0], [7.0, 3.0]]), np.array([0, 0]), 1, 2)
    assert visited.tolist() == [[True, True], [False, False]]
    visited = allocate(np.array([[9.0, 8.0], [7.0, 3.0]]), np.array([0, 0]), 2, 3)
    assert visited.tolist() == [[True, True], [True, False]]


@pytest.mark.parametrize("harm", [np.array([[-1.0]]), np.array([[np.nan]]), np.array([[np.inf]]), np.ones((2, 3))])
def test_what_is_no_harm_is_refused(harm):
    with pytest.raises(InvalidInput):
        allocate(harm, np.array([0]), 1, 1)


@given(
    hnp.arrays(np.float64, 4, elements=st.floats(0, 50)), hnp.arrays(np.float64, (4, 168), elements=st.floats(0, 9)),
    hnp.arrays(np.float64, 168, elements=st.floats(0, 9)), st.floats(1, 500),
)  # fmt: skip
def test_spreading_over_the_week_loses_nothing(expected, by_hour, usual, strength):
    spread = spread_over_week(expected, by_hour, usual, strength)
    assert spread.sum(axis=1) == pytest.approx(expected, abs=1e-9)
    assert (spread >= 0).all()


def test_a_place_without_incidents_follows_the_scope_and_one_with_many_itself():
    usual = np.zeros(168)
    usual[10] = 50
    own = np.zeros((2, 168))
    own[1, 20] = 1e9
    spread = spread_over_week(np.array([7.0, 7.0]), own, usual, 100.0)
    assert spread[0, 10] == pytest.approx(7) and spread[1, 20] == pytest.approx(7, rel=1e-5)
    assert spread_over_week(np.array([168.0]), own[:1], np.zeros(168), 100.0)[0] == pytest.approx(np.ones(168))


@pytest.mark.parametrize("seed", range(6))
def test_a_tour_is_about_as_short_as_the_shortest_and_visits_all_once(seed):
    points = np.random.default_rng(seed).uniform(0, 1000, (7, 2))
    away = np.hypot(points[:, None, 0] - points[:, 0], points[:, None, 1] - points[:, 1])
    shortest = min(length(list(order), away) for order in permutations(range(7)))
    order = tour(points[:, 0], points[:, 1], np.random.default_rng(seed))
    assert sorted(order) == list(range(7))
    assert length(order, away) <= 1.3 * shortest
    assert order == tour(points[:, 0], points[:, 1], np.random.default_rng(seed))


def test_tours_cannot_be_foretold():
    points = np.random.default_rng(1).uniform(0, 1000, (9, 2))
    found = {tuple(tour(points[:, 0], points[:, 1], np.random.default_rng(seed))) for seed in range(30)}
    assert len(found) >= 4
    assert len({order[0] for order in found}) >= 2


def test_a_tour_is_cut_into_one_stretch_a_patrol():
    assert cut([1, 0], 5) == [[1], [0]] and cut([], 3) == []
