from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy.stats import false_discovery_control, norm

from ilpgeo.core.answers import Significance
from ilpgeo.core.errors import Cancelled, InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Coverage, Covered, Period
from ilpgeo.core.space import Grid
from ilpgeo.models.emerging import EmergingHotSpots, count_by_step, emerging_hot_spots
from ilpgeo.models.emerging_classes import CLASSES
from ilpgeo.models.time_steps import cut_into_steps
from tests.models.test_emerging_classes import by_rule
from tests.models.test_mann_kendall import by_definition as mann_kendall_by_definition
from tests.models.test_space_time import by_definition as gi_star_by_definition

YEAR = Period(date(2021, 1, 1), date(2021, 12, 31))
GRID = Grid(0.0, 0.0, 100.0, 20, 18, "EPSG:32617", np.ones((18, 20), bool))


@pytest.mark.parametrize("all_steps", [True, False])
@pytest.mark.parametrize("seed", [1, 2])
def test_classes_are_those_of_the_steps_one_by_one(seed: int, all_steps: bool) -> None:
    rng = np.random.default_rng(seed)
    row, column, step = np.arange(9)[:, None], np.arange(10), np.arange(14)[:, None, None]
    level = 4 * np.exp(1.5 * np.sin(row / 1.5) * np.cos(column / 1.7) + (step - 7) * np.sin(row + column) / 7)
    counts, inside = rng.poisson(level).astype(float), rng.random((9, 10)) < 0.85
    found = emerging_hot_spots(counts, 1.5, 1, inside, alpha=0.1, is_against_all_steps=all_steps)
    z = gi_star_by_definition(counts, 1.5, 1, inside, all_steps=all_steps)
    z = np.round(z, 9)  # what differs by rounding ties
    p = 2 * norm.sf(np.abs(z[:, inside]))
    significant = np.zeros(z.shape, bool)
    significant[:, inside] = false_discovery_control(p.ravel()).reshape(p.shape) <= 0.1
    np.testing.assert_array_equal(found.rejected, significant)
    told = set()
    for r, c in np.argwhere(inside):
        score, _, trend_p = mann_kendall_by_definition(z[:, r, c].tolist())
        history = "".join(
            "." if not marked else "H" if value > 0 else "C"
            for marked, value in zip(significant[:, r, c], z[:, r, c], strict=True)
        )
        expected = by_rule(history, int(np.sign(score)) if trend_p <= 0.05 else 0)
        assert (CLASSES[found.kind[r, c]].name if found.kind[r, c] >= 0 else None) == expected
        told.add(expected)
    assert len(told) > 3
    assert (found.kind[~inside] == -1).all()


