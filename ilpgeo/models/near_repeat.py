"""Near repeats (Knox): whether incidents follow each other near by and soon more often than chance would have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray, IntArray, frozen
from ilpgeo.core.errors import InvalidInput, raise_all
from ilpgeo.core.explained import Diagnostic
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param
from ilpgeo.core.protocols import Context, Progress, unwatched
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.localtime import local_seconds
from ilpgeo.models.points import check_points, check_question, whole_incidents

_DAY_S = 86_400
# What a difference of two whole numbers of days may not exceed to be held in 16 bits.
_LONGEST_SPAN = 32_766


@dataclass(frozen=True, slots=True, eq=False)
class Knox:
    """Pairs of incidents by how far and how many days apart they are, and what chance would make of them.

    Row 0 is the same place; row k >= 1 holds the pairs at other places at least distance_m[k - 1] and less than
    distance_m[k] apart; column k those at least days[k] and less than days[k + 1] apart in time.

    Attributes
    ----------
    distance_m, days
        Edges of the bands from 0 on.
    observed
        Shape (distances, times): pairs.
    expected, median, low, high
        Shape (distances, times): mean, median, 5 % and 95 % quantile over the permutations.
    ratio, median_ratio
        Observed over mean and over median; NaN where that is zero.
    p
        Shape (distances, times): (1 + permutations with at least as many pairs) / (1 + permutations).
    """

    distance_m: FloatArray
    days: FloatArray
    observed: IntArray
    expected: FloatArray
    median: FloatArray
    low: FloatArray
    high: FloatArray
    ratio: FloatArray
    median_ratio: FloatArray
    p: FloatArray

    def __post_init__(self) -> None:
        for name in self.__slots__:
            object.__setattr__(self, name, frozen(getattr(self, name)))


def knox(
    x: FloatArray,
    y: FloatArray,
    days: npt.NDArray[Any],
    distance_bands_m: Sequence[float] | npt.NDArray[Any],
    time_bands_days: Sequence[float] | npt.NDArray[Any],
    permutations: int,
    rng: np.random.Generator,
    *,
    progress: Progress = unwatched,
) -> Knox:
    """Return Knox's table of pairs by band of distance and of time, tested by dealing the days out anew.

    Parameters
    ----------
    x, y
        Shape (n,), metres.
    days
        Shape (n,), whole or fractional.
    distance_bands_m, time_bands_days
        Ascending edges of half-open bands [a, b) from 0 on; the 0 itself may be left out. The same place is a band of
        its own, so the first band of distance begins just above 0. Distances compare as dx^2 + dy^2 against edge^2.
    permutations
        At least 1; p cannot fall below 1 / (permutations + 1).
    rng
        Draws one number, the seed of all permutations.
    progress
        Called with the share done; what it raises ends the work.

    Raises
    ------
    InvalidInput
        For numbers that are not finite, edges that do not ascend, no permutation, or more than 200 million pairs.

    Notes
    -----
    O(pairs within the last distance x permutations x bands of time), O(n + pairs) memory. The pairs are found once;
    the order of the incidents does not matter. Knox (1964), doi:10.2307/2985220; near repeats: Ratcliffe & Rengert
    (2008), doi:10.1057/palgrave.sj.8350068.
    """
    from ilpgeo.models.near_repeat_counts import count_close
    from ilpgeo.models.near_repeat_pairs import find_pairs, order_in_strips

    distance_m, edges_days = _edges(distance_bands_m, "distance_bands_m"), _edges(time_bands_days, "time_bands_days")
    _check(x, y, days, permutations)
    order = order_in_strips(x, y, days, float(distance_m[-1]))
    pairs = find_pairs(x[order].astype(np.float64), y[order].astype(np.float64), distance_m)
    labels, wanted = _compact(days[order], edges_days)
    seed = int(rng.integers(2**63))
    # Pairs less than each edge apart; what lies between two edges is their difference.
    below = count_close(pairs, labels, wanted[1:], permutations, seed, progress)
    return _tested(distance_m, edges_days, np.diff(below, axis=1, prepend=0))


def _edges(bands: Sequence[float] | npt.NDArray[Any], name: str) -> FloatArray:
    """Return the edges of the bands from 0 on."""
    edges = np.asarray(bands, np.float64)
    if edges.ndim == 1 and edges.size and edges[0] != 0:
        edges = np.append(0.0, edges)
    if edges.ndim != 1 or len(edges) < 2 or not np.isfinite(edges).all() or (np.diff(edges) <= 0).any():
        raise InvalidInput(f"near repeats: {name} must be finite edges that ascend from 0, not {bands!r}")
    return edges


def _check(x: FloatArray, y: FloatArray, days: npt.NDArray[Any], permutations: int) -> None:
    check_points(x, y)
    faults = []
    if days.shape != x.shape:
        faults.append(f"days has shape {days.shape}, expected {x.shape}")
    elif days.dtype.kind not in "iuf" or not np.isfinite(days).all():
        faults.append("days must be finite numbers")
    if permutations < 1:
        faults.append(f"permutations must be at least 1, not {permutations!r}")
    raise_all(faults, subject="near repeats")


def _compact(days: npt.NDArray[Any], edges: FloatArray) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return days and edges in 16 bits where they are whole and span less than 90 years, else as they are."""
    since = days - days.min() if days.size else days
    is_whole = all(bool((values == np.floor(values)).all()) for values in (since, edges))
    if is_whole and since.max(initial=0) <= _LONGEST_SPAN:
        # An edge beyond the span holds every pair.
        return since.astype(np.int16), np.minimum(edges, _LONGEST_SPAN + 1).astype(np.int16)
    return days.astype(np.float64), edges


