"""Months without data: no model takes them for months in which nothing happened, and a test says what is missing."""

from datetime import date, timedelta

import numpy as np
import pytest

from ilpgeo import pipeline
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.recipes import Entry, Recipe
from ilpgeo.core.types import Access, Level, Period, Query, RiskSurface
from ilpgeo.models.blend import Blend
from ilpgeo.models.kde import Kde
from ilpgeo.models.prior_count import PriorCount
from ilpgeo.pipeline.scope import held_runs
from tests.pipeline.city import make_city, write

YEAR = Period(date(2022, 7, 1), date(2023, 6, 30))


@pytest.fixture(scope="module")
def gappy(tmp_path_factory: pytest.TempPathFactory) -> pipeline.Opened:
    """Three hundred thefts in July 2022 and as many in June 2023, and nothing known of the months between."""
    folder = tmp_path_factory.mktemp("gaps")
    opened = make_city(folder / "city")
    rng = np.random.default_rng(3)
    for name, first in (("july", date(2022, 7, 1)), ("june", date(2023, 6, 1))):
        rows = [
            (f"{name}{at}", f"{first + timedelta(days=at % 30)} 12:00", 43.645 + 0.03 * rng.random(),
             -79.395 + 0.03 * rng.random(), "THEFT", "Road")
            for at in range(300)
        ]  # fmt: skip
        pipeline.ingest(opened, write(folder / f"{name}.csv", rows))
    return opened


def test_the_days_before_the_first_and_after_the_last_data_are_not_learnt_from(gappy: pipeline.Opened) -> None:
    later = Period(date(2022, 9, 1), date(2023, 6, 30))
    for model in (PriorCount(), Kde(), Blend()):
        found = pipeline.explore(gappy, model, Query(Level.LOCAL, later), Access(), cell_m=500.0, ahead_days=30)
        surface = found.answer.value
        assert isinstance(surface, RiskSurface)
        assert float(surface.expected.sum()) == pytest.approx(300, rel=0.25), model.name


def test_runs_are_told_apart(gappy: pipeline.Opened) -> None:
    everywhere = np.ones(len(gappy.areas.finest), np.bool_)
    runs = held_runs(gappy, YEAR, everywhere, ())
    assert [(each.start.month, each.end.month) for each in runs] == [(7, 7), (6, 6)]
    assert held_runs(gappy, Period(date(2022, 9, 1), date(2022, 9, 30)), everywhere, ()) == ()


@pytest.mark.parametrize(
    ("horizon", "windows", "learn_days", "said"),
    [
        (
            "7d",
            4,
            100,
            r"4 windows of 7 days, each learnt from 100 days .* is 1\u201330 Jul 2022 .* test fewer windows",
        ),
        ("7d", 4, 14, r"needs data without a gap, 20 May \u2013 30 Jun 2023; .* \(30 days\)\. 2 windows fit$"),
        ("7d", 9, 21, r"\. 1 window fits$"),
        ("28d", 1, 28, r"1 window of 28 days, .*\. No run holds 28 days to test on and as much before it: bring in"),
    ],
)
def test_a_test_that_lacks_days_says_how_many_there_are_and_what_fits(
    gappy: pipeline.Opened, horizon: str, windows: int, learn_days: int, said: str
) -> None:
    recipe = Recipe((Entry("kde"),), horizon=horizon, windows=windows, learn_days=learn_days)
    with pytest.raises(InvalidInput, match=said):
        pipeline.backtest(gappy, recipe, Access())


def test_a_period_without_data_is_named_as_people_write_it(gappy: pipeline.Opened) -> None:
    autumn = Query(Level.LOCAL, Period(date(2022, 9, 1), date(2022, 11, 30)))
    with pytest.raises(InvalidInput, match=r"no data for this area in Sep \u2013 Nov 2022; choose"):
        pipeline.explore(gappy, Kde(), autumn, Access())
