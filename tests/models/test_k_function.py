import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilpgeo.core.errors import Cancelled, InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.k_function import KFunction, envelope
from ilpgeo.models.ripley import l_of, replicated_k, ripley_k, set_covariance

YEAR = Period(date(2021, 1, 1), date(2021, 12, 31))
DISTANCES = np.array([60.0, 100.0, 130.0, 250.0])


def common_ground_m2(grid: Grid, dx: float, dy: float) -> float:
    """The study area and itself moved, cell against cell: each pair of squares shares a rectangle."""
    cells = np.argwhere(grid.inside) * grid.cell_m
    down = cells[:, None, 0] - cells[None, :, 0] - dy
    left = cells[:, None, 1] - cells[None, :, 1] - dx
    return float((np.maximum(grid.cell_m - abs(down), 0) * np.maximum(grid.cell_m - abs(left), 0)).sum())


def pair_by_pair(x, y, grid, distances) -> np.ndarray:
    n, area = len(x), grid.inside.sum() * grid.cell_m**2
    k = np.zeros(len(distances))
    for i in range(n):
        for j in range(n):
            if i != j:
                apart = math.dist((x[i], y[i]), (x[j], y[j]))
                k[apart <= distances] += 1 / common_ground_m2(grid, x[j] - x[i], y[j] - y[i])
    return k * area**2 / (n * (n - 1))


