import numpy as np
import pytest

from ilpgeo.core.briefing import Reason
from ilpgeo.prioritise.evidence import Facts, Setting, persistence
from ilpgeo.prioritise.reasons import reasons

SETTING = Setting("neighbourhood", 28, 158, 20.0, "typical", 365.0, 3)
FACTS = Facts(62, 44, 58, 0.1, 0.8, 0.999, 9, 30, 12, "robbery", 0.45, 0.12, 70, 700, 1, 4, 365.0)


def told(facts: Facts, setting: Setting = SETTING) -> dict[str, Reason]:
    return {reason.kind: reason for reason in reasons(facts, setting)}


def test_the_sentences():
    assert [(each.kind, each.text, each.n) for each in reasons(FACTS, SETTING)] == [
        ("volume", "62 incidents in 28 days, 3.1 times the typical neighbourhood", 62),
        ("persistence", "in the top quarter in 9 of the last 12 periods of 28 days", 30),
        ("significance", "expected to stay above the average neighbourhood, over 99 % sure", 700),
        ("change", "within the usual range of the 28 days before (62 after 44)", 44),
        ("harm", "robbery makes 45% of the score from 12% of the expected incidents", 70),
        ("last_year", "within the usual range of the same period last year (62 after 58)", 58),
    ]


def test_a_change_beyond_chance_comes_early_and_says_how_much():
    change = told(FACTS._replace(previous=31, change_p=0.002))["change"]
    assert change == Reason("change", "up 100% on the 28 days before (62 after 31), more than chance explains", 31)
    assert [each.kind for each in reasons(FACTS._replace(previous=31, change_p=0.002), SETTING)][1] == "change"
    assert told(FACTS._replace(n=8, previous=44, change_p=0.0001))["change"].text.startswith("down 82% on")


def test_a_rise_from_nothing_has_no_percentage():
    text = told(FACTS._replace(previous=0, change_p=1e-9))["change"].text
    assert text == "up on the 28 days before (62 after 0), more than chance explains"


def test_withheld_comparisons_say_so():
    found = told(FACTS._replace(previous=-1, last_year=-1))
    assert found["change"] == Reason("change", "no data for the period before")
    assert found["last_year"] == Reason("last_year", "no data for the same period last year")


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (1, "1 incident in 28 days, 0.1 times the typical neighbourhood"),
        (20, "20 incidents in 28 days, about as many as the typical neighbourhood"),
        (1200, "1,200 incidents in 28 days, 60.0 times the typical neighbourhood"),
    ],
)
def test_volume(n, text):
    assert told(FACTS._replace(n=n))["volume"].text == text


def test_one_area_alone_is_compared_with_none():
    found = told(FACTS, SETTING._replace(n_ranked=1))
    assert found["volume"].text == "62 incidents in 28 days"
    assert "significance" not in found


def test_harm_rests_on_the_rest_as_well():
    assert told(FACTS._replace(driver_n=698))["harm"].n == 2
    assert "harm" not in told(FACTS, SETTING._replace(n_offences=1))
    assert told(FACTS._replace(plain_share=0.44))["harm"].text == "robbery makes 45% of the score"


def test_an_uncertain_rank_and_short_data_are_said():
    texts = [each.text for each in reasons(FACTS._replace(low=3, high=80, exposure_days=31.0), SETTING)]
    assert "its rank is uncertain: anywhere from 3 to 80 of 158" in texts
    assert "the expectation rests on 31 days of data, elsewhere up to 365" in texts


def test_an_average_area_is_not_called_high():
    assert (
        told(FACTS._replace(above=0.6))["significance"].text == "not clearly above or below the average neighbourhood"
    )
    assert "below the average neighbourhood, 97 % sure" in told(FACTS._replace(above=0.03))["significance"].text


def test_persistence_counts_periods_in_the_top_quarter():
    history = np.array([[9, 9, 0], [5, 1, 0], [1, 1, 0], [1, 1, 0], [0, 0, 0]])
    hits, low = persistence(history, np.ones((5, 3), bool))
    assert hits.tolist() == [2, 0, 0, 0, 0]
    assert low[0] == 9


def test_ties_at_the_border_of_the_top_quarter_are_out():
    hits, _ = persistence(np.full((8, 4), 3), np.ones((8, 4), bool))
    assert hits.max() == 0


def test_periods_without_data_take_no_part():
    history, covered = np.array([[50], [9], [1], [1], [1]]), np.array([[False], [True], [True], [True], [True]])
    assert persistence(history, covered)[0].tolist() == [0, 1, 0, 0, 0]
