from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.repeat_places import RepeatPlaces, concentrate, share_by_chance

YEAR = Period(date(2021, 1, 1), date(2021, 12, 31))


def gini_by_pairs(counts: np.ndarray) -> float:
    """Half the relative mean difference, pair by pair."""
    return np.abs(counts[:, None] - counts).mean() / (2 * counts.mean())


@settings(max_examples=100, deadline=None)
@given(counts=st.lists(st.integers(0, 30), min_size=1, max_size=40).filter(any))
def test_gini_is_half_the_relative_mean_difference(counts) -> None:
    counts = np.array(counts, float)
    found = concentrate(counts)
    assert found.gini == pytest.approx(gini_by_pairs(counts))
    # The generalised one: the same over as many of the busiest places as there are incidents at most.
    busiest = np.sort(counts)[::-1][: int(min(counts.sum(), len(counts)))]
    assert found.generalised_gini == pytest.approx(gini_by_pairs(busiest), abs=1e-12)


def test_the_formula_of_bernasco_and_steenbeek_by_hand() -> None:
    # Four incidents at ten places: 2, 1, 1; y_8 = y_9 = 1/4, y_10 = 1/2: sum i y_i = 2 + 2.25 + 5 = 9.25.
    counts = np.array([0, 0, 2, 0, 1, 0, 0, 1, 0, 0], float)
    assert concentrate(counts).generalised_gini == pytest.approx((2 * 9.25 - 10 - 1) / 4 - 10 / 4 + 1)
    assert concentrate(counts).gini == pytest.approx((2 * 9.25 - 10 - 1) / 10)


def test_the_curve_by_hand() -> None:
    found = concentrate(np.array([5.0, 1.0, 3.0, 1.0]))
    np.testing.assert_allclose(found.places, [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(found.incidents, [0, 0.5, 0.8, 0.9, 1])
    assert found.held_by(0.25) == 0.5
    assert found.places_for(0.8) == pytest.approx(0.5)
    assert found.places_for(0.65) == pytest.approx(0.375)


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 2**31), n=st.integers(1, 200))
def test_the_curve_is_concave_and_above_the_even_one(seed, n) -> None:
    counts = np.random.default_rng(seed).gamma(0.5, 2, n) + 1e-9
    found = concentrate(counts)
    assert (np.diff(found.incidents, 2) <= 1e-12).all()
    assert (found.incidents >= found.places - 1e-12).all()
    assert found.incidents[-1] == 1.0


@pytest.mark.parametrize(
    ("n_places", "n_incidents", "share"), [(2000, 500, 0.05), (2000, 6000, 0.05), (500, 5000, 0.2)]
)
def test_chance_is_that_of_incidents_thrown_at_random(n_places, n_incidents, share) -> None:
    rng = np.random.default_rng(1)
    thrown = rng.multinomial(n_incidents, np.full(n_places, 1 / n_places), 400)
    held = np.mean([concentrate(each.astype(float)).held_by(share) for each in thrown])
    assert share_by_chance(n_places, n_incidents, share) == pytest.approx(held, abs=0.006)


@pytest.mark.parametrize(("n_places", "n_incidents"), [(1, 3), (100, 1), (300, 900), (18_000, 240_000)])
def test_chance_agrees_with_the_poisson_distribution_of_scipy(n_places, n_incidents) -> None:
    from scipy.stats import poisson

    mean = n_incidents / n_places
    sizes = np.arange(1, 200 + int(20 * mean))[::-1]
    chance = poisson.pmf(sizes, mean)
    held = np.interp(0.05, np.append(0, chance.cumsum()), np.append(0, (sizes * chance).cumsum() / mean))
    assert share_by_chance(n_places, n_incidents, 0.05) == pytest.approx(held, rel=1e-9)


@pytest.mark.parametrize("counts", [[0.0, 0.0], [-1.0, 2.0], [np.nan, 1.0]])
def test_counts_that_cannot_be_are_refused(counts) -> None:
    with pytest.raises(InvalidInput, match="counts"):
        concentrate(np.array(counts))


