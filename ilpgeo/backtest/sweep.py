"""A sweep of settings: which points of a model's settings are tried."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ilpgeo.core.errors import InvalidInput, raise_all
from ilpgeo.core.params import Param, Value
from ilpgeo.core.recipes import Entry

MOST_POINTS = 500
_WIDE = 3.5
Point = tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """One setting that is varied.

    Attributes
    ----------
    name
        The parameter.
    values
        What is tried, in order; a random sweep of numbers draws between the first and the last.
    """

    name: str
    values: tuple[Value, ...]

    def __str__(self) -> str:
        return f"{self.name}={'|'.join(map(str, self.values))}"


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """What a sweep tries.

    Attributes
    ----------
    entry
        The model, with the settings that stay as they are.
    axes
        One or more settings that are varied.
    most
        How many points at most. A grid with more is thinned at random, which says less about each corner; a random
        sweep draws exactly so many.
    is_random
        Draw each setting from its range (evenly in its logarithm where the range is wide) instead of the grid.
    seed
        Of the random numbers.
    """

    entry: Entry
    axes: tuple[Axis, ...]
    most: int = 25
    is_random: bool = False
    seed: int = 0

    def __str__(self) -> str:
        kind = "random" if self.is_random else "grid"
        return f"{self.entry} {kind} {self.most} seed {self.seed} over {' x '.join(map(str, self.axes))}"


def even_values(param: Param, low: float, high: float, n: int) -> tuple[Value, ...]:
    """Return n values from low to high, evenly spaced (in their logarithm over a wide range), on the parameter's steps.

    Examples
    --------
    >>> bandwidth = Param("bandwidth_m", "Bandwidth", 300.0, "m", 25, 5000, 25, (), "")
    >>> even_values(bandwidth, 100, 900, 3), even_values(bandwidth, 200, 400, 3)
    ((100.0, 300.0, 900.0), (200.0, 300.0, 400.0))
    """
    is_log = 0 < low * _WIDE < high
    spaced = np.geomspace(low, high, n) if is_log else np.linspace(low, high, n)
    return tuple(dict.fromkeys(_fitted(param, value) for value in spaced.tolist()))


def points_of(plan: SweepPlan, params: Sequence[Param]) -> tuple[Point, ...]:
    """Return the points of a sweep, each a value for every axis; the same plan gives the same points.

    Parameters
    ----------
    params
        What the model declares.

    Raises
    ------
    InvalidInput
        For an axis that is no parameter, has no value or one out of bounds, or too many points.
    """
    known = {each.name: each for each in params}
    faults = [f"there is no parameter {axis.name}" for axis in plan.axes if axis.name not in known]
    faults += [f"{axis.name} needs at least one value" for axis in plan.axes if not axis.values]
    for axis in plan.axes:
        if axis.name in known:
            faults += [fault for value in axis.values if (fault := known[axis.name].fault(value))]
    if len({axis.name for axis in plan.axes}) < len(plan.axes):
        faults.append("a setting is varied twice")
    if not plan.axes:
        faults.append("choose at least one setting to vary")
    if not 1 <= plan.most <= MOST_POINTS:
        faults.append(f"between 1 and {MOST_POINTS} points can be tried, not {plan.most}")
    raise_all(faults, subject="sweep")
    if plan.is_random:
        return _drawn(plan, known)
    found = tuple(
        tuple(zip([axis.name for axis in plan.axes], values, strict=True))
        for values in itertools.product(*(axis.values for axis in plan.axes))
    )
    if len(found) <= plan.most:
        return found
    kept = np.sort(np.random.default_rng(plan.seed).choice(len(found), plan.most, replace=False))
    return tuple(found[at] for at in kept.tolist())


def _drawn(plan: SweepPlan, known: dict[str, Param]) -> tuple[Point, ...]:
    rng = np.random.default_rng(plan.seed)
    points: dict[Point, None] = {}
    for _ in range(20 * plan.most):
        points[tuple((axis.name, _draw(axis, known[axis.name], rng)) for axis in plan.axes)] = None
        if len(points) == plan.most:
            break
    return tuple(points)


def _draw(axis: Axis, param: Param, rng: np.random.Generator) -> Value:
    numbers = [value for value in axis.values if isinstance(value, int | float) and not isinstance(value, bool)]
    if param.choices or len(numbers) < len(axis.values):
        return axis.values[int(rng.integers(len(axis.values)))]
    low, high = float(min(numbers)), float(max(numbers))
    if 0 < low * _WIDE < high:
        return _fitted(param, math.exp(rng.uniform(math.log(low), math.log(high))))
    return _fitted(param, rng.uniform(low, high))


def _fitted(param: Param, value: float) -> Value:
    """Return a number on the parameter's steps and inside its bounds, of its kind."""
    if isinstance(param.default, bool) or not isinstance(param.default, int | float):
        raise InvalidInput(f"{param.label} is no number; name the values to try")
    if param.step and value > param.step:
        value = round(value / param.step) * param.step
    low = -math.inf if param.low is None else param.low
    high = math.inf if param.high is None else param.high
    value = float(f"{min(max(value, low), high):.6g}")
    return round(value) if isinstance(param.default, int) else value
