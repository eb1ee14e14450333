"""What the reasons are told from, worked out for all areas at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.prioritise.comparison import compare_counts
from ilpgeo.prioritise.inputs import RankingInputs
from ilpgeo.prioritise.ranking import Ranking, top_count
from ilpgeo.prioritise.shrinkage import GammaPosterior


class Setting(NamedTuple):
    """What the areas have in common.

    Attributes
    ----------
    unit, period_days
        One area in words; days counted.
    n_ranked
        Areas with an estimate.
    typical, typical_word
        Median count of the period over them (mean where the median is 0), and its word.
    most_days
        Days of data behind the best covered area.
    n_offences
        Offences counted.
    """

    unit: str
    period_days: int
    n_ranked: int
    typical: float
    typical_word: str
    most_days: float
    n_offences: int


class Facts(NamedTuple):
    """One area: counts, and how they compare.

    Attributes
    ----------
    previous, last_year
        -1 where there are no data to compare with.
    change_p, last_year_p
        Chance of so great a difference (see `compare_counts`).
    above
        Probability that the area's expectation is above the mean of all.
    hits, hit_low, periods
        Earlier periods in the top quarter, the smallest count of those, and how many periods have data.
    driver, share, plain_share, driver_n
        The offence with the largest share of the score, that share, its share of the expected incidents, and its
        incidents in the days the expectation rests on.
    low, high
        90 % interval of the rank.
    """

    n: int
    previous: int
    last_year: int
    change_p: float
    last_year_p: float
    above: float
    hits: int
    hit_low: int
    periods: int
    driver: str
    share: float
    plain_share: float
    driver_n: int
    trained_n: int
    low: int
    high: int
    exposure_days: float


def gather(
    inputs: RankingInputs, ranking: Ranking, total: GammaPosterior, share: FloatArray, plain_share: FloatArray
) -> tuple[Setting, tuple[Facts, ...]]:
    """Return what the areas have in common and the facts of each.

    Parameters
    ----------
    total
        Posterior of all offences together, unweighted.
    share, plain_share
        Shape (areas, offences): share of the score and of the expected incidents, NaN where there is no estimate.
    """
    known = ranking.rank > 0
    counts, rates = inputs.n[known], total.expected(1.0)[known]
    median = float(np.median(counts)) if len(counts) else 0.0
    setting = Setting(
        inputs.unit,
        inputs.period_days,
        int(known.sum()),
        median or (float(counts.mean()) if len(counts) else 0.0),
        "typical" if median else "average",
        float(inputs.exposure_days.max(initial=0.0)),
        len(inputs.offences),
    )
    hits, hit_low = persistence(inputs.history, inputs.history_covered & known[:, None])
    driver = np.argmax(np.nan_to_num(share), axis=1)
    row = np.arange(len(driver))
    columns = (
        inputs.n,
        np.where(inputs.previous_covered, inputs.previous, -1),
        np.where(inputs.last_year_covered, inputs.last_year, -1),
        compare_counts(inputs.n, inputs.previous),
        compare_counts(inputs.n, inputs.last_year),
        total.exceeds(float(rates.mean()) if len(rates) else 0.0),
        hits,
        hit_low,
        inputs.history_covered.sum(axis=1),
        np.array(inputs.offences, object)[driver],
        share[row, driver],
        plain_share[row, driver],
        inputs.trained[row, driver],
        inputs.trained.sum(axis=1),
        ranking.low,
        ranking.high,
        inputs.exposure_days,
    )
    return setting, tuple(map(Facts._make, zip(*(column.tolist() for column in columns), strict=True)))


def persistence(history: IntArray, covered: BoolArray) -> tuple[IntArray, IntArray]:
    """Return in how many periods each area was in the top quarter, and its smallest count in those.

    Ties at the border of the top quarter are out: half the areas with one incident each are no concentration.

    Parameters
    ----------
    history, covered
        Shape (areas, periods): counts, and whether there are data.
    """
    hits = np.zeros(len(history), np.int64)
    low = np.full(len(history), np.iinfo(np.int64).max)
    for column, has in zip(history.T, covered.T, strict=True):
        n = int(has.sum())
        if n < 2:
            continue
        counts = np.where(has, column, -1)
        first_out = len(counts) - top_count(n, 25) - 1
        inside = counts > max(int(np.partition(counts, first_out)[first_out]), 0)
        hits += inside
        low = np.where(inside, np.minimum(low, counts), low)
    return hits, low
