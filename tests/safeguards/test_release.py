from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ilpgeo.core.answers import Clusters, Contrast, Kind, RiskSurface, Significance, Zones
from ilpgeo.core.briefing import AreaPicture, Hotspot, HotspotSet, Reason, Tier, TrendPoint
from ilpgeo.core.errors import InvalidInput, NotAllowed
from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.core.query import Level, Period, Query
from ilpgeo.core.space import Grid
from ilpgeo.safeguards.release import release_answer, release_briefing, release_hotspots, release_picture

START = date(2024, 5, 1)
PERIOD = Period(START, START + timedelta(27))
GRID = Grid(0, 0, 100, 3, 2, "EPSG:32617", np.array([[True, True, True], [True, True, False]]))
COUNTS = st.lists(st.one_of(st.integers(0, 8), st.integers(0, 400)), min_size=1, max_size=12)
FIXTURE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
# Whole numbers that count no incidents of a place: the unplaced are a figure of data quality (docs/methods/release.md).
NO_COUNTS = {"rank", "rank_interval", "withheld", "unplaced", "geocoded_share", "unplaced_share", "coarse_share",
             "n_not_given"}  # fmt: skip


def numbers(value: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """Yield every whole number anywhere in a released value, with the name of the field that holds it."""
    if name in NO_COUNTS or isinstance(value, bool | str | date) or value is None:
        return
    if isinstance(value, int):
        yield name, value
    elif is_dataclass(value):
        for each in fields(value):
            yield from numbers(getattr(value, each.name), each.name)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from numbers(each, name)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from numbers(each, name)


def test_the_walk_finds_a_planted_count(make_briefing):
    assert ("trained_by_offence", 3) in set(numbers(make_briefing([10], trained=[6])))


@FIXTURE
@given(COUNTS, st.integers(0, 30), st.integers(2, 9), st.data())
def test_no_small_count_is_left_and_the_sums_hold(make_briefing, counts, unplaced, threshold, data):
    same = {"min_size": len(counts), "max_size": len(counts)}
    numbers_of = st.one_of(st.integers(0, 9), st.integers(0, 900))
    raw = make_briefing(
        counts,
        unplaced,
        trained=data.draw(st.lists(numbers_of, **same)),
        parents=data.draw(st.lists(st.sampled_from(["north", "south"]), **same)),
        previous=data.draw(st.lists(st.one_of(numbers_of, st.none()), **same)),
        last_year=data.draw(st.lists(st.one_of(numbers_of, st.none()), **same)),
    )
    value = release_briefing(raw, threshold).value
    hidden = [each for each in value.priorities if each.suppressed]
    for name, number in numbers(value):
        assert number >= threshold or (name == "suppressed_total" and number == 0 and not hidden), name
    if value.total is not None:
        assert sum(each.n or 0 for each in value.priorities) + value.unplaced + value.suppressed_total == value.total
        assert value.total == raw.total
        assert len(hidden) != 1
    else:
        assert value.suppressed_total is None
        assert len(hidden) == len(value.priorities)
    by_id = {each.id: each for each in raw.priorities}
    for each in value.priorities:
        assert each.n is None if each.suppressed else each.n == by_id[each.id].n
        assert each.trained_by_offence == {}
        assert each.reasons
        if by_id[each.id].trained_n < threshold:
            assert (each.expected, each.score, each.expected_interval, each.components) == (None, None, None, {})
    assert [each.rank for each in value.priorities] == list(range(1, len(counts) + 1))


def test_a_briefing_with_nothing_small_is_not_changed(make_briefing):
    raw = make_briefing([80, 60, 20], unplaced=2)
    released = release_briefing(raw)
    assert released.notes == ()
    assert released.value.total == 162
    assert [each.n for each in released.value.priorities] == [80, 60, 20]
    assert released.value.priorities[0].expected == raw.priorities[0].expected
    assert released.value.priorities[0].reasons == raw.priorities[0].reasons
    assert released.value.unplaced == 2


def test_one_small_area_takes_the_next_and_says_so(make_briefing):
    released = release_briefing(make_briefing([80, 60, 20, 3]))
    assert [each.n for each in released.value.priorities] == [80, 60, None, None]
    assert released.value.suppressed_total == 23
    assert "2 areas" in released.notes[0]


def test_a_sentence_goes_with_any_count_it_tells(make_briefing):
    released = release_briefing(make_briefing([80, 60, 20, 3])).value.priorities
    assert [each.kind for each in released[2].reasons] == ["significance", "harm"]
    earlier = release_briefing(make_briefing([80, 60, 20], previous=[90, 70, 2])).value.priorities
    assert [each.previous for each in earlier] == [90, None, None]
    assert "change" not in [each.kind for each in earlier[1].reasons]
    assert "volume" in [each.kind for each in earlier[1].reasons]


def test_a_sentence_about_missing_data_stays(make_briefing):
    raw = make_briefing([80, 3, 2])
    bare = replace(raw.priorities[1], reasons=(Reason("change", "no data for the period before"),))
    raw = replace(raw, priorities=(raw.priorities[0], bare, raw.priorities[2]))
    assert release_briefing(raw).value.priorities[1].reasons == bare.reasons


def test_an_area_resting_on_a_small_count_follows_the_others_by_tier_and_name(make_briefing):
    raw = make_briefing([80, 60, 20, 10, 9], trained=[4, 300, 0, 200, 3])
    tiers = [Tier.HIGH, Tier.ROUTINE, Tier.ROUTINE, Tier.ROUTINE, Tier.CRITICAL]
    raw = replace(
        raw, priorities=tuple(replace(one, tier=tier) for one, tier in zip(raw.priorities, tiers, strict=True))
    )
    value = release_briefing(raw).value
    assert [each.id for each in value.priorities] == ["id1", "id3", "id4", "id0", "id2"]
    assert [each.rank_interval for each in value.priorities[2:]] == [(3, 5)] * 3
    assert [each.expected for each in value.priorities[2:]] == [None] * 3
    assert value.total == 179


def test_the_likely_count_goes_where_the_expectation_is_withheld_or_coarsened(make_briefing):
    raw = make_briefing([80, 60, 20], trained=[700, 300, 2])
    raw = replace(raw, priorities=tuple(replace(one, likely=(3.0, 17.0)) for one in raw.priorities))
    by_id = {each.id: each for each in release_briefing(raw).value.priorities}
    assert by_id["id0"].likely == (3.0, 17.0)
    assert by_id["id1"].trained_n is None, "withheld to protect the third"
    assert by_id["id1"].likely is None
    assert by_id["id2"].likely is None


def test_an_area_without_data_passes_as_it_is_unless_it_tells_a_count(make_briefing):
    raw = make_briefing([80, 60, 20])
    blank = replace(
        raw.priorities[2], rank=None, rank_interval=None, tier=Tier.NO_DATA, score=None, expected=None,
        expected_interval=None, n=None, previous=None, last_year=None, trained_n=None, components={},
        trained_by_offence={}, reasons=(Reason("quality", "no data"),),
    )  # fmt: skip
    telling = replace(blank, id="x", trained_by_offence={"theft": 3}, reasons=(Reason("volume", "3 thefts", 3),))
    raw = replace(raw, priorities=(*raw.priorities[:2], blank, telling), total=140)
    found = {each.id: each for each in release_briefing(raw).value.priorities}
    assert found[blank.id] == blank
    assert found["x"].trained_by_offence == {}
    assert "3 thefts" not in [each.text for each in found["x"].reasons]


def test_the_count_withheld_to_protect_another_cannot_be_computed_from_the_expectation(make_briefing):
    """At least five counts in a row lead to the same released expectation and score."""
    found = {}
    for count in range(300, 340):
        raw = make_briefing([80, 60, 20], trained=[700, count, 2])
        area = release_briefing(raw).value.priorities[1]
        low, high = area.expected_interval
        assert area.trained_n is None
        assert low <= raw.priorities[1].expected_interval[0]
        assert high >= raw.priorities[1].expected_interval[1]
        assert area.expected == pytest.approx(raw.priorities[1].expected, rel=0.05)
        found.setdefault(area.expected, []).append(count)
    assert all(len(counts) >= 5 for counts in list(found.values())[1:-1])
    assert len(found) > 2


def test_no_data_areas_stay_no_data(make_briefing):
    raw = make_briefing([80, 60, 0])
    bare = replace(raw.priorities[2], tier=Tier.NO_DATA, rank=None, rank_interval=None, score=None, expected=None,
                   expected_interval=None, trained_n=0, trained_by_offence={}, previous=None, last_year=None,
                   reasons=(Reason("quality", "no data"),))  # fmt: skip
    value = release_briefing(replace(raw, priorities=(*raw.priorities[:2], bare))).value
    last = value.priorities[-1]
    assert (last.n, last.suppressed, last.tier, last.rank) == (None, False, Tier.NO_DATA, None)
    assert value.suppressed_total == 0
    assert last.reasons == bare.reasons


def test_too_few_in_all_withholds_the_total(make_briefing):
    value = release_briefing(make_briefing([1, 0, 2], unplaced=1)).value
    assert (value.total, value.suppressed_total, value.quality.unplaced_share) == (None, None, 0.0)
    assert release_briefing(make_briefing([3])).value.total is None
    assert release_briefing(make_briefing([7])).value.total == 7
    assert release_briefing(make_briefing([])).value.total == 0


def test_counts_that_do_not_add_up_are_not_released(make_briefing):
    with pytest.raises(InvalidInput, match="nothing is shown until they agree"):
        release_briefing(replace(make_briefing([10, 20]), total=31))


def test_shares_of_offences_with_few_incidents_are_merged(make_briefing):
    raw = make_briefing([80, 60])
    area = replace(raw.priorities[0], components={"a": 0.7, "b": 0.154, "c": 0.1, "d": 0.046},
                   trained_by_offence={"a": 400, "b": 80, "c": 17, "d": 3})  # fmt: skip
    value = release_briefing(replace(raw, priorities=(area, raw.priorities[1]))).value
    assert value.priorities[0].components == {"a": 0.7, "b": 0.15, "other offences": 0.15}


def picture(steps: list[int], mix: dict[str, int], week: np.ndarray | None = None) -> AreaPicture:
    trend = tuple(
        TrendPoint(PERIOD.shifted(28 * at), n, (n * 0.5, n * 2.0)) for at, n in enumerate(steps, start=1 - len(steps))
    )
    return AreaPicture("id0", "area", trend, week, "from 60 incidents", tuple(mix.items()))


@settings(deadline=None)
@given(st.lists(st.integers(0, 40), max_size=10), st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 40)))
def test_pictures_keep_no_small_count(steps, mix):
    value = release_picture(picture(steps, mix)).value
    assert all(number >= 5 for _, number in numbers(value))
    for counts in ([point.n for point in value.trend], [n for _, n in value.mix]):
        assert sum(n is None for n in counts) != 1 or len(counts) == 1
    assert {offence for offence, _ in value.mix} == set(mix)
    for point in value.trend:
        assert point.usual is None or all(end == 0 or end >= 5 for end in point.usual)


