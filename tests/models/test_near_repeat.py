from dataclasses import replace
from datetime import date
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilpgeo.core.errors import Cancelled, InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models import near_repeat_counts, near_repeat_pairs
from ilpgeo.models.near_repeat import NearRepeat, knox
from ilpgeo.models.near_repeat_pairs import find_pairs

YEAR = Period(date(2021, 1, 1), date(2021, 12, 31))


def by_brute_force(x, y, days, distance, time) -> np.ndarray:
    """Pair by pair: the same place first, then each band [a, b)."""
    counts = np.zeros((len(distance), len(time) - 1), int)
    for i, j in combinations(range(len(x)), 2):
        apart2, gap = (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2, abs(days[i] - days[j])
        rows = (
            [0]
            if apart2 == 0
            else [k for k in range(1, len(distance)) if distance[k - 1] ** 2 <= apart2 < distance[k] ** 2]
        )
        columns = [k for k in range(len(time) - 1) if time[k] <= gap < time[k + 1]]
        for row in rows:
            for column in columns:
                counts[row, column] += 1
    return counts


def city(n: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return *(rng.integers(0, 120, (2, n)) * 25.0), rng.integers(0, 365, n)


@settings(max_examples=120, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    n=st.integers(0, 60),
    step=st.sampled_from([1.0, 25.0, 0.1]),
    side=st.integers(1, 25),
    widths=st.lists(st.sampled_from([1.0, 25.0, 30.5, 75.0]), min_size=1, max_size=4),
    spans=st.lists(st.sampled_from([1, 7, 14]), min_size=1, max_size=5),
    is_whole=st.booleans(),
)
def test_counts_are_those_of_brute_force(seed, n, step, side, widths, spans, is_whole) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, side, (2, n)) * step
    days = rng.integers(-20, 40, n) if is_whole else rng.integers(0, 160, n) / 4
    distance, time = np.append(0.0, np.cumsum(widths)), np.append(0.0, np.cumsum(spans))
    found = knox(x, y, days, distance, time, 3, rng)
    np.testing.assert_array_equal(found.observed, by_brute_force(x, y, days, distance, time))


def test_bands_are_half_open_and_the_same_place_is_one_of_its_own_by_hand() -> None:
    # From the first: the same place 7 days on, 60-80-100 m away after 6 days, 99 m away at once.
    x, y = np.array([0.0, 0.0, 60.0, 0.0]), np.array([0.0, 0.0, 80.0, -99.0])
    found = knox(x, y, np.array([0, 7, 6, 0]), [100, 200], [7, 14], 9, np.random.default_rng(1))
    assert found.observed.tolist() == [[0, 1], [1, 1], [3, 0]]
    assert found.distance_m.tolist() == [0, 100, 200]


def test_leaving_out_the_zero_changes_nothing() -> None:
    x, y, days = city(80)
    with_zero = knox(x, y, days, [0, 100, 200], [0, 7, 14], 19, np.random.default_rng(2))
    without = knox(x, y, days, [100, 200], [7, 14], 19, np.random.default_rng(2))
    np.testing.assert_array_equal(with_zero.p, without.p)


def test_every_permutation_keeps_the_days_and_the_permutations_differ() -> None:
    days = np.random.default_rng(3).integers(0, 500, 101).astype(np.int16)
    rows = np.empty((near_repeat_counts.WIDTH, 101), np.int16)
    dealt = np.empty((101, near_repeat_counts.WIDTH), np.int16)
    near_repeat_counts._deal(days, np.uint64(5), 0, rows, dealt)
    np.testing.assert_array_equal(dealt[:, 0], days)
    np.testing.assert_array_equal(np.sort(dealt, axis=0), np.repeat(np.sort(days)[:, None], dealt.shape[1], axis=1))
    assert len(np.unique(dealt, axis=1).T) == near_repeat_counts.WIDTH


def test_each_order_of_four_is_as_frequent_as_any() -> None:
    days = np.arange(4, dtype=np.int16)
    seen: dict[tuple[int, ...], int] = {}
    for first in range(128, 128 * 97, 128):
        rows, dealt = np.empty((128, 4), np.int16), np.empty((4, 128), np.int16)
        near_repeat_counts._deal(days, np.uint64(9), first, rows, dealt)
        for column in dealt.T:
            seen[tuple(column.tolist())] = seen.get(tuple(column.tolist()), 0) + 1
    n = 128 * 96
    assert len(seen) == 24
    chi2 = sum((count - n / 24) ** 2 / (n / 24) for count in seen.values())
    assert chi2 < 49.7  # 23 degrees of freedom, p = 0.001


def test_expected_pairs_and_p_are_those_of_plain_permutations() -> None:
    x, y, days = city(250, 4)
    distance, time = [0, 100, 250], [0, 30, 60]
    found = knox(x, y, days, distance, time, 1999, np.random.default_rng(5))
    rng = np.random.default_rng(6)
    apart = np.hypot(x[:, None] - x, y[:, None] - y)[np.triu_indices(250, 1)]
    row = np.select([apart == 0, apart < 100, apart < 250], [0, 1, 2], -1)
    plain = []
    for _ in range(1999):
        dealt = rng.permutation(days)
        gap = np.abs(dealt[:, None] - dealt)[np.triu_indices(250, 1)]
        column = gap // 30
        kept = (row >= 0) & (column < 2)
        plain.append(np.bincount(row[kept] * 2 + column[kept], minlength=6).reshape(3, 2))
    plain = np.array(plain)
    error = plain.std(axis=0) / np.sqrt(1999)
    assert (np.abs(found.expected - plain.mean(axis=0)) < 6 * error).all()
    share = (1 + (plain >= found.observed).sum(axis=0)) / 2000
    assert (np.abs(found.p - share) < 0.08).all()
    np.testing.assert_allclose(found.ratio, found.observed / found.expected)
    has_median = found.median > 0
    np.testing.assert_allclose(found.median_ratio[has_median], found.observed[has_median] / found.median[has_median])
    assert np.isnan(found.median_ratio[~has_median]).all()
    assert (found.low <= found.median).all() and (found.median <= found.high).all()


def test_neither_the_order_of_the_incidents_nor_the_number_of_threads_matters(monkeypatch) -> None:
    x, y, days = city(300, 7)
    order = np.random.default_rng(8).permutation(300)
    found = knox(x, y, days, [50, 150], [7, 14, 28], 500, np.random.default_rng(9))
    moved = knox(x[order], y[order], days[order], [50, 150], [7, 14, 28], 500, np.random.default_rng(9))
    monkeypatch.setattr(near_repeat_counts, "_THREADS", 1)
    alone = knox(x, y, days, [50, 150], [7, 14, 28], 500, np.random.default_rng(9))
    for other in (moved, alone):
        for name in ("observed", "expected", "median", "low", "high", "p"):
            np.testing.assert_array_equal(getattr(found, name), getattr(other, name))


def test_more_pairs_than_sixteen_bits_count_are_counted() -> None:
    n = 400
    found = knox(np.zeros(n), np.zeros(n), np.zeros(n, int), [10], [1, 2], 150, np.random.default_rng(1))
    assert found.observed.tolist() == [[n * (n - 1) // 2, 0], [0, 0]]
    assert found.p[0, 0] == 1.0
    assert np.isnan(found.ratio[1]).all()


def test_too_many_pairs_are_refused_before_all_are_counted(monkeypatch) -> None:
    n = 50
    monkeypatch.setattr(near_repeat_pairs, "_MOST_PAIRS", n * (n - 1) // 2)
    x = np.zeros(n)
    assert find_pairs(x, x, np.array([0.0, 10.0])).start[-1, -1] == n * (n - 1) // 2
    # 49 pairs of the first incident and 48 of the second are more than 60: the others are not looked at.
    monkeypatch.setattr(near_repeat_pairs, "_MOST_PAIRS", 60)
    with pytest.raises(InvalidInput, match=r"over 60 pairs .* choose shorter distances"):
        find_pairs(x, x, np.array([0.0, 10.0]))
    cursor, window = np.zeros((2, n), np.int64), np.tile([n, n, n], (n, 1))
    squared, none = np.array([0.0, 100.0]), np.empty(0, np.int32)
    assert near_repeat_pairs._enter(x, x, window, squared, cursor, none, 60) == 49 + 48


def test_a_whole_and_a_shifted_fractional_day_agree() -> None:
    x, y, days = city(150, 10)
    whole = knox(x, y, days, [100], [7, 14], 99, np.random.default_rng(1))
    shifted = knox(x, y, days + 0.5, [100], [7, 14], 99, np.random.default_rng(1))
    np.testing.assert_array_equal(whole.p, shifted.p)


def test_a_span_over_ninety_years_is_counted() -> None:
    x = np.zeros(3)
    found = knox(x, x, np.array([0, 40_000, 40_003]), [10], [7, 50_000], 9, np.random.default_rng(1))
    assert found.observed[0].tolist() == [1, 2]


def test_far_apart_incidents_need_no_memory_for_the_ground_between() -> None:
    x = np.array([0.0, 1e7, 1e7 + 5])
    found = knox(x, x, np.array([0, 1, 2]), [10], [7], 9, np.random.default_rng(1))
    assert found.observed.tolist() == [[0], [1]]
    with pytest.raises(InvalidInput, match="too small"):
        knox(x, x, np.array([0, 1, 2]), [1e-4], [7], 9, np.random.default_rng(1))


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"distance_bands_m": [200, 100]}, "distance_bands_m"),
        ({"distance_bands_m": []}, "distance_bands_m"),
        ({"time_bands_days": [0]}, "time_bands_days"),
        ({"time_bands_days": [7, np.inf]}, "time_bands_days"),
        ({"permutations": 0}, "permutations"),
        ({"days": np.array([1.0, np.nan])}, "days"),
        ({"days": np.zeros(3)}, "days"),
        ({"x": np.array([0.0, np.inf])}, "x"),
    ],
)
def test_what_cannot_be_is_named(settings, word) -> None:
    asked = {
        "x": np.zeros(2), "y": np.zeros(2), "days": np.zeros(2), "distance_bands_m": [100], "time_bands_days": [7],
        "permutations": 9, "rng": np.random.default_rng(1),
    } | settings  # fmt: skip
    with pytest.raises(InvalidInput, match=word):
        knox(**asked)


