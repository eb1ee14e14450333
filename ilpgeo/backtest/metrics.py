"""The field's metrics, pooled over folds and with intervals: hit rate, PAI, PEI, RRI, SER and differences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ilpgeo.backtest.run import BackTest, Scores
from ilpgeo.core.arrays import FloatArray

N_RESAMPLES = 2000
LEVEL = 0.95
LEAST_FOLDS = 4


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 95 % interval; NaN where it is not defined."""

    value: float
    low: float
    high: float


def hit_rate(hits: FloatArray, total: FloatArray) -> FloatArray:
    """Return the share of the incidents that lay in the flagged cells, pooled over folds: sum n / sum N."""
    return _ratio(hits.sum(-1), total.sum(-1))


def pai(hits: FloatArray, total: FloatArray, area_share: float) -> FloatArray:
    """Return the predictive accuracy index: hit rate over the share of the ground that was flagged.

    Chainey, Tompson & Uhlig (2008), doi:10.1057/palgrave.sj.8350066.
    """
    return hit_rate(hits, total) / area_share


def pei_star(hits: FloatArray, best: FloatArray) -> FloatArray:
    """Return the predictive efficiency index: incidents caught over those in the best cells of the same area, 0..1.

    On cells of equal size it is both PEI (Hunt 2016: PAI over the best PAI attainable) and PEI* (NIJ 2017).
    """
    return _ratio(hits.sum(-1), best.sum(-1))


def rri_levine(hits: FloatArray, past: FloatArray, total: FloatArray, past_total: FloatArray) -> FloatArray:
    """Return the recapture rate index: (n_future / n_past) / (N_future / N_past). Levine (2008)."""
    return _ratio(_ratio(hits.sum(-1), past.sum(-1)), _ratio(total.sum(-1), past_total.sum(-1)))


def rri_predicted(hits: FloatArray, predicted: FloatArray) -> FloatArray:
    """Return incidents expected in the flagged cells over those that came: above 1 promised too much."""
    return _ratio(predicted.sum(-1), hits.sum(-1))


def ser(hits: FloatArray, area_km2: float) -> FloatArray:
    """Return the search efficiency rate: incidents caught per km2 flagged and fold.

    Bowers, Johnson & Pease (2004), doi:10.1093/bjc/azh036.
    """
    return np.asarray(hits.mean(-1) / area_km2)


