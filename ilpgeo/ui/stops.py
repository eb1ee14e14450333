"""Round numbers for a slider over a wide range: fine where numbers are small, coarse where they are large."""

from __future__ import annotations

import math

from ilpgeo.core.params import Param

WIDE = 15.0
_IN_A_DECADE = (1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9)
_BELOW_A_STEP = (1, 2, 5)


def is_wide(param: Param) -> bool:
    """Return whether even steps would leave a slider useless: its highest value is many times its lowest."""
    return param.low is not None and param.high is not None and 0 < param.low * WIDE < param.high


def stops(param: Param, *also: float) -> list[float]:
    """Return the values a slider stops at, ascending: both bounds, round numbers between, and those asked for.

    Examples
    --------
    >>> reach = Param("eps_m", "Reach", 200.0, "m", 10, 200, 10, (), "")
    >>> stops(reach, 137)
    [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0, 137.0, 150.0, 200.0]
    """
    kind = int if isinstance(param.default, int) else float
    low, high, step = float(param.low or 1), float(param.high or 1), float(param.step or 0)
    found = {low, high, float(param.default), *also}
    for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1):
        decade = 10.0**power
        found |= {float(f"{each * decade:.6g}") for each in _IN_A_DECADE if _falls_on(each * decade, step)}
        found |= {float(f"{each * decade:.6g}") for each in _BELOW_A_STEP if each * decade < step}
    return sorted({kind(each) for each in found if low <= each <= high})


def _falls_on(value: float, step: float) -> bool:
    return not step or (value >= step and abs(value / step - round(value / step)) < 1e-6)
