"""The field's metrics, pooled over folds and with intervals: hit rate, PAI, PEI, RRI, SER and differences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ilpgeo.backtest.run import BackTest, Scores
from ilpgeo.core.arrays import FloatArray

N_RESAMPLES = 2000
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 95 % interval; NaN where it is not defined."""

    value: float
    low: float
    high: float


def hit_rate(hits: FloatArray, total: FloatArray) -> float:
    """Return the share of the incidents that lay in the flagged cells, pooled over folds: sum n / sum N."""
    return _ratio(hits.sum(), total.sum())


def pai(hits: FloatArray, total: FloatArray, area_share: float) -> float:
    """Return the predictive accuracy index: hit rate over the share of the ground that was flagged.

    Chainey, Tompson & Uhlig (2008), doi:10.1057/palgrave.sj.8350066.
    """
    return _ratio(hit_rate(hits, total), area_share)


def pei_star(hits: FloatArray, best: FloatArray) -> float:
    """Return the predictive efficiency index: incidents caught over those in the best cells of the same area, 0..1.

    On cells of equal size it is both PEI (Hunt 2016: PAI over the best PAI attainable) and PEI* (NIJ 2017).
    """
    return _ratio(hits.sum(), best.sum())


def rri_levine(hits: FloatArray, past: FloatArray, total: FloatArray, past_total: FloatArray) -> float:
    """Return the recapture rate index: (n_future / n_past) / (N_future / N_past). Levine (2008)."""
    return _ratio(_ratio(hits.sum(), past.sum()), _ratio(total.sum(), past_total.sum()))


def rri_predicted(hits: FloatArray, predicted: FloatArray) -> float:
    """Return incidents expected in the flagged cells over those that came: above 1 promised too much."""
    return _ratio(predicted.sum(), hits.sum())


def ser(hits: FloatArray, area_km2: float) -> float:
    """Return the search efficiency rate: incidents caught per km2 flagged and fold.

    Bowers, Johnson & Pease (2004), doi:10.1093/bjc/azh036.
    """
    return _ratio(hits.sum(), area_km2 * len(hits))


def pooled_interval(top: FloatArray, bottom: FloatArray, seed: int = 0) -> Estimate:
    """Return sum(top) / sum(bottom) with the interval of a moving block bootstrap over folds.

    Parameters
    ----------
    top, bottom
        Shape (folds,), oldest first; `top` may be a difference.

    Notes
    -----
    Blocks of about the cube root of the number of folds keep neighbouring folds together (Kunsch 1989,
    doi:10.1214/aos/1176347265). With fewer than four folds there is no interval: NaN.
    """
    value = _ratio(top.sum(), bottom.sum())
    n = len(top)
    if n < 4:
        return Estimate(value, np.nan, np.nan)
    chosen = block_resamples(n, N_RESAMPLES, seed)
    below = bottom[chosen].sum(1)
    with np.errstate(invalid="ignore", divide="ignore"):
        drawn = np.where(below > 0, top[chosen].sum(1) / below, np.nan)
    if not np.isfinite(drawn).any():
        return Estimate(value, np.nan, np.nan)
    low, high = np.nanquantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, float(low), float(high))


def block_resamples(n: int, n_resamples: int, seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Return fold numbers of resampled series, shape (n_resamples, n): circular blocks of about n^(1/3) folds."""
    length = max(1, round(n ** (1 / 3)))
    n_blocks = -(-n // length)
    starts = np.random.default_rng(seed).integers(0, n, (n_resamples, n_blocks))
    chosen = (starts[:, :, None] + np.arange(length)) % n
    return chosen.reshape(n_resamples, -1)[:, :n].astype(np.int64)


def hit_rate_interval(test: BackTest, scores: Scores, flag: int, seed: int = 0) -> Estimate:
    """Return a contestant's pooled hit rate at one flagged area."""
    return pooled_interval(scores.hits[:, flag], test.total, seed)


def paired_difference(test: BackTest, scores: Scores, other: Scores, flag: int, seed: int = 0) -> Estimate:
    """Return how much higher a contestant's pooled hit rate is than another's, compared window by window."""
    return pooled_interval(scores.hits[:, flag] - other.hits[:, flag], test.total, seed)


def _ratio(top: float, bottom: float) -> float:
    return float(top) / float(bottom) if bottom else float("nan")
