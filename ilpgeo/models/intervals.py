"""Fitted values with their intervals, from the information of a likelihood."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ilpgeo.core.arrays import FloatArray

# Two-sided 90 % of a normal variable.
_Z90 = 1.6448536269514722
# A logarithm known no better than this is not known at all.
_WIDEST = 20.0


class Estimate(NamedTuple):
    """A fitted value and its 90 % interval."""

    value: float
    low: float
    high: float


def estimates_from_information(values: Sequence[float], information: FloatArray) -> tuple[Estimate, ...]:
    """Return each value with the interval that the information of the logarithms gives it.

    Parameters
    ----------
    values
        Positive; further rows of `information` belong to what is fitted beside them.
    information
        Shape (k, k), k at least as many as values: of the logarithm of each.
    """
    covariance = np.linalg.pinv(information, rcond=1e-12, hermitian=True)
    error = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    known = np.diag(information) > 0
    width = _Z90 * np.where(known, np.minimum(error, _WIDEST), _WIDEST)
    return tuple(
        Estimate(value, value * math.exp(-wide), value * math.exp(wide))
        for value, wide in zip(values, width.tolist(), strict=False)
    )
