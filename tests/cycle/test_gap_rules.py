"""Each rule on hand-made data: found, and just not found; the silence test against scipy and by simulation."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ilpgeo.core.briefing import Tier
from ilpgeo.core.gaps import Fact, Finding, GapKind
from ilpgeo.core.ingested import Flag
from ilpgeo.core.query import Level, Period
from ilpgeo.core.sources import Source
from ilpgeo.cycle import gap_rules
from tests.maps import toy

YEAR = Period(date(2021, 1, 1), date(2021, 12, 31))
RECENT = Period(date(2021, 12, 4), date(2021, 12, 31))
SOURCE = Source("calls", "City Police", "Data desk", "Police Act s. 1", refresh_days=30)


def places(found) -> list[str]:
    return [each.area for each in found]


def test_areas_without_a_day_of_data_are_named_by_the_largest_they_make():
    areas = toy.city()
    inside = areas.within(("d0",))[areas.finest]
    assert places(gap_rules.no_data(areas, ~inside, YEAR)) == ["d0"]
    one_has_data = ~inside
    one_has_data[np.flatnonzero(inside)[0]] = True
    found = gap_rules.no_data(areas, one_has_data, YEAR)
    assert "d0" not in places(found) and len(found) == inside.sum() - 1
    assert gap_rules.no_data(areas, np.ones(len(inside), bool), YEAR) == ()
    assert places(gap_rules.no_data(areas, np.zeros(len(inside), bool), YEAR)) == ["city"]


def test_what_an_area_without_data_says():
    areas = toy.city()
    [each] = gap_rules.no_data(areas, ~areas.within(("d0",))[areas.finest], YEAR)
    assert (each.kind, each.level, each.text) == (
        GapKind.NO_DATA, Level.REGIONAL, "No data from District 1: not ranked, which does not mean safe",
    )  # fmt: skip
    n = int(areas.within(("d0",))[areas.finest].sum())
    assert each.facts == (Fact("Areas in it (neighbourhood)", str(n)),)
    assert "Jan \u2013 Dec 2021" in each.rule


@pytest.mark.parametrize(("n", "before"), [(0, 0), (0, 3), (3, 400), (12, 364), (40, 364), (0, 200)])
def test_the_chance_of_so_few_is_the_exact_one(n, before):
    got = gap_rules.chance_of_so_few(np.array([n]), np.array([before]), 28, 364)[0]
    total = n + before
    expected = stats.binomtest(n, total, 28 / 392, alternative="less").pvalue if total else 1.0
    assert got == pytest.approx(expected, rel=1e-12)


@settings(max_examples=50, deadline=None)
@given(n=st.integers(0, 200), before=st.integers(0, 5000), days=st.integers(1, 60))
def test_more_incidents_are_never_a_better_case_for_silence(n, before, days):
    at, above = gap_rules.chance_of_so_few(np.array([n, n + 1]), np.array([before, before]), days, 364)
    assert 0 <= at <= above <= 1


def silences(counts: dict[str, tuple[int, int]], n_tests: int = 100) -> list[Finding]:
    areas = toy.city()
    n, before = (np.zeros(len(areas), np.int64) for _ in range(2))
    for area, (recent, past) in counts.items():
        n[areas.at(area)], before[areas.at(area)] = recent, past
    return list(gap_rules.silences(areas, "calls", n, before, RECENT, 364, n_tests))


def test_a_silence_is_found_at_its_limit_and_not_just_above_it():
    # usual: 260 / 364 * 28 = 20; the limit is 0.05 / 100
    def chance(n: int) -> float:
        return float(stats.binom.cdf(n, n + 260, 28 / 392))

    limit = max(n for n in range(20) if chance(n) < 0.0005)
    assert limit == 6 and chance(7) > 0.0005
    assert places(silences({"n3": (limit, 260)})) == ["n3"]
    assert silences({"n3": (limit + 1, 260)}) == []


def test_a_dip_that_is_sure_but_not_under_half_is_no_silence():
    assert silences({"n3": (101, 2600)}) == []  # usual 200, half of it 100, and surely fewer
    assert float(stats.binom.cdf(101, 2701, 28 / 392)) < 0.0005
    assert places(silences({"n3": (99, 2600)})) == ["n3"]


def test_an_area_with_few_incidents_before_cannot_fall_silent():
    assert silences({"n3": (0, 60)}) == []  # usual 4.6: none at all is no wonder among 100 areas


def test_of_silent_areas_in_one_another_the_largest_is_named():
    assert places(silences({"n3": (0, 260), "city": (0, 260)})) == ["city"]


def test_without_days_before_nothing_is_tested():
    areas = toy.city()
    counts = np.zeros(len(areas), np.int64)
    assert gap_rules.silences(areas, "calls", counts, counts + 300, RECENT, 0, 10) == ()


def test_false_alarms_are_as_rare_as_is_said():
    rng = np.random.default_rng(5)
    areas = toy.city()
    rate = rng.gamma(2, 12, len(areas))  # a month's usual numbers, from almost none to many
    alarms = 0
    looks = 2000
    for _ in range(looks):
        n, before = rng.poisson(rate), rng.poisson(13 * rate)
        alarms += bool(gap_rules.silences(areas, "calls", n, before, RECENT, 364, int((before > 0).sum())))
    allowed = stats.binom.ppf(0.999, looks, gap_rules.FALSE_ALARMS)
    assert 0 < alarms <= allowed  # below the bound, and not because nothing is ever found


def test_a_silence_says_its_evidence_with_the_counts_it_gives_away():
    [each] = silences({"n3": (2, 260)})
    assert each.level is Level.LOCAL and each.source == "calls"
    assert [(fact.text, fact.n) for fact in each.facts] == [
        ("under half of the usual", 2), ("20", 260), ("364 days with data before them", None),
    ]  # fmt: skip
    assert "2" not in each.text.replace("2021", "").replace("4 Dec", "").replace("31 Dec", "")
    assert "under 1 of 2,000 looks" in each.rule and "at most 1 look of 20" in each.rule


def test_a_source_is_late_the_day_after_its_refresh():
    last = date(2021, 12, 31)
    due = last + timedelta(days=30)
    assert gap_rules.late(SOURCE, last, due) is None
    found = gap_rules.late(SOURCE, last, due + timedelta(days=1))
    assert found is not None and found.text == "calls is late: new data were expected by 30 Jan 2022"
    assert Fact("Days late", "1") in found.facts
    assert gap_rules.late(replace(SOURCE, refresh_days=0), last, due + timedelta(days=9999)) is None


def test_85_percent_with_coordinates_is_enough_and_a_row_less_is_not():
    assert gap_rules.geocoding("calls", 1000, 0.85) is None
    found = gap_rules.geocoding("calls", 1000, 0.849)
    assert found is not None and found.facts[0] == Fact("Rows with usable coordinates", "84.9 %")
    assert gap_rules.geocoding("calls", 0, 0.0) is None


def test_a_share_just_under_a_bound_does_not_read_as_if_it_met_it():
    found = gap_rules.geocoding("calls", 100_000, 0.84999)
    assert found is not None and found.facts[0].text == "84.9 %"


def test_a_quarter_of_coarse_times_is_allowed():
    assert gap_rules.coarse("calls", 100, 25) is None
    assert gap_rules.coarse("calls", 100, 26) is not None
    assert gap_rules.coarse("calls", 0, 0) is None


def test_piles_are_told_without_their_place():
    point = Flag("point", "60 rows (2.0%) lie on one point, 1234 east 5678 north", 60)
    found = gap_rules.piles("calls", [point, Flag("identical", "3 rows are identical", 3)])
    assert found is not None and found.facts == (Fact("Rows on one point", "60", 60),)
    assert gap_rules.piles("calls", [Flag("identical", "3 rows are identical", 3)]) is None


def test_a_high_rank_on_fewer_than_twenty_incidents_is_thin():
    ranked = [
        replace(each, tier=Tier.HIGH, trained_n=40, expected=3.0) for each in toy.briefing(toy.city()).value.priorities
    ]
    assert gap_rules.thin(ranked, Level.LOCAL, YEAR) == ()
    first, second, third, fourth = ranked[:4]
    mixed = [
        replace(first, trained_n=19), replace(second, trained_n=20),
        replace(third, trained_n=19, tier=Tier.ELEVATED), replace(fourth, trained_n=None, expected=None),
    ]  # fmt: skip
    assert places(gap_rules.thin(mixed, Level.LOCAL, YEAR)) == [first.id, fourth.id]
    assert gap_rules.thin([replace(fourth, trained_n=None)], Level.LOCAL, YEAR) == ()


def test_the_evidence_of_thin_evidence_stands_in_the_scipy_interval():
    low, high = (stats.chi2.ppf(0.025, 40) / 2, stats.chi2.ppf(0.975, 42) / 2)
    assert (round(low), round(high)) == (12, 31)


def test_a_gap_has_the_same_identity_whatever_its_evidence():
    one = gap_rules.unregistered("calls", 10)
    assert one.id == gap_rules.unregistered("calls", 99).id
    assert len({one.id, gap_rules.unregistered("other", 10).id, replace(one, area="a").id}) == 3
