"""Why an area ranks where it does, in words and numbers, the most telling first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.briefing import Reason
from ilpgeo.prioritise.comparison import compare_counts
from ilpgeo.prioritise.inputs import RankingInputs
from ilpgeo.prioritise.ranking import Ranking, top_count
from ilpgeo.prioritise.shrinkage import GammaPosterior

CHANCE = 0.01  # a list of 100 areas then shows about one change that chance alone made
_ORDER = ("volume", "change", "harm", "persistence", "last_year", "significance", "time", "quality")
NO_DATA = (Reason("quality", "no data in the days the expectation rests on"),)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What the sentences are made from, worked out for all areas at once; shapes (n,) unless said.

    Attributes
    ----------
    typical, typical_word
        Median count of the period (mean where the median is 0) over areas with data, and its word.
    change_p, last_year_p
        Chance of so great a difference, from `compare_counts`.
    above
        Probability that the area's expectation is above the mean of all.
    hits, hit_low
        Periods of the history in the top quarter, and the smallest count of those.
    periods
        Periods of the history with data.
    share, plain_share
        Shape (n, offences): share of the score and of the expected incidents.
    """

    inputs: RankingInputs
    ranking: Ranking
    n_ranked: int
    typical: float
    typical_word: str
    change_p: FloatArray
    last_year_p: FloatArray
    above: FloatArray
    hits: IntArray
    hit_low: IntArray
    periods: IntArray
    share: FloatArray
    plain_share: FloatArray
    trained_n: IntArray


def gather(
    inputs: RankingInputs, ranking: Ranking, total: GammaPosterior, share: FloatArray, plain_share: FloatArray
) -> Evidence:
    """Return the evidence for every area; `total` is the posterior of all offences together, unweighted."""
    known = ranking.rank > 0
    counts = inputs.n[known]
    median = float(np.median(counts)) if len(counts) else 0.0
    mean = float(counts.mean()) if len(counts) else 0.0
    rates = total.expected(1.0)[known]
    hits, hit_low = _persistence(inputs.history, inputs.history_covered & known[:, None])
    return Evidence(
        inputs,
        ranking,
        int(known.sum()),
        median or mean,
        "typical" if median else "average",
        compare_counts(inputs.n, inputs.previous),
        compare_counts(inputs.n, inputs.last_year),
        total.exceeds(float(rates.mean()) if len(rates) else 0.0),
        hits,
        hit_low,
        inputs.history_covered.sum(axis=1),
        share,
        plain_share,
        inputs.trained.sum(axis=1),
    )


def _persistence(history: IntArray, covered: BoolArray) -> tuple[IntArray, IntArray]:
    # Ties at the border of the top quarter count as out: half the areas with one incident each are no concentration.
    hits = np.zeros(len(history), np.int64)
    low = np.full(len(history), np.iinfo(np.int64).max)
    for column, has in zip(history.T, covered.T, strict=True):
        n = int(has.sum())
        if n < 2:
            continue
        counts = np.where(has, column, -1)
        bar = np.partition(counts, len(counts) - top_count(n, 25) - 1)[len(counts) - top_count(n, 25) - 1]
        inside = counts > max(int(bar), 0)
        hits += inside
        low = np.where(inside, np.minimum(low, counts), low)
    return hits, low


def reasons(at: int, evidence: Evidence) -> tuple[Reason, ...]:
    """Return the reasons of one area: first those that set it apart, then those that do not, each in a fixed order."""
    if evidence.ranking.rank[at] == 0:
        return NO_DATA + evidence.inputs.remarks.get(evidence.inputs.id[at], ())
    found = [
        _volume(at, evidence),
        _change(at, evidence),
        _harm(at, evidence),
        _persistent(at, evidence),
        _last_year(at, evidence),
        _significance(at, evidence),
        _certainty(at, evidence),
        _exposure(at, evidence),
        *((True, remark) for remark in evidence.inputs.remarks.get(evidence.inputs.id[at], ())),
    ]
    said = [each for each in found if each is not None]
    return tuple(reason for _, reason in sorted(said, key=lambda each: (not each[0], _ORDER.index(each[1].kind))))


_Found = tuple[bool, Reason] | None


