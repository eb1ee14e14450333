"""Shares with their interval."""

from __future__ import annotations

import math

_Z_90 = 1.6448536269514722


def share_interval(n: float, total: float) -> tuple[float, float]:
    """Return the 90 % interval of the share `n` of `total` (both may be fractional, `total` positive).

    Notes
    -----
    Wilson (1927), doi:10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> [round(end, 3) for end in share_interval(8, 10)]
    [0.541, 0.931]
    """
    share, z2 = n / total, _Z_90**2
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    within = max(share * (1 - share) / total + z2 / (4 * total * total), 0.0)
    half = math.sqrt(z2 * within) / (1 + z2 / total)
    return max(0.0, middle - half), min(1.0, middle + half)
