"""Weights by grading move the order of areas and hotspots, and no number of incidents."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from ilpgeo import pipeline
from ilpgeo.cli import main
from ilpgeo.core.errors import Conflict, InvalidInput, NotAllowed
from ilpgeo.core.grading import GradeWeights, Trust
from ilpgeo.core.recipes import Entry
from ilpgeo.core.sources import Grading, Scale, Source
from ilpgeo.core.types import Access, Level, Period, Query
from ilpgeo.models.dbscan import Dbscan
from ilpgeo.models.kde import Kde
from ilpgeo.pipeline.counted import Counts, grading_factors
from ilpgeo.pipeline.opened import cube
from ilpgeo.pipeline.scope import scope_of
from ilpgeo.reports import files, sentences
from tests.pipeline.city import SIDE, SOUTH, WEST, make_city, write

ANYONE = Access()
MARCH = Period(date(2023, 3, 1), date(2023, 3, 28))
PLAIN = Query(Level.LOCAL, MARCH)
WEIGHTS = GradeWeights(1, 0.8, 0.5, 0.25, 0.5)
WEIGHTED = replace(PLAIN, weights=WEIGHTS)


def in_area(at: int, n: int, first: int) -> list[tuple[object, ...]]:
    """Return thefts in one of the four squares, a little apart from each other."""
    lat, lon = SOUTH + SIDE * (at // 2) + SIDE / 4, WEST + SIDE * (at % 2) + SIDE / 4
    return [
        (f"R{number}", f"2023-03-{1 + number % 28:02d} {number % 24:02d}:30", lat + 1e-5 * (number % 50), lon,
         "THEFT", "Mill Rd")
        for number in range(first, first + n)
    ]  # fmt: skip


@pytest.fixture
def city(tmp_path):
    """Return a city: 100 good incidents in area 0; 20 and 100 doubtful ones in area 1; 7 and 3 in area 2."""
    made = make_city(tmp_path / "city")
    good = [*in_area(0, 100, 1), *in_area(1, 20, 200), *in_area(2, 7, 300)]
    doubtful = [*in_area(1, 100, 1000), *in_area(2, 3, 2000)]
    pipeline.ingest(made, write(tmp_path / "good.csv", good), "good")
    pipeline.ingest(made, write(tmp_path / "doubtful.csv", doubtful), "doubtful")
    for name, mark in (("good", "A"), ("doubtful", "C")):
        entry = Source(name, "City Police", "Desk", "Act", Grading(Scale.FOUR, mark, "1"))
        pipeline.register_source(made, entry, ANYONE, "A")
    return made


def areas(city, query: Query) -> dict[str, object]:
    return {each.id: each for each in pipeline.brief(city, query, ANYONE).value.priorities}


def test_the_order_moves_and_every_number_of_incidents_stays(city):
    plain, weighted = areas(city, PLAIN), areas(city, WEIGHTED)
    assert [plain[area].rank for area in ("a0", "a1")] == [2, 1]
    assert [weighted[area].rank for area in ("a0", "a1")] == [1, 2]
    for area, before in plain.items():
        now = weighted[area]
        for name in ("n", "previous", "last_year", "trained_n", "expected", "expected_interval", "likely"):
            assert getattr(now, name) == getattr(before, name), (area, name)


def test_the_score_is_weighted_by_the_mean_weight_of_an_areas_incidents(city):
    plain, weighted = areas(city, PLAIN), areas(city, WEIGHTED)
    assert weighted["a0"].score == pytest.approx(plain["a0"].score)
    assert weighted["a1"].score == pytest.approx(plain["a1"].score * (20 * 1 + 100 * 0.25) / 120)


def test_a_source_with_few_incidents_in_an_area_has_no_say_there(city):
    scope = scope_of(city, WEIGHTED, ANYONE, None)
    counted = Counts(city, cube(city), scope, None)
    at = [city.areas.id[each] for each in scope.ranked].index("a2")
    factors = grading_factors(counted, {"good": 1.0, "doubtful": 0.25}, 5)
    assert factors[at, 0] == 1.0  # seven good ones; the three doubtful ones are too few to be told
    assert grading_factors(counted, {"good": 1.0, "doubtful": 0.25}, 1)[at, 0] == pytest.approx((7 + 3 * 0.25) / 10)
    empty = [city.areas.id[each] for each in scope.ranked].index("a3")
    assert factors[empty, 0] == pytest.approx((127 + 100 * 0.25) / 227)


def test_a_grade_that_weighs_nothing_leaves_its_source_out_of_the_order(city):
    weights = GradeWeights(1, 1, 1, 0, 1)
    weighted, filtered = areas(city, replace(PLAIN, weights=weights)), areas(city, replace(PLAIN, sources=("good",)))
    order = [sorted(each, key=lambda area: each[area].rank or 99) for each in (weighted, filtered)]
    assert order[0][:2] == order[1][:2] == ["a0", "a1"] and weighted["a1"].n == 120


def test_hotspots_are_drawn_by_weight_and_count_whole_incidents(city):
    model = Kde(bandwidth_m=200)
    plain = pipeline.hotspots(city, model, PLAIN, ANYONE).value
    weighted = pipeline.hotspots(city, model, WEIGHTED, ANYONE).value
    assert weighted.total == plain.total == 230
    assert max(each.n for each in weighted.hotspots) >= 99 and all(each.n == int(each.n) for each in weighted.hotspots)
    forecaster = pipeline.Forecaster(Entry("kde", {"bandwidth_m": 200}), 150.0, 28)
    one, other = (pipeline.forecast(city, forecaster, each, ANYONE).value for each in (PLAIN, WEIGHTED))
    middles = [each.hotspots[0].polygon.centroid for each in (one, other)]
    assert middles[0].x > middles[1].x + 1000  # area 1 lies east of area 0
    assert other.query.weights == WEIGHTS
    whole = {round(each.polygon.centroid.x): (each.expected, each.n_period) for each in one.hotspots}
    same = {round(each.polygon.centroid.x): (each.expected, each.n_period) for each in other.hotspots}
    shared = set(whole) & set(same)
    assert shared and all(same[each] == pytest.approx(whole[each]) for each in shared)


def test_a_model_that_takes_whole_incidents_only_is_not_weighted(city):
    with pytest.raises(InvalidInput, match="takes whole incidents only"):
        pipeline.hotspots(city, Dbscan(), WEIGHTED, ANYONE)
    forecaster = pipeline.Forecaster(Entry("dbscan", {}), 150.0, 28)
    assert pipeline.forecast(city, forecaster, WEIGHTED, ANYONE).value.query.weights is None


def test_a_cells_value_is_never_a_weighted_number(city):
    for ask in (pipeline.answer, pipeline.explore):
        with pytest.raises(InvalidInput, match="change no number of incidents"):
            ask(city, Kde(), WEIGHTED, ANYONE)


def test_models_that_take_fractions_scale_with_them():
    from ilpgeo.core.incidents import Incidents
    from ilpgeo.core.protocols import Context
    from ilpgeo.core.space import Grid
    from ilpgeo.pipeline.catalogue import model_classes

    rng = np.random.default_rng(1)
    x, y = rng.uniform(0, 3000, (2, 300))
    days = (np.datetime64("2022-03-01") + rng.integers(0, 365, 300)).astype("datetime64[s]")
    grid = Grid(0.0, 0.0, 150.0, 20, 20, "EPSG:32617", np.ones((20, 20), np.bool_))
    window = Period(date(2023, 3, 1), date(2023, 3, 28))
    context = Context(Period(date(2022, 3, 1), date(2023, 2, 28)))
    found = [each for each in model_classes() if getattr(each, "takes_fractions", False)]
    assert {each.name for each in found} == {"prior_count", "kde", "adaptive_kde", "prospective", "blend"}
    for each in found:
        whole, half = (
            each().answer(Incidents.from_xy(x, y, t_from=days, weight=np.full(300, weight)), grid, window, context,
                          np.random.default_rng(0)).expected
            for weight in (1.0, 0.5)
        )  # fmt: skip
        assert np.corrcoef(whole.ravel(), half.ravel())[0, 1] > 0.99, each.name
        assert half.sum() == pytest.approx(whole.sum() / 2, rel=0.02), each.name


def test_a_new_grade_changes_the_order_at_once(city):
    assert areas(city, WEIGHTED)["a1"].rank == 2
    entry = next(each for each in pipeline.registered(city) if each.source.name == "doubtful")
    better = replace(entry.source, grading=Grading(Scale.FOUR, "A", "1"))
    stamp = pipeline.register_stamp(city)
    pipeline.register_source(city, better, ANYONE, "A", entry.revision)
    assert areas(city, WEIGHTED)["a1"].rank == 1 and pipeline.register_stamp(city) != stamp


def test_it_is_said_wherever_the_order_is(city):
    released = pipeline.brief(city, WEIGHTED, ANYONE)
    said = sentences.weighted(released.value)
    assert "doubtful 0.25" in said and "numbers of incidents, counted or expected, are not" in said
    assert "and by the grading of their sources" in sentences.method(released.value, "x")
    assert said in sentences.gaps(released.value)
    assert files.briefing_record(released)["order_weighted_by_grading"]["doubtful"] == 0.25
    assert said in files.briefing_csv(released)
    plain = pipeline.brief(city, PLAIN, ANYONE)
    assert sentences.weighted(plain.value) == "" and "grading" not in files.briefing_csv(plain)


def test_weights_are_agreed_on_by_who_publishes_and_every_revision_is_kept(city):
    assert pipeline.grade_weights(city) is None
    made = pipeline.save_grade_weights(city, WEIGHTS, ANYONE, "A. Analyst")
    assert (made.revision, pipeline.grade_weights(city)) == (1, made)
    with pytest.raises(Conflict):
        pipeline.save_grade_weights(city, GradeWeights(), ANYONE, "B")
    with pytest.raises(NotAllowed):
        pipeline.save_grade_weights(city, WEIGHTS, Access(publishes=False), "B", 1)
    assert pipeline.save_grade_weights(city, GradeWeights(), ANYONE, "B", 1).revision == 2
    assert [*Trust][1] == "mostly reliable"


def test_on_the_command_line(city, capsys, tmp_path):
    where = ["--workspace", str(city.workspace.folder)]
    ask = ["priorities", *where, "--level", "local", "--period", "2023-03-01..2023-03-28", "--json"]
    assert main([*ask, "--weights", "agreed"]) == 1 and "no weights by grading are agreed" in capsys.readouterr().err
    assert main(["sources", "weights", *where, "--weights", WEIGHTS.text, "--by", "A"]) == 0
    capsys.readouterr()
    assert main([*ask, "--weights", "agreed"]) == 0
    agreed = capsys.readouterr().out
    assert '"doubtful": 0.25' in agreed
    assert main([*ask, "--weights", WEIGHTS.text]) == 0 and capsys.readouterr().out == agreed
    assert main([*ask, "--weights", "1,2"]) == 1
    output = tmp_path / "brief.html"
    report = ["report", *where, "--level", "local", "--period", "2023-03-01..2023-03-28", "--output", str(output)]
    assert main([*report, "--weights", "agreed"]) == 0
    text = output.read_text("utf-8")
    assert "Order weighted by grading" in text and "Weights by grading" in text and f"--weights {WEIGHTS.text}" in text