def mean_known(values: FloatArray) -> FloatArray:
    """Return the mean of what is defined; NaN where nothing is."""
    is_known = np.isfinite(values)
    return _ratio(np.where(is_known, values, 0.0).sum(-1), is_known.sum(-1).astype(np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class Metric:
    """One metric of one contestant at one flagged area.

    Attributes
    ----------
    name
        In words, with its unit.
    formula
        Takes `series` with any leading axes, and sums over the last.
    series
        Each of shape (folds,), oldest first.
    by_chance
        Takes the sums of `series`, and returns the interval that chance alone gives their metric: the pooled one is
        never narrower. None: there is no such law.
    """

    name: str
    formula: Callable[..., FloatArray]
    series: tuple[FloatArray, ...]
    by_chance: Callable[..., tuple[FloatArray, FloatArray]] | None = None

    def by_fold(self) -> FloatArray:
        """Return the metric of each fold alone, shape (folds,); NaN where it is not defined."""
        return np.asarray(self.formula(*(each[:, None] for each in self.series)))

    def pooled(self, seed: int = 0) -> Estimate:
        """Return the metric of all folds together with the interval of a moving block bootstrap over folds.

        Notes
        -----
        Blocks of about the cube root of the number of folds keep neighbouring folds together (Kunsch 1989,
        doi:10.1214/aos/1176347265). With fewer than four folds there is no interval: NaN. Folds drawn again hold no
        incident that did not come: of a few incidents they know too little, so `by_chance` is asked as well.
        """
        value = float(self.formula(*self.series))
        n = len(self.series[0])
        if n < LEAST_FOLDS:
            return Estimate(value, np.nan, np.nan)
        chosen = block_resamples(n, N_RESAMPLES, seed)
        drawn = self.formula(*(each[chosen] for each in self.series))
        if not np.isfinite(drawn).any():
            return Estimate(value, np.nan, np.nan)
        low, high = np.nanquantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        if self.by_chance is not None:
            least, most = self.by_chance(*(each.sum(keepdims=True) for each in self.series))
            low, high = min(low, least[0]), max(high, most[0])
        return Estimate(value, float(low), float(high))


def metrics_of(test: BackTest, scores: Scores, flag: int) -> tuple[Metric, ...]:
    """Return every metric of a contestant at one flagged area but the hit rate's difference."""
    cells = int(test.cells[flag])
    share, km2 = cells / test.n_cells, cells * test.cell_km2
    hits, best, past = scores.hits[:, flag], test.best[:, flag], scores.past[:, flag]

    def chance_of_pai(n: FloatArray, total: FloatArray) -> tuple[FloatArray, FloatArray]:
        low, high = exact_interval(n, total)
        return low / share, high / share

    return (
        _hit_rate(hits, test.total),
        Metric("PAI", lambda n, total: pai(n, total, share), (hits, test.total), chance_of_pai),
        Metric("PEI", pei_star, (hits, best)),
        Metric("RRI (Levine)", rri_levine, (hits, past, test.total, test.past)),
        Metric("RRI (expected/observed)", rri_predicted, (hits, scores.predicted[:, flag])),
        Metric("SER (per km\u00b2)", lambda n: ser(n, km2), (hits,)),
        Metric("Clumpiness", mean_known, (scores.clumpiness[:, flag],)),
        Metric("Kept from window to window", mean_known, (scores.kept[:, flag],)),
    )


def _hit_rate(hits: FloatArray, total: FloatArray) -> Metric:
    return Metric("Hit rate", hit_rate, (hits, total), exact_interval)


def pooled_hit_rate(hits: FloatArray, total: FloatArray, seed: int = 0) -> Estimate:
    """Return the hit rate of incidents caught and of all, each of shape (folds,), with its interval."""
    return _hit_rate(hits, total).pooled(seed)


def pooled_interval(top: FloatArray, bottom: FloatArray, seed: int = 0) -> Estimate:
    """Return sum(top) / sum(bottom), each of shape (folds,), with its interval; `top` may be a difference."""
    return Metric("", hit_rate, (top, bottom)).pooled(seed)


def exact_interval(hits: FloatArray, total: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the 95 % interval of hit rates, each by itself, by the binomial law (Clopper & Pearson 1934).

    doi:10.1093/biomet/26.4.404. NaN where nothing happened. Nothing is resampled.
    """
    from scipy.special import betaincinv

    tail, missed = (1 - LEVEL) / 2, total - hits
    low = np.where(hits > 0, betaincinv(np.maximum(hits, 1e-9), missed + 1, tail), 0.0)
    high = np.where(missed > 0, betaincinv(hits + 1, np.maximum(missed, 1e-9), 1 - tail), 1.0)
    happened = total > 0
    return np.where(happened, low, np.nan), np.where(happened, high, np.nan)


def block_resamples(n: int, n_resamples: int, seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Return fold numbers of resampled series, shape (n_resamples, n): circular blocks of about n^(1/3) folds."""
    length = max(1, round(n ** (1 / 3)))
    n_blocks = -(-n // length)
    starts = np.random.default_rng(seed).integers(0, n, (n_resamples, n_blocks))
    chosen = (starts[:, :, None] + np.arange(length)) % n
    return chosen.reshape(n_resamples, -1)[:, :n].astype(np.int64)


def hit_rate_interval(test: BackTest, scores: Scores, flag: int, seed: int = 0) -> Estimate:
    """Return a contestant's pooled hit rate at one flagged area."""
    return pooled_hit_rate(scores.hits[:, flag], test.total, seed)


def paired_difference(test: BackTest, scores: Scores, other: Scores, flag: int, seed: int = 0) -> Estimate:
    """Return how much higher a contestant's pooled hit rate is than another's, compared window by window."""
    return pooled_interval(scores.hits[:, flag] - other.hits[:, flag], test.total, seed)


def log_score_gained(test: BackTest, scores: Scores, other: Scores, seed: int = 0) -> Estimate:
    """Return how much more log score per incident a contestant's whole surface has than another's."""
    return pooled_interval(scores.log_score - other.log_score, test.total, seed)


def caught_by_ground(test: BackTest, scores: Scores) -> FloatArray:
    """Return the share of the incidents in the highest cells up to each of `run.CAPTURE_SHARES` of the ground."""
    return hit_rate(scores.captured.T, test.total)


def came_per_expected(scores: Scores) -> FloatArray:
    """Return incidents that came over those expected by tenths of the expectation, highest cells first."""
    return _ratio(scores.bin_observed.sum(0), scores.bin_predicted.sum(0))


def _ratio(top: FloatArray, bottom: FloatArray) -> FloatArray:
    """Return top over bottom; NaN where the bottom is nothing."""
    shape = np.broadcast_shapes(np.shape(top), np.shape(bottom))
    return np.asarray(np.divide(top, bottom, out=np.full(shape, np.nan), where=np.asarray(bottom) > 0))
