"""Gi* and local Moran as models: which cells are marked, under either test."""

from datetime import date

import numpy as np
import pytest

from ilpgeo.core.answers import Significance
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.gi_star import GiStar
from ilpgeo.models.local_moran import LocalMoranModel
from ilpgeo.models.permutation import permute_neighbours
from ilpgeo.models.significance import fdr_rejections
from tests.models.lattices import lattice

YEAR = Period(date(2021, 1, 1), date(2021, 12, 31))


def ask(
    model: GiStar | LocalMoranModel, counts: np.ndarray, inside: np.ndarray | None = None, seed: int = 1
) -> Significance:
    ny, nx = counts.shape
    grid = Grid(0.0, 0.0, 100.0, nx, ny, "EPSG:32617", np.ones((ny, nx), bool) if inside is None else inside)
    row, column = np.nonzero(counts)
    past = Incidents.from_xy(column * 100 + 50.0, row * 100 + 50.0, weight=counts[row, column])
    return model.answer(past, grid, YEAR, Context(YEAR), np.random.default_rng(seed))


def a_hill_a_hollow_and_two_outliers() -> np.ndarray:
    counts = np.random.default_rng(2).poisson(6.0, (24, 24)).astype(float)
    counts[2:7, 2:7] = 20.0
    counts[4, 4] = 0.0  # a gap in the hill
    counts[15:21, 15:21] = 0.0
    counts[18, 18] = 30.0  # a busy cell in the hollow
    return counts


@pytest.mark.parametrize("test", ["normal", "permutation"])
def test_local_moran_tells_hills_hollows_gaps_and_lone_cells_apart(test: str) -> None:
    answer = ask(LocalMoranModel(test=test, permutations=9999), a_hill_a_hollow_and_two_outliers())
    names = {
        place: answer.kinds[answer.kind[place]].name if answer.kind[place] >= 0 else None
        for place in [(3, 3), (4, 4), (16, 16), (18, 18)]
    }
    assert names == {(3, 3): "high-high", (4, 4): "low-high", (16, 16): "low-low", (18, 18): "high-low"}
    np.testing.assert_array_equal(answer.kind >= 0, answer.rejected)
    assert (answer.hot <= answer.rejected).all()
    assert answer.hot[3, 3]
    assert not answer.hot[18, 18]
    assert answer.beside.tables[0].columns["Cells"].sum() == answer.grid.inside.sum()


def test_permuted_gi_star_marks_no_busy_cell_whose_neighbours_are_the_quiet_ones() -> None:
    counts = a_hill_a_hollow_and_two_outliers()
    counts[2:7, 2:7] *= 5
    counts[18, 18] = 400.0
    normal, permuted = ask(GiStar(), counts), ask(GiStar(test="permutation", permutations=9999), counts)
    assert normal.z[18, 18] > 3
    assert permuted.p[18, 18] < 0.01  # its neighbours are among the quietest
    assert not permuted.rejected[18, 18]
    assert permuted.rejected[3, 3]
    np.testing.assert_array_equal(normal.z, permuted.z)


@pytest.mark.parametrize("model", [GiStar(test="permutation"), LocalMoranModel(test="permutation")])
def test_p_and_the_marked_cells_follow_from_the_permutations(model: GiStar | LocalMoranModel) -> None:
    counts, inside = lattice(14, 15, 3)
    answer = ask(model, np.where(inside, counts, 0.0), inside)
    p, _ = permute_neighbours(counts, 1.5, inside, 99_999, np.random.default_rng(1))
    np.testing.assert_array_equal(answer.p, p)
    assert (answer.rejected <= fdr_rejections(p, 0.05)).all()


@pytest.mark.parametrize("model", [GiStar(test="permutation"), LocalMoranModel(test="permutation")])
def test_permutations_keep_the_contract(model: GiStar | LocalMoranModel) -> None:
    counts, inside = lattice(10, 12, 4)
    one, again, other = (ask(model, counts * inside, inside, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.p, again.p)
    assert (one.p != other.p).any()
    nothing = ask(model, np.zeros((4, 5)))
    assert (nothing.p == 1).all()
    assert not nothing.rejected.any()
    assert np.isnan(one.p[~inside]).all()
