"""Made-up incidents whose true process is known: self-exciting in the plane and in cells."""

from typing import NamedTuple

import numpy as np


class Simulated(NamedTuple):
    """Events in order of time; `parent` is the position of the event each followed from, -1 for none (or none seen)."""

    x: np.ndarray
    y: np.ndarray
    t: np.ndarray
    parent: np.ndarray


def simulate_hawkes(
    rng: np.random.Generator,
    *,
    side_m: float = 6000.0,
    days: float = 500.0,
    n_background: float = 3000.0,
    branching_ratio: float = 0.3,
    decay_per_day: float = 0.15,
    spread_m: float = 80.0,
    n_hills: int = 12,
    hill_m: float = 500.0,
    before_days: float = 100.0,
) -> Simulated:
    """Return a process seen on a square during `days`, by its branching construction.

    It runs before the first day and beyond the border too, as the real world does, so that some events have parents
    that nobody saw. `n_background` is the expected number of background events seen; 70 % of them lie on `n_hills`
    Gaussian hills, the rest is strewn.
    """
    margin = 8 * spread_m
    wide = side_m + 2 * margin
    density = n_background / (side_m**2 * days)
    hills = rng.uniform(0, side_m, (max(n_hills, 1), 2))
    share_hills = 0.7 if n_hills else 0.0
    n_strewn = rng.poisson((1 - share_hills) * density * wide**2 * (days + before_days))
    n_on_hills = rng.poisson(share_hills * n_background * (days + before_days) / days)
    place = np.concatenate(
        [
            rng.uniform(-margin, side_m + margin, (n_strewn, 2)),
            hills[rng.integers(0, len(hills), n_on_hills)] + rng.normal(0, hill_m, (n_on_hills, 2)),
        ]
    )
    time = rng.uniform(-before_days, days, len(place))
    parent = np.full(len(place), -1)
    places, times, parents, first = [place], [time], [parent], 0
    while len(place):
        children = rng.poisson(branching_ratio, len(place))
        source = np.repeat(np.arange(len(place)), children)
        parents.append(first + source)
        first += len(place)
        place = place[source] + rng.normal(0, spread_m, (len(source), 2))
        time = time[source] + rng.exponential(1 / decay_per_day, len(source))
        places.append(place)
        times.append(time)
    place, time, parent = np.concatenate(places), np.concatenate(times), np.concatenate(parents)
    seen = ((place >= 0) & (place < side_m)).all(axis=1) & (time >= 0) & (time < days)
    order = np.flatnonzero(seen)[np.argsort(time[seen])]
    number = np.full(len(time) + 1, -1)
    number[order] = np.arange(len(order))
    return Simulated(place[order, 0], place[order, 1], time[order], number[parent[order]])


def simulate_cells(
    rng: np.random.Generator,
    rates: np.ndarray,
    *,
    days: float = 500.0,
    branching_ratio: float = 0.3,
    decay_per_day: float = 0.15,
    before_days: float = 100.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Return cell and day of the events of one self-exciting process per cell; `rates` are background events a day."""
    n = rng.poisson(rates * (days + before_days))
    cell = np.repeat(np.arange(len(rates)), n)
    time = rng.uniform(-before_days, days, len(cell))
    cells, times = [cell], [time]
    while len(cell):
        children = rng.poisson(branching_ratio, len(cell))
        cell = np.repeat(cell, children)
        time = np.repeat(time, children) + rng.exponential(1 / decay_per_day, len(cell))
        cells.append(cell)
        times.append(time)
    cell, time = np.concatenate(cells), np.concatenate(times)
    seen = (time >= 0) & (time < days)
    order = np.flatnonzero(seen)[np.argsort(time[seen])]
    return cell[order], time[order]
