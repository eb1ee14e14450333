"""Emerging hot spots: whether a concentration is new, growing, steady, on and off, or over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.answers import Significance
from ilpgeo.core.arrays import BoolArray, FloatArray
from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param
from ilpgeo.core.protocols import Context, Progress, unwatched
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.emerging_classes import CLASSES, emerging_classes
from ilpgeo.models.mann_kendall import mann_kendall
from ilpgeo.models.neighbourhood import disc_sum
from ilpgeo.models.points import check_question
from ilpgeo.models.significance import fdr_rejections, normal_p
from ilpgeo.models.space_time import space_time_gi_star
from ilpgeo.models.time_steps import cut_into_months, cut_into_steps, is_dated_by_month, step_of, within_coverage

_ALL, _SAME = "all steps", "same steps"


class Emerging(NamedTuple):
    """What `emerging_hot_spots` finds.

    Attributes
    ----------
    kind
        Shape (ny, nx): number of each cell's class in `CLASSES`, -1 for none and outside the study area.
    z, p, rejected
        Shape (n_steps, ny, nx): Gi* in each step, its p value (NaN outside), and whether it is significant.
    """

    kind: npt.NDArray[np.int8]
    z: FloatArray
    p: FloatArray
    rejected: BoolArray


def emerging_hot_spots(
    counts: FloatArray,
    radius_cells: float = 1.5,
    lag_steps: int = 1,
    inside: BoolArray | None = None,
    *,
    alpha: float = 0.05,
    trend_alpha: float = 0.05,
    is_against_all_steps: bool = True,
    progress: Progress = unwatched,
) -> Emerging:
    """Return each cell's class from its history of hot and cold steps and the trend of its Gi*.

    Parameters
    ----------
    counts
        Shape (n_steps, ny, nx), oldest step first; cells outside the study area are not looked at.
    radius_cells, lag_steps, inside, is_against_all_steps
        The neighbourhood and what it is set against: see `space_time_gi_star`.
    alpha
        False discovery rate over all cells and steps together.
    trend_alpha
        A trend counts when its Mann-Kendall p value is at most this.
    progress
        Called with 0..1 now and then.

    Raises
    ------
    InvalidInput
        For what `space_time_gi_star` refuses, one step alone, or an `alpha` outside 0..1.

    Notes
    -----
    O(bins x radius + cells x steps^2) time, O(bins) memory.
    """
    present = np.ones(counts.shape[1:], np.bool_) if inside is None else inside
    z = space_time_gi_star(
        counts, radius_cells, lag_steps, present, is_against_all_steps=is_against_all_steps,
        progress=lambda share: progress(share / 2),
    )  # fmt: skip
    p = normal_p(z)
    rejected = fdr_rejections(p, alpha)
    # All of an array is no copy of it.
    within = slice(None) if present.all() else np.flatnonzero(present)
    history = z.reshape(len(z), -1)[:, within]
    significant = rejected.reshape(len(z), -1)[:, within]
    trend = mann_kendall(history)
    progress(0.9)
    is_above = history > 0
    direction = np.where(trend.p <= trend_alpha, np.sign(trend.score), 0)
    kind = np.full(present.shape, -1, np.int8)
    kind[present] = emerging_classes(significant & is_above, significant & ~is_above, direction)
    progress(1.0)
    return Emerging(kind, z, p, rejected)


@dataclass(frozen=True, slots=True)
class EmergingHotSpots:
    """Places told apart by how they became hot or cold; see `emerging_hot_spots`."""

    name: ClassVar[str] = "emerging"
    title: ClassVar[str] = "Emerging hot spots"
    purpose: ClassVar[str] = "spreading"
    summary: ClassVar[str] = "Tells new, growing, steady, on-and-off and fading hot spots apart by their history."
    needs: ClassVar[frozenset[str]] = frozenset()

    step_days: int = param(
        28, label="Length of a step", unit="days", low=1, high=366, step=7,
        help="The training period is cut into steps this long; whole weeks keep the days of the week balanced.",
    )  # fmt: skip
    radius_cells: float = param(
        1.5, label="Neighbourhood", unit="cells", low=1, high=20, step=0.5,
        help="Cells whose centre is this near count as neighbours; 1.5 is the eight around a cell.",
    )  # fmt: skip
    lag_steps: int = param(
        1, label="Steps looked back", unit="steps", low=0, high=12, step=1,
        help="So many steps before belong to a cell's neighbourhood too; 0 looks at each step alone.",
    )  # fmt: skip
    against: str = param(
        _ALL, label="Compared with", choices=(_ALL, _SAME),
        help="All steps tells what is high for the whole time; same steps leaves out what rose or fell everywhere.",
    )  # fmt: skip
    alpha: float = param(
        0.05, label="False discovery rate", low=0.0001, high=0.5, step=0.01,
        help="Share of the hot and cold steps that may be so by chance.",
    )  # fmt: skip
    trend_alpha: float = param(
        0.05, label="Level of the trend", low=0.0001, high=0.5, step=0.01,
        help="A hot spot counts as growing or fading when chance alone would do so this rarely.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)

    def answer(
        self,
        past: Incidents,
        grid: Grid,
        window: Period,  # noqa: ARG002
        context: Context,
        rng: np.random.Generator,  # noqa: ARG002
    ) -> Significance:
        """Return the class of each cell, its history, and Gi* of the last step; the window does not enter."""
        check_question(past, grid)
        is_monthly = is_dated_by_month(past)
        trained_on = within_coverage(context.trained_on, context.coverage)
        steps = cut_into_months(trained_on) if is_monthly else cut_into_steps(trained_on, self.step_days)
        counts = count_by_step(past, grid, steps)
        found = emerging_hot_spots(
            counts, self.radius_cells, self.lag_steps, grid.inside, alpha=self.alpha, trend_alpha=self.trend_alpha,
            is_against_all_steps=self.against == _ALL, progress=context.progress,
        )  # fmt: skip
        remarks = _remarks(trained_on, steps, is_monthly=is_monthly)
        support = np.where(grid.inside, np.round(disc_sum(counts.sum(axis=0), self.radius_cells), 6), 0.0)
        return Significance(
            grid, found.z[-1], found.p[-1], found.rejected[-1], support, self.alpha,
            kinds=CLASSES, kind=found.kind, steps=steps, history=found.z.astype(np.float32),
            beside=_explained(found.kind, grid, remarks, float(counts.sum())),
        )  # fmt: skip


def count_by_step(past: Incidents, grid: Grid, steps: tuple[Period, ...]) -> FloatArray:
    """Return the weight of the incidents in each step and cell, shape (len(steps), ny, nx)."""
    cell, step = grid.cell_of(past.x, past.y), step_of(past, steps)
    kept = (cell >= 0) & (step >= 0)
    size = grid.nx * grid.ny
    counts = np.bincount(step[kept] * size + cell[kept], past.weight[kept], len(steps) * size)
    return np.asarray(counts, np.float64).reshape(len(steps), *grid.shape)


def _remarks(trained_on: Period, steps: tuple[Period, ...], *, is_monthly: bool) -> tuple[str, ...]:
    """Return what to know about the steps."""
    length = "calendar months" if is_monthly else f"steps of {steps[0].days} days"
    remarks = [f"Looked at: {len(steps)} {length}, {steps[0].start} to {steps[-1].end}"]
    if is_monthly:
        remarks.append("The steps are calendar months because incidents are dated by month only")
    left_out = trained_on.days - sum(step.days for step in steps)
    if left_out:
        rest = "first day fills no step and counts" if left_out == 1 else f"first {left_out} days fill none and count"
        remarks.append(f"The {rest} nothing")
    return tuple(remarks)


def _explained(kind: npt.NDArray[Any], grid: Grid, remarks: tuple[str, ...], n: float) -> Diagnostic:
    n_of = np.bincount(kind[grid.inside] + 1, minlength=len(CLASSES) + 1)
    number = dict(zip((each.name for each in CLASSES), n_of[1:].tolist(), strict=True))
    n_hot = sum(number[each.name] for each in CLASSES if each.is_hot)
    findings = (
        f"{n_hot:,} of {int(grid.inside.sum()):,} cells are hot spots in the last step",
        f"{number['new hot spot'] + number['consecutive hot spot']} of them became hot lately (new or consecutive)",
        f"{number['intensifying hot spot']} are getting hotter, {number['diminishing hot spot']} less hot",
        f"{number['historical hot spot']} cells were hot most of the time and are not any more",
    )
    table = Table(
        "Cells of each class",
        {
            "Class": np.array([*number, "no pattern"]),
            "Cells": np.append(n_of[1:], n_of[0]),
            "Area (km²)": np.round(np.append(n_of[1:], n_of[0]) * grid.cell_km2, 6),
            "Meaning": np.array([*(each.meaning for each in CLASSES), "Neither hot nor cold in a way that tells"]),
        },
    )
    return Diagnostic("Emerging hot spots", (*findings, *remarks) if n else remarks, (table,), n)
