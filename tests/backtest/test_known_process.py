"""A process whose law is known: nobody can foretell better than its oracle, and the forecast comes near to it."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from ilpgeo.backtest.evidence import Evidence
from ilpgeo.backtest.metrics import hit_rate, pai, paired_difference
from ilpgeo.backtest.plan import Flag, Horizon, rolling_folds
from ilpgeo.backtest.run import BackTest, Contestant, run_backtest
from ilpgeo.core.answers import RiskSurface
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.space import Grid
from ilpgeo.models.blend import Blend
from ilpgeo.models.kde import Kde
from ilpgeo.models.prior_count import PriorCount

FIRST, DAYS, SIDE, CELL_M = date(2020, 1, 1), 730, 40, 150.0
A_DAY, FOLLOWERS, FADE_DAYS, SPREAD_M = 8.0, 0.4, 12.0, 100.0
FLAGS = (Flag.parse("2%"), Flag.parse("5%"))


def background() -> np.ndarray:
    """Share of the background in each cell: uneven, with rises and falls over some cells."""
    rng = np.random.default_rng(4)
    height = np.exp(6.0 * gaussian_filter(rng.normal(0, 1, (SIDE, SIDE)), 1.5))
    return height / height.sum()


def simulated(seed: int) -> tuple[Evidence, Grid]:
    """Background and what follows from it, generation after generation (a Hawkes process drawn by branching)."""
    rng = np.random.default_rng(seed)
    n = rng.poisson(A_DAY * DAYS)
    cell = rng.choice(SIDE * SIDE, n, p=background().ravel())
    x, y = (cell % SIDE + rng.random(n)) * CELL_M, (cell // SIDE + rng.random(n)) * CELL_M
    t = rng.uniform(0, DAYS, n)
    parts = [(x, y, t)]
    while len(t):
        parent = np.repeat(np.arange(len(t)), rng.poisson(FOLLOWERS, len(t)))
        x, y = (axis[parent] + rng.normal(0, SPREAD_M, len(parent)) for axis in (x, y))
        t = t[parent] + rng.exponential(FADE_DAYS, len(parent))
        parts.append((x, y, t))
    x, y, t = (np.concatenate(each) for each in zip(*parts, strict=True))
    kept = (t < DAYS) & (x >= 0) & (y >= 0) & (x < SIDE * CELL_M) & (y < SIDE * CELL_M)
    start = np.datetime64(FIRST, "s") + (t[kept] * 86_400).astype("timedelta64[s]")
    grid = Grid(0.0, 0.0, CELL_M, SIDE, SIDE, "EPSG:32617", np.ones((SIDE, SIDE), bool))
    return Evidence(Incidents.from_xy(x[kept], y[kept], t_from=start), start.astype("datetime64[D]")), grid


@dataclass(frozen=True)
class Oracle:
    """Knows the law and all its numbers, and the past like everybody else."""

    name: ClassVar[str] = "oracle"
    title: ClassVar[str] = "Oracle"

    def answer(self, past, grid, window, context, rng):
        age = (np.datetime64(window.start, "s") - past.t_from) / np.timedelta64(86_400, "s")
        # Followers of followers within the window: the expectation fades with the rate less what is born anew.
        rate = (1 - FOLLOWERS) / FADE_DAYS
        to_come = FOLLOWERS / (1 - FOLLOWERS) * np.exp(-age / FADE_DAYS) * (1 - np.exp(-rate * window.days))
        image = grid.count(past.x, past.y, to_come)
        followed = gaussian_filter(image, SPREAD_M / CELL_M, mode="constant")
        return RiskSurface(grid, A_DAY * window.days * background() + followed, image)


@pytest.fixture(scope="module")
def test() -> BackTest:
    given, grid = simulated(1)
    over = rolling_folds(date(2021, 12, 30), Horizon(7, "d"), 40, 365, FIRST)
    models = (Oracle(), PriorCount(), Blend(), Kde(300.0))
    return run_backtest([Contestant(each.name, each.title, each) for each in models], over, given, grid, FLAGS, Context)


def test_nobody_surely_beats_the_oracle(test: BackTest) -> None:
    oracle = test.scores[0]
    for scores in test.scores[1:]:
        for flag in range(len(FLAGS)):
            assert paired_difference(test, scores, oracle, flag).low <= 0
        assert scores.log_score.sum() < oracle.log_score.sum()


def test_the_forecast_comes_near_the_oracle_s_own_index(test: BackTest) -> None:
    oracle, prior, blend, _ = test.scores
    for flag, k in enumerate(test.cells.tolist()):
        best, ours, plain = (pai(each.hits[:, flag], test.total, k / test.n_cells) for each in (oracle, blend, prior))
        assert ours > 0.88 * best
        assert ours > plain
    assert hit_rate(blend.hits[:, 1], test.total) > hit_rate(test.scores[3].hits[:, 1], test.total)


def test_what_it_expects_is_what_comes(test: BackTest) -> None:
    blend = test.scores[2]
    assert blend.expected.sum() == pytest.approx(test.total.sum(), rel=0.1)
    came, foretold = blend.bin_observed.sum(0), blend.bin_predicted.sum(0)
    # By tenths of what is expected, from the highest cells to the lowest.
    assert (np.abs(came / foretold - 1) < 0.4).all()
    assert blend.log_score.sum() > test.scores[1].log_score.sum()