@st.composite
def patterns(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    ny, nx = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    inside = rng.random((ny, nx)) < draw(st.sampled_from([0.5, 1.0]))
    inside[ny // 2, nx // 2] = True
    grid = Grid(1000.0, -500.0, draw(st.sampled_from([50.0, 100.0])), nx, ny, "EPSG:32617", inside)
    row, column = np.argwhere(inside)[rng.integers(0, inside.sum(), draw(st.integers(2, 14)))].T
    x = grid.x0 + (column + rng.integers(0, 8, len(row)) / 8) * grid.cell_m
    y = grid.y0 + (row + rng.integers(0, 8, len(row)) / 8) * grid.cell_m
    return x, y, grid


@settings(deadline=None, max_examples=50)
@given(patterns())
def test_k_is_the_definition_pair_by_pair(pattern) -> None:
    x, y, grid = pattern
    distances = DISTANCES * grid.cell_m / 100
    np.testing.assert_allclose(ripley_k(x, y, grid, distances), pair_by_pair(x, y, grid, distances), rtol=1e-10)


def test_by_hand() -> None:
    """Two points 30 m apart in one cell of 100 m: 2 pairs, 100^4 / 2, each over 70 x 100 m2."""
    grid = Grid(0, 0, 100, 1, 1, "EPSG:32617", np.ones((1, 1), bool))
    k = ripley_k(np.array([10.0, 40]), np.array([50.0, 50]), grid, np.array([29.0, 30.0]))
    np.testing.assert_allclose(k, [0, 1e8 / 7000])
    assert l_of(np.array([math.pi * 4]))[0] == pytest.approx(2)


def test_common_ground_is_counted_cell_by_cell() -> None:
    inside = np.random.default_rng(1).random((5, 6)) < 0.6
    shared = set_covariance(inside, 7)
    for dy in range(-7, 8):
        for dx in range(-7, 8):
            both = [
                (r, c) for r, c in np.argwhere(inside).tolist()
                if 0 <= r - dy < 5 and 0 <= c - dx < 6 and inside[r - dy, c - dx]
            ]  # fmt: skip
            assert shared[dy + 7, dx + 7] == len(both)


def town(seed: int = 0) -> Grid:
    inside = np.random.default_rng(seed).random((30, 30)) < 0.8
    inside[:, :4] = False
    return Grid(0, 0, 100, 30, 30, "EPSG:32617", inside)


def test_by_chance_k_is_the_area_of_the_disc_even_in_a_ragged_study_area() -> None:
    distances = np.array([50.0, 200.0, 600.0])
    k = replicated_k(200, np.ones((30, 30)), town(), distances, 300, np.random.default_rng(1))
    error = k.std(axis=0) / math.sqrt(300)
    assert (abs(k.mean(axis=0) - math.pi * distances**2) < 4 * error).all()


def test_points_by_chance_are_those_of_numpy_and_follow_the_density() -> None:
    from scipy.stats import ks_2samp

    rng, grid, distances = np.random.default_rng(3), town(), np.array([150.0])
    density = np.where(grid.inside, rng.gamma(0.5, 1, (30, 30)), 0.0)
    ours = replicated_k(80, density, grid, distances, 500, rng)[:, 0]
    theirs = []
    for _ in range(300):
        cell = rng.choice(900, 80, p=density.ravel() / density.sum())
        x, y = (cell % 30 + rng.random(80)) * 100, (cell // 30 + rng.random(80)) * 100
        theirs.append(ripley_k(x, y, grid, distances)[0])
    assert ks_2samp(ours, theirs).pvalue > 0.01


def test_under_chance_p_is_spread_evenly() -> None:
    from scipy.stats import kstest

    curves = l_of(replicated_k(60, np.ones((30, 30)), town(), DISTANCES, 100 * 40, np.random.default_rng(4)))
    p = [envelope(group[0], group[1:]).p for group in curves.reshape(100, 40, -1)]
    assert kstest(p, "uniform").pvalue > 0.01


def test_the_envelope_by_hand() -> None:
    """39 replications 0..38: 95 % lie between the first and the last; a curve beyond all has p = 1 / 40."""
    simulated = np.arange(39.0)[:, None] * np.ones((1, 2))
    found = envelope(np.array([100.0, 19.0]), simulated)
    assert (found.low.tolist(), found.high.tolist()) == ([0, 0], [38, 38])
    assert found.p == pytest.approx(1 / 40)


def ask(x, y, grid, seed=5, **settings):
    past = Incidents.from_xy(x, y)
    return KFunction(**settings).answer(past, grid, YEAR, Context(YEAR), np.random.default_rng(seed))


def strewn(n: int, seed: int, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    row, column = np.argwhere(grid.inside)[rng.integers(0, grid.inside.sum(), n)].T
    return (column + rng.random(n)) * 100, (row + rng.random(n)) * 100


def test_clusters_are_told_from_chance_and_over_which_distance() -> None:
    grid = Grid(0, 0, 100, 40, 40, "EPSG:32617", np.ones((40, 40), bool))
    rng = np.random.default_rng(6)
    x, y = strewn(40, 1, grid)
    x, y = (np.clip(np.repeat(axis, 12) + rng.normal(0, 60, 480), 1, 3999) for axis in (x, y))
    clustered = ask(x, y, grid)
    assert clustered.findings[0].startswith("Incidents lie closer together than an even spread")
    curve = clustered.tables[0].columns
    assert (curve["Beyond chance, L(r) \u2212 r (m)"] > curve["High by chance (m)"])[:5].all()
    x, y = strewn(400, 2, grid)
    assert ask(x, y, grid).findings[0].startswith("Over no distance up to 1,000 m")


def test_against_the_density_around_a_busy_side_is_no_cluster() -> None:
    grid = Grid(0, 0, 100, 60, 60, "EPSG:32617", np.ones((60, 60), bool))
    x, y = strewn(900, 3, grid)
    x = 6000 * (1 - np.sqrt(1 - x / 6000))
    assert "closer together" in ask(x, y, grid).findings[0]
    assert "Over no distance" in ask(x, y, grid, against="density", smooth_m=700.0).findings[0]


def test_many_incidents_are_sampled_and_the_answer_says_so() -> None:
    grid = town()
    x, y = strewn(700, 2, grid)
    x[:60], y[:60] = x[0], y[0]
    answer = ask(x, y, grid, sample=300)
    assert answer.n == 700
    assert "A random sample of 300 of the 700 incidents was used" in answer.findings
    assert any(finding.startswith("9% of the incidents share their exact place") for finding in answer.findings)


def test_two_incidents_are_answered_and_one_is_none() -> None:
    grid = town()
    x, y = strewn(2, 2, grid)
    assert len(ask(x, y, grid).tables) == 2
    assert ask(x[:1], y[:1], grid).findings == ("There are fewer than two incidents to compare",)
    assert len(ask(np.repeat(x[:1], 9), np.repeat(y[:1], 9), grid).tables) == 2


def test_what_has_no_k_is_refused_and_cancelling_passes_through() -> None:
    grid = town()
    x, y = strewn(9, 2, grid)
    with pytest.raises(InvalidInput, match="make no pair"):
        ripley_k(x[:1], y[:1], grid, DISTANCES)
    with pytest.raises(InvalidInput, match=r"outside the study area.*ascend"):
        ripley_k(x + 9000, y, grid, DISTANCES[::-1])

    def stop(share: float) -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        KFunction().answer(Incidents.from_xy(x, y), grid, YEAR, Context(YEAR, progress=stop), np.random.default_rng(1))