def _volume(at: int, evidence: Evidence) -> _Found:
    n, days = int(evidence.inputs.n[at]), evidence.inputs.period_days
    text = f"{n:,} incident{'' if n == 1 else 's'} in {_days(days)}"
    if evidence.n_ranked < 2 or not evidence.typical:
        return True, Reason("volume", text, n)
    ratio = n / evidence.typical
    typical = f"the {evidence.typical_word} {evidence.inputs.unit}"
    if 0.8 <= ratio <= 1.25:
        return False, Reason("volume", f"{text}, about as many as {typical}", n)
    return ratio > 1, Reason("volume", f"{text}, {ratio:.1f} times {typical}", n)


def _change(at: int, evidence: Evidence) -> _Found:
    inputs = evidence.inputs
    if not inputs.previous_covered[at]:
        return False, Reason("change", "no data for the period before")
    against = f"the {_days(inputs.period_days)} before"
    return _compared("change", against, int(inputs.n[at]), int(inputs.previous[at]), float(evidence.change_p[at]))


def _last_year(at: int, evidence: Evidence) -> _Found:
    inputs = evidence.inputs
    if not inputs.last_year_covered[at]:
        return False, Reason("last_year", "no data for the same period last year")
    p = float(evidence.last_year_p[at])
    return _compared("last_year", "the same period last year", int(inputs.n[at]), int(inputs.last_year[at]), p)


def _compared(kind: str, against: str, n: int, before: int, p: float) -> _Found:
    smallest = min(n, before)
    if p >= CHANCE:
        return False, Reason(kind, f"within the usual range of {against} ({n:,} after {before:,})", smallest)
    size = f" {abs(n / before - 1):.0%}" if before else ""
    word = "up" if n > before else "down"
    return True, Reason(
        kind, f"{word}{size} on {against} ({n:,} after {before:,}), more than chance explains", smallest
    )


def _harm(at: int, evidence: Evidence) -> _Found:
    inputs = evidence.inputs
    if len(inputs.offences) < 2 or not np.isfinite(evidence.share[at]).all():
        return None
    driver = int(np.argmax(evidence.share[at]))
    share, plain = float(evidence.share[at, driver]), float(evidence.plain_share[at, driver])
    own = int(inputs.trained[at, driver])
    # The two shares tell the rest as well as the driver, so the sentence rests on both counts.
    smallest = min(own, int(evidence.trained_n[at]) - own)
    offence = inputs.offences[driver]
    if abs(share - plain) < 0.05:
        return share >= 0.5, Reason("harm", f"{offence} makes {share:.0%} of the score", smallest)
    text = f"{offence} makes {share:.0%} of the score from {plain:.0%} of the expected incidents"
    return share >= 0.5, Reason("harm", text, smallest)


def _persistent(at: int, evidence: Evidence) -> _Found:
    hits, periods = int(evidence.hits[at]), int(evidence.periods[at])
    if hits == 0 or periods < 3:
        return None
    text = f"in the top quarter in {hits} of the last {periods} periods of {_days(evidence.inputs.period_days)}"
    return 2 * hits >= periods, Reason("persistence", text, int(evidence.hit_low[at]))


def _significance(at: int, evidence: Evidence) -> _Found:
    if evidence.n_ranked < 2:
        return None
    above, n, unit = float(evidence.above[at]), int(evidence.trained_n[at]), evidence.inputs.unit
    if 0.05 < above < 0.95:
        return False, Reason("significance", f"not clearly above or below the average {unit}", n)
    side, chance = ("above", above) if above >= 0.95 else ("below", 1 - above)
    sure = "over 99 %" if chance > 0.99 else f"{100 * chance:.0f} %"
    return side == "above", Reason("significance", f"expected to stay {side} the average {unit}, {sure} sure", n)


def _certainty(at: int, evidence: Evidence) -> _Found:
    low, high = int(evidence.ranking.low[at]), int(evidence.ranking.high[at])
    if high - low <= max(2, evidence.n_ranked // 4):
        return None
    text = f"its rank is uncertain: anywhere from {low} to {high} of {evidence.n_ranked}"
    return True, Reason("quality", text, int(evidence.trained_n[at]))


def _exposure(at: int, evidence: Evidence) -> _Found:
    days, most = float(evidence.inputs.exposure_days[at]), float(evidence.inputs.exposure_days.max())
    if days >= 0.9 * most:
        return None
    return True, Reason("quality", f"the expectation rests on {days:.0f} days of data, elsewhere up to {most:.0f}")


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"