def test_a_withheld_area_keeps_its_mix_and_step_back():
    value = release_picture(
        picture([50, 60, 70], {"robbery": 40, "theft": 30}, np.ones((7, 24))), withheld=PERIOD
    ).value
    assert [point.n for point in value.trend] == [50, 60, None]
    assert value.mix == (("robbery", None), ("theft", None))
    assert value.week is None


def test_the_week_is_shown_in_half_steps():
    week = np.linspace(0, 9, 168).reshape(7, 24)
    value = release_picture(picture([50], {}, week)).value
    assert set(np.unique(value.week)) == {0, 0.5, 1, 1.5, 2, 2.5, 3}


def test_hotspots_under_the_threshold_are_dropped_and_counted():
    spots = tuple(Hotspot(str(n), str(n), at, n, 1.0, n, 0.1, "", None) for at, n in enumerate([9, 5, 4, 1], start=1))
    raw = HotspotSet("dbscan", Query(Level.LOCAL, PERIOD), PERIOD, spots, 40, 1, "EPSG:32617", "v")
    released = release_hotspots(raw)
    assert [each.n for each in released.value.hotspots] == [9, 5]
    assert (released.value.withheld, released.value.total) == (3, 40)
    assert "2 hotspots" in released.notes[0]
    assert "1,200 hotspots" in release_hotspots(replace(raw, hotspots=1200 * spots[3:])).notes[0]
    assert release_hotspots(replace(raw, hotspots=(), total=3)).value.total is None


