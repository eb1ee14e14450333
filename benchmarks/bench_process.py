"""Knox beside pointpats, the self-exciting process and the aoristic week against their limits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.cities import DAYS, SIDE_M, City, made_up_city
from benchmarks.measuring import Row, Timing, interleaved, limited
from benchmarks.table import command
from ilpgeo.core.space import Grid
from ilpgeo.models.compile import compile_kernels

OURS, POINTPATS = "ilpgeo", "pointpats"
PERMUTATIONS, ITS_PERMUTATIONS = 999, 99
# pointpats does not finish a hundred thousand within a minute for each round.
MOST_FOR_POINTPATS = 10_000
REACH_M, REACH_DAYS = 200.0, 14.0


def our_knox(city: City) -> Callable[[], object]:
    """Return Knox's test of one band of distance and one of time, ready to be called."""
    from ilpgeo.models.near_repeat import knox

    days = np.floor(city.days).astype(np.int64)
    return lambda: knox(city.x, city.y, days, (0.0, REACH_M), (0.0, REACH_DAYS), PERMUTATIONS, np.random.default_rng(1))


def bench_knox(rounds: int) -> list[Row]:
    """Knox at full size, and for each permutation beside pointpats at a size it finishes."""
    work = "Knox, {:,} incidents, 200 m, 14 days, 999 permutations"
    try:
        full = our_knox(made_up_city(100_000))
    except ImportError:
        return [Row(work.format(100_000), note="skipped: the model is not there")]
    from pointpats import Knox

    small = made_up_city(MOST_FOR_POINTPATS)
    points, days = np.column_stack([small.x, small.y]), np.floor(small.days)[:, None]

    def pointpats() -> object:
        return Knox(points, days, delta=REACH_M, tau=REACH_DAYS, permutations=ITS_PERMUTATIONS, keep=True)

    timings = interleaved({OURS: our_knox(small), POINTPATS: pointpats}, min(rounds, 3))
    ours, its = (
        Timing(timing.wall_s / count, timing.cpu_s / count, timing.extra_mb)
        for timing, count in ((timings[OURS], PERMUTATIONS), (timings[POINTPATS], ITS_PERMUTATIONS))
    )
    each = Row(
        f"Knox, {MOST_FOR_POINTPATS:,} incidents, for each permutation", ours, POINTPATS, its, "600 x",
        its.wall_s >= 600 * ours.wall_s, ours.extra_mb, its.extra_mb,
        f"search for pairs included; ours {PERMUTATIONS}, pointpats {ITS_PERMUTATIONS}; the largest it finished",
    )  # fmt: skip
    return [limited(work.format(100_000), full, min(rounds, 3), below_s=2.5, of_cpu=True), each]


def bench_sepp(rounds: int) -> Row:
    """Twenty iterations of the self-exciting process; open_cp, the only peer, needs packages long gone."""
    work = "Self-exciting process, 100,000 events, 20 iterations"
    try:
        from ilpgeo.models.sepp_fit import fit_sepp
    except ImportError:
        return Row(work, note="skipped: the model is not there")
    city = made_up_city(100_000)
    grid = Grid(0.0, 0.0, 100.0, int(SIDE_M) // 100, int(SIDE_M) // 100, "EPSG:32617", np.ones((250, 250), np.bool_))
    return limited(
        work,
        lambda: fit_sepp(city.x, city.y, city.days, DAYS, grid, iterations=20, tolerance=0.0),
        min(rounds, 3),
        below_s=1.5,
        of_cpu=True,
        note="pairs within 300 m and 60 days; setup included",
    )


def bench_aoristic(rounds: int) -> Row:
    """Shares of the hours of the week of a million windows of up to a week."""
    from ilpgeo.models.aoristic import week_profile

    rng = np.random.default_rng(1)
    start = np.datetime64("2021-01-01T00:00:00") + rng.integers(0, 365 * 86_400, 1_000_000).astype("timedelta64[s]")
    end = start + np.minimum(rng.exponential(12 * 3600, 1_000_000), 160 * 3600).astype("timedelta64[s]")
    weight = np.ones(1_000_000)
    return limited(
        "Aoristic week, 1,000,000 windows",
        lambda: week_profile(start, end, "America/Toronto", weight),
        rounds,
        below_s=0.5,
        note="half a day long on average, local time with its changes of the clock",
    )


def run(rounds: int = 5) -> list[Row]:
    """Return the rows of the processes in time."""
    compile_kernels()
    return [*bench_knox(rounds), bench_sepp(rounds), bench_aoristic(rounds)]


if __name__ == "__main__":
    command("process", run)
