"""Sentences over the map, and the account under it."""

from dataclasses import replace

import pytest

from ilpgeo.core.types import Level, Period, Query, Tier
from ilpgeo.maps.palette import Theme
from ilpgeo.reports import sentences
from ilpgeo.ui import cards, headline
from ilpgeo.ui.view import Comparison
from tests.app import fake

TOLD = fake.briefing(Query(Level.LOCAL, Period.parse("2021-12-04..2021-12-31"), "neighbourhood"), fake.NOW)


def with_tiers(*tiers):
    ranked = [each for each in TOLD.priorities if each.rank is not None]
    return replace(TOLD, priorities=tuple(replace(each, tier=tier) for each, tier in zip(ranked, tiers, strict=False)))


@pytest.mark.parametrize(
    ("tiers", "said"),
    [
        ([Tier.CRITICAL, Tier.HIGH], "Queen Gardens is critical for 1\u201328 Jan 2022"),
        ([Tier.CRITICAL] * 3, "Queen Gardens, King Row and Victoria Bay are critical for 1\u201328 Jan 2022"),
        ([Tier.HIGH, Tier.ROUTINE], "Nothing is critical; Queen Gardens is high for 1\u201328 Jan 2022"),
        (
            [Tier.ROUTINE, Tier.ROUTINE],
            "Nothing is critical or high for 1\u201328 Jan 2022; Queen Gardens ranks first",
        ),
        ([Tier.CRITICAL], "Only Queen Gardens can be ranked: there is nothing to set it against"),
        ([], "No area can be ranked: there are no data for this period."),
    ],
)
def test_the_sentence_says_where(tiers, said):
    assert sentences.lead(with_tiers(*tiers)) == said


def test_withheld_totals_are_said_not_guessed():
    held = replace(TOLD, total=None, suppressed_total=None)
    assert "incidents: number withheld" in headline.facts(held, Comparison.PREVIOUS)
    account = headline.account(held, fake.City().open_workspace("x").workspace.settings)
    assert account.count("<dd>withheld</dd>") == 2


def test_a_card_carries_rank_interval_tier_expectation_change_and_reason():
    first = next(each for each in TOLD.priorities if each.rank == 1)
    shown = cards.card(first, TOLD, Comparison.YEAR, Theme.LIGHT, is_open=False)
    for part in ("<b>1</b>", "1\u20132", "Critical", "Queen Gardens", "expected", "the same days last year", "Robbery"):
        assert part in shown
    assert 'aria-label="critical"' in shown


def test_a_card_says_for_how_much_of_the_area_there_are_data():
    first = next(each for each in TOLD.priorities if each.rank == 1)
    told = cards.card(replace(first, covered_share=0.03), TOLD, Comparison.YEAR, Theme.LIGHT, is_open=False)
    assert "data for 3\u202f% of it" in told or "data for 3% of it" in told
    assert "data for" not in cards.card(first, TOLD, Comparison.YEAR, Theme.LIGHT, is_open=False)


def test_the_expectation_says_what_the_count_will_most_likely_be():
    first = next(each for each in TOLD.priorities if each.rank == 1)
    told = sentences.expectation(replace(first, likely=(8.0, 21.0)), TOLD)
    assert told.endswith("The count itself will most likely be 8\u201321.")
    assert "most likely" not in sentences.expectation(replace(first, likely=None), TOLD)


def test_a_card_never_shows_a_withheld_count():
    quiet = next(each for each in TOLD.priorities if each.suppressed)
    shown = cards.card(quiet, TOLD, Comparison.PREVIOUS, Theme.DARK, is_open=True)
    assert "count withheld" in shown and "no comparison" in shown


def test_no_data_is_never_shown_as_safe():
    blank = next(each for each in TOLD.priorities if each.tier is Tier.NO_DATA)
    assert "does not mean it is safe" in sentences.expectation(blank, TOLD)
    assert "no rank" in cards.card(blank, TOLD, Comparison.PREVIOUS, Theme.LIGHT, is_open=True)


def test_names_are_escaped_everywhere():
    first = replace(next(each for each in TOLD.priorities if each.rank == 1), name="<b onload=x>", parent="<i>")
    told = replace(TOLD, priorities=(first,))
    for shown in (
        cards.card(first, told, Comparison.PREVIOUS, Theme.LIGHT, is_open=True),
        cards.details(first, told),
        headline.lead(told, Comparison.PREVIOUS),
    ):
        assert "<b onload" not in shown and "<i>" not in shown


@pytest.mark.parametrize(
    ("period", "comparison", "said"),
    [
        ("2021-12-31", Comparison.PREVIOUS, "the day before"),
        ("2021-12-04..2021-12-31", Comparison.PREVIOUS, "the 28 days before"),
        ("2021-12-01..2021-12-31", Comparison.PREVIOUS, "the month before"),
        ("2021-01-01..2021-12-31", Comparison.PREVIOUS, "the 12 months before"),
        ("2021-12-01..2021-12-31", Comparison.YEAR, "a year earlier"),
        ("2021-12-04..2021-12-31", Comparison.YEAR, "the same days last year"),
    ],
)
def test_what_it_is_compared_with_in_words(period, comparison, said):
    told = replace(TOLD, query=TOLD.query.during(Period.parse(period)))
    assert cards.against(told, comparison) == said
