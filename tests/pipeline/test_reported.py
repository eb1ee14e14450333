"""The day of the report, from the file to the back-test."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest

from ilpgeo import pipeline
from ilpgeo.core.protocols import Selection
from ilpgeo.core.recipes import Entry, Recipe
from ilpgeo.core.types import Access, Diagnostic
from ilpgeo.pipeline import tested
from tests.pipeline.city import HEADER, make_city, write

RECIPE = Recipe(
    horizon="14d", windows=4, learn_days=90, cell_m=400.0, flags=("5%",), models=(Entry("kde"),), last=date(2023, 9, 17)
)
N_DAYS = 300


def city(folder, late_days: int | None) -> pipeline.Opened:
    """Return a city with four thefts a day for 300 days, every fourth of them reported `late_days` days later."""
    folder.mkdir(exist_ok=True)
    opened = make_city(folder / "city")
    rows = []
    for at in range(4 * N_DAYS):
        when = datetime(2023, 1, 1, 6) + timedelta(days=at // 4, hours=3 * (at % 4))
        told = when + timedelta(days=(late_days or 0) * (at % 4 == 0), hours=1)
        place = (43.645 + 1e-4 * (at * 7 % 300), -79.395 + 1e-4 * (at * 11 % 300))
        row = (f"R{at}", f"{when:%Y-%m-%d %H:%M}", *place, "THEFT", "Road")
        rows.append(row if late_days is None else (*row, f"{told:%Y-%m-%d %H:%M}"))
    header = HEADER if late_days is None else f"{HEADER},reported date"
    assert pipeline.ingest(opened, write(folder / "thefts.csv", rows, header)).accepted == 4 * N_DAYS
    return opened


def learnt(done: tested.Tested) -> np.ndarray:
    return done.test.past


def said(done: tested.Tested) -> list[str]:
    explained = done.explained.value
    assert isinstance(explained, Diagnostic)
    return [finding for finding in explained.findings if "reported" in finding]


def test_a_backtest_learns_late_what_was_reported_late(tmp_path) -> None:
    plain = tested.backtest(city(tmp_path / "plain", None), RECIPE, Access())
    at_once = tested.backtest(city(tmp_path / "at once", 0), RECIPE, Access())
    late = tested.backtest(city(tmp_path / "late", 30), RECIPE, Access())
    np.testing.assert_array_equal(learnt(at_once), learnt(plain))
    np.testing.assert_array_equal(late.test.total, plain.test.total)
    # of the last 30 days one of the four a day is not known yet
    np.testing.assert_array_equal(learnt(late), learnt(plain) - 30)
    assert late.test.unreported_share == pytest.approx(30 / (4 * 90))
    assert said(plain) == []
    assert "0.0% of the earlier incidents" in said(at_once)[0]
    assert "8.3% of the earlier incidents" in said(late)[0]


def test_rows_without_a_date_of_report_are_known_the_day_they_happened(tmp_path) -> None:
    opened = city(tmp_path, None)
    only = ("X1", "2023-08-01 12:00", 43.65, -79.39, "THEFT", "Road", "2023-12-24")
    pipeline.ingest(opened, write(tmp_path / "more.csv", [only], f"{HEADER},reported date"))
    whole = opened.store.incidents(Selection())
    assert whole.t_reported is not None
    assert np.count_nonzero(~np.isnat(whole.t_reported)) == 1
    np.testing.assert_array_equal(learnt(tested.backtest(opened, RECIPE, Access())), [4 * 90] * 4)


def test_what_may_have_happened_until_the_window_s_days_is_not_known_before_it(tmp_path) -> None:
    opened = city(tmp_path, None)
    spans = [
        (f"X{at}", f"2023-08-{first} 12:00", 43.65, -79.39, "THEFT", "Road", f"2023-08-{end}")
        for at, (first, end) in enumerate(
            [("02", "05 12:00"), ("18", "20 23:30"), ("18", "21 00:30"), ("09", "25 08:00")]
        )
    ]
    pipeline.ingest(opened, write(tmp_path / "spans.csv", spans, f"{HEADER},datetime_to"))
    whole = opened.store.incidents(Selection())
    assert np.count_nonzero(whole.t_to - whole.t_from > np.timedelta64(1, "D")) == 4
    done = tested.backtest(opened, RECIPE, Access())
    # The windows start on 24 July, 7 and 21 August and 4 September: two of the four were over before the third.
    starts = [str(fold.window.start) for fold in done.test.folds]
    assert starts == ["2023-07-24", "2023-08-07", "2023-08-21", "2023-09-04"]
    np.testing.assert_array_equal(learnt(done), [360, 361, 362, 364])
    np.testing.assert_array_equal(done.test.total, [57, 59, 56, 56])
    assert "(or over) too late" in said(done)[0]
