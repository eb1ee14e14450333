import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilpgeo.core.errors import InvalidInput
from ilpgeo.models.gi_star import gi_star
from ilpgeo.models.neighbourhood import disc_kernel
from ilpgeo.models.space_time import space_time_gi_star
from tests.models.lattices import neighbours, weights


def cube(n_steps: int, ny: int, nx: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    inside = rng.random((ny, nx)) < 0.8
    inside[0, 0] = True
    return rng.poisson(rng.gamma(0.6, 4, (n_steps, ny, nx))).astype(float), inside


def by_definition(counts: np.ndarray, radius: float, lag: int, inside: np.ndarray, *, all_steps: bool) -> np.ndarray:
    """The formula, bin by bin."""
    cells = np.argwhere(inside)
    near = ((cells[:, None] - cells[None]) ** 2).sum(axis=2) <= radius**2 + 1e-9
    values = counts[:, inside]
    z = np.full(counts.shape, np.nan)
    for t in range(len(counts)):
        first = max(0, t - lag)
        reference = values if all_steps else values[first : t + 1]
        n, mean, sd = reference.size, reference.mean(), reference.std()
        for i, (r, c) in enumerate(cells):
            around = values[first : t + 1][:, near[i]]
            k = around.size
            spread = sd * np.sqrt(max(0, n * k - k * k) / (n - 1)) if n > 1 else 0
            z[t, r, c] = (around.sum() - k * mean) / spread if spread > 0 else 0
    return z


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**31), radius=st.sampled_from([1.0, 1.5, 3.0]), lag=st.integers(0, 6), all_steps=st.booleans()
)
def test_z_is_the_formula(seed: int, radius: float, lag: int, all_steps: bool) -> None:
    counts, inside = cube(5, 5, 6, seed)
    z = space_time_gi_star(counts, radius, lag, inside, is_against_all_steps=all_steps)
    np.testing.assert_allclose(z, by_definition(counts, radius, lag, inside, all_steps=all_steps), rtol=0, atol=1e-9)


def test_z_is_that_of_esda_on_the_bins_as_one_map() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda.getisord import G_Local

    counts, inside = cube(7, 9, 8, 3)
    n = int(inside.sum())
    near = neighbours(inside, 1.5)
    lag = 2
    of_bins = {
        t * n + i: [s * n + j for s in range(max(0, t - lag), t + 1) for j in [*cells, i] if (s, j) != (t, i)]
        for t in range(7)
        for i, cells in near.items()
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reference = G_Local(counts[:, inside].ravel(), weights(of_bins), transform="B", star=True, permutations=0)
    z = space_time_gi_star(counts, 1.5, lag, inside)
    np.testing.assert_allclose(z[:, inside].ravel(), reference.Zs, rtol=0, atol=1e-10)


def test_without_lag_each_step_alone_is_gi_star() -> None:
    counts, inside = cube(4, 12, 11, 5)
    z = space_time_gi_star(counts, 2.5, 0, inside, is_against_all_steps=False)
    for step, found in zip(counts, z, strict=True):
        np.testing.assert_allclose(found, gi_star(step, disc_kernel(2.5), inside)[0], rtol=0, atol=1e-10)


def test_equal_sums_are_equal_to_the_last_digit() -> None:
    # Tenths in another order: the sums differ in the last digit, the incidents do not.
    counts = np.zeros((4, 3, 9))
    counts[0, 1, :3] = [0.1, 0.2, 0.3]
    counts[1, 1, 3:6] = [0.3, 0.2, 0.1]
    counts[3, 1, 6:] = [0.2, 0.3, 0.1]
    z = space_time_gi_star(counts, 1.5, 0)
    assert z[0, 1, 1] == z[1, 1, 4] == z[3, 1, 7]


def test_what_lies_outside_is_absent() -> None:
    counts, inside = cube(4, 8, 8, 6)
    elsewhere = np.where(inside, counts, 1e6)
    np.testing.assert_array_equal(
        space_time_gi_star(counts, 1.5, 1, inside), space_time_gi_star(elsewhere, 1.5, 1, inside)
    )


@pytest.mark.parametrize("all_steps", [True, False])
def test_equal_counts_and_a_neighbourhood_that_is_everything_stand_out_nowhere(all_steps: bool) -> None:
    assert (space_time_gi_star(np.full((3, 4, 5), 0.1), 1.5, 1, is_against_all_steps=all_steps) == 0).all()
    z = space_time_gi_star(cube(3, 4, 5, 1)[0], 30.0, 3, is_against_all_steps=all_steps)
    assert (z[-1] == 0).all()


@pytest.mark.parametrize(
    ("counts", "lag", "inside", "words"),
    [
        (np.zeros((3, 3)), 1, None, "shape"),
        (np.zeros((2, 3, 3)), 1, np.ones((2, 3), bool), "shape"),
        (np.zeros((0, 3, 3)), 1, None, "shape"),
        (np.full((2, 3, 3), np.nan), 1, None, "finite"),
        (np.zeros((2, 3, 3)), -1, None, "negative"),
        (np.zeros((2, 3, 3)), 1, np.zeros((3, 3), bool), "empty"),
    ],
)
def test_what_cannot_be_tested_is_said(counts, lag, inside, words) -> None:
    with pytest.raises(InvalidInput, match=words):
        space_time_gi_star(counts, 1.5, lag, inside)
