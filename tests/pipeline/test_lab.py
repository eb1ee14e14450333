"""The lab on a made-up city: sweeps taken up again, other grids, differences, the top ten."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest

from ilpgeo import pipeline
from ilpgeo.backtest.sweep import Axis, SweepPlan
from ilpgeo.core.errors import Cancelled, InvalidInput
from ilpgeo.core.recipes import Entry, Recipe
from ilpgeo.core.types import Access, Contrast, Diagnostic, Level, Period, Query
from ilpgeo.models.gi_star import GiStar
from ilpgeo.models.kde import Kde
from ilpgeo.models.prior_count import PriorCount
from ilpgeo.pipeline.other_grids import reach_of
from ilpgeo.pipeline.tested import entry_of
from tests.pipeline.city import SIDE, SOUTH, WEST, make_city, write

RECIPE = Recipe(horizon="14d", windows=6, learn_days=120, cell_m=200.0, flags=("2%", "5%"))
PLAN = SweepPlan(
    Entry("kde"), (Axis("bandwidth_m", (100.0, 200.0, 400.0, 800.0, 1600.0)), Axis("kernel", ("quartic", "gaussian")))
)
YEAR = Period(date(2023, 1, 1), date(2023, 12, 28))


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> pipeline.Opened:
    """A year of 3,000 thefts around five corners."""
    folder = tmp_path_factory.mktemp("lab")
    opened = make_city(folder / "city")
    rng = np.random.default_rng(5)
    corners = np.array([[0.2, 0.3], [0.7, 0.4], [1.2, 1.3], [1.6, 0.5], [0.4, 1.6]])
    rows = []
    for at in range(3000):
        x, y = corners[rng.choice(5, p=[0.4, 0.2, 0.2, 0.15, 0.05])] + rng.normal(0, 0.06, 2)
        when = datetime(2023, 1, 1) + timedelta(days=int(rng.integers(0, 362)), hours=int(rng.integers(0, 24)))
        rows.append((f"R{at}", f"{when:%Y-%m-%d %H:%M}", SOUTH + SIDE * y, WEST + SIDE * x, "THEFT", "Road"))
    brought = pipeline.ingest(opened, write(folder / "thefts.csv", rows))
    assert brought.accepted > 2900
    return opened


def found(swept: pipeline.Swept) -> Diagnostic:
    value = swept.explained.value
    assert isinstance(value, Diagnostic)
    return value


def stopping(after: float) -> Callable[[float], None]:
    def progress(share: float) -> None:
        if share > after:
            raise Cancelled("Stopped, as asked")

    return progress


def same(one: Diagnostic, other: Diagnostic) -> bool:
    tables = zip(one.tables, other.tables, strict=True)
    return one.findings == other.findings and all(
        np.array_equal(a.columns[name], b.columns[name]) for a, b in tables for name in a.columns
    )


def test_a_sweep_stopped_and_taken_up_ends_like_one_that_was_not(busy: pipeline.Opened) -> None:
    with pytest.raises(Cancelled):
        pipeline.sweep(busy, RECIPE, PLAN, Access(), stopping(0.6))
    half = pipeline.swept(busy, RECIPE, PLAN, Access())
    assert 0 < half.n_done < half.n_points == 10
    [file] = (busy.workspace.folder / "lab").iterdir()
    file.write_text(file.read_text("utf-8") + '{"point": [["bandw', "utf-8")  # a line cut short by a crash
    shares: list[float] = []
    resumed = pipeline.sweep(busy, RECIPE, PLAN, Access(), shares.append)
    assert (resumed.n_done, resumed.best) == (10, pipeline.sweep(busy, RECIPE, PLAN, Access()).best)
    assert shares == sorted(shares) and shares[0] > 0.3 and shares[-1] == 1.0
    file.unlink()
    straight = pipeline.sweep(busy, RECIPE, PLAN, Access())
    assert same(found(resumed), found(straight))
    assert resumed.best == straight.best
    assert same(found(straight), found(pipeline.swept(busy, RECIPE, PLAN, Access())))


@pytest.mark.parametrize(("last", "has_year"), [(date(2023, 12, 28), False), (date(2024, 1, 14), True)])
def test_last_year_takes_part_where_the_data_hold_it(
    busy: pipeline.Opened, tmp_path: Path, last: date, has_year: bool
) -> None:
    opened = busy
    if has_year:
        copytree(busy.workspace.folder, tmp_path / "more")
        opened = pipeline.open_workspace(tmp_path / "more")
        when = [datetime(2023, 12, 29) + timedelta(days=at % 17, hours=12) for at in range(68)]
        rows = [
            (f"N{at}", f"{day:%Y-%m-%d %H:%M}", SOUTH + SIDE / 2, WEST + SIDE / 2, "THEFT", "Road")
            for at, day in enumerate(when)
        ]
        pipeline.ingest(opened, write(tmp_path / "more.csv", rows))
    recipe = Recipe(horizon="7d", windows=2, learn_days=30, cell_m=200.0, last=last)
    test = pipeline.backtest(opened, recipe, Access()).test
    found = {each.name: each.expected.sum() for each in test.scores}
    assert ("last_year" in found) == has_year
    # A year before there were eight thefts a day.
    assert not has_year or found["last_year"] == pytest.approx(14 * 3000 / 362, rel=0.3)


def test_a_point_of_a_sweep_scores_as_its_back_test_does(busy: pipeline.Opened) -> None:
    swept = pipeline.sweep(busy, RECIPE, PLAN, Access())
    tested = pipeline.backtest(busy, swept.recipe, Access())
    scores = tested.test.scores[1]
    assert swept.best is not None and scores.name == str(swept.best)
    rate = 100 * scores.hits[:, 1].sum() / tested.test.total.sum()
    assert found(swept).tables[-1].columns["Hit rate (%)"][0] == pytest.approx(rate, abs=1e-12)


def test_the_recipe_of_every_point_gives_the_whole_table_again(busy: pipeline.Opened) -> None:
    swept = pipeline.sweep(busy, RECIPE, PLAN, Access())
    assert [str(entry) for entry in swept.every.models[:2]] == [
        "kde:bandwidth_m=100.0",
        "kde:bandwidth_m=100.0,kernel=gaussian",
    ]
    again = pipeline.backtest(busy, Recipe.from_text(swept.every.text(), "the file"), Access())
    caught = {each.name: 100 * (each.hits[:, 1].sum() / again.test.total.sum()) for each in again.test.scores}
    table = found(swept).tables[-1].columns
    for bandwidth, kernel, rate in zip(table["Bandwidth (m)"], table["Kernel"], table["Hit rate (%)"], strict=True):
        entry = entry_of(Kde(float(bandwidth), str(kernel)))
        assert caught[str(entry)] == rate, "to the last digit"


def test_another_plan_version_or_reach_is_another_file(busy: pipeline.Opened) -> None:
    pipeline.sweep(busy, RECIPE, PLAN, Access())
    other = replace(PLAN, seed=1)
    assert pipeline.swept(busy, RECIPE, other, Access()).n_done == 0
    assert pipeline.swept(busy, replace(RECIPE, windows=5), PLAN, Access()).n_done == 0
    assert pipeline.swept(busy, RECIPE, PLAN, Access(areas=("a0",))).n_done == 0


def test_what_cannot_be_tried_is_kept_with_its_reason(busy: pipeline.Opened) -> None:
    plan = SweepPlan(Entry("dbscan", {"eps_m": 100.0}), (Axis("min_samples", (5, 10)),))
    assert pipeline.sweep(busy, RECIPE, plan, Access()).n_done == 2
    with pytest.raises(InvalidInput, match="must be at least"):
        pipeline.sweep(busy, RECIPE, SweepPlan(Entry("kde"), (Axis("bandwidth_m", (1.0,)),)), Access())


def test_every_line_of_the_file_is_json(busy: pipeline.Opened) -> None:
    pipeline.sweep(busy, RECIPE, PLAN, Access())
    for file in (busy.workspace.folder / "lab").iterdir():
        for line in file.read_text("utf-8").splitlines():
            assert set(json.loads(line)) in ({"recipe", "plan", "total", "prior"}, {"point", "hits", "fault"})


def test_other_grids_leave_the_incidents_and_move_the_cells(busy: pipeline.Opened) -> None:
    shares: list[float] = []
    spread = pipeline.sensitivity(busy, replace(RECIPE, models=(Entry("kde"),)), Access(), shares.append)
    value = spread.explained.value
    assert isinstance(value, Diagnostic)
    assert shares == sorted(shares) and shares[-1] == 1.0
    summary, every = value.tables[0], value.tables[-1]
    assert summary.columns["What was varied"].tolist() == ["Cell size", "Grid shift", "Bandwidth"]
    assert summary.columns["Choices"].tolist() == [5, 9, 5]
    rows = zip(*(every.columns[name].tolist() for name in ("What was varied", "Choice", "Hit rate (%)")), strict=True)
    rate = {(what, choice): value for what, choice, value in rows}
    own = [("Cell size", "200 m"), ("Grid shift", "0 m east, 0 m north"), ("Bandwidth", "300 m")]
    assert len({rate[each] for each in own}) == 1, "what was asked for is among each of the three"
    with pytest.raises(InvalidInput, match="share of the ground or km2"):
        pipeline.sensitivity(busy, replace(RECIPE, flags=("20cells",)), Access())


def test_a_model_reaches_by_its_bandwidth_or_its_radius() -> None:
    from ilpgeo.models.dbscan import Dbscan

    assert [each and each.name for each in map(reach_of, (Kde(), Dbscan(), PriorCount()))] == [
        "bandwidth_m", "eps_m", None,
    ]  # fmt: skip


def test_the_difference_is_that_of_what_was_released(busy: pipeline.Opened) -> None:
    query = Query(Level.LOCAL, YEAR)
    one, other = (pipeline.explore(busy, model, query, Access(), cell_m=200.0) for model in (Kde(), PriorCount()))
    contrast = pipeline.difference(busy, one, other, ("A", "B")).value
    assert isinstance(contrast, Contrast)
    a, b = one.answer.value, other.answer.value
    shown = np.isfinite(contrast.value)
    assert np.array_equal(shown, contrast.grid.inside & ~(a.withheld | b.withheld))
    assert np.array_equal(contrast.value[shown], (a.expected - b.expected)[shown])
    assert (contrast.of, contrast.against, contrast.neutral) == ("A", "B", 0.0)
    with pytest.raises(InvalidInput, match="no expectation"):
        pipeline.difference(busy, pipeline.explore(busy, GiStar(), query, Access(), cell_m=200.0), other, ("A", "B"))
    with pytest.raises(InvalidInput, match="different cells"):
        pipeline.difference(busy, one, pipeline.explore(busy, PriorCount(), query, Access(), cell_m=150.0), ("A", "B"))


def test_the_prior_count_ranks_areas_by_their_incidents(busy: pipeline.Opened) -> None:
    query = Query(Level.LOCAL, YEAR)
    value = pipeline.top_ten(busy, [PriorCount(), Kde()], query, Access(), cell_m=100.0).value
    assert isinstance(value, Diagnostic)
    [table] = value.tables
    past = table.columns["Incidents learnt from"]
    by_count = np.argsort(np.argsort(-past)) + 1
    assert table.columns["Prior count: rank"].tolist() == by_count.tolist()
    assert past.sum() == pytest.approx(value.n, rel=0.02)
    assert "Prior count keeps 4 of the briefing's top 4" in value.findings
    with pytest.raises(InvalidInput, match="cannot rank areas"):
        pipeline.top_ten(busy, [GiStar()], query, Access())
