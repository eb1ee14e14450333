"""Ranks with their uncertainty, by simulation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import BoolArray, CodeArray, FloatArray, IntArray, frozen
from ilpgeo.core.errors import InvalidInput
from ilpgeo.prioritise.shrinkage import GammaPosterior, weighted_sum

SHARES_PERCENT = (5, 10, 25)
_EXACT_DRAWS = 1_000_000  # gamma draws that still feel instant; beyond, one gamma per area stands for its offences
_MOST_RANKS = 3_000_000
_FEWEST_DRAWS = 400


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Ranks of the areas with an estimate; 0 and NaN for the others.

    Attributes
    ----------
    score
        Shape (areas,): expected harm-weighted incidents in the window.
    rank, low, high
        Shape (areas,): 1 is the highest score, equal scores by name; the 5th and 95th percentile of the rank.
    top
        Shape (areas, 3): probability to rank in the top 5, 10 and 25 %.
    """

    score: FloatArray
    rank: IntArray
    low: IntArray
    high: IntArray
    top: FloatArray

    def __post_init__(self) -> None:
        for name in ("score", "rank", "low", "high", "top"):
            object.__setattr__(self, name, frozen(getattr(self, name)))


def top_count(n_areas: int, percent: int) -> int:
    """Return how many areas the top `percent` are: rounded down, at least one."""
    return max(1, n_areas * percent // 100)


def rank(
    posteriors: Sequence[GammaPosterior],
    weights: FloatArray,
    names: Sequence[str],
    window_days: float,
    rng: np.random.Generator,
    draws: int = 2000,
) -> Ranking:
    """Return the ranking of areas by ``sum(weight * rate) * window_days``.

    Parameters
    ----------
    posteriors
        One per offence, each over the same areas.
    weights
        Shape (offences,), or (areas, offences) where they differ by area; >= 0. Where all are 0 every area scores 0:
        ranks by name, intervals from first to last, probabilities 0.
    names
        Break ties of the score; equal names keep their order.
    draws
        Simulated rankings; fewer (never under 400) when there are more than 1,500 areas.

    Notes
    -----
    The weighted sum of gammas is simulated exactly while that takes at most a million draws; beyond, by the gamma with
    its mean and variance. Cost: O(draws * areas * log(areas)).
    """
    weights = np.asarray(weights, np.float64)
    if len(posteriors) != weights.shape[-1] or not len(posteriors):
        raise InvalidInput(f"ranking: {len(posteriors)} offences but {weights.shape[-1]} weights; give one weight each")
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise InvalidInput("ranking: weights must be finite and not negative; mend the harm or strategy table")
    score = expected_score(posteriors, weights, window_days, len(names))
    known = np.isfinite(score)
    n = int(known.sum())
    ranks = places(score, names)
    low, high = np.where(known, 1, 0).astype(np.int64), np.where(known, n, 0).astype(np.int64)
    top = np.where(known[:, None], 0.0, np.nan) * np.ones(len(SHARES_PERCENT))
    if n and weights.any():
        simulated = _simulated_ranks(posteriors, weights, known, rng, draws)
        used = len(simulated)
        for column, percent in enumerate(SHARES_PERCENT):
            top[known, column] = (simulated <= top_count(n, percent)).mean(axis=0)
        first, last = int(0.05 * (used - 1)), int(np.ceil(0.95 * (used - 1)))
        spread = np.partition(np.ascontiguousarray(simulated.T), (first, last), axis=1)
        low[known] = np.minimum(spread[:, first], ranks[known])
        high[known] = np.maximum(spread[:, last], ranks[known])
    return Ranking(score, ranks, low, high, top)


def expected_score(
    posteriors: Sequence[GammaPosterior], weights: FloatArray, window_days: float, n_areas: int
) -> FloatArray:
    """Return the expected weighted incidents of each area in a window; NaN where there is no estimate."""
    return sum(
        (weight * each.expected(window_days) for weight, each in zip(weights.T, posteriors, strict=True)),
        start=np.zeros(n_areas),
    )


def places(score: FloatArray, names: Sequence[str]) -> IntArray:
    """Return the place of each score, 1 for the highest, equal scores by name; 0 where it is NaN."""
    known = np.flatnonzero(np.isfinite(score)).tolist()
    ranks = np.zeros(len(names), np.int64)
    ranks[sorted(known, key=lambda at: (-score[at], names[at]))] = np.arange(1, len(known) + 1)
    return ranks


def _simulated_ranks(
    posteriors: Sequence[GammaPosterior], weights: FloatArray, known: BoolArray, rng: np.random.Generator, draws: int
) -> CodeArray:
    n = int(known.sum())
    used = max(1, min(draws, max(_FEWEST_DRAWS, _MOST_RANKS // n)))
    of_areas = np.broadcast_to(weights, (len(known), len(posteriors)))[known]
    counted = [(weight, each) for weight, each in zip(of_areas.T, posteriors, strict=True) if weight.any()]
    if len(counted) > 1 and used * n * len(counted) <= _EXACT_DRAWS:
        total = np.zeros((used, n))
        for weight, each in counted:
            total += weight * rng.standard_gamma(each.shape[known], (used, n)) / each.rate[known]
        log_score = np.log(np.maximum(total, np.finfo(np.float64).tiny)).astype(np.float32)
    else:
        matched = weighted_sum(
            [GammaPosterior(each.shape[known], each.rate[known]) for _, each in counted],
            np.array([weight for weight, _ in counted]),
        )
        weighs = np.isfinite(matched.shape)  # an area whose every weight is 0 scores nothing
        log_score = _log_gamma_draws(np.where(weighs, matched.shape, 1.0), used, rng)
        log_score -= np.log(np.where(weighs, matched.rate, 1.0)).astype(np.float32)
        log_score[:, ~weighs] = -np.inf
    order = np.argsort(-log_score, axis=1)
    ranks = np.empty((used, n), np.int32)
    np.put_along_axis(ranks, order, np.arange(1, n + 1, dtype=np.int32)[None, :], axis=1)
    return ranks


def _log_gamma_draws(shape: FloatArray, draws: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    # G(s) = G(s + 1) * U**(1/s): in logs a tiny shape does not underflow to ties at zero.
    small = shape < 1
    size = (draws, len(shape))
    log_draw = np.log(rng.standard_gamma(np.where(small, shape + 1, shape).astype(np.float32), size, np.float32))
    if small.any():
        boost = np.log1p(-rng.random((draws, int(small.sum())), np.float32))
        log_draw[:, small] += boost / shape[small].astype(np.float32)
    return log_draw
