"""Covered days of every finest area, beside a count of each area's own line."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core.query import Covered, Level, Period
from ilpgeo.core.settings import Settings
from ilpgeo.core.types import Areas, Coverage, Query
from ilpgeo.pipeline.opened import Opened
from ilpgeo.pipeline.scope import Scope, covered_days, covered_run, line_of

AREAS = Areas(
    id=("a", "b", "c", "north", "south", "all"),
    name=("A", "B", "C", "North", "South", "All"),
    type=np.array([0, 0, 0, 1, 1, 2]),
    parent=np.array([3, 3, 4, 5, 5, -1]),
    population=np.full(6, np.nan),
    geometry=shapely.box(np.arange(6), 0, np.arange(1, 7), 1),
    types=("cell", "half", "whole"),
    levels=(Level.LOCAL, Level.REGIONAL, Level.NATIONAL),
    crs="EPSG:32633",
)
SETTINGS = Settings("Toy", "EPSG:32633", "UTC", date(2020, 1, 1))


def _opened(declared: tuple[Covered, ...]) -> Opened:
    workspace = SimpleNamespace(settings=replace(SETTINGS, declared=declared))
    opened = Opened(workspace, SimpleNamespace(version=lambda: "1", removals=lambda: ()))
    opened.__dict__["areas"] = AREAS
    return opened


days = st.integers(0, 60).map(lambda n: date(2020, 1, 1) + timedelta(days=n))
periods = st.tuples(days, days).map(lambda ends: Period(min(ends), max(ends)))
entries = st.builds(Covered, st.sampled_from(["x", "y"]), st.sampled_from(["", *AREAS.id]), periods)


@given(st.lists(entries, min_size=1, max_size=6), periods, st.sampled_from([(), ("x",), ("y", "x")]))
def test_covered_days_are_those_of_each_areas_own_line(
    declared: list[Covered], asked: Period, sources: tuple[str, ...]
):
    found = covered_days(_opened(tuple(declared)), asked, sources)
    cover = Coverage(tuple(declared))
    expected = [cover.covered_days(line_of(AREAS, area), asked, sources) for area in ("a", "b", "c")]
    assert found.tolist() == expected


def test_a_region_without_data_has_no_covered_day():
    declared = (Covered("x", "north", Period(date(2020, 1, 5), date(2020, 1, 9))),)
    found = covered_days(_opened(declared), Period(date(2020, 1, 1), date(2020, 1, 7)), ())
    assert found.tolist() == [3, 3, 0]


def test_a_model_learns_from_the_last_days_without_a_gap():
    year = Period(date(2020, 1, 1), date(2020, 12, 31))
    declared = (
        Covered("x", "north", Period(date(2019, 6, 1), date(2020, 2, 29))),
        Covered("x", "north", Period(date(2020, 7, 1), date(2020, 9, 30))),
        Covered("x", "south", Period(date(2020, 3, 1), date(2020, 3, 31))),
    )
    scope = Scope(
        Query(Level.LOCAL, year), Level.LOCAL, "cell", np.arange(3), np.arange(3), date(2021, 1, 1), year, year,
        is_monthly=False,
    )  # fmt: skip
    opened = _opened(declared)
    assert covered_run(opened, scope, year) == Period(date(2020, 7, 1), date(2020, 9, 30))
    assert covered_run(opened, scope, Period(date(2020, 1, 1), date(2020, 2, 29))).days == 60
    south = replace(scope, place=np.array([-1, -1, 0]))
    assert covered_run(opened, south, year) == Period(date(2020, 3, 1), date(2020, 3, 31))
    assert covered_run(_opened((Covered("x", "", year),)), scope, year) == year
