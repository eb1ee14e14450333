import warnings
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilpgeo.core.errors import Cancelled, InvalidInput
from ilpgeo.models import permutation
from ilpgeo.models.permutation import permute_neighbours, resolution
from tests.models.lattices import lattice, neighbours, weights


def by_brute_force(values: np.ndarray, near: dict[int, list[int]], permutations: int, seed: int) -> np.ndarray:
    """Every cell by itself: walk along each shuffled sequence, leave the cell out, add up its first k."""
    rng = np.random.default_rng(seed)
    n, length = len(values), max(map(len, near.values())) + 1
    picks = rng.integers(np.arange(length)[:, None], n, (length, permutations))
    order = list(range(n))
    sequences = []
    for d in range(permutations):
        for q in range(length):
            order[q], order[picks[q, d]] = order[picks[q, d]], order[q]
        sequences.append(order[:length])
    p = np.empty(n)
    for i, cells in near.items():
        draws = [sum(values[[j for j in sequence if j != i][: len(cells)]]) for sequence in sequences]
        observed = values[cells].sum()
        larger, smaller = sum(d >= observed for d in draws), sum(d <= observed for d in draws)
        p[i] = min(1, 2 * (min(larger, smaller) + 1) / (permutations + 1))
    return p


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**31), ny=st.integers(1, 6), nx=st.integers(1, 7), radius=st.sampled_from([1, 1.5, 2.5, 9]))
def test_it_is_brute_force_over_the_same_draws(seed: int, ny: int, nx: int, radius: float) -> None:
    counts, inside = lattice(ny, nx, seed)
    inside[0, 0] = True
    found = permute_neighbours(counts, radius, inside, 39, np.random.default_rng(seed))
    expected = by_brute_force(counts[inside], neighbours(inside, radius), 39, seed)
    np.testing.assert_array_equal(found.p[inside], expected)
    assert np.isnan(found.p[~inside]).all()


def test_p_tends_to_that_of_all_possible_draws() -> None:
    counts, inside = lattice(3, 4, 5)
    inside[:] = True
    near = neighbours(inside, 1.0)
    values = counts.ravel()
    exact = np.empty(12)
    for i, cells in near.items():
        sums = [sum(draw) for draw in combinations(np.delete(values, i), len(cells))]
        larger, smaller = (
            np.mean([s >= values[cells].sum() for s in sums]),
            np.mean([s <= values[cells].sum() for s in sums]),
        )
        exact[i] = min(1, 2 * min(larger, smaller))
    found = permute_neighbours(counts, 1.0, None, 99_999, np.random.default_rng(6))
    # Five standard errors of twice a share among 99,999 draws.
    np.testing.assert_allclose(found.p.ravel(), exact, atol=5 * 2 * 0.5 / 99_999**0.5)


