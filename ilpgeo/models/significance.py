"""Many tests at once: which p values stay significant when every cell was tested."""

from __future__ import annotations

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
    O(m log m). Benjamini & Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x.

    Examples
    --------
    >>> fdr_rejections(np.array([0.01, 0.04, 0.03, 0.9, np.nan]), 0.05).tolist()
    [True, False, False, False, False]
    """
    if not 0 < alpha < 1:
        raise InvalidInput(f"false discovery rate: alpha must lie between 0 and 1, not {alpha!r}")
    tested = ~np.isnan(p)
    ascending = np.sort(p[tested])
    if ascending.size and not 0 <= ascending[0] <= ascending[-1] <= 1:
        raise InvalidInput("false discovery rate: p values must lie between 0 and 1")
    m = ascending.size
    passed = np.flatnonzero(ascending <= np.arange(1, m + 1) / m * alpha)
    if not passed.size:
        return np.zeros(p.shape, np.bool_)
    with np.errstate(invalid="ignore"):
        return np.asarray(tested & (p <= ascending[passed[-1]]), np.bool_)
