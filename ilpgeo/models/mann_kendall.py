"""Mann-Kendall: series that rise or fall more steadily than chance would make them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.errors import raise_all
from ilpgeo.models.points import read_only
from ilpgeo.models.significance import normal_p


class Trend(NamedTuple):
    """The trend of each series.

    Attributes
    ----------
    score
        Pairs of values that rise less pairs that fall.
    z, p
        The score in standard deviations, corrected for continuity, and its two-sided p value.
    """

    score: IntArray
    z: FloatArray
    p: FloatArray


def mann_kendall(series: FloatArray) -> Trend:
    """Return the Mann-Kendall trend of every series.

    S = sum over pairs i < j of sign(x_j - x_i); Var S = (n (n - 1) (2n + 5) - sum t (t - 1) (2t + 5)) / 18 over the
    groups of t equal values; z = (S - sign S) / sqrt(Var S).

    Parameters
    ----------
    series
        Shape (n_steps, ...), the first step first; values are equal only if they are the same number.

    Returns
    -------
    Shape (...) each. A series of equal values has no trend: z = 0 and p = 1.

    Raises
    ------
    InvalidInput
        For fewer than two steps or a value that is not a finite number.

    Notes
    -----
    O(series x steps^2). Mann (1945), doi:10.2307/1907187; ties: Kendall (1975), Rank Correlation Methods.
    """
    faults = []
    if len(series) < 2:
        faults.append(f"a trend needs at least two steps, not {len(series)}")
    if not np.isfinite(series).all():
        faults.append("the series holds values that are not finite numbers; leave such series out")
    raise_all(faults, subject="mann_kendall")
    n_steps, shape = len(series), series.shape[1:]
    score, tied = _pair_scores(series.reshape(n_steps, -1))
    variance = (n_steps * (n_steps - 1) * (2 * n_steps + 5) - tied) / 18.0
    z = np.zeros(len(score))
    moves = score != 0
    z[moves] = (score - np.sign(score))[moves] / np.sqrt(variance[moves])
    return Trend(score.reshape(shape), z.reshape(shape), normal_p(z).reshape(shape))


def _pair_scores(series: FloatArray) -> tuple[IntArray, IntArray]:
    from ilpgeo.models.mann_kendall_kernel import pair_scores

    return pair_scores(read_only(series))
