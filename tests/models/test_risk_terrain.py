from datetime import date

import numpy as np
import pytest
from scipy.spatial import cKDTree

from ilpgeo.core.errors import Cancelled, InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.risk_terrain import EITHER, RiskTerrain, risk_terrain
from ilpgeo.models.risk_terrain_account import account_of
from ilpgeo.models.risk_terrain_fit import folds
from ilpgeo.models.risk_terrain_terms import candidate_terms, find_patterns

CELL_M = 100.0


def study(ny: int = 60, nx: int = 70, holes: float = 0.1) -> Grid:
    inside = np.random.default_rng(0).random((ny, nx)) >= holes
    return Grid(0.0, 0.0, CELL_M, nx, ny, "EPSG:32617", inside)


def layers(grid: Grid, names: tuple[str, ...], seed: int) -> dict[str, np.ndarray]:
    """Forty places of each factor, strewn: distances and counts."""
    rng = np.random.default_rng(seed)
    row, column = np.indices(grid.shape)
    middles = np.column_stack([(column.ravel() + 0.5) * CELL_M, (row.ravel() + 0.5) * CELL_M])
    found = {}
    for name in names:
        places = rng.uniform(0, 1, (40, 2)) * [grid.nx * CELL_M, grid.ny * CELL_M]
        found[f"{name} distance_m"] = cKDTree(places).query(middles)[0].reshape(grid.shape)
        found[f"{name} count"] = np.zeros(grid.shape)
        np.add.at(found[f"{name} count"], tuple((places[:, ::-1] // CELL_M).astype(int).T), 1)
    return found


def terrain(grid: Grid, seed: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Bars raise the rate 2.5-fold within 300 m, stations 1.8-fold within 450 m, parks halve it; the rest is noise."""
    factors = layers(grid, ("bars", "stations", "parks", "noise", "other noise"), seed)
    rate = 0.25 * np.ones(grid.shape)
    rate[factors["bars distance_m"] <= 300] *= 2.5
    rate[factors["stations distance_m"] <= 450] *= 1.8
    rate[factors["parks distance_m"] <= 300] *= 0.5
    return factors, np.random.default_rng(seed + 100).poisson(rate).astype(float)


@pytest.mark.parametrize("may_lower", [False, True])
def test_known_rate_ratios_are_recovered_and_noise_is_dropped(may_lower) -> None:
    grid, covered, noise = study(), 0, 0
    truth = {"bars": (300.0, 2.5), "stations": (450.0, 1.8)} | ({"parks": (300.0, 0.5)} if may_lower else {})
    n_worlds = 8
    for seed in range(n_worlds):
        factors, counts = terrain(grid, seed)
        if not may_lower:
            counts[factors["parks distance_m"] <= 300] *= 2  # parks do nothing in this world
        chosen = risk_terrain(counts, factors, grid, np.random.default_rng(seed), may_lower=may_lower).chosen
        kept = {
            term.factor: (term, effect) for term, effect in zip(chosen.terms, chosen.fit.coefficient[1:], strict=True)
        }
        assert set(truth) <= set(kept), seed
        noise += len(set(kept) - set(truth))
        error = np.sqrt(np.diag(chosen.fit.covariance)[1:] * chosen.dispersion)
        for at, term in enumerate(chosen.terms):
            if term.factor not in truth:
                continue
            within_m, ratio = truth[term.factor]
            assert not term.is_density
            assert term.within_m == within_m
            effect = chosen.fit.coefficient[1 + at]
            assert np.exp(effect) == pytest.approx(ratio, rel=0.25)
            covered += abs(effect - np.log(ratio)) <= 1.645 * error[at]
    assert noise <= 1  # of 16 or 24 that could have come in
    assert covered >= 0.7 * n_worlds * len(truth)


def test_what_is_fitted_adds_up_and_is_the_product_of_its_ratios() -> None:
    grid = study()
    factors, counts = terrain(grid, 1)
    found = risk_terrain(counts, factors, grid, np.random.default_rng(0), may_lower=True)
    assert found.expected.sum() == pytest.approx(counts[grid.inside].sum(), rel=1e-6)
    expected = np.full(grid.shape, np.exp(found.chosen.fit.coefficient[0]))
    support = np.full(grid.shape, counts[grid.inside].sum())
    for term, effect in zip(found.chosen.terms, found.chosen.fit.coefficient[1:], strict=True):
        holds = factors[f"{term.factor} distance_m"] <= term.within_m
        expected[holds] *= np.exp(effect)
        for state in (holds, ~holds):
            support[state] = np.minimum(support[state], counts[state & grid.inside].sum())
    np.testing.assert_allclose(found.expected[grid.inside], expected[grid.inside], rtol=1e-9)
    np.testing.assert_allclose(found.support[grid.inside], support[grid.inside])
    assert not found.expected[~grid.inside].any()


def test_a_factor_dense_in_places_is_found_as_dense() -> None:
    grid = study(holes=0)
    factors = layers(grid, ("bars",), 3)
    rng = np.random.default_rng(4)
    quarter = np.zeros(grid.shape)
    quarter[20:30, 20:30] = rng.poisson(3, (10, 10))
    factors["bars count"] += quarter
    factors["bars distance_m"] = np.where(factors["bars count"] > 0, 0.0, factors["bars distance_m"])
    rate = np.full(grid.shape, 0.25)
    rate[18:32, 18:32] *= 4
    found = risk_terrain(rng.poisson(rate).astype(float), factors, grid, np.random.default_rng(0))
    assert [(term.factor, term.is_density) for term in found.chosen.terms] == [("bars", True)]
    assert "many within" in found.chosen.terms[0].words


def test_clustered_counts_widen_the_intervals() -> None:
    grid = study()
    factors, counts = terrain(grid, 2)
    once = risk_terrain(counts, factors, grid, np.random.default_rng(0)).chosen
    piles = risk_terrain(counts * 8, factors, grid, np.random.default_rng(0)).chosen
    assert piles.dispersion == pytest.approx(8 * once.dispersion, rel=0.1)
    told = account_of(piles, counts[grid.inside] * 8, tuple(factors))
    assert any("times as much as chance" in each for each in told.findings)


def test_the_statements_are_those_defined() -> None:
    grid = study(12, 14)
    factors = layers(grid, ("bars",), 5)
    terms = candidate_terms(factors, grid, 150.0, 3)
    for term in terms:
        rows = np.argwhere(grid.inside)
        if not term.is_density:
            expected = factors["bars distance_m"][grid.inside] <= term.within_m
        else:
            around = np.array(
                [
                    sum(
                        factors["bars count"][r, c]
                        for r, c in np.ndindex(grid.shape)
                        if np.hypot(r - row, c - column) * CELL_M <= term.within_m + 1e-9
                    )
                    for row, column in rows
                ]
            )
            expected = around > around.mean() + 2 * around.std()
        np.testing.assert_array_equal(term.holds, expected)
    assert {term.is_density for term in terms} == {True, False}
    assert len({term.holds.tobytes() for term in terms}) == len(terms)


def test_patterns_put_alike_cells_together_and_lose_nothing() -> None:
    grid = study(20, 25)
    counts = np.random.default_rng(1).poisson(1.0, int(grid.inside.sum())).astype(float)
    terms = candidate_terms(layers(grid, ("bars", "parks"), 6), grid, 150.0, 3)
    found = find_patterns(terms, counts)
    design = np.array([term.holds for term in terms]).T
    np.testing.assert_array_equal(found.design[found.of_cell], design)
    assert len(found.cells) == len(np.unique(design, axis=0))
    for pattern in range(len(found.cells)):
        here = counts[found.of_cell == pattern]
        assert (found.cells[pattern], found.total[pattern], found.square[pattern]) == (
            len(here),
            here.sum(),
            (here**2).sum(),
        )


def test_folds_are_tiles_of_the_ground() -> None:
    grid = study(40, 50, holes=0)
    fold = folds(grid, np.random.default_rng(0)).reshape(grid.shape)
    assert set(np.unique(fold)) == set(range(5))
    side = round(np.sqrt(2000 / 100))
    for r in range(0, 40, side):
        for c in range(0, 50, side):
            assert len(np.unique(fold[r : r + side, c : c + side])) == 1


WINDOW = Period(date(2022, 1, 1), date(2022, 1, 31))
TRAINED = Period(date(2021, 1, 1), date(2021, 12, 31))


def ask(factors, counts, grid, **settings):
    row, column = np.nonzero(counts * grid.inside)
    past = Incidents.from_xy((column + 0.5) * CELL_M, (row + 0.5) * CELL_M, weight=counts[row, column])
    model = RiskTerrain(**settings)
    return model.answer(past, grid, WINDOW, Context(TRAINED, factors=factors), np.random.default_rng(0))


def test_the_account_names_what_is_kept_and_what_is_left_out() -> None:
    grid = study()
    factors, counts = terrain(grid, 1)
    beside = ask(factors, counts, grid, direction=EITHER).beside
    table = beside.tables[0].columns
    assert set(table["Factor"]) >= {"bars", "stations", "parks"}
    assert (table["Low"] < table["Rate ratio"]).all()
    assert (table["Rate ratio"] < table["High"]).all()
    bars = list(table["Factor"]).index("bars")
    near = (factors["bars distance_m"] <= 300) & grid.inside
    assert table["Ground"][bars] == "within 300 m"
    assert table["Share of the ground (%)"][bars] == pytest.approx(100 * near.sum() / grid.inside.sum())
    assert table["Incidents there"][bars] == counts[near].sum()
    assert any("noise" in each and "Left out" in each for each in beside.findings)


def test_without_factor_layers_it_says_how_to_add_one() -> None:
    with pytest.raises(InvalidInput, match="ilpgeo factors add"):
        ask({}, np.ones((60, 70)), study())


def test_few_incidents_keep_no_factor() -> None:
    grid = study()
    factors, _ = terrain(grid, 1)
    counts = np.zeros(grid.shape)
    counts[np.nonzero(grid.inside)[0][:3], np.nonzero(grid.inside)[1][:3]] = 2.0
    answer = ask(factors, counts, grid)
    assert not answer.beside.tables
    assert np.ptp(answer.expected[grid.inside]) == 0
    assert answer.support[grid.inside].min() == 6


def test_layers_that_do_not_fit_are_named() -> None:
    grid = study(5, 5, holes=0)
    wrong = {"bars height": np.ones((5, 5)), "parks count": np.ones((4, 5)), "pubs distance_m": np.full((5, 5), np.nan)}
    with pytest.raises(InvalidInput, match=r"bars height.*parks count.*\(4, 5\).*pubs distance_m") as caught:
        candidate_terms(wrong, grid, 150.0, 2)
    assert len(caught.value.faults) == 3


def test_it_can_be_stopped() -> None:
    grid = study()
    factors, counts = terrain(grid, 1)

    def stop(share: float) -> None:
        assert 0 <= share <= 1
        if share > 0.1:
            raise Cancelled("not wanted any more")

    with pytest.raises(Cancelled):
        risk_terrain(counts, factors, grid, np.random.default_rng(0), progress=stop)
