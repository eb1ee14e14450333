"""What every model in the registry promises; a new model is covered by its registry line."""

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from ilpgeo.core.answers import Answer, Clusters, Contrast, RiskSurface, Significance, Zones
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.explained import Diagnostic
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import build, params_of
from ilpgeo.core.protocols import Additive, Context, Model
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.registry import MODELS, all_models

TRAINED = Period(date(2021, 1, 1), date(2021, 12, 31))
WINDOW = Period(date(2022, 1, 1), date(2022, 1, 31))
# Small data need small settings; the defaults are for cities.
SETTINGS = {
    "dbscan": {"eps_m": 150.0, "min_samples": 6},
    "st_dbscan": {"eps_m": 150.0, "window_days": 60.0, "min_samples": 4},
    "nnh": {"min_points": 5},
    "hdbscan": {"min_cluster_size": 8, "min_samples": 5},
    "optics": {"min_samples": 8, "most_m": 300.0},
}

# Models whose expectation is no rescaled past, and why.
NOT_RESCALED: dict[str, str] = {
    "sepp": "recent incidents raise the coming window, and what would follow outside the study area is lost",
    "etas": "recent incidents raise the coming window of their cell",
    "blend": "it expects what the last windows brought, not the mean of the whole past",
}

# Models that look at an incident of weight 0 all the same, and why.
KEEPS_WEIGHTLESS: dict[str, str] = {
    "dbscan": "as with scikit-learn, a row of weight 0 joins what lies around it",
    "st_dbscan": "as DBSCAN does",
}

each_model = pytest.mark.parametrize("model", [build(m, SETTINGS.get(m.name, {})) for m in all_models()], ids=MODELS)


def study(dx: float = 0.0, dy: float = 0.0) -> Grid:
    inside = np.ones((18, 24), bool)
    inside[:5, :6] = inside[10:12, 10:14] = False
    return Grid(630_000.0 + dx, 4_833_000.0 + dy, 100.0, 24, 18, "EPSG:32617", inside)


