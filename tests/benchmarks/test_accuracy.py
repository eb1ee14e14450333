"""The accuracy table's questions: last year's days count where a city's data hold them, and only there."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy import QUESTIONS, Question, answered, without
from benchmarks.accuracy_cities import City
from ilpgeo.core.query import Period


def city(first: str, last: str, *, monthly: bool = False, but: str = "") -> City:
    """Return a city with ten thefts a day, or a month, always in the same places; none in the month `but`."""
    days = np.arange(first, last, dtype="datetime64[M]" if monthly else "datetime64[D]")
    days = days[days.astype("datetime64[M]").astype(str) != but]
    day = np.repeat(days.astype("datetime64[D]"), 10)
    place = np.arange(len(day)) % 10
    return City(
        "Sometown",
        "EPSG:32617",
        np.full(len(day), "theft"),
        500.0 + 400 * place,
        500.0 + 400 * (place % 3),
        day,
        monthly,
    )


def models(given: City, horizon: str, learn_days: int) -> dict[str, list[float]]:
    found = answered(given, Question("Sometown", "theft", horizon, learn_days))
    return {model["name"]: [triple[0] for triple in model["hit_rate"]] for model in found["models"]}


def test_last_year_is_shown_to_its_baseline_however_little_the_others_learn_from() -> None:
    found = models(city("2020-01-01", "2022-01-01"), "7d", 60)
    assert found["last_year"][2] > 0 and found["last_year"] == found["last_weeks"]


def test_last_year_is_left_out_where_the_data_do_not_hold_it() -> None:
    found = models(city("2021-01-01", "2022-01-01"), "7d", 60)
    assert "last_year" not in found and {"last_weeks", "uniform"} < set(found)


def test_last_year_is_left_out_where_a_month_of_it_is_missing() -> None:
    whole = city("2018-01", "2022-01", monthly=True)
    holed = city("2018-01", "2022-01", monthly=True, but="2019-07")
    assert "last_year" in models(whole, "1m", 365) and "last_year" not in models(holed, "1m", 365)


def test_days_with_data_are_counted() -> None:
    asked = Period(date(2019, 6, 20), date(2019, 8, 9))
    assert city("2019-01-01", "2019-08-04").covered_days(asked) == 45
    assert city("2019-07-01", "2019-08-04").covered_days(asked) == 34
    assert city("2018-01", "2019-08", monthly=True).covered_days(asked) == 42
    assert city("2018-01", "2019-08", monthly=True, but="2019-06").covered_days(asked) == 31


def test_afresh_is_asked_only_what_can_be_answered_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ILPGEO_SHARED", str(tmp_path))
    kept = {**{question.key: {} for question in QUESTIONS}, "beside a peer": {}}
    left = without(kept, "")
    assert "beside a peer" in left and {key for key in kept if key not in left} == {
        question.key for question in QUESTIONS if question.city == "Toronto"
    }
    assert {key for key in kept if key not in without(kept, "/ 3m /")} == {
        question.key for question in QUESTIONS if question.city == "Toronto" and question.horizon == "3m"
    }
