"""How many incidents a window will bring in all, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ilpgeo.core.arrays import FloatArray

_DECAYS = (2.0, 6.0, 20.0, 60.0, 180.0, 1e9)  # pieces
_LEAST_JUDGED = 6
_USUAL_ERROR, _USUAL_WINDOWS = 0.15, 2.0
# A negative binomial of a smaller shape is no wider: its upper end falls again, at last to 0.
_LEAST_SHAPE = 0.1
_DOUBT = 0.5  # incidents: keeps an expectation above zero where nothing happened yet


@dataclass(frozen=True, slots=True)
class Level:
    """Incidents expected in the window, with the interval that holds the count itself nine times in ten.

    Attributes
    ----------
    expected, low, high
        Incidents.
    dispersion
        Variance of past counts around their expectation over that expectation; 1 is pure chance.
    """

    expected: float
    low: float
    high: float
    dispersion: float


def foresee(counts: FloatArray, year_pieces: float, n_ahead: int = 1) -> Level:
    """Return what the next window will bring, from the counts of pieces of time before it, oldest first.

    Memories compete, from two pieces to all alike, each plain and moved by the change from last year's next ones; the
    one that would have foretold the windows before best (Poisson likelihood) is used.

    Parameters
    ----------
    counts
        Shape (n,), pieces side by side, the last just before the window.
    year_pieces
        Pieces in a year; 0 where there is none to look back on.
    n_ahead
        Pieces the window is long.

    Notes
    -----
    O(n). The interval is that of a negative binomial. Its dispersion is the one seen in the windows judged, drawn
    towards that of a level known to 15 % as if two windows had shown it: a few quiet windows promise nothing.
    """
    n = len(counts)
    if n == 0:
        return Level(0.0, 0.0, 3.0, 1.0)
    year = round(year_pieces)
    decays = [decay for decay in _DECAYS if decay < n or decay == _DECAYS[-1]]
    ways = [(decay, is_seasonal) for decay in decays for is_seasonal in (False, True) if not is_seasonal or year]
    foretold = n_ahead * np.array([_foretold(counts, decay, year if is_seasonal else 0) for decay, is_seasonal in ways])
    judged = slice(max(n // 3, n - 52 * n_ahead, 1), max(n - n_ahead + 1, 1))
    past = foretold[:, judged]
    running = np.concatenate(([0.0], np.cumsum(counts)))
    came = (running[n_ahead:] - running[:-n_ahead])[judged]
    if past.shape[1] < _LEAST_JUDGED:
        expected, seen, n_seen = n_ahead * float((counts.sum() + _DOUBT) / n), 1.0, 0.0
    else:
        fit = (came * np.log(past) - past).sum(1)
        best = int(np.argmax(fit))
        expected = float(foretold[best, n])
        seen, n_seen = float(((came - past[best]) ** 2 / past[best]).mean()), past.shape[1] / n_ahead
    usual = 1.0 + _USUAL_ERROR**2 * expected
    drawn = (n_seen * seen + _USUAL_WINDOWS * usual) / (n_seen + _USUAL_WINDOWS)
    dispersion = min(max(1.0, drawn), 1.0 + expected / _LEAST_SHAPE)
    low, high = _interval(expected, dispersion)
    return Level(expected, low, high, dispersion)


def _foretold(counts: FloatArray, decay: float, year: int) -> FloatArray:
    """Return for each window, and the one after the last, what the windows before it foretold, shape (n + 1,)."""
    n = len(counts)
    found = np.empty(n + 1)
    sum_n = sum_w = 0.0
    fade = float(np.exp(-1.0 / decay))
    usual = np.empty(n + 1)
    for at in range(n + 1):
        usual[at] = (sum_n + _DOUBT) / (sum_w + 1e-9) if sum_w else max(float(counts[0]), _DOUBT)
        if at < n:
            sum_n, sum_w = sum_n * fade + counts[at], sum_w * fade + 1.0
    found[:] = usual
    if year:
        for at in range(year + 4, n + 1):
            # Last year's change from the windows before to the ones around: three either side against chance.
            around = counts[max(0, at - year - 1) : at - year + 2].mean() + _DOUBT
            before = counts[max(0, at - year - 5) : at - year - 1].mean() + _DOUBT
            found[at] = usual[at] * float(np.clip(around / before, 0.5, 2.0)) ** 0.5
    return found


def _interval(expected: float, dispersion: float) -> tuple[float, float]:
    """Return the 5 % and the 95 % quantile of the count: Poisson, or negative binomial where it is dispersed."""
    # scipy.stats has both, at the price of two seconds of imports in the first forecast of a server.
    from scipy.special import betainc, gammaincc

    mean = max(expected, 1e-9)
    p = min(1.0 / dispersion, 1.0)
    is_poisson = dispersion <= 1.0 + 1e-9 or expected <= 0

    def share_up_to(k: int) -> float:
        return float(gammaincc(k + 1, mean) if is_poisson else betainc(mean * p / (1 - p), k + 1, p))

    return _quantile(share_up_to, 0.05), _quantile(share_up_to, 0.95)


def _quantile(share_up_to: Callable[[int], float], share: float) -> float:
    """Return the smallest whole number up to which at least `share` of the counts lie."""
    below, above = -1, 1
    while share_up_to(above) < share:
        below, above = above, 2 * above
    while above - below > 1:
        middle = (below + above) // 2
        below, above = (middle, above) if share_up_to(middle) < share else (below, middle)
    return float(above)
