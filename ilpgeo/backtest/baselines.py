"""The baselines that stand beside every test; what does not beat them is not worth its trouble."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

import numpy as np

from ilpgeo.backtest.plan import MOST_UNCOVERED, Fold, days_last_year
from ilpgeo.backtest.run import Contestant
from ilpgeo.core.answers import RiskSurface
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid

_A_MONTH_OF_DAYS = 31


def _between(past: Incidents, period: Period) -> Incidents:
    """Return the incidents of a period, in local days."""
    start, after = (_midnight(day, past.timezone) for day in (period.start, period.after))
    return past.select((past.t_from >= start) & (past.t_from < after))


def _midnight(day: date, timezone: str) -> np.datetime64:
    local = datetime.combine(day, time(), ZoneInfo(timezone))
    return np.datetime64(local.astimezone(UTC).replace(tzinfo=None), "s")


def _counted(past: Incidents, grid: Grid, scale: float) -> RiskSurface:
    counts = grid.count(past.x, past.y, past.weight)
    return RiskSurface(grid, counts * scale, counts)


@dataclass(frozen=True, slots=True)
class SameWindowLastYear:
    """What happened in the same weekdays 52 weeks before the window, or in the same months of the year before."""

    name: ClassVar[str] = "last_year"
    title: ClassVar[str] = "Same days last year"
    purpose: ClassVar[str] = "next"
    summary: ClassVar[str] = "The same weekdays 52 weeks before, or the same months a year before."
    needs: ClassVar[frozenset[str]] = frozenset()

    def answer(
        self,
        past: Incidents,
        grid: Grid,
        window: Period,
        context: Context,  # noqa: ARG002
        rng: np.random.Generator,  # noqa: ARG002
    ) -> RiskSurface:
        """Return the counts of a year before; nothing where the past does not reach so far."""
        return _counted(_between(past, window.year_before()), grid, 1.0)


@dataclass(frozen=True, slots=True)
class LastWeeks:
    """What happened in the last weeks before the window."""

    name: ClassVar[str] = "last_weeks"
    title: ClassVar[str] = "Last four weeks"
    purpose: ClassVar[str] = "next"
    summary: ClassVar[str] = "The counts of the last weeks alone."
    needs: ClassVar[frozenset[str]] = frozenset()

    days: int = param(28, label="Days", unit="days", low=1, high=366, step=1, help="How many of the last days count.")

    def __post_init__(self) -> None:
        check(self)

    def answer(
        self,
        past: Incidents,
        grid: Grid,
        window: Period,
        context: Context,
        rng: np.random.Generator,  # noqa: ARG002
    ) -> RiskSurface:
        """Return the counts of the last days learnt from, scaled to the window."""
        days = min(self.days, context.trained_on.days)
        last = Period(context.trained_on.end - timedelta(days=days - 1), context.trained_on.end)
        return _counted(_between(past, last), grid, window.days / days)


@dataclass(frozen=True, slots=True)
class Uniform:
    """The same everywhere: what flagging ground at random would catch."""

    name: ClassVar[str] = "uniform"
    title: ClassVar[str] = "Everywhere alike"
    purpose: ClassVar[str] = "where"
    summary: ClassVar[str] = "The same expectation in every cell."
    needs: ClassVar[frozenset[str]] = frozenset()

    def answer(
        self,
        past: Incidents,
        grid: Grid,
        window: Period,
        context: Context,
        rng: np.random.Generator,
    ) -> RiskSurface:
        """Return an even expectation, lifted at random by a hair so that ties are broken by chance and not by name."""
        counts = grid.count(past.x, past.y, past.weight)
        if not grid.inside.any():
            raise InvalidInput("uniform: the study area is empty; choose an area that holds at least one cell")
        level = counts.sum() * window.days / context.trained_on.days / grid.inside.sum()
        hair = 1 + 1e-3 * rng.random(grid.shape)
        return RiskSurface(grid, np.where(grid.inside, level * hair, 0.0), counts)


def baselines(
    folds: Sequence[Fold], covered_days: Callable[[Period], int], *, is_monthly: bool
) -> tuple[Contestant, ...]:
    """Return the baselines that stand beside the prior count: last year, the last weeks, everywhere alike.

    The same days last year may lie before the days that the others learn from, so they are shown to their baseline by
    themselves. It is left out where the data do not hold 98 % of them, from the first window to the last.

    Parameters
    ----------
    covered_days
        Returns the number of days of a period with data.
    is_monthly
        Whether all incidents of a month lie on its first: the last weeks are then the last month.
    """
    asked = days_last_year(folds)
    found = []
    if covered_days(asked) >= (1 - MOST_UNCOVERED) * asked.days:
        last_year = SameWindowLastYear
        found.append(Contestant(last_year.name, last_year.title, last_year(), Period.year_before))
    if is_monthly:
        found.append(Contestant(LastWeeks.name, "Last month", LastWeeks(_A_MONTH_OF_DAYS)))
    else:
        found.append(Contestant(LastWeeks.name, LastWeeks.title, LastWeeks()))
    found.append(Contestant(Uniform.name, Uniform.title, Uniform()))
    return tuple(found)