def _tested(distance_m: FloatArray, days: FloatArray, counts: IntArray) -> Knox:
    observed, permuted = counts[..., 0], counts[..., 1:]
    expected = permuted.mean(axis=2)
    low, median, high = np.quantile(permuted, [0.05, 0.5, 0.95], axis=2)
    ratio, median_ratio = (
        np.divide(observed, base, out=np.full(observed.shape, np.nan), where=base > 0) for base in (expected, median)
    )
    p = (1 + (permuted >= observed[..., None]).sum(axis=2)) / (1 + permuted.shape[2])
    return Knox(distance_m, days, observed, expected, median, low, high, ratio, median_ratio, p)


@dataclass(frozen=True, slots=True)
class NearRepeat:
    """Whether one incident raises the chance of the next near by and soon; see `knox`."""

    name: ClassVar[str] = "near_repeat"
    title: ClassVar[str] = "Near repeats (Knox)"
    purpose: ClassVar[str] = "next"
    summary: ClassVar[str] = (
        "Tells whether an incident makes another near by and soon more likely, how far and how long."
    )
    needs: ClassVar[frozenset[str]] = frozenset()

    band_m: float = param(
        100.0, label="Distance step", unit="m", low=10, high=2000, step=10,
        help="Width of each band of distance; not finer than the places are known.",
    )  # fmt: skip
    n_bands: int = param(
        2, label="Distance steps", unit="bands", low=1, high=8, step=1,
        help="How many bands of distance beside the same place; time and memory grow with the square.",
    )  # fmt: skip
    band_days: int = param(
        7, label="Time step", unit="days", low=1, high=60, step=1,
        help="Width of each band of time; incidents whose time is known less finely are left out.",
    )  # fmt: skip
    n_time_bands: int = param(
        4, label="Time steps", unit="bands", low=1, high=12, step=1,
        help="How many bands of time.",
    )  # fmt: skip
    permutations: int = param(
        999, label="Permutations", unit="times", low=99, high=9999, step=100,
        help="How often the dates are dealt out anew to see what chance does.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)

    def answer(
        self,
        past: Incidents,
        grid: Grid,
        window: Period,  # noqa: ARG002
        context: Context,
        rng: np.random.Generator,
    ) -> Diagnostic:
        """Return the table of pairs in the study area.

        A row of weight k stands for k incidents, see `whole_incidents`.
        """
        from ilpgeo.models.near_repeat_words import explain

        check_question(past, grid)
        within = past.select(grid.cell_of(past.x, past.y) >= 0)
        is_dated = np.abs((within.t_to - within.t_from).astype(np.int64)) <= self.band_days * _DAY_S
        copies = whole_incidents(within.weight)
        dated = within.select(np.repeat(np.flatnonzero(is_dated), copies[is_dated]))
        days = local_seconds(np.minimum(dated.t_from, dated.t_to), dated.timezone) // _DAY_S
        found = knox(
            dated.x, dated.y, days,
            self.band_m * np.arange(self.n_bands + 1), float(self.band_days) * np.arange(self.n_time_bands + 1),
            self.permutations, rng, progress=context.progress,
        )  # fmt: skip
        return explain(found, dated, float(copies[~is_dated].sum()), self.band_days)
