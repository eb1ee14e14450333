"""Round numbers for an axis, and the unbroken stretches of a line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def nice_top(value: float) -> float:
    """Return the smallest of 1, 2, 2.5, 5 times a power of ten (at least 4) that is not below `value`.

    >>> nice_top(3), nice_top(37), nice_top(212)
    (4.0, 40.0, 250.0)
    """
    if value <= 4:
        return 4.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in (1, 2, 2.5, 4, 5, 8, 10) if step * power >= value))


def nice_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return round numbers at even steps that hold `low` and `high` between the first and the last.

    >>> nice_ticks(0, 23), nice_ticks(-0.2, 0.9)
    ([0.0, 10.0, 20.0, 30.0], [-0.5, 0.0, 0.5, 1.0])
    """
    largest = max(abs(low), abs(high))
    if not high - low > 1e-9 * max(largest, 1e-9):
        high = low + (largest if largest > 1e-9 else 1.0)
    rough = (high - low) / (most - 1)
    power = 10.0 ** np.floor(np.log10(rough))
    step = float(next(each * power for each in (1, 2, 2.5, 5, 10) if each * power >= rough * (1 - 1e-9)))
    first, last = np.floor(low / step + 1e-9), np.ceil(high / step - 1e-9)
    return [float(round(at * step, 12)) for at in range(int(first), int(last) + 1)]


def runs(present: Sequence[bool]) -> list[list[int]]:
    """Return the positions of each unbroken run of what is present."""
    found: list[list[int]] = []
    for at, is_present in enumerate(present):
        if is_present:
            if at and present[at - 1]:
                found[-1].append(at)
            else:
                found.append([at])
    return found
