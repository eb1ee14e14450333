"""The trust shared out by leaving one incident out: by brute force, what it keeps, and how long the blend takes it."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.blend import Blend
from ilpgeo.models.blend_surfaces import COMPONENTS, Days, Surfaces
from ilpgeo.models.blend_trust import advised_trust, trust_beforehand
from ilpgeo.models.blend_windows import taught_share, windows_taught
from ilpgeo.models.mixture import penalised_likelihood

TRUST = np.array([each.trust for each in COMPONENTS])
TRUSTED = [each for each in COMPONENTS if each.trust]


def study(side: int = 24) -> Grid:
    inside = np.ones((side, side), bool)
    inside[:4, :6] = False
    return Grid(0.0, 0.0, 150.0, side, side, "EPSG:32617", inside)


def knowing(cell: object, weight: object = None) -> Surfaces:
    cells = np.asarray(cell, np.int64)
    weights = np.ones(len(cells)) if weight is None else np.asarray(weight, np.float64)
    known = Surfaces(Days.of(np.arange(len(cells)) % 30, cells, weights), study(), 7)
    known.move_to(30)
    return known


def by_brute_force(counts: FloatArray, smooth_m: float, kind: str) -> FloatArray:
    image = counts.reshape(study().shape) * (kind == "count")
    if smooth_m:
        image = gaussian_filter(image, smooth_m / study().cell_m, mode="constant", truncate=3.0)
    image = np.where(study().inside, image, 0.0)
    return image.ravel() / image.sum() if image.sum() > 1e-9 else np.full(image.size, 1 / study().inside.sum())


@pytest.mark.parametrize("n", [1, 2, 9, 120])
def test_one_incident_left_out_is_the_surface_of_the_others(n: int) -> None:
    rng = np.random.default_rng(n)
    cell = rng.choice(np.flatnonzero(study().inside)[:: 1 + n % 3], n)
    weight = rng.choice([0.4, 1.0, 2.0], n)
    made, came = knowing(cell, weight).left_one_out()
    counts = np.bincount(cell, weight, study().nx * study().ny)
    days = {(day, here) for day, here in zip(np.arange(n) % 30, cell, strict=True)}
    occupied = np.flatnonzero(counts)
    np.testing.assert_allclose(came, counts[occupied])
    for at, each in enumerate(TRUSTED):
        for number, here in enumerate(occupied):
            others = counts.copy()
            others[here] -= min(1.0, counts[here] / sum(place == here for _, place in days))
            right = by_brute_force(others, each.smooth_m, each.kind)[here]
            assert made[at, number] == pytest.approx(right, abs=1e-12), each.title


@settings(max_examples=25)
@given(st.integers(0, 60), st.integers(0, 2**30))
def test_the_trust_keeps_its_sum_and_stays_where_it_was(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    trust = advised_trust(knowing(rng.choice(np.flatnonzero(study().inside), n)))
    assert trust.sum() == pytest.approx(TRUST.sum())
    assert (trust >= 0).all()
    assert (trust[TRUST == 0] == 0).all()
    if n < 2:  # nothing is left to foretell one with
        np.testing.assert_allclose(trust, TRUST, rtol=1e-3)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_other_shares_foretell_the_incidents_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    known = knowing(rng.choice(np.flatnonzero(study().inside)[:90], 150))
    made, n = known.left_one_out()
    asked = TRUST > 0
    beforehand = TRUST[asked] / 3
    found = penalised_likelihood(made, n, beforehand, advised_trust(known)[asked] / TRUST.sum())
    for other in rng.dirichlet(TRUST[asked], 300):
        assert penalised_likelihood(made, n, beforehand, other) <= found + 0.01


def test_clumps_are_trusted_finely_and_scatter_broadly() -> None:
    rng = np.random.default_rng(4)
    cells = np.flatnonzero(study().inside)
    clumped = advised_trust(knowing(rng.choice(cells[[50, 260, 400]], 60)))
    scattered = advised_trust(knowing(rng.choice(cells, 60, replace=False)))
    fine = [at for at, each in enumerate(COMPONENTS) if each.kind == "count" and each.smooth_m <= 80]
    broad = [at for at, each in enumerate(COMPONENTS) if (each.smooth_m >= 400 and each.trust) or each.kind == "flat"]
    assert clumped[fine].sum() > 0.8 * TRUST.sum() > scattered[fine].sum() + 15
    assert scattered[broad].sum() > 2 * TRUST[broad].sum() > clumped[broad].sum()


def test_a_weight_of_k_is_k_copies() -> None:
    cells = np.flatnonzero(study().inside)[[3, 40, 41, 200, 300]]
    thrice = advised_trust(knowing(cells, np.full(5, 3.0)))
    np.testing.assert_allclose(thrice, advised_trust(knowing(np.tile(cells, 3))), rtol=1e-9)


def test_half_incidents_are_foretold_by_each_other_as_whole_ones_are() -> None:
    cells = np.random.default_rng(8).choice(np.flatnonzero(study().inside)[:20], 30)  # each on a day of its own
    whole, n = knowing(cells).left_one_out()
    half, n_half = knowing(cells, np.full(30, 0.5)).left_one_out()
    np.testing.assert_allclose(half, whole, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(n_half, n / 2)


def test_the_advice_fades_as_windows_teach_and_is_not_asked_once_they_teach_for_half_a_year(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = knowing(np.flatnonzero(study().inside)[[50] * 20 + [260] * 20])
    advised = advised_trust(known)
    np.testing.assert_array_equal(trust_beforehand(known, 0.0), advised)
    np.testing.assert_allclose(trust_beforehand(known, 0.5), 0.25 * TRUST + 0.75 * advised)
    monkeypatch.setattr(Surfaces, "left_one_out", None)
    np.testing.assert_array_equal(trust_beforehand(known, 1.0), TRUST)


LAST = date(2021, 12, 31)


def learnt_from(n_days: int) -> Period:
    return Period(LAST - timedelta(days=n_days - 1), LAST)


def ahead(n_days: int) -> Period:
    return Period(LAST + timedelta(days=1), LAST + timedelta(days=n_days))


@pytest.mark.parametrize(
    ("learnt", "window", "share"),
    [(120, 7, 80 / 182), (30, 1, 20 / 182), (272, 7, 181 / 182), (273, 7, 1.0), (2000, 1, 1.0), (400, 90, 1.0)],
)
def test_two_thirds_of_the_past_teach_as_a_share_of_half_a_year(learnt: int, window: int, share: float) -> None:
    taught = windows_taught(ahead(window), learnt_from(learnt), 26)
    assert taught_share(taught, learnt_from(learnt)) == share


def test_where_no_window_fits_into_the_past_nothing_is_taught() -> None:
    assert windows_taught(ahead(250), learnt_from(300), 26) == []
    assert taught_share([], learnt_from(300)) == 0


def past_of(n_days: int, n: int, seed: int = 5) -> Incidents:
    rng = np.random.default_rng(seed)
    spot = rng.choice(np.flatnonzero(study().inside)[[50, 51, 260, 400, 480]], n)
    x, y = 150.0 * (spot % 24) + rng.uniform(1, 149, n), 150.0 * (spot // 24) + rng.uniform(1, 149, n)
    start = np.datetime64(learnt_from(n_days).start, "s") + rng.integers(0, n_days * 86_400, n).astype("timedelta64[s]")
    return Incidents.from_xy(x, y, t_from=start)


def answered(past: Incidents, n_days: int, window: int = 7) -> FloatArray:
    answer = Blend().answer(past, study(), ahead(window), Context(learnt_from(n_days)), np.random.default_rng(0))
    return answer.expected


@pytest.mark.parametrize("window", [1, 7, 31, 90])
@pytest.mark.parametrize(("learnt", "is_advised"), [(120, True), (272, True), (273, False), (500, False)])
def test_a_past_of_273_days_is_forecast_exactly_as_without_advice(
    learnt: int, is_advised: bool, window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = answered(past_of(learnt, 60), learnt, window)
    monkeypatch.setattr("ilpgeo.models.blend.trust_beforehand", lambda known, share: TRUST)
    assert np.array_equal(found, answered(past_of(learnt, 60), learnt, window)) is not is_advised


@pytest.mark.parametrize("learnt", [20, 60, 120])
def test_the_order_of_the_incidents_does_not_matter(learnt: int) -> None:
    past = past_of(learnt, 40)
    shuffled = past.select(np.random.default_rng(3).permutation(40))
    np.testing.assert_array_equal(answered(past, learnt), answered(shuffled, learnt))


@pytest.mark.parametrize("n", [0, 1, 2])
@pytest.mark.parametrize("learnt", [1, 3, 8, 20, 120])
@pytest.mark.parametrize("window", [1, 7, 30])
def test_none_one_or_two_incidents_of_a_short_past_give_a_sane_answer(n: int, learnt: int, window: int) -> None:
    expected = answered(past_of(learnt, n), learnt, window)
    assert np.isfinite(expected).all()
    assert (expected[study().inside] > 0).all() if n else not expected.any()


def test_a_forecast_that_no_window_taught_is_what_the_incidents_advise() -> None:
    month = Period(date(2022, 1, 1), date(2022, 1, 30))
    window = Period(date(2022, 1, 31), date(2022, 1, 31) + timedelta(days=29))
    rng = np.random.default_rng(6)
    spot = rng.choice(np.flatnonzero(study().inside)[[50, 260, 400]], 40)
    x, y = 150.0 * (spot % 24) + 75.0, 150.0 * (spot // 24) + 75.0
    start = np.datetime64(month.start, "s") + np.arange(40).astype("timedelta64[s]") * 60_000
    past = Incidents.from_xy(x, y, t_from=start)
    answer = Blend().answer(past, study(), window, Context(month), rng)
    known = knowing(spot)
    expected = advised_trust(known) / TRUST.sum() @ known.everywhere()
    inside = answer.expected[study().inside]
    np.testing.assert_allclose(inside / inside.sum(), expected, rtol=1e-9)
    assert np.abs(TRUST / TRUST.sum() @ known.everywhere() - expected).max() > 0.1 * expected.max()


def test_a_past_shorter_than_the_window_foretells_at_its_own_pace() -> None:
    for window in (7, 31):
        assert answered(past_of(3, 6), 3, window).sum() == pytest.approx((6 + 0.5) / 3 * window)