def test_cells_resting_on_few_incidents_are_emptied_and_marked():
    support = np.array([[5.0, 4.0, 0.0], [9.0, 1.0, 0.0]])
    released = release_answer(RiskSurface(GRID, support / 10, support))
    assert released.value.expected.tolist() == [[0.5, 0, 0], [0.9, 0, 0]]
    assert released.value.support.tolist() == [[5, 0, 0], [9, 0, 0]]
    assert released.value.withheld.tolist() == [[False, True, True], [False, True, False]]
    assert "2 cells" in released.notes[0]


def test_significance_of_cells_with_few_incidents_is_withheld():
    support = np.array([[5.0, 4.0, 0.0], [9.0, 1.0, 0.0]])
    raw = Significance(GRID, support, np.full((2, 3), 0.01), np.ones((2, 3), bool), support, 0.05)
    value = release_answer(raw).value
    assert np.isnan(value.z[value.withheld]).all()
    assert np.isnan(value.p[value.withheld]).all()
    assert not value.rejected[value.withheld].any()
    assert value.rejected[0, 0]
    assert value.z[1, 0] == 9


def test_clusters_keep_cells_and_totals_but_no_incidents():
    labels = np.array([0, 0, 0, 1, 1, 1, 1, 1, -1, 0, 2, 2, 2, 2, 2])
    cell = np.array([0, 0, 1, 3, 3, 3, 3, 4, 2, 1, 2, 2, 2, 2, 2])
    weight = np.ones(15)
    value = release_answer(Clusters(GRID, labels, cell, weight, 0.1)).value
    assert value.labels.tolist() == [0, 0, 1]  # the first, of four incidents, is gone; the noise too
    assert value.cell.tolist() == [3, 4, 2]
    assert value.weight.tolist() == [2.5, 2.5, 5]
    empty = release_answer(Clusters(GRID, np.array([-1]), np.array([0]), np.ones(1), 0.1)).value
    assert len(empty.labels) == 0


