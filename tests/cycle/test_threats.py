"""Lines of an assessment from counts, and sentences that never say more than the intervals."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core.assessment import Assessment, Confidence, Course, Direction
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.query import Level, Period
from ilpgeo.cycle.threat_words import headline, told
from ilpgeo.cycle.threats import Group, Held, assess_groups, judge
from ilpgeo.safeguards.release import release_assessment

MARCH = Period(date(2021, 3, 1), date(2021, 3, 28))


def group(offence="Theft", n=40, before=40, last_year=40, **more) -> Group:
    given = {"history": (), "weight": 2.0, "areas_with": 5, "n_year": 500, "held": Held(0.2, 0.5, 0.1, 0.3)} | more
    return Group(offence, n, before, last_year, **given)


def assessment(*groups: Group, n_areas: int = 9) -> Assessment:
    return Assessment(
        Level.LOCAL, "ward", (), "Toytown", MARCH, Period.ending(MARCH.end, 365), assess_groups(groups, MARCH),
        sum(each.n for each in groups), n_areas, 1000, "v1", "a toy table",
    )  # fmt: skip


def test_harm_orders_the_groups_and_its_shares_add_up():
    lines = assess_groups([group("a", n=10, weight=1.0), group("b", n=3, weight=30.0), group("c", n=5)], MARCH)
    assert [each.offence for each in lines] == ["b", "a", "c"]  # of equal harm the more frequent one first
    assert [each.harm for each in lines] == [90, 10, 10]
    assert sum(each.harm_share for each in lines) == pytest.approx(1)


def test_a_rise_against_both_is_emerging_and_a_wide_scatter_takes_the_claim_back():
    [line] = assess_groups([group(n=80, before=40, last_year=41)], MARCH)
    assert line.course is Course.EMERGING
    assert line.before.ratio == 2 and line.before.low > 1
    jumpy = (40, 80, 38, 85, 41, 79, 40, 82)
    [line] = assess_groups([group(n=80, before=40, last_year=41, history=jumpy)], MARCH)
    assert line.course is Course.STEADY and line.before.ratio == 2


def test_without_data_to_compare_with_nothing_is_said_of_a_change():
    [line] = assess_groups([group(n=80, before=None, last_year=None)], MARCH)
    assert line.course is Course.UNKNOWN
    assert (line.before.n, line.before.ratio, line.before.low, line.before.high) == (None,) * 4
    assert "cannot be told" in " ".join(told(assessment(group(n=80, before=None, last_year=None))))


def test_months_of_unequal_length_are_compared_by_the_day():
    february = Period(date(2021, 2, 1), date(2021, 2, 28))
    [line] = assess_groups([group(n=28, before=31, last_year=28)], february)  # January has 31 days
    assert line.before.ratio == pytest.approx(1)


def test_confidence_falls_by_steps_and_says_why():
    assert judge(group()) == (Confidence.HIGH, ())
    assert judge(group(geocoded=0.9))[0] is Confidence.MEDIUM
    assert judge(group(geocoded=0.84))[0] is Confidence.LOW
    assert judge(group(covered=0.9))[0] is Confidence.MEDIUM and judge(group(covered=0.7))[0] is Confidence.LOW
    assert judge(group(doubts=("graded as doubtful",)))[0] is Confidence.MEDIUM
    level, doubts = judge(group(n=19, geocoded=0.9))
    assert level is Confidence.LOW and len(doubts) == 2


COUNTS = st.integers(0, 300)
GROUPS = st.lists(
    st.builds(
        lambda n, before, year, weight, history: (n, before, year, weight, history),
        COUNTS, COUNTS | st.none(), COUNTS | st.none(), st.sampled_from([0.0, 1.0, 365.0]),
        st.lists(COUNTS, max_size=13).map(tuple),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@given(GROUPS)
def test_no_sentence_claims_a_change_whose_interval_includes_none(rows):
    groups = [
        group(f"Group {at}", n=n, before=before, last_year=year, weight=weight, history=history)
        for at, (n, before, year, weight, history) in enumerate(rows)
    ]
    released = release_assessment(assessment(*groups), 5, told).value
    said = [*released.text, headline(released)]
    for line in released.threats:
        of_it = [each for each in said if line.offence in each]
        claims = {"more": Direction.RISE, "fewer": Direction.FALL}
        found = (line.before, line.last_year)
        for word, direction in claims.items():
            if any(re.match(rf"{line.offence}(:| is).*\b{word} than\b", each) for each in of_it):
                right = [each for each in found if each.direction is direction]
                assert right
                for each in right:  # where the numbers are shown they carry the claim
                    assert each.low is None or (each.low > 1 if word == "more" else (each.high or 0) < 1)
        if any(f"{line.offence} is emerging" in each for each in of_it):
            assert {each.direction for each in found} == {Direction.RISE}
    emerging = {each.offence for each in released.threats if each.course is Course.EMERGING}
    assert headline(released).startswith("Emerging") == bool(emerging)


@given(GROUPS)
def test_what_is_released_has_no_small_count_and_tells_none(rows):
    groups = [
        group(f"Group {at}", n=n, before=before, last_year=year, weight=weight, history=history, areas_with=min(n, 9))
        for at, (n, before, year, weight, history) in enumerate(rows)
    ]
    once = release_assessment(assessment(*groups), 5, told)
    value = once.value
    for line in value.threats:
        counts = (line.n, line.before.n, line.last_year.n, line.n_year)
        assert all(each is None or each >= 5 for each in counts)
        if line.n is None:
            assert line.harm is line.harm_share is line.areas_with is line.before.ratio is None
            assert line.course is Course.UNKNOWN
        for compared in (line.before, line.last_year):
            assert compared.n is not None or compared.ratio is None
        assert line.areas_with is None or line.n >= line.areas_with + 5
    hidden = [each for each in value.threats if each.n is None]
    assert value.total is None or len(hidden) != 1
    assert release_assessment(value, 5).value == value


def test_hand_worked_concentration_of_the_year_is_released_rounded_and_withheld_where_few_hold_it():
    [line] = release_assessment(assessment(group(held=Held(0.204, 0.5, 0.1, 0.3), n_year=500))).value.threats
    assert (line.top1, line.top5) == (0.2, 0.5)
    [line] = release_assessment(assessment(group(held=Held(0.004, 0.998, 0.1, 0.3), n_year=500))).value.threats
    assert (line.top1, line.top5, line.chance1) == (None, None, None)


def test_an_assessment_checks_its_comments_and_its_date():
    made = assessment(group())
    with pytest.raises(InvalidInput, match="not after the period") as told_all:
        replace(made, due=MARCH.end, comments={"Arson": "?", "": "x" * 5000})
    assert len(told_all.value.faults) == 3
