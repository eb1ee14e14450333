"""Peak time of week in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ilpgeo.core.arrays import FloatArray

UNKNOWN = "time of week unknown"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_BLOCK_HOURS = 4
# Fewer known times than this, or less than half of all, and a peak would be chance.
_LEAST_KNOWN = 20.0
_LEAST_KNOWN_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Peak:
    """The four hours of the week that hold the most.

    Attributes
    ----------
    words
        ``Fri 20:00-24:00``.
    n
        Incidents in them.
    times_average
        How many times the average four hours that is.
    """

    words: str
    n: float
    times_average: float


def find_peak(profile: FloatArray, unknown: float) -> Peak | None:
    """Return the four hours of the week that hold the most; None where too few times are known to tell.

    Parameters
    ----------
    profile
        Shape (7, 24): incidents by day (Monday first) and hour.
    unknown
        Incidents whose hour is unknown.
    """
    known = float(profile.sum())
    if known < _LEAST_KNOWN or known < _LEAST_KNOWN_SHARE * (known + unknown):
        return None
    week = np.concatenate([profile.ravel(), profile.ravel()[: _BLOCK_HOURS - 1]])
    blocks = np.convolve(week, np.ones(_BLOCK_HOURS), mode="valid")
    # The first of equals, equal to rounding: sums of shares differ in their last digits.
    start = int(np.flatnonzero(blocks >= blocks.max() * (1 - 1e-9))[0])
    day, hour = divmod(start, 24)
    end = hour + _BLOCK_HOURS
    words = f"{_DAYS[day]} {hour:02d}:00-{end if end <= 24 else end - 24:02d}:00"
    return Peak(words, float(blocks[start]), float(blocks[start] / blocks.mean()))


def peak_in_words(profile: FloatArray, unknown: float) -> str:
    """Return the four hours of the week that hold the most, or that they are unknown; see `find_peak`.

    Examples
    --------
    >>> profile = np.zeros((7, 24)); profile[4, 20:] = 8.0
    >>> peak_in_words(profile, 3.0)
    'Fri 20:00-24:00'
    """
    peak = find_peak(profile, unknown)
    return UNKNOWN if peak is None else peak.words