def test_progress_reaches_one_and_its_word_to_stop_is_heard() -> None:
    x, y, days = city(100)
    told: list[float] = []
    knox(x, y, days, [100], [7], 999, np.random.default_rng(1), progress=told.append)
    assert told[-1] == 1.0 and told == sorted(told)

    def stop(share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        knox(x, y, days, [100], [7], 999, np.random.default_rng(1), progress=stop)


def burgled(n: int, followed: float, seed: int = 1) -> Incidents:
    """A year of incidents, a share of them followed by another within 80 m and 5 days."""
    rng = np.random.default_rng(seed)
    x, y, day = rng.uniform(0, 5000, n), rng.uniform(0, 4000, n), rng.uniform(0, 355, n)
    again = rng.random(n) < followed
    x = np.append(x, x[again] + rng.uniform(-50, 50, again.sum()))
    y = np.append(y, y[again] + rng.uniform(-50, 50, again.sum()))
    day = np.append(day, day[again] + rng.uniform(0, 5, again.sum()))
    start = np.datetime64("2021-01-01T00:00:00") + (day * 86_400).astype("timedelta64[s]")
    return Incidents.from_xy(x, y, t_from=start)


def ground() -> Grid:
    return Grid(-200.0, -200.0, 200.0, 28, 24, "EPSG:32617", np.ones((24, 28), bool))


def answer(past: Incidents, **settings):
    return NearRepeat(**settings).answer(past, ground(), YEAR, Context(YEAR), np.random.default_rng(2))


def test_a_city_with_near_repeats_says_so_and_one_without_does_not() -> None:
    found = answer(burgled(1500, 0.3))
    assert "within 100 m but not at the same place in less than 7 days is" in found.findings[1]
    assert "times as likely as by chance" in found.findings[1] and "p 0.001" in found.findings[1]
    table = found.tables[0]
    assert table.chart == "heat" and len(table) == 12
    assert table.columns["Times chance"][4] > 3
    assert "no more likely than by chance" in answer(burgled(1500, 0.0)).findings[1]


def test_incidents_known_less_finely_than_a_band_are_left_out_and_counted() -> None:
    past = burgled(400, 0.0)
    month = past.t_from.copy()
    month[:100] += np.timedelta64(30 * 86_400)
    found = answer(replace(past, t_to=month))
    assert found.n == 300
    assert any("100 incidents (25%) are left out" in finding for finding in found.findings)
    all_months = answer(replace(past, t_to=past.t_from + np.timedelta64(30 * 86_400)))
    assert all_months.n == 400
    assert "the days of 400 incidents are not known to 7 days" in all_months.findings[0]
    assert not all_months.tables


def test_the_offence_is_named_where_there_is_one() -> None:
    past = replace(burgled(1500, 0.3), offences=("Assault",))
    assert answer(past).findings[1].startswith("After an assault, another")


@pytest.mark.parametrize("n", [0, 1])
def test_a_single_incident_is_not_said_to_be_badly_dated(n: int) -> None:
    found = answer(burgled(400, 0.0).select(np.arange(n)))
    assert found.findings == ("Near repeats cannot be looked for: there are fewer than two incidents",)
    assert found.n == n
