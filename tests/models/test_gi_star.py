import warnings

import numpy as np
import pytest
from scipy.stats import false_discovery_control, norm

from ilpgeo.core.errors import InvalidInput
from ilpgeo.models.gi_star import gi_star
from ilpgeo.models.neighbourhood import disc_kernel
from ilpgeo.models.significance import fdr_rejections


def by_definition(counts, kernel, inside) -> np.ndarray:
    """The formula, cell by cell."""
    half_y, half_x = kernel.shape[0] // 2, kernel.shape[1] // 2
    values = counts[inside]
    n, mean, sd = len(values), values.mean(), values.std()
    z = np.full(counts.shape, np.nan)
    for r, c in np.argwhere(inside):
        total = weight = squares = 0.0
        for rr, cc in np.argwhere(inside):
            if abs(rr - r) <= half_y and abs(cc - c) <= half_x:
                w = kernel[rr - r + half_y, cc - c + half_x]
                total, weight, squares = total + w * counts[rr, cc], weight + w, squares + w * w
        z[r, c] = (total - weight * mean) / (sd * np.sqrt((n * squares - weight**2) / (n - 1)))
    return z


def lattice(ny: int, nx: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.poisson(rng.gamma(0.6, 4, (ny, nx))).astype(float), rng.random((ny, nx)) < 0.8


@pytest.mark.parametrize("radius", [1.0, 1.5, 3.0, 7.0])
def test_z_is_the_formula(radius: float) -> None:
    counts, inside = lattice(17, 21, 4)
    z, p = gi_star(counts, disc_kernel(radius), inside)
    expected = by_definition(counts, disc_kernel(radius), inside)
    np.testing.assert_allclose(z, expected, rtol=0, atol=1e-10)
    np.testing.assert_allclose(p[inside], 2 * norm.sf(np.abs(expected[inside])), rtol=1e-9)


def test_weights_need_be_neither_binary_nor_symmetric() -> None:
    counts, inside = lattice(9, 8, 5)
    kernel = np.random.default_rng(6).random((3, 5))
    np.testing.assert_allclose(
        gi_star(counts, kernel, inside)[0], by_definition(counts, kernel, inside), rtol=0, atol=1e-10
    )


def test_what_lies_outside_is_absent() -> None:
    counts, inside = lattice(12, 12, 7)
    elsewhere = np.where(inside, counts, 1e6)
    np.testing.assert_array_equal(
        gi_star(counts, disc_kernel(1.5), inside)[0], gi_star(elsewhere, disc_kernel(1.5), inside)[0]
    )


@pytest.mark.parametrize("radius", [1.5, 2.5])
def test_z_is_that_of_esda_on_a_lattice_with_holes(radius: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda.getisord import G_Local
        from libpysal.weights import W

    counts, inside = lattice(20, 25, 8)
    counts[3:7, 4:9] += 9
    number = {tuple(cell): i for i, cell in enumerate(np.argwhere(inside).tolist())}
    offsets = [tuple(o - disc_kernel(radius).shape[0] // 2) for o in np.argwhere(disc_kernel(radius))]
    neighbours = {
        i: [number[r + dr, c + dc] for dr, dc in offsets if (r + dr, c + dc) in number and (dr, dc) != (0, 0)]
        for (r, c), i in number.items()
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reference = G_Local(counts[inside], W(neighbours), transform="B", star=True, permutations=0)
    z, p = gi_star(counts, disc_kernel(radius), inside)
    np.testing.assert_allclose(z[inside], reference.Zs, rtol=0, atol=1e-10)
    # esda reports one-sided p values.
    np.testing.assert_allclose(p[inside], 2 * reference.p_norm, rtol=1e-9)
    for alpha in (0.01, 0.05, 0.2):
        rejected = false_discovery_control(2 * reference.p_norm) <= alpha
        np.testing.assert_array_equal(fdr_rejections(p, alpha)[inside], rejected)
        assert rejected.any()


@pytest.mark.parametrize("value", [0.0, 0.1, 7.0])
def test_equal_counts_stand_out_nowhere(value: float) -> None:
    z, p = gi_star(np.full((5, 6), value), disc_kernel(1.5))
    assert (z == 0).all()
    assert (p == 1).all()


@pytest.mark.parametrize("radius", [8.0, 20.0])
def test_a_neighbourhood_that_is_the_whole_study_area_stands_out_nowhere(radius: float) -> None:
    z, p = gi_star(lattice(5, 6, 9)[0], disc_kernel(radius))
    assert (z == 0).all()
    assert (p == 1).all()


def test_one_cell_alone_stands_out_nowhere() -> None:
    z, p = gi_star(np.array([[3.0]]), disc_kernel(1.5))
    assert (z.item(), p.item()) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("counts", "kernel", "inside", "words"),
    [
        (np.zeros((3, 3)), np.ones((2, 2)), None, "odd"),
        (np.zeros((3, 3)), np.ones((3, 3)), np.zeros((3, 3), bool), "empty"),
        (np.full((3, 3), np.nan), np.ones((3, 3)), None, "finite"),
        (np.zeros((3, 3)), np.ones((3, 3)), np.ones((2, 3), bool), "shape"),
    ],
)
def test_what_cannot_be_tested_is_said(counts, kernel, inside, words) -> None:
    with pytest.raises(InvalidInput, match=words):
        gi_star(counts, kernel, inside)