def planted() -> Incidents:
    """Seven blocks of nine cells with a history each, over a thin noise."""
    rng = np.random.default_rng(5)
    x, y, when = [rng.uniform(0, 2000, 700)], [rng.uniform(0, 1800, 700)], [rng.integers(1, 365, 700)]
    steady = np.full(13, 40)
    histories = {
        (2, 2): np.where(np.arange(13) == 12, 60, 0),
        (2, 8): np.where(np.arange(13) >= 9, 60, 0),
        (2, 14): np.arange(13) * 6 + 40,
        (8, 2): steady + np.tile([3, -3], 7)[:13],
        (8, 8): 120 - np.arange(13) * 6,
        (8, 14): np.where(np.isin(np.arange(13), [1, 2, 6, 12]), 60, 0),
        (14, 2): np.where(np.arange(13) < 12, 40, 0),
    }
    for (row, column), per_step in histories.items():
        days = np.repeat(np.arange(13) * 28 + 8, per_step)
        for cell in range(9):
            x.append(np.full(len(days), (column + cell % 3) * 100 - 50.0))
            y.append(np.full(len(days), (row + cell // 3) * 100 - 50.0))
            when.append(days)
    start = np.datetime64("2021-01-01T12:00:00") + np.concatenate(when).astype("timedelta64[D]")
    return Incidents.from_xy(np.concatenate(x), np.concatenate(y), t_from=start)


def ask(past: Incidents, context: Context | None = None, **settings: object) -> Significance:
    model = EmergingHotSpots(**({"lag_steps": 0} | settings))
    window = Period(date(2022, 1, 1), date(2022, 1, 31))
    return model.answer(past, GRID, window, context or Context(YEAR), np.random.default_rng(1))


def test_planted_histories_are_found() -> None:
    answer = ask(planted())
    found = {
        place: answer.kinds[answer.kind[place]].name if answer.kind[place] >= 0 else None
        for place in [(2, 2), (2, 8), (2, 14), (8, 2), (8, 8), (8, 14), (14, 2)]
    }
    assert found == {
        (2, 2): "new hot spot",
        (2, 8): "consecutive hot spot",
        (2, 14): "intensifying hot spot",
        (8, 2): "persistent hot spot",
        (8, 8): "diminishing hot spot",
        (8, 14): "sporadic hot spot",
        (14, 2): "historical hot spot",
    }
    assert answer.hot[2, 2]
    assert not answer.hot[14, 2]
    np.testing.assert_array_equal(answer.history[-1], answer.z.astype(np.float32))
    assert (len(answer.steps), answer.steps[-1].end) == (13, date(2021, 12, 31))


def test_the_table_counts_every_cell_once() -> None:
    answer = ask(planted())
    table = answer.beside.tables[0]
    assert table.columns["Cells"].sum() == GRID.inside.sum()
    cells_of = dict(zip(table.columns["Class"], table.columns["Cells"], strict=True))
    assert cells_of["new hot spot"] == (answer.kind == 0).sum() > 0
    assert "The first day fills no step and counts nothing" in answer.beside.findings


def test_incidents_of_the_dropped_days_count_nothing() -> None:
    past = planted()
    start = past.t_from.copy()
    start[:50] = np.datetime64("2021-01-01T09:00:00")
    with_rest = replace(past, t_from=start)
    one, other = ask(with_rest), ask(with_rest.select(np.arange(50, len(past))))
    np.testing.assert_array_equal(one.history, other.history)
    assert one.beside.n == len(past) - 50


def test_counts_add_up() -> None:
    past = planted()
    steps = cut_into_steps(YEAR, 28)
    counts = count_by_step(past, GRID, steps)
    begun = past.t_from >= np.datetime64(steps[0].start)
    np.testing.assert_array_equal(counts.sum(axis=0), GRID.count(past.x[begun], past.y[begun]))


def test_data_dated_by_month_are_looked_at_by_month() -> None:
    rng = np.random.default_rng(2)
    month = rng.integers(0, 12, 600)
    start = (np.datetime64("2021-01", "M") + month).astype("datetime64[s]")
    past = Incidents.from_xy(rng.uniform(0, 2000, 600), rng.uniform(0, 1800, 600), t_from=start)
    past = replace(past, t_to=(np.datetime64("2021-01", "M") + month + 1).astype("datetime64[s]"))
    answer = ask(past)
    assert [step.is_whole_months for step in answer.steps] == [True] * 12
    assert answer.beside.n == 600
    assert any("dated by month" in finding for finding in answer.beside.findings)


def test_steps_begin_with_the_data() -> None:
    coverage = Coverage((Covered("a", "", Period(date(2021, 2, 20), YEAR.end)),))
    answer = ask(planted(), Context(YEAR, coverage=coverage))
    assert (len(answer.steps), answer.steps[0].start) == (11, date(2021, 2, 27))
    with pytest.raises(InvalidInput, match="holds 9 steps of 28 days"):
        ask(planted(), Context(YEAR, coverage=Coverage((Covered("a", "", Period(date(2021, 4, 20), YEAR.end)),))))


def test_growth_everywhere_is_left_out_by_comparing_the_same_steps() -> None:
    rng = np.random.default_rng(9)
    level = rng.gamma(2, 2, (1, 12, 12)) * np.linspace(1, 4, 20)[:, None, None]
    counts = rng.poisson(level).astype(float)
    against_all = emerging_hot_spots(counts, 1.5, 0)
    against_same = emerging_hot_spots(counts, 1.5, 0, is_against_all_steps=False)
    assert (against_all.rejected[-1] & (against_all.z[-1] > 0)).sum() > 2 * (
        against_same.rejected[-1] & (against_same.z[-1] > 0)
    ).sum()


def test_progress_rises_to_the_end_and_can_stop_it() -> None:
    shares: list[float] = []
    counts = np.random.default_rng(1).poisson(2.0, (12, 9, 9)).astype(float)
    emerging_hot_spots(counts, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0

    def stop(share: float) -> None:
        raise Cancelled("no longer wanted")

    with pytest.raises(Cancelled):
        emerging_hot_spots(counts, progress=stop)
