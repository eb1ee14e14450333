import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilpgeo.core.errors import Cancelled, InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.replications import p_value
from ilpgeo.models.scan import Scan, scan_statistic

YEAR = Period(date(2021, 1, 1), date(2021, 12, 31))


def llr(c: float, e: float, total: float) -> float:
    if c <= e:
        return 0.0
    return c * math.log(c / e) + ((total - c) * math.log((total - c) / (total - e)) if total > c else 0.0)


def every_window(
    counts, expected, inside, max_share, reach, fewest=1.0
) -> list[tuple[float, frozenset[tuple[int, int]]]]:
    """Every disc of whole-cell radius around every cell, by distance; ratios over the inside cells alone."""
    cells = [tuple(cell) for cell in np.argwhere(inside).tolist()]
    total = sum(counts[cell] for cell in cells)
    scale = total / sum(expected[cell] for cell in cells)
    found = []
    for row, column in cells:
        for radius in range(reach + 1):
            disc = [c for c in cells if (c[0] - row) ** 2 + (c[1] - column) ** 2 <= radius**2]
            e = scale * math.fsum(expected[cell] for cell in disc)
            if e <= max_share * total * (1 + 1e-12):
                c = math.fsum(counts[cell] for cell in disc)
                found.append((llr(c, e, total) if c >= fewest - 1e-9 else 0.0, frozenset(disc)))
    return found


def without_overlap(windows) -> list[float]:
    """Ratios of the best window, then of the best that shares no cell with those before, and so on."""
    ratios: list[float] = []
    while windows and max(ratio for ratio, _ in windows) > 0:
        best, disc = max(windows, key=lambda window: window[0])
        ratios.append(best)
        windows = [window for window in windows if not window[1] & disc]
    return ratios


@st.composite
def grids(draw):
    ny, nx = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    counts = rng.poisson(rng.gamma(0.5, draw(st.sampled_from([1, 20, 4000])), (ny, nx))).astype(float)
    expected = rng.gamma(0.3, 1.0, (ny, nx)) + 1e-9
    inside = rng.random((ny, nx)) < draw(st.sampled_from([0.6, 1.0]))
    inside[0, 0] = True
    if draw(st.booleans()):
        counts *= 0.37
    return counts, expected, inside


