from datetime import date
from itertools import pairwise

import numpy as np

from ilpgeo.core.query import Coverage, Covered, Period
from ilpgeo.prioritise.trend import trend, trend_steps

DAYS = Period(date(2017, 1, 1), date(2020, 12, 31))
EVERYWHERE = Coverage((Covered("s", "", DAYS),))


def test_steps_touch_and_end_with_the_period() -> None:
    for text, monthly in [
        ("2020-06-01..2020-06-07", False),
        ("2020-03-03..2020-06-30", False),
        ("2020-06-01..2020-06-30", True),
    ]:
        steps = trend_steps(Period.parse(text), monthly=monthly)
        assert steps[-1].end == date(2020, 6, 7) if "06-07" in text else steps[-1].end == date(2020, 6, 30)
        assert all(a.after == b.start for a, b in pairwise(steps))


def test_one_incident_a_day_counts_the_days_of_each_step() -> None:
    steps = trend_steps(Period.parse("2020-12-01..2020-12-31"), monthly=True)
    points = trend(steps, np.ones(DAYS.days, np.int64), DAYS, EVERYWHERE, ("a",))
    assert [point.n for point in points] == [step.days for step in steps]
    assert points[-1].usual == (30.0, 31.0)


def test_a_step_without_coverage_has_no_count_and_no_range() -> None:
    coverage = Coverage((Covered("s", "north", Period.parse("2020-12-01..2020-12-31")),))
    steps = trend_steps(Period.parse("2020-12-01..2020-12-31"), monthly=True)
    points = trend(steps, np.ones(DAYS.days, np.int64), DAYS, coverage, ("a", "north"))
    assert [point.n for point in points] == [None] * 12 + [31]
    assert all(point.usual is None for point in points)
    assert all(point.n is None for point in trend(steps, np.ones(DAYS.days, np.int64), DAYS, coverage, ("b", "south")))