# esda compiles for minutes on a busy machine, Gi* longest.
@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("statistic", "radius"), [("moran", 1.5), ("moran", 2.5), ("gi_star", 1.5)])
def test_p_is_twice_the_folded_one_of_esda_up_to_chance(statistic: str, radius: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda.getisord import G_Local
        from esda.moran import Moran_Local

        counts, inside = lattice(15, 16, 8)
        w = weights(neighbours(inside, radius))
        # Fractions keep sums from tying: esda's last digits decide ties at random.
        counts = counts + np.random.default_rng(1).random(counts.shape)
        if statistic == "moran":
            reference = Moran_Local(counts[inside], w, permutations=9999, seed=4).p_sim
        else:
            reference = G_Local(counts[inside], w, transform="B", star=True, permutations=9999, seed=4).p_sim
    found = permute_neighbours(counts, radius, inside, 9999, np.random.default_rng(2)).p[inside]
    # Both sides err: five standard errors of their difference, at the share each cell has.
    error = 5 * 2 * np.sqrt(2 * np.clip(reference * (1 - reference), 1e-4, None) / 9999)
    assert (np.abs(found - np.minimum(1, 2 * reference)) <= error + 2e-4).all()


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_there_is_no_bias_against_esda_with_many_permutations() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda.moran import Moran_Local

        counts, inside = lattice(14, 14, 11)
        counts = counts + np.random.default_rng(1).random(counts.shape)
        reference = Moran_Local(counts[inside], weights(neighbours(inside, 1.5)), permutations=99_999, seed=4)
    found = permute_neighbours(counts, 1.5, inside, 99_999, np.random.default_rng(2)).p[inside]
    difference = found - np.minimum(1, 2 * reference.p_sim)
    assert np.abs(difference).max() < 5 * 2 * 0.5 * 2**0.5 / 99_999**0.5
    assert abs(difference.mean()) < 1e-3


def test_batches_do_not_change_what_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    counts, inside = lattice(9, 9, 3)
    monkeypatch.setattr(permutation, "_MOST_DRAWS", 90)
    shares: list[float] = []
    found = permute_neighbours(counts, 1.5, inside, 55, np.random.default_rng(1), shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 4
    # Of 55 draws each is counted once: the p values are whole multiples of 2/56.
    steps = found.p[inside & (found.p < 1)] * 56 / 2
    np.testing.assert_allclose(steps, np.rint(steps), atol=1e-9)
    assert (found.p[inside] >= 2 / 56).all()


def test_the_person_who_asked_can_stop_it() -> None:
    def stop(share: float) -> None:
        raise Cancelled("no longer wanted")

    with pytest.raises(Cancelled):
        permute_neighbours(*lattice(9, 9, 3)[:1], 1.5, None, 99, np.random.default_rng(1), stop)


def test_fractions_that_add_up_to_the_same_tie() -> None:
    # 0.1 + 0.2 is not 0.3 to the last digit; as incidents they are the same.
    counts = np.array([[0.1, 0.2, 0.3, 0.0, 0.1, 0.2, 0.3, 0.0]])
    one = permute_neighbours(counts, 1.5, None, 199, np.random.default_rng(3))
    other = permute_neighbours(np.rint(counts * 10), 1.5, None, 199, np.random.default_rng(3))
    np.testing.assert_array_equal(one.p, other.p)
    np.testing.assert_array_equal(one.direction, other.direction)


@pytest.mark.parametrize("radius", [1.5, 30.0])
def test_nothing_stands_out_among_equals_or_without_others(radius: float) -> None:
    equal = permute_neighbours(np.full((4, 5), 3.0), radius, None, 99, np.random.default_rng(1))
    assert (equal.p == 1).all()
    assert (equal.direction == 0).all()
    alone = permute_neighbours(np.array([[3.0]]), radius, None, 99, np.random.default_rng(1))
    assert alone.p.item() == 1


def test_the_direction_is_the_side_of_the_observed_sum() -> None:
    counts = np.zeros((12, 12))
    counts[:3, :3] = 9.0
    counts[8, 8] = 40.0
    found = permute_neighbours(counts, 1.5, None, 999, np.random.default_rng(1))
    assert found.direction[1, 1] == 1
    assert found.p[1, 1] == 0.002
    assert found.direction[8, 8] == -1


@pytest.mark.parametrize(
    ("counts", "inside", "permutations", "words"),
    [
        (np.zeros((3, 3)), np.zeros((3, 3), bool), 9, "empty"),
        (np.full((3, 3), np.nan), None, 9, "finite"),
        (np.zeros((3, 3)), np.ones((2, 3), bool), 9, "shape"),
        (np.zeros((3, 3)), None, 0, "at least 1"),
    ],
)
def test_what_cannot_be_tested_is_said(counts, inside, permutations, words) -> None:
    with pytest.raises(InvalidInput, match=words):
        permute_neighbours(counts, 1.5, inside, permutations, np.random.default_rng(1))


def test_it_says_what_few_permutations_cannot_show() -> None:
    p = np.array([0.002, 0.002, 0.5, np.nan] + [0.9] * 97)
    # 100 cells at 0.05: the k-th smallest must be at most k / 2000, and 0.002 is 4 / 2000.
    assert "for any of 100 cells to stay significant 4 must be that low" in resolution(p, 999, 0.05)
    assert resolution(p, 999, 0.05).endswith("2 are that low")
