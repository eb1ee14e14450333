"""Many tests at once: which p values stay significant when every cell was tested."""

from __future__ import annotations

import math

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray
from ilpgeo.core.errors import InvalidInput


def fdr_rejections(p: FloatArray, alpha: float) -> BoolArray:
    """Return which hypotheses are rejected at false discovery rate `alpha`; a NaN is no hypothesis and never is.

    With the m p values in ascending order, all up to the last with p_(i) <= (i / m) alpha are rejected.

    Parameters
    ----------
    p
        Any shape, values 0..1 or NaN.
    alpha
        Between 0 and 1.

    Raises
    ------
    InvalidInput
        For an `alpha` or a p value outside 0..1.

    Notes
    -----
    O(m + k log k) for k p values of at most alpha. Benjamini & Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x.

    Examples
    --------
    >>> fdr_rejections(np.array([0.01, 0.04, 0.03, 0.9, np.nan]), 0.05).tolist()
    [True, False, False, False, False]
    """
    if not 0 < alpha < 1:
        raise InvalidInput(f"false discovery rate: alpha must lie between 0 and 1, not {alpha!r}")
    if ((p < 0) | (p > 1)).any():
        raise InvalidInput("false discovery rate: p values must lie between 0 and 1")
    m = p.size - int(np.isnan(p).sum())
    # No threshold is above alpha: only what lies below it need be sorted.
    ascending = np.sort(p[p <= alpha])
    passed = np.flatnonzero(ascending <= np.arange(1, ascending.size + 1) / m * alpha)
    if not passed.size:
        return np.zeros(p.shape, np.bool_)
    return np.asarray(p <= ascending[passed[-1]], np.bool_)


def normal_p(z: FloatArray) -> FloatArray:
    """Return the two-sided p value of each z under the normal distribution, NaN for NaN."""
    from scipy.special import erfc

    # In one piece of memory: fresh memory costs as much as the function.
    p = np.array(z, np.float64)
    np.abs(p, out=p)
    p /= math.sqrt(2.0)
    return np.asarray(erfc(p, out=p), np.float64)
