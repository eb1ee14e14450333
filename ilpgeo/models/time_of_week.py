"""Time of week: when incidents happen, with those known only to lie between two times spread over them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.aoristic import week_profile
from ilpgeo.models.peak import find_peak
from ilpgeo.models.points import check_question
from ilpgeo.models.shares import share_interval

TITLE = "Time of week"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LEFT_OUT, SPREAD = "leave out", "spread evenly"
_WEEK_HOURS = 168
# Fewer known times than this say nothing about 168 hours.
_LEAST_KNOWN = 20.0


@dataclass(frozen=True, slots=True)
class TimeOfWeek:
    """When in the week incidents happen; see `ilpgeo.models.aoristic.week_profile`."""

    name: ClassVar[str] = "time_of_week"
    title: ClassVar[str] = "Time of week"
    purpose: ClassVar[str] = "when"
    summary: ClassVar[str] = "Shows at which hours of the week and in which shifts incidents happen."
    needs: ClassVar[frozenset[str]] = frozenset()

    max_hours: float = param(
        12.0, label="Longest window", unit="hours", low=1, high=168, step=1,
        help="An incident known only to lie within a longer window says too little about the hour.",
    )  # fmt: skip
    unknown: str = param(
        LEFT_OUT, label="Unknown times", choices=(LEFT_OUT, SPREAD),
        help="Whether incidents whose time is not known well enough are left out or spread over all hours alike.",
    )  # fmt: skip
    first_shift_hour: int = param(
        6, label="First shift begins", unit="hour", low=0, high=23, step=1,
        help="Hour of the day at which the first shift begins.",
    )  # fmt: skip
    n_shifts: int = param(
        3, label="Shifts", unit="per day", low=1, high=6, step=1,
        help="Into how many shifts of about equal length a day is divided.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)

    def answer(
        self,
        past: Incidents,
        grid: Grid,
        window: Period,  # noqa: ARG002
        context: Context,  # noqa: ARG002
        rng: np.random.Generator,  # noqa: ARG002
    ) -> Diagnostic:
        """Return the hours, days and shifts of the incidents in the study area."""
        check_question(past, grid)
        within = past.select(grid.cell_of(past.x, past.y) >= 0)
        profile, unknown = week_profile(
            within.t_from, within.t_to, within.timezone, within.weight, min(self.max_hours, _WEEK_HOURS)
        )
        known = float(profile.sum())
        if known < _LEAST_KNOWN:
            # What is said rests on all incidents, and tells nothing of the few that are known better.
            return Diagnostic(TITLE, (_too_little(known + unknown, unknown, self.max_hours),), (), known + unknown)
        if self.unknown == SPREAD:
            profile = profile + unknown / _WEEK_HOURS
        shift = shift_of_hour(self.first_shift_hour, self.n_shifts)
        findings = (
            _share_unknown(known, unknown, self.max_hours, self.unknown),
            _busiest_hours(profile),
            *_busiest_shift(profile, shift, self),
        )
        tables = (_week(profile), _by_shift(profile, shift, self), _by_day(profile), _by_hour(profile))
        return Diagnostic(TITLE, findings, tables, float(profile.sum()))


def _too_little(n: float, unknown: float, max_hours: float) -> str:
    if not unknown:
        return f"The time of week cannot be told from {n:,.0f} incidents: at least {_LEAST_KNOWN:g} are needed"
    return (
        f"The time of week cannot be told: fewer than {_LEAST_KNOWN:g} of {n:,.0f} incidents are known to "
        f"{max_hours:g} hours"
    )


def shift_of_hour(first_hour: int, n_shifts: int) -> np.ndarray:
    """Return the shift of each hour of the day, 0 for the one that begins at `first_hour`; shape (24,).

    Examples
    --------
    >>> shift_of_hour(6, 3).tolist()[5:15]
    [2, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    """
    return (np.arange(24) - first_hour) % 24 * n_shifts // 24


def _shift_names(model: TimeOfWeek) -> list[str]:
    begins = [(model.first_shift_hour + math.ceil(24 * k / model.n_shifts)) % 24 for k in range(model.n_shifts)]
    return [f"{begin:02d}:00\u2013{begins[(k + 1) % len(begins)]:02d}:00" for k, begin in enumerate(begins)]


def _share_unknown(known: float, unknown: float, max_hours: float, treatment: str) -> str:
    if not unknown:
        return f"The time of all {known:,.0f} incidents is known to {max_hours:g} hours or better"
    done = "left out" if treatment == LEFT_OUT else "spread over all hours alike"
    return (
        f"The time of {unknown:,.0f} of {known + unknown:,.0f} incidents ({unknown / (known + unknown):.0%}) is not "
        f"known to {max_hours:g} hours: they are {done}"
    )


def _busiest_hours(profile: FloatArray) -> str:
    peak = find_peak(profile, 0.0)
    if peak is None or profile.max() - profile.min() <= 1e-9 * profile.max():
        return "No hours of the week stand out"
    low, high = share_interval(peak.n, float(profile.sum()))
    return (
        f"The busiest four hours of the week are {peak.words}: {peak.n / profile.sum():.1%} of the incidents "
        f"(90 % interval {low:.1%} to {high:.1%}), {peak.times_average:.1f} times the average four hours"
    )


def _busiest_shift(profile: FloatArray, shift: np.ndarray, model: TimeOfWeek) -> tuple[str, ...]:
    if model.n_shifts == 1:
        return ()
    by_shift = np.bincount(shift, profile.sum(axis=0))
    at, total = int(by_shift.argmax()), float(profile.sum())
    hours = float((shift == at).mean())
    low, high = share_interval(float(by_shift[at]), total)
    return (
        f"The busiest shift is {_shift_names(model)[at]}: {by_shift[at] / total:.0%} of the incidents "
        f"(90 % interval {low:.0%} to {high:.0%}) in {hours:.0%} of the hours",
    )


def _week(profile: FloatArray) -> Table:
    # Half steps of the average, at most three times it: which hours are busy, not how many incidents each holds.
    times = (2 * profile.ravel() / profile.mean()).round().clip(0, 6) / 2
    return Table(
        "Hours of the week, against the average hour",
        {
            "Day": np.repeat(np.array(DAYS), 24),
            "Hour": np.tile(np.arange(24), 7),
            "Times the average hour": times,
        },
        "week",
    )


def _by_shift(profile: FloatArray, shift: np.ndarray, model: TimeOfWeek) -> Table:
    by_day = np.array([np.bincount(shift, day, model.n_shifts) for day in profile])
    names = [f"{day} {name}" for day in DAYS for name in _shift_names(model)]
    hours = np.tile(np.bincount(shift, minlength=model.n_shifts), 7)
    return _grouped("Shifts", "Shift", names, by_day.ravel(), hours)


def _by_day(profile: FloatArray) -> Table:
    return _grouped("Days of the week", "Day", list(DAYS), profile.sum(axis=1), np.full(7, 24), "bars")


def _by_hour(profile: FloatArray) -> Table:
    names = [f"{hour:02d}:00" for hour in range(24)]
    return _grouped("Hours of the day", "Hour", names, profile.sum(axis=0), np.full(24, 7))


def _grouped(
    title: str, heading: str, names: list[str], n: FloatArray, hours: np.ndarray, chart: str = "table"
) -> Table:
    total = n.sum()
    return Table(
        title,
        {
            heading: np.array(names),
            "Incidents": np.round(n, 6),
            "Share (%)": 100 * n / total,
            "Times the average": n / hours / (total / _WEEK_HOURS),
        },
        chart,
        counts="Incidents",
    )
