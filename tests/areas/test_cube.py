from collections import Counter
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.areas.cube import Cube
from ilpgeo.core.query import Level, Period
from ilpgeo.core.space import Areas

FIRST = date(2020, 1, 30)
AREAS = Areas(
    id=("a", "b", "c", "all"),
    name=("A", "B", "C", "All"),
    type=np.array([0, 0, 0, 1]),
    parent=np.array([3, 3, 3, -1]),
    population=np.full(4, np.nan),
    geometry=np.array([shapely.box(k, 0, k + 1, 1) for k in range(3)] + [shapely.box(0, 0, 3, 1)]),
    types=("ward", "city"),
    levels=(Level.LOCAL, Level.NATIONAL),
    crs="EPSG:32633",
)
rows = st.lists(
    st.tuples(
        st.integers(0, 40), st.sampled_from(["a", "b", "c", None]), st.sampled_from(["Theft", "Arson"]),
        st.sampled_from(["x", "y"]), st.integers(1, 9),
    ),
    max_size=40,
)  # fmt: skip


def cube_of(given_rows: list[tuple[int, str | None, str, str, int]]) -> Cube:
    days, areas, offences, sources, n = zip(*given_rows, strict=True) if given_rows else ((),) * 5
    table = pa.table(
        {
            "day": pa.array([FIRST + timedelta(days=day) for day in days], pa.date32()),
            "area": pa.array(areas, pa.string()),
            "offence": pa.array(offences, pa.string()).dictionary_encode(),
            "source": pa.array(sources, pa.string()),
            "n": pa.array(n, pa.int64()),
        }
    )
    return Cube.of(table, AREAS)


@given(rows, st.integers(0, 40), st.integers(0, 40), st.sampled_from([(), ("Theft",)]), st.sampled_from([(), ("y",)]))
def test_counts_equal_a_row_by_row_sum(
    given_rows: list[tuple[int, str | None, str, str, int]],
    one: int,
    other: int,
    offences: tuple[str, ...],
    sources: tuple[str, ...],
) -> None:
    cube = cube_of(given_rows)
    low, high = sorted([one, other])
    period = Period(FIRST + timedelta(days=low), FIRST + timedelta(days=high))
    expected: Counter[tuple[str | None, str]] = Counter()
    by_day: Counter[int] = Counter()
    for day, area, offence, source, n in given_rows:
        if low <= day <= high and (not offences or offence in offences) and (not sources or source in sources):
            expected[area, offence] += n
            by_day[day - low] += n
    keep = cube.chosen(period, offences, sources)
    counts = cube.by_area_and_offence(keep)
    assert counts.shape == (4, len(cube.offences))
    for place, area in enumerate(["a", "b", "c", None]):
        for at, offence in enumerate(cube.offences):
            assert counts[place, at] == expected[area, offence]
    assert cube.by_day(keep, period).tolist() == [by_day[day] for day in range(period.days)]


@given(rows)
def test_months_hold_every_placed_incident_of_a_source(
    given_rows: list[tuple[int, str | None, str, str, int]],
) -> None:
    cube = cube_of(given_rows)
    for source in cube.sources:
        months, counts = cube.months(source)
        assert all(month.day == 1 for month in months)
        assert counts.shape == (3, len(months))
        assert counts.sum() == sum(n for _, area, _, of, n in given_rows if of == source and area)


def test_an_area_the_workspace_no_longer_has_is_unplaced() -> None:
    table = pa.table(
        {"day": pa.array([FIRST], pa.date32()), "area": ["gone"], "offence": ["Theft"], "source": ["x"], "n": [3]}
    )
    cube = Cube.of(table, AREAS)
    assert cube.by_area_and_offence(cube.chosen(None))[-1].tolist() == [3]
