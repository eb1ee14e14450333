"""How the risk after an incident fades: exponential in time, Gaussian in space, both cut at their reach."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ilpgeo.core.arrays import FloatArray

# Beyond these, measured in the reach, no fading can be told from none within it.
_SLOWEST_DECAY, _FASTEST_DECAY = 0.02, 1e5
_WIDEST_SPREAD = 2.0
_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Trigger:
    """The density of follow-ups of one incident: f(dt) h(dx) h(dy), each integrating to one within its reach.

    f(dt) = decay exp(-decay dt) / (1 - exp(-decay reach_days)) for 0 < dt <= reach_days;
    h(d) = exp(-d^2 / 2 spread^2) / (spread sqrt(2 pi) erf(reach_m / spread sqrt 2)) for |d| <= reach_m.
    """

    decay_per_day: float
    spread_m: float
    reach_days: float
    reach_m: float

    @property
    def precision(self) -> float:
        """What squared metres are multiplied with in the exponent."""
        return 0.5 / self.spread_m**2

    @property
    def height(self) -> float:
        """Density at no distance and no delay, per day and square metre."""
        u = self.reach_m * math.sqrt(self.precision)
        across = self.spread_m * math.sqrt(2.0 * math.pi) * math.erf(u)
        return self.decay_per_day / -math.expm1(-self.decay_per_day * self.reach_days) / across**2

    @property
    def untruncated_share(self) -> float:
        """Share of the exponential without a cut that lies within its reach."""
        return -math.expm1(-self.decay_per_day * self.reach_days)

    @property
    def slopes(self) -> tuple[float, float]:
        """Derivative of the logarithm of `height` by the logarithm of the decay and of the spread."""
        v = self.decay_per_day * self.reach_days
        u = self.reach_m * math.sqrt(self.precision)
        by_spread = -2.0 + 4.0 * u * math.exp(-u * u) / (math.sqrt(math.pi) * math.erf(u))
        return 1.0 - v / math.expm1(v) if v < 500 else 1.0, by_spread

    def share_by(self, days: FloatArray) -> FloatArray:
        """Return the share of the follow-ups that come within `days` after their incident."""
        within = np.clip(days, 0.0, self.reach_days)
        share = np.expm1(-self.decay_per_day * within) / math.expm1(-self.decay_per_day * self.reach_days)
        return np.asarray(share, np.float64)

    def share_slope(self, days: FloatArray) -> FloatArray:
        """Return the derivative of `share_by` by the logarithm of the decay."""
        within = np.clip(days, 0.0, self.reach_days)
        whole = -math.expm1(-self.decay_per_day * self.reach_days)
        fading = self.decay_per_day * within * np.exp(-self.decay_per_day * within)
        last = self.decay_per_day * self.reach_days * math.exp(-self.decay_per_day * self.reach_days)
        return np.asarray((fading - self.share_by(days) * last) / whole, np.float64)

    def running_share(self, days: FloatArray) -> FloatArray:
        """Return the integral of `share_by` from 0 to `days`, in days."""
        within = np.clip(days, 0.0, self.reach_days)
        whole = -math.expm1(-self.decay_per_day * self.reach_days)
        fading = within + np.expm1(-self.decay_per_day * within) / self.decay_per_day
        return np.asarray(fading / whole + np.maximum(days - self.reach_days, 0.0), np.float64)


def decay_from_mean(mean_days: float, reach_days: float) -> float:
    """Return the decay of the cut exponential with this mean; the slowest or fastest told apart beyond the range."""

    def mean(decay: float) -> float:
        v = decay * reach_days
        return 1.0 / decay - (reach_days / math.expm1(v) if v < 500 else 0.0)

    return _falling_root(mean, mean_days, _SLOWEST_DECAY / reach_days, _FASTEST_DECAY / reach_days)


def spread_from_mean(mean_m2: float, reach_m: float, least_m: float) -> float:
    """Return the spread of the cut Gaussian whose squared distance along an axis has this mean, at least `least_m`."""

    def mean(inverse: float) -> float:
        spread = 1.0 / inverse
        u = reach_m / (spread * math.sqrt(2.0))
        return spread**2 * (1.0 - 2.0 * u * math.exp(-u * u) / (math.sqrt(math.pi) * math.erf(u)))

    return 1.0 / _falling_root(mean, mean_m2, 1.0 / (_WIDEST_SPREAD * reach_m), 1.0 / least_m)


def is_decay_at_bound(decay_per_day: float, reach_days: float) -> bool:
    """Return whether no fading was found within the reach."""
    return decay_per_day * reach_days <= _SLOWEST_DECAY * 1.01


def _falling_root(mean: Callable[[float], float], wanted: float, low: float, high: float) -> float:
    # Bisection of the logarithm: sixty halvings reach the last digit from any bounds.
    if mean(low) <= wanted:
        return low
    if mean(high) >= wanted:
        return high
    below, above = math.log(low), math.log(high)
    for _ in range(_HALVINGS):
        middle = 0.5 * (below + above)
        below, above = (middle, above) if mean(math.exp(middle)) > wanted else (below, middle)
    return math.exp(0.5 * (below + above))