def incidents(n: int = 300, seed: int = 3) -> Incidents:
    """Piles and strewn points, some outside; on a lattice of 1/4 m, so that whole metres of translation are exact."""
    rng = np.random.default_rng(seed)
    west, south, east, north = study().bounds
    middles = np.column_stack([rng.uniform(west, east, 7), rng.uniform(south, north, 7)])
    points = middles[rng.integers(0, 7, n)] + rng.normal(0, 90, (n, 2))
    points[: n // 4] = np.column_stack([rng.uniform(west - 200, east, n // 4), rng.uniform(south, north + 200, n // 4)])
    points[n // 2 : n // 2 + n // 6] = points[n // 2]
    points = np.round(points * 4) / 4
    start = rng.integers(1.61e9, 1.64e9, n).astype("datetime64[s]")
    return Incidents.from_xy(points[:, 0], points[:, 1], t_from=start)


def context() -> Context:
    """Everything a model may ask for: residents, and factors of the ground, one of which goes with the incidents."""
    rng, grid, past = np.random.default_rng(7), study(), incidents()
    row, column = np.indices(grid.shape)
    pile = len(past) // 2
    far = np.hypot(
        grid.x0 + (column + 0.5) * grid.cell_m - past.x[pile], grid.y0 + (row + 0.5) * grid.cell_m - past.y[pile]
    )
    factors = {"schools distance_m": far, "bars count": rng.poisson(0.2, grid.shape).astype(float)}
    return Context(TRAINED, population=rng.integers(0, 90, grid.shape).astype(float), factors=factors)


def ask(model: Model, past: Incidents, grid: Grid | None = None, seed: int = 5) -> Answer:
    return model.answer(past, grid or study(), WINDOW, context(), np.random.default_rng(seed))


def numbers(answer: Answer) -> dict[str, np.ndarray]:
    """The arrays of an answer that say where; cluster numbers are names, so clusters speak through their surface."""
    if isinstance(answer, Clusters):
        answer = answer.to_surface()
    if isinstance(answer, RiskSurface):
        return {"expected": answer.expected, "support": answer.support}
    if isinstance(answer, Significance):
        return {"z": answer.z, "p": answer.p, "rejected": answer.rejected, "support": answer.support}
    if isinstance(answer, Contrast):
        return {"value": np.nan_to_num(answer.value, nan=answer.neutral), "support": answer.support}
    if isinstance(answer, Zones):
        return {"llr of a cell": painted(answer, answer.llr), "observed": painted(answer, answer.observed)}
    assert isinstance(answer, Diagnostic), "tell this suite what to compare in the new kind of answer"
    return {
        f"{table.title}: {name}": values.astype(float)
        for table in answer.tables
        for name, values in table.columns.items()
        if values.dtype.kind in "iufb"
    }


def painted(zones: Zones, values: np.ndarray) -> np.ndarray:
    """Each cell's zone's value, 0 where there is no zone."""
    shown = np.zeros(zones.grid.nx * zones.grid.ny)
    for cells, value in zip(zones.cells, values, strict=True):
        shown[cells] = value
    return shown.reshape(zones.grid.shape)


def inside_of(values: np.ndarray) -> np.ndarray:
    """What lies in the study area, where the values are cells; all values where they are a table's."""
    return values[study().inside] if values.shape == study().shape else values


def assert_same(one: Answer, other: Answer) -> None:
    first, second = numbers(one), numbers(other)
    assert type(one) is type(other)
    for name in first:
        np.testing.assert_allclose(first[name], second[name], rtol=1e-9, atol=1e-9, err_msg=name)


@each_model
def test_an_answer_has_the_grid_s_shape_and_finite_numbers(model: Model) -> None:
    answer, inside = ask(model, incidents()), study().inside
    if isinstance(answer, Diagnostic):
        assert answer.findings
        assert answer.tables
        assert answer.n > 0
        return
    for name, values in numbers(answer).items():
        assert values.shape == study().shape, name
        assert np.isfinite(values[inside]).all(), name
        if name in {"expected", "support", "p"}:
            assert (values[inside] >= 0).all(), name
        if name in {"expected", "support", "rejected"}:
            assert not values[~inside].any(), name
        if name in {"z", "p"}:
            assert np.isnan(values[~inside]).all(), name


@each_model
def test_expected_incidents_are_scaled_to_the_window(model: Model) -> None:
    answer = ask(model, incidents())
    if isinstance(answer, Clusters):
        placed = (answer.labels >= 0) & (answer.cell >= 0)
        total = placed.sum()
        answer = answer.to_surface()
    else:
        total = (study().cell_of(incidents().x, incidents().y) >= 0).sum()
    if isinstance(answer, RiskSurface) and model.name not in NOT_RESCALED:
        assert total > 0
        assert answer.expected.sum() == pytest.approx(total * WINDOW.days / TRAINED.days, rel=1e-6)


@each_model
def test_an_additive_surface_is_the_sum_of_its_parts(model: Model) -> None:
    if not isinstance(model, Additive):
        return
    past = incidents()
    first = np.arange(len(past)) % 3 == 0
    whole, one, other = (model.summed(part, study()) for part in (past, past.select(first), past.select(~first)))
    np.testing.assert_allclose(whole, one + other, atol=2e-3 * whole.max())
    answered = numbers(ask(model, past))["expected"]
    np.testing.assert_allclose(whole * (WINDOW.days / TRAINED.days), answered, rtol=1e-12)
    moved = model.moved(one.copy(), past.select(~first), past.select(first), study())
    np.testing.assert_allclose(moved, other, atol=2e-3 * whole.max())


@each_model
def test_it_tells_places_apart(model: Model) -> None:
    told = [inside_of(values) for values in numbers(ask(model, incidents())).values()]
    assert any(len(values) and values.max() > values.min() for values in told)


@each_model
def test_the_same_generator_gives_the_same_answer(model: Model) -> None:
    one, other = (numbers(ask(model, incidents())) for _ in range(2))
    for name in one:
        np.testing.assert_array_equal(one[name], other[name])


@each_model
def test_the_order_of_rows_does_not_matter(model: Model) -> None:
    order = np.random.default_rng(1).permutation(len(incidents()))
    assert_same(ask(model, incidents()), ask(model, incidents().select(order)))


@each_model
@pytest.mark.parametrize(("dx", "dy"), [(1000.0, -2500.0), (-333.0, 77.0)])
def test_translation_does_not_matter(model: Model, dx: float, dy: float) -> None:
    past = incidents()
    moved = replace(past, x=past.x + dx, y=past.y + dy)
    assert_same(ask(model, past), ask(model, moved, study(dx, dy)))


@each_model
def test_a_weight_of_k_equals_k_copies(model: Model) -> None:
    past = incidents()
    times = np.random.default_rng(2).integers(1, 4, len(past))
    assert_same(
        ask(model, replace(past, weight=times.astype(float))),
        ask(model, past.select(np.repeat(np.arange(len(past)), times))),
    )


@each_model
def test_a_weight_of_0_is_no_incident(model: Model) -> None:
    if model.name in KEEPS_WEIGHTLESS:
        return
    past = incidents()
    weight = (np.random.default_rng(8).random(len(past)) < 0.7).astype(float)
    assert_same(ask(model, replace(past, weight=weight)), ask(model, past.select(weight > 0)))


@each_model
@pytest.mark.parametrize("weight", [1e-9, 0.3])
def test_rows_that_weigh_less_than_an_incident_are_answered(model: Model, weight: float) -> None:
    answer = ask(model, replace(incidents(), weight=np.full(300, weight)))
    if not isinstance(answer, Diagnostic):
        assert all(np.isfinite(inside_of(values)).all() for values in numbers(answer).values())


@each_model
@pytest.mark.parametrize("column", ["t_from", "t_to"])
def test_a_missing_time_is_refused(model: Model, column: str) -> None:
    past = incidents()
    spoilt = getattr(past, column).copy()
    spoilt[17] = np.datetime64("NaT")
    with pytest.raises(InvalidInput, match=rf"{column} is missing.*row 17"):
        ask(model, replace(past, **{column: spoilt}))


@each_model
def test_the_input_is_left_as_it_was(model: Model) -> None:
    past, grid = incidents(), study()
    columns = {name: getattr(past, name).copy() for name in ("x", "y", "t_from", "t_to", "weight", "row_id")}
    inside = grid.inside.copy()
    ask(model, past, grid)
    for name, before in columns.items():
        np.testing.assert_array_equal(getattr(past, name), before)
    np.testing.assert_array_equal(grid.inside, inside)


@each_model
def test_no_incident_expects_nothing(model: Model) -> None:
    answer = ask(model, incidents().select(np.empty(0, np.int64)))
    if isinstance(answer, Diagnostic):
        assert answer.n == 0
        assert answer.findings, "say that there is nothing to go by"
        return
    for name, values in numbers(answer).items():
        expected = {"p": 1.0, "value": answer.neutral if isinstance(answer, Contrast) else 0.0}.get(name, 0.0)
        assert (inside_of(values) == expected).all(), name


@each_model
@pytest.mark.parametrize("n", [1, 40])
def test_one_place_alone_is_answered(model: Model, n: int) -> None:
    west, south, *_ = study().bounds
    lately = np.full(n, np.datetime64("2021-12-20T12:00:00"))  # models that forget would be asked of nothing else
    past = Incidents.from_xy(np.full(n, west + 1550.0), np.full(n, south + 750.0), t_from=lately)
    answer = ask(model, past)
    if isinstance(answer, Diagnostic | Zones):
        return
    told = numbers(answer)
    assert told["support"][7, 15] == n or (isinstance(answer, Clusters) and n == 1)
    assert all(np.isfinite(inside_of(values)).all() for values in told.values())


@each_model
def test_incidents_outside_the_study_area_count_nothing(model: Model) -> None:
    past = incidents()
    within = study().cell_of(past.x, past.y) >= 0
    assert 0 < within.sum() < len(past)
    assert_same(ask(model, past), ask(model, past.select(within)))


@each_model
@pytest.mark.parametrize("column", ["x", "y", "weight"])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_numbers_that_are_none_are_refused(model: Model, column: str, value: float) -> None:
    past = incidents()
    spoilt = getattr(past, column).copy()
    spoilt[17] = value
    with pytest.raises(InvalidInput, match=rf"{column} is not a finite number.*row 17"):
        ask(model, replace(past, **{column: spoilt}))


@each_model
def test_an_empty_study_area_is_refused(model: Model) -> None:
    with pytest.raises(InvalidInput, match="study area is empty"):
        ask(model, incidents(), replace(study(), inside=np.zeros((18, 24), bool)))


@each_model
def test_another_coordinate_system_is_refused(model: Model) -> None:
    with pytest.raises(InvalidInput, match=r"EPSG:27700.*EPSG:32617"):
        ask(model, replace(incidents(), crs="EPSG:27700"))


@each_model
def test_parameters_out_of_bounds_are_refused_by_name(model: Model) -> None:
    for p in params_of(model):
        if p.high is not None:
            with pytest.raises(InvalidInput, match=p.name):
                replace(model, **{p.name: type(p.default)(p.high + 1)})
        if p.choices:
            with pytest.raises(InvalidInput, match=p.name):
                replace(model, **{p.name: "none of these"})