@settings(deadline=None, max_examples=80)
@given(grids(), st.sampled_from([0.2, 0.5, 1.0]), st.integers(0, 4), st.sampled_from([1, 4]))
def test_the_highest_ratio_is_that_of_every_window_tried(grid, max_share, reach, fewest) -> None:
    counts, expected, inside = grid
    zones = scan_statistic(
        counts, expected, inside, max_share=max_share, max_radius_cells=reach, min_incidents=fewest, replications=1,
        rng=np.random.default_rng(0),
    )  # fmt: skip
    if not counts[inside].sum():
        assert not len(zones.observed)
        return
    windows = every_window(counts, expected, inside, max_share, reach, fewest)
    best = max((ratio for ratio, _ in windows), default=0.0)
    found = float(zones.found.llr[0]) if len(zones.observed) else 0.0
    assert found == pytest.approx(best, abs=1e-9, rel=1e-12)
    for cells, observed, e, ratio in zip(
        zones.found.cells, zones.observed, zones.expected, zones.found.llr, strict=True
    ):
        assert observed == pytest.approx(counts.ravel()[cells].sum())
        assert llr(observed, e, counts[inside].sum()) == pytest.approx(ratio, abs=1e-9, rel=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_secondary_zones_are_the_best_that_share_no_cell(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts, expected = rng.poisson(rng.gamma(0.4, 8, (9, 8))).astype(float), rng.gamma(2, 1, (9, 8))
    inside = rng.random((9, 8)) < 0.9
    zones = scan_statistic(counts, expected, inside, max_radius_cells=3, replications=99, alpha=0.3, rng=rng)
    reference = without_overlap(every_window(counts, expected, inside, 0.5, 3))
    n = len(zones.observed)
    assert n >= 2
    np.testing.assert_allclose(zones.found.llr, reference[:n], rtol=1e-12, atol=1e-9)
    assert (zones.found.p[1:] <= 0.3).all()
    if n < len(reference):
        assert p_value(np.array(reference[n : n + 1]), zones.found.simulated)[0] > 0.3
    assert len(np.unique(np.concatenate(zones.found.cells))) == sum(map(len, zones.found.cells))


def test_by_hand() -> None:
    """Ten incidents on five cells in a row, six of them in one: 6 ln 3 + 4 ln(4 / 8)."""
    zones = scan_statistic(
        np.array([[1.0, 1, 6, 1, 1]]), np.ones((1, 5)), max_radius_cells=1, replications=9, rng=np.random.default_rng(1)
    )
    assert zones.found.llr[0] == pytest.approx(6 * math.log(3) + 4 * math.log(0.5), abs=1e-12)
    assert (zones.observed[0], zones.expected[0], zones.found.cells[0].tolist()) == (6, pytest.approx(2), [2])


@pytest.mark.parametrize(("max_share", "found"), [(0.5, [[0]]), (0.499, [])])
def test_by_hand_a_zone_of_exactly_the_largest_share_is_looked_at(max_share: float, found: list[list[int]]) -> None:
    zones = scan_statistic(
        np.array([[6.0, 2.0]]), np.ones((1, 2)), max_share=max_share, replications=9, rng=np.random.default_rng(1)
    )
    assert [cells.tolist() for cells in zones.found.cells] == found


def test_replications_are_what_the_brute_force_finds_in_counts_thrown_alike() -> None:
    """The distribution of the highest ratio is that of numpy's multinomial counts, window by window."""
    rng = np.random.default_rng(8)
    expected, inside = rng.gamma(0.5, 1, (7, 6)), np.ones((7, 6), bool)
    counts = rng.multinomial(60, (expected / expected.sum()).ravel()).reshape(7, 6).astype(float)
    ours = scan_statistic(counts, expected, max_radius_cells=2, replications=2000, rng=rng).found.simulated
    theirs = [
        max(ratio for ratio, _ in every_window(
            rng.multinomial(60, (expected / expected.sum()).ravel()).reshape(7, 6), expected, inside, 0.5, 2))
        for _ in range(150)
    ]  # fmt: skip
    from scipy.stats import ks_2samp

    assert ks_2samp(ours, theirs).pvalue > 0.01


def test_under_chance_p_is_spread_evenly() -> None:
    rng = np.random.default_rng(4)
    p = [
        scan_statistic(rng.multinomial(80, np.full(64, 1 / 64)).reshape(8, 8).astype(float), np.ones((8, 8)),
                       max_radius_cells=3, replications=99, rng=rng).found.p[0]
        for _ in range(200)
    ]  # fmt: skip
    from scipy.stats import kstest

    assert kstest(p, "uniform").pvalue > 0.01


def test_a_planted_zone_is_found() -> None:
    rng = np.random.default_rng(2)
    row, column = np.mgrid[:30, :30]
    planted = (row - 12) ** 2 + (column - 20) ** 2 <= 9
    zones = scan_statistic(rng.poisson(np.where(planted, 4.0, 1.0)).astype(float), np.ones((30, 30)), rng=rng)
    assert zones.found.p[0] == pytest.approx(0.001)
    cells = np.zeros(900, bool)
    cells[zones.found.cells[0]] = True
    assert (cells.reshape(30, 30) & planted).sum() / (cells.reshape(30, 30) | planted).sum() > 0.7


def test_the_answer_does_not_depend_on_how_the_work_is_dealt_out(monkeypatch) -> None:
    from ilpgeo.models import replications

    counts = np.random.default_rng(3).poisson(2.0, (12, 12)).astype(float)
    one = scan_statistic(counts, np.ones((12, 12)), rng=np.random.default_rng(5)).found.simulated
    monkeypatch.setattr(replications, "_THREADS", 5)
    monkeypatch.setattr(replications, "_CHUNKS", 7)
    other = scan_statistic(counts, np.ones((12, 12)), rng=np.random.default_rng(5)).found.simulated
    np.testing.assert_array_equal(one, other)


def test_it_tells_how_far_it_is_and_stops_when_told() -> None:
    shares: list[float] = []
    counts = np.random.default_rng(3).poisson(2.0, (12, 12)).astype(float)
    scan_statistic(counts, np.ones((12, 12)), rng=np.random.default_rng(5), progress=shares.append)
    assert shares == sorted(shares)
    assert (len(shares) >= 20, shares[-1]) == (True, 1.0)

    def stop(share: float) -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        scan_statistic(counts, np.ones((12, 12)), rng=np.random.default_rng(5), progress=stop)


def test_what_cannot_be_scanned_is_refused_with_every_fault() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(InvalidInput, match=r"baseline expects none.*max_share"):
        scan_statistic(np.array([[1.0, 2]]), np.array([[1.0, 0]]), max_share=2, rng=rng)
    with pytest.raises(InvalidInput, match="differ in shape"):
        scan_statistic(np.ones((2, 2)), np.ones((2, 3)), rng=rng)
    with pytest.raises(InvalidInput, match="finite and not negative"):
        scan_statistic(np.array([[1.0, math.nan]]), np.ones((1, 2)), rng=rng)


def city(n: int, seed: int) -> tuple[Incidents, Grid]:
    rng = np.random.default_rng(seed)
    start = np.datetime64("2021-01-01T00:00:00") + rng.integers(0, 365 * 86400, n).astype("timedelta64[s]")
    x, y = rng.uniform(0, 2000, (2, n))
    return Incidents.from_xy(x, y, t_from=start), Grid(0, 0, 100, 20, 20, "EPSG:32617", np.ones((20, 20), bool))


def test_with_history_only_what_is_new_stands_out() -> None:
    past, grid = city(4000, 1)
    always = np.arange(len(past)) < 1500
    fresh = np.arange(len(past)) >= 3900
    x, y, t = past.x.copy(), past.y.copy(), past.t_from.copy()
    x[always], y[always] = 450.0, 450.0
    x[fresh], y[fresh] = 1550.0, 1250.0
    t[fresh] = np.datetime64("2021-12-20T12:00:00")
    past = Incidents.from_xy(x, y, t_from=t)
    answer = Scan(baseline="history").answer(past, grid, YEAR, Context(YEAR), np.random.default_rng(2))
    assert 12 * 20 + 15 in answer.cells[0]
    assert answer.p[0] == pytest.approx(0.001)
    assert not any(4 * 20 + 4 in cells for cells, p in zip(answer.cells, answer.p, strict=True) if p <= 0.05)
    assert (answer.first[0], answer.last[0]) == (np.datetime64("2021-12-04"), np.datetime64("2021-12-31"))
    even = Scan().answer(past, grid, YEAR, Context(YEAR), np.random.default_rng(2))
    assert 4 * 20 + 4 in even.cells[0]


def test_residents_are_compared_with_and_what_they_leave_out_is_said() -> None:
    past, grid = city(3000, 2)
    residents = np.full((20, 20), 100.0)
    residents[:, 10:] = 1000.0
    residents[0, 0] = 0.0
    context = Context(YEAR, population=residents)
    answer = Scan(baseline="residents").answer(past, grid, YEAR, context, np.random.default_rng(3))
    assert (answer.cells[0] % 20 < 10).mean() > 0.8
    assert answer.beside is not None
    assert any("without residents" in finding for finding in answer.beside.findings)
    with pytest.raises(InvalidInput, match="no residents per cell, for not all areas have a population"):
        Scan(baseline="residents").answer(past, grid, YEAR, Context(YEAR), np.random.default_rng(3))


def test_a_history_shorter_than_the_latest_days_is_refused() -> None:
    past, grid = city(10, 2)
    with pytest.raises(InvalidInput, match="no history for the latest 28"):
        Scan(baseline="history").answer(
            past, grid, YEAR, Context(Period(date(2021, 12, 1), date(2021, 12, 31))), np.random.default_rng(0)
        )


def test_with_history_a_few_incidents_where_none_were_are_no_zone() -> None:
    past, grid = city(3000, 7)
    x, t = past.x.copy(), past.t_from.copy()
    empty = (past.x >= 500) & (past.x < 600)
    x[empty] += 100
    x[:3], t[:3] = 550.0, np.datetime64("2021-12-20T12:00:00")
    y = past.y.copy()
    y[:3] = 550.0
    answer = Scan(baseline="history", min_incidents=1).answer(
        Incidents.from_xy(x, y, t_from=t), grid, YEAR, Context(YEAR), np.random.default_rng(2)
    )
    assert answer.p[0] > 0.05


def test_the_table_beside_is_the_zones() -> None:
    past, grid = city(2000, 5)
    answer = Scan().answer(past, grid, YEAR, Context(YEAR), np.random.default_rng(3))
    assert answer.beside is not None
    (table,) = answer.beside.tables
    assert table.counts == "Incidents"
    np.testing.assert_array_equal(table.columns["Incidents"], answer.observed)
    np.testing.assert_allclose(table.columns["Times as many"], answer.observed / answer.expected, atol=0.01)
