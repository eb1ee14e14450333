"""Fitted values with their intervals, from the information of a likelihood."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ilpgeo.core.arrays import FloatArray

# Two-sided 90 % of a normal variable.
_Z90 = 1.6448536269514722
# Follow-ups of one incident: a process with more grows without end.
MOST_RATIO = 1.0
# A logarithm known no better than this is not known at all.
_WIDEST = 20.0


def held_ratio(followed: float, exposure: float) -> float:
    """Return follow-ups by incidents that could have had some, at most `MOST_RATIO`."""
    return min(followed / exposure, MOST_RATIO) if exposure > 0 else 0.0


class Estimate(NamedTuple):
    """A fitted value and its 90 % interval."""

    value: float
    low: float
    high: float


def covariance_from_information(information: FloatArray) -> FloatArray:
    """Return the covariance of what was fitted; a direction without information has a variance of 400."""
    diagonal = np.diag(information)
    known = diagonal > 1e-12 * max(float(diagonal.max()), 1e-300)
    scale = np.sqrt(np.where(known, diagonal, 1.0))
    inverse = np.linalg.pinv(information / np.outer(scale, scale), rcond=1e-10, hermitian=True)
    covariance = inverse / np.outer(scale, scale)
    covariance[~known, :] = covariance[:, ~known] = 0.0
    variance = np.where(known, np.clip(np.diag(covariance), 0.0, _WIDEST**2), _WIDEST**2)
    np.fill_diagonal(covariance, variance)
    return np.asarray(covariance, np.float64)


def estimates(values: Sequence[float], covariance: FloatArray) -> tuple[Estimate, ...]:
    """Return each positive value with its interval; further rows of the covariance belong to what is fitted beside.

    Parameters
    ----------
    covariance
        Shape (k, k), of the logarithms.
    """
    error = np.sqrt(np.diag(covariance))
    return tuple(interval(value, wide) for value, wide in zip(values, error.tolist(), strict=False))


def interval(value: float, error: float) -> Estimate:
    """Return the interval of a value whose logarithm is known to within a standard error."""
    return Estimate(value, value * math.exp(-_Z90 * error), value * math.exp(_Z90 * error))
