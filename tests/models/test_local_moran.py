import warnings
from itertools import permutations

import numpy as np
import pytest
from scipy.stats import false_discovery_control, norm

from ilpgeo.core.errors import InvalidInput
from ilpgeo.models.local_moran import QUADRANTS, local_moran
from ilpgeo.models.significance import fdr_rejections
from tests.models.lattices import lattice, neighbours, weights


def esda_local(counts: np.ndarray, inside: np.ndarray, radius: float):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda.moran import Moran_Local

        return Moran_Local(counts[inside], weights(neighbours(inside, radius)), permutations=0)


@pytest.mark.parametrize("radius", [1.0, 1.5, 3.0])
@pytest.mark.parametrize("seed", [4, 5])
def test_statistic_z_and_quadrant_are_those_of_esda(radius: float, seed: int) -> None:
    counts, inside = lattice(20, 25, seed)
    found, reference = local_moran(counts, radius, inside), esda_local(counts, inside, radius)
    np.testing.assert_allclose(found.statistic[inside], reference.Is, rtol=0, atol=1e-10)
    # esda's statistic divides by n - 1 what its moments divide by n; in one unit they make its z.
    n = int(inside.sum())
    varies = reference.VIc > 0
    z = np.zeros(n)
    z[varies] = ((reference.Is * n / (n - 1) - reference.EIc)[varies]) / np.sqrt(reference.VIc[varies])
    np.testing.assert_allclose(found.z[inside], z, rtol=0, atol=1e-10)
    p = 2 * norm.sf(np.abs(z))
    np.testing.assert_allclose(found.p[inside], p, rtol=1e-8)
    words = {1: "high-high", 2: "low-high", 3: "low-low", 4: "high-low"}
    near = reference.w.sparse.getnnz(axis=1) > 0
    told = [QUADRANTS[q].name for q in found.quadrant[inside][near]]
    assert told == [words[q] for q in reference.q[near]]
    assert (found.quadrant[inside][~near] == -1).all()
    for alpha in (0.01, 0.05, 0.2):
        np.testing.assert_array_equal(fdr_rejections(found.p, alpha)[inside], false_discovery_control(p) <= alpha)


def test_the_moments_are_those_of_all_orders_of_the_others() -> None:
    counts = np.array([[3.0, 0.0, 1.0], [7.0, 2.0, 1.0]])
    values, near = counts.ravel(), neighbours(np.ones((2, 3), bool), 1.0)
    found = local_moran(counts, 1.0)
    deviation = values - values.mean()
    for i, cells in near.items():
        others = [j for j in range(6) if j != i]
        place = [others.index(j) for j in cells]
        lags = np.array([np.mean(np.array(order)[place]) for order in permutations(deviation[others])])
        drawn = deviation[i] * lags
        z = (deviation[i] * deviation[cells].mean() - drawn.mean()) / drawn.std()
        assert found.z.ravel()[i] == pytest.approx(z, rel=1e-12)


def test_by_hand() -> None:
    # Counts 0 0 6 in a row: mean 2, deviations -2 -2 4, m2 = 8. The middle cell's neighbours have the mean
    # deviation (-2 + 4) / 2 = 1: I = 2/3 * -2 * 1 / 8 = -1/6; it has all others as neighbours, so no z.
    found = local_moran(np.array([[0.0, 0.0, 6.0]]), 1.0)
    np.testing.assert_allclose(found.statistic, [[1 / 3, -1 / 6, -2 / 3]], rtol=1e-14)
    assert found.z[0, 1] == 0
    assert [QUADRANTS[q].name for q in found.quadrant[0]] == ["low-low", "low-high", "high-low"]


def test_what_lies_outside_is_absent() -> None:
    counts, inside = lattice(12, 12, 7)
    elsewhere = np.where(inside, counts, 1e6)
    for one, other in zip(local_moran(counts, 1.5, inside), local_moran(elsewhere, 1.5, inside), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("factor", [2.0, 1024.0])
def test_the_unit_of_the_counts_does_not_matter(factor: float) -> None:
    counts, inside = lattice(12, 12, 7)
    one, other = local_moran(counts, 1.5, inside), local_moran(counts * factor, 1.5, inside)
    np.testing.assert_allclose(one.z, other.z, rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(one.quadrant, other.quadrant)


@pytest.mark.parametrize("value", [0.0, 0.1, 7.0])
def test_equal_counts_stand_out_nowhere(value: float) -> None:
    found = local_moran(np.full((5, 6), value), 1.5)
    assert (found.z == 0).all()
    assert (found.p == 1).all()
    assert (found.statistic == 0).all()


def test_all_cells_or_none_as_neighbours_stand_out_nowhere() -> None:
    counts = lattice(5, 6, 9)[0]
    assert (local_moran(counts, 20.0).p == 1).all()
    apart = np.zeros((5, 6), bool)
    apart[::2, ::3] = True
    alone = local_moran(counts, 1.5, apart)
    assert (alone.p[apart] == 1).all()
    assert (alone.quadrant == -1).all()


@pytest.mark.parametrize(("ny", "nx"), [(1, 1), (1, 2), (9, 9)])
def test_one_busy_cell_alone_is_answered(ny: int, nx: int) -> None:
    counts = np.zeros((ny, nx))
    counts[0, 0] = 13.0
    found = local_moran(counts, 1.5)
    assert np.isfinite(found.z).all()
    assert found.z[0, 0] == 0  # whatever the order of the others, they are all alike


@pytest.mark.parametrize(
    ("counts", "inside", "words"),
    [
        (np.zeros((3, 3)), np.zeros((3, 3), bool), "empty"),
        (np.full((3, 3), np.inf), None, "finite"),
        (np.zeros((3, 3)), np.ones((2, 3), bool), "shape"),
    ],
)
def test_what_cannot_be_tested_is_said(counts, inside, words) -> None:
    with pytest.raises(InvalidInput, match=words):
        local_moran(counts, 1.5, inside)
