"""What a fitted self-exciting process says in words, and its curve of fading risk."""

from __future__ import annotations

import math

import numpy as np

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.models.intervals import MOST_RATIO, Estimate, interval

TITLE = "What follows from what"
# Below this nobody should act on repeats.
LEAST_RATIO = 0.005
_STEPS = 60
# The high end of an interval over its low end beyond which it is not told.
_WIDEST_TOLD = 100.0


def background_only(hindrance: str, remarks: tuple[str, ...], n: float) -> Diagnostic:
    """Return the account of a surface that no process could be fitted for."""
    finding = f"Shown is where incidents happened, without follow-ups: {hindrance}"
    return Diagnostic(TITLE, (finding, *remarks), (), n)


def ratio_in_words(ratio: Estimate, nearby: str) -> str:
    """Return the branching ratio as a sentence.

    Examples
    --------
    >>> ratio_in_words(Estimate(0.31, 0.28, 0.34), "nearby")
    '31 of 100 incidents followed from an earlier one nearby (90 % interval 28 to 34)'
    >>> ratio_in_words(Estimate(0.31, 1e-9, 1e9), "nearby")
    'How many incidents followed from an earlier one nearby cannot be told: from none to all fits'
    """
    if ratio.value < LEAST_RATIO:
        return f"Fewer than 1 of 100 incidents followed from an earlier one {nearby}: there is no sign of repeats"
    value, low, high = (_of_hundred(min(each, MOST_RATIO)) for each in ratio)
    if ratio.value >= MOST_RATIO:
        return (
            f"Each incident would bring at least one more {nearby}, without end: these are busy places rather than "
            "follow-ups; go by the order of places, not by the numbers expected"
        )
    if ratio.low < LEAST_RATIO and ratio.high >= MOST_RATIO:
        return f"How many incidents followed from an earlier one {nearby} cannot be told: from none to all fits"
    return f"{value} of 100 incidents followed from an earlier one {nearby} (90 % interval {low} to {high})"


def _of_hundred(share: float) -> str:
    return f"{100 * share:.0f}" if share >= 0.0995 else f"{100 * share:.1f}"


def half_life(decay_per_day: Estimate) -> Estimate:
    """Return the days after which the risk has halved."""
    return Estimate(*(math.log(2.0) / decay_per_day[k] if decay_per_day[k] > 0 else math.inf for k in (0, 2, 1)))


def half_life_in_words(half: Estimate) -> str:
    """Return how fast the risk fades as a sentence, in hours where it is fast."""
    unit, factor = ("hours", 24.0) if half.value < 2.0 else ("days", 1.0)
    value, low, high = (_three_digits(factor * each) for each in half)
    if is_hardly_known(half):
        return f"How fast the risk of a follow-up fades is hardly known: halving every {value} {unit} fits best"
    return f"The risk of a follow-up halves every {value} {unit} (90 % interval {low} to {high})"


def is_hardly_known(estimate: Estimate) -> bool:
    """Whether the interval reaches over two powers of ten, so that it tells nothing."""
    return not estimate.high <= _WIDEST_TOLD * estimate.low


def _three_digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def fading_curve(
    ratio: Estimate, decay: Estimate, covariance: FloatArray, until_days: float, share_within: float = 1.0
) -> Table:
    """Return follow-ups per 100 incidents and day by the days since the incident, with its 90 % band.

    Parameters
    ----------
    covariance
        Of the logarithms of ratio and decay, in the first two rows.
    share_within
        Share of the exponential that lies within its reach.
    """
    half = math.log(2.0) / decay.value
    days = np.linspace(0.0, min(until_days, 6.0 * half), _STEPS + 1)
    height = 100.0 * ratio.value * decay.value * np.exp(-decay.value * days) / share_within
    end = decay.value * until_days
    slope = (1.0 - end / math.expm1(end) if share_within < 1 and end < 500 else 1.0) - decay.value * days
    variance = covariance[0, 0] + 2.0 * slope * covariance[0, 1] + slope**2 * covariance[1, 1]
    band = [
        interval(value, error)
        for value, error in zip(height.tolist(), np.sqrt(np.clip(variance, 0.0, 9.0)).tolist(), strict=True)
    ]
    columns = {
        "Days since the incident": days,
        "Follow-ups per 100 incidents and day": height,
        "Low": np.array([each.low for each in band]),
        "High": np.array([each.high for each in band]),
    }
    return Table("How the risk fades", columns, "band", mark=half)


def fitted_table(rows: dict[str, Estimate]) -> Table:
    """Return fitted values by name with their 90 % intervals; none (NaN) for a value that is hardly known."""
    told = [Estimate(each.value, math.nan, math.nan) if is_hardly_known(each) else each for each in rows.values()]
    columns = {
        "Fitted": np.array(list(rows)),
        "Value": np.array([each.value for each in told]),
        "Low (90 %)": np.array([each.low for each in told]),
        "High (90 %)": np.array([each.high for each in told]),
    }
    return Table("Fitted values", columns)


def followed_in_words(from_past: float, total: float) -> str:
    """Return how much of what is expected follows from incidents already recorded.

    Examples
    --------
    >>> followed_in_words(0.9, 2286.04)
    '0.9 of 2,286 incidents expected (under 1%) would follow from those already recorded'
    """
    share = from_past / total if total > 0 else 0.0
    of_all = f"{share:.0%}" if share >= 0.01 else "under 1%"
    whole = f"{total:,.0f}" if total >= 10 else f"{total:.1f}"
    return f"{from_past:,.1f} of {whole} incidents expected ({of_all}) would follow from those already recorded"