def test_a_kind_of_answer_without_a_rule_stays_inside():
    with pytest.raises(NotAllowed, match="no rule"):
        release_answer(object())


def zones(**changed):
    days = np.array(["2024-01-01", "2024-01-02"], "datetime64[D]")
    values = {"observed": np.array([9.0, 4.0]), "expected": np.array([2.0, 1.0]), "llr": np.array([5.0, 2.0])}
    cells = (np.array([0, 1]), np.array([4]))
    return Zones(GRID, cells, **values, p=np.array([0.01, 0.3]), first=days, last=days, alpha=0.05, **changed)


def test_zones_with_few_incidents_are_dropped_with_all_that_is_known_of_them():
    released = release_answer(zones())
    assert [cells.tolist() for cells in released.value.cells] == [[0, 1]]
    assert released.value.observed.tolist() == [9]
    assert released.value.last.tolist() == [date(2024, 1, 1)]
    assert released.notes == ("1 zone resting on fewer than 5 incidents withheld",)


def test_a_contrast_is_emptied_where_it_rests_on_few():
    support = np.full(GRID.shape, 7.0)
    support[0, 1] = 4
    value = np.where(GRID.inside, 2.0, np.nan)
    released = release_answer(Contrast(GRID, value, support, 1.0, "", "now", "before"))
    assert np.isnan(released.value.value[0, 1])
    assert released.value.withheld[0, 1]
    assert released.value.support[0, 1] == 0
    assert np.isnan(released.value.value).sum() == 1 + (~GRID.inside).sum()


def test_rows_that_count_few_incidents_leave_a_diagnostic_and_curves_stay():
    places = Table("Places", {"Place": np.array(["a", "b"]), "Incidents": np.array([5, 4])}, counts="Incidents")
    curve = Table("Curve", {"x": np.arange(3), "y": np.arange(3)}, "line")
    released = release_answer(Diagnostic("80/20", ("a sentence",), (places, curve), 9))
    assert released.value.tables[0].columns["Place"].tolist() == ["a"]
    assert len(released.value.tables[1]) == 3
    assert released.notes == ("1 row resting on fewer than 5 incidents withheld",)
    small = release_answer(Diagnostic("80/20", ("a sentence",), (places, curve), 4)).value
    assert (small.findings, small.tables, small.n) == ((), (), 0)


def test_what_stands_beside_an_answer_passes_the_same_gate():
    table = Table("Clusters", {"Cluster": np.array([1, 2]), "Incidents": np.array([9, 4])}, counts="Incidents")
    beside = Diagnostic("Clusters", (), (table,), 13)
    for answer in (
        zones(beside=beside),
        RiskSurface(GRID, np.zeros(GRID.shape), np.zeros(GRID.shape), beside=beside),
        Contrast(GRID, np.zeros(GRID.shape), np.zeros(GRID.shape), 0.0, "", "", "", beside=beside),
        Clusters(GRID, np.zeros(9, int), np.zeros(9, int), np.ones(9), 0.1, beside=beside),
    ):
        assert release_answer(answer).value.beside.tables[0].columns["Incidents"].tolist() == [9], type(answer)


def test_classes_and_history_go_with_a_withheld_cell():
    kinds = (Kind("new hot spot", "Hot in the last step only.", is_hot=True),)
    support = np.full(GRID.shape, 9.0)
    support[0, 0] = 1
    steps = (Period(date(2024, 1, 1), date(2024, 1, 31)),)
    answer = Significance(
        GRID, np.ones(GRID.shape), np.ones(GRID.shape), np.zeros(GRID.shape, bool), support, 0.05,
        kinds=kinds, kind=np.zeros(GRID.shape, np.int8), steps=steps, history=np.ones((1, *GRID.shape), np.float32),
    )  # fmt: skip
    value = release_answer(answer).value
    assert value.kind[0, 0] == -1
    assert value.kind[0, 1] == 0
    assert np.isnan(value.history[0, 0, 0])
    assert not value.hot[0, 0]
    assert value.hot[0, 1]


def test_a_threshold_of_one_releases_everything(make_briefing):
    value = release_briefing(make_briefing([0, 1, 2], trained=[0, 1, 2]), 1).value
    assert [each.n for each in value.priorities] == [0, 1, 2]
    assert (value.total, value.suppressed_total) == (3, 0)
    assert all(each.expected is not None for each in value.priorities)
