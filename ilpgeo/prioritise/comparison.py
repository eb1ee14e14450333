"""Is one count more than another by more than chance: two Poisson counts, compared exactly."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, bdtrc

from ilpgeo.core.arrays import FloatArray


def compare_counts(n: npt.ArrayLike, before: npt.ArrayLike, share: float = 0.5) -> FloatArray:
    """Return the two-sided p value that two Poisson counts have the same rate.

    Given their sum, `n` is binomial; the smaller tail is doubled (at most 1). Two zeros give 1.

    Parameters
    ----------
    n, before
        Shape (areas,): counts, >= 0.
    share
        Days of `n` over the days of both; one half for periods of equal length.

    References
    ----------
    Przyborowski & Wilenski (1940), doi:10.1093/biomet/31.3-4.313.
    """
    a, b = np.asarray(n, np.float64), np.asarray(before, np.float64)
    at_most = bdtr(a, (a + b).astype(np.int64), share)
    at_least = np.where(a > 0, bdtrc(np.maximum(a - 1, 0), (a + b).astype(np.int64), share), 1.0)
    return np.asarray(np.minimum(1.0, 2 * np.minimum(at_most, at_least)), np.float64)