def ground() -> Grid:
    inside = np.ones((20, 20), bool)
    inside[:, :2] = False
    return Grid(0.0, 0.0, 100.0, 20, 20, "EPSG:32617", inside)


def answer(past: Incidents, **settings):
    return RepeatPlaces(**settings).answer(past, ground(), YEAR, Context(YEAR), np.random.default_rng(1))


def piled() -> Incidents:
    """Sixty incidents at one place in both halves of the year, forty alone; one outside."""
    rng = np.random.default_rng(2)
    x, y = rng.uniform(300, 2000, (2, 101))
    x[:60], y[:60] = 550.0, 650.0
    x[100] = 50.0
    start = np.datetime64("2021-01-01T12:00:00") + np.arange(101) * 3 * np.timedelta64(86_400)
    return Incidents.from_xy(x, y, t_from=start)


def test_the_busiest_place_leads_the_table_and_counts_can_be_withheld() -> None:
    found = answer(piled())
    assert found.n == 100
    top = found.tables[2]
    assert top.counts == "Incidents" and top.columns["Incidents"][0] == 60
    assert top.columns["Share of all (%)"][0] == pytest.approx(60)
    shares = found.tables[1]
    # 41 places: the busiest 5 % are 2.05 of them, one pile and 1.05 single ones.
    assert shares.columns["Incidents (%)"][2] == pytest.approx(61.05)
    assert found.findings[0].startswith("5% of the 41 places with any incident hold 61% of the incidents")


def test_nothing_in_the_answer_gives_a_position_away() -> None:
    for table in answer(piled()).tables:
        for values in table.columns.values():
            assert not np.isin(values, [550.0, 650.0]).any() if values.dtype.kind == "f" else True


def test_cells_count_empty_ones_as_places_and_outside_ones_not() -> None:
    found = answer(piled(), places="cells")
    assert found.findings[0].startswith("5% of the 360 cells of the study area")
    assert found.tables[2].columns["Incidents"][0] >= 60


def test_labels_that_tell_no_place_are_left_out_and_said() -> None:
    past = piled()
    places = ("Elm Road", "No Location", *(f"Oak Street {k}" for k in range(39)))
    place = np.concatenate([np.zeros(2), np.ones(58), np.arange(2, 41), [2, -1]]).astype(np.int32)
    found = answer(replace(past, place=place, places=places), places="labels")
    assert found.n == 42
    assert "58 incidents have no place label" in found.findings[-1]
    with pytest.raises(InvalidInput, match="no place labels"):
        answer(past, places="labels")
    kinds = replace(past, place=np.zeros(101, np.int32), places=("Parking Area",))
    with pytest.raises(InvalidInput, match="tell one place from another"):
        answer(kinds, places="labels")


def test_places_that_stay_busy_and_places_that_do_not_are_told_apart() -> None:
    rng = np.random.default_rng(3)
    corners = np.column_stack([axis.ravel() for axis in np.meshgrid(np.arange(250, 2000, 50), np.arange(0, 2000, 50))])
    day = np.sort(rng.integers(0, 365, 4000))
    start = np.datetime64("2021-01-01T12:00:00") + day * np.timedelta64(86_400)
    weight = rng.gamma(0.2, 1, len(corners))
    stay = corners[rng.choice(len(corners), 4000, p=weight / weight.sum())].astype(float)
    chance = corners[rng.integers(0, len(corners), 4000)].astype(float)
    held = []
    for points in (stay, chance):
        words = next(f for f in answer(Incidents.from_xy(*points.T, t_from=start)).findings if "first half" in f)
        held.append([int(part.split("%")[0].split()[-1]) for part in words.split("held ")[1].split(" of ")[:1]])
        after = int(words.split("and ")[1].split("%")[0])
        held[-1].append(after)
    assert held[0][1] > 0.7 * held[0][0]
    assert held[1][1] <= 8 < held[1][0]
