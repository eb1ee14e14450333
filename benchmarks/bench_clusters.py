"""DBSCAN and ST-DBSCAN beside their peers; labels are compared with scikit-learn's before anything is timed.

PyPI's `dbscan` runs on all cores and numbers clusters its own way: which points are noise must be the same.
"""

from __future__ import annotations

import subprocess
import sys

import numpy as np

from benchmarks.cities import City, made_up_city, toronto_city, toronto_points
from benchmarks.measuring import HERE, Row, Timing, compared
from benchmarks.table import command
from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.models.compile import compile_kernels
from ilpgeo.models.dbscan import dbscan_labels
from ilpgeo.models.points import collapse

OURS, WANG, SKLEARN, COLLAPSED = "ilpgeo", "dbscan", "scikit-learn", "scikit-learn, places + weights"
# eps in metres and least incidents, from sparse to dense, by number of points.
DENSITIES = {
    100_000: ((50, 10), (200, 30), (800, 500)),
    1_000_000: ((50, 10), (200, 50), (200, 300), (500, 2000)),
    10_000_000: ((50, 100), (200, 100), (100, 1000)),
}
# A million points have neighbour lists of a billion pairs.
MOST_FOR_SKLEARN = 100_000
MOST_MB = 1000


def by_sklearn(x: FloatArray, y: FloatArray, eps_m: float, least: int, weights: FloatArray | None = None) -> IntArray:
    from sklearn.cluster import DBSCAN

    model = DBSCAN(eps=eps_m, min_samples=least, algorithm="kd_tree")
    return model.fit(np.column_stack([x, y]), sample_weight=weights).labels_


def by_collapsed(x: FloatArray, y: FloatArray, eps_m: float, least: int) -> IntArray:
    places = collapse(x, y)
    return by_sklearn(places.x, places.y, eps_m, least, places.weight)[places.of_point]


def bench_made_up(n: int, eps_m: float, least: int, city: City, rounds: int) -> list[Row]:
    """DBSCAN on a made-up city, where hardly two points share a place."""
    from dbscan import DBSCAN

    x, y = city.x, city.y
    points = np.column_stack([x, y])
    ours = dbscan_labels(x, y, eps_m, least)
    assert ((ours < 0) == (DBSCAN(points, eps=eps_m, min_samples=least)[0] < 0)).all(), "noise differs from dbscan's"
    ways = {
        OURS: lambda: dbscan_labels(x, y, eps_m, least),
        WANG: lambda: DBSCAN(points, eps=eps_m, min_samples=least)[0],
    }
    at_least = {WANG: 2.0}
    note = f"{ours.max() + 1:,} clusters; noise is that of dbscan"
    if n <= MOST_FOR_SKLEARN:
        assert (ours == by_sklearn(x, y, eps_m, least)).all(), "labels differ from scikit-learn's"
        ways[SKLEARN] = lambda: by_sklearn(x, y, eps_m, least)
        at_least[SKLEARN] = 30.0
        note = f"{ours.max() + 1:,} clusters; labels identical to scikit-learn's, noise to dbscan's"
    return compared(
        f"DBSCAN, {n:,} points, eps {eps_m} m, min {least}", OURS, ways, rounds, at_least=at_least, note=note
    )


def bench_toronto(rounds: int) -> list[Row]:
    """DBSCAN where incidents pile up on few places."""
    from dbscan import DBSCAN

    x, y = toronto_points()
    points = np.column_stack([x, y])
    assert (dbscan_labels(x, y, 200.0, 50) == by_collapsed(x, y, 200.0, 50)).all(), "labels differ from scikit-learn's"
    return compared(
        f"DBSCAN, Toronto, {len(x):,} points, eps 200 m, min 50",
        OURS,
        {
            OURS: lambda: dbscan_labels(x, y, 200.0, 50),
            WANG: lambda: DBSCAN(points, eps=200.0, min_samples=50)[0],
            COLLAPSED: lambda: by_collapsed(x, y, 200.0, 50),
            SKLEARN: lambda: by_sklearn(x, y, 200.0, 50),
        },
        rounds,
        at_least={WANG: 2.0, COLLAPSED: 2.5, SKLEARN: 30.0},
        note="labels identical to scikit-learn's",
    )


_LABELLED = """
import sys
from benchmarks.cities import made_up_city
from benchmarks.measuring import interleaved, peak_mb
from ilpgeo.models.dbscan import dbscan_labels

x, y, _ = made_up_city(int(sys.argv[1]))
del _
(took,) = interleaved({"": lambda: dbscan_labels(x, y, 50.0, 100)}, 1).values()
print(took.wall_s, took.cpu_s, took.extra_mb, peak_mb())
"""


def bench_memory(n: int) -> Row:
    """Ten million points: the memory of a process that does nothing else, the points in it."""
    told = [sys.executable, "-c", _LABELLED, str(n)]
    said = subprocess.run(told, cwd=HERE.parent, stdout=subprocess.PIPE, text=True, check=True).stdout
    wall_s, cpu_s, extra_mb, held_mb = map(float, said.split())
    return Row(
        f"DBSCAN, {n:,} points, eps 50 m, min 100, memory", Timing(wall_s, cpu_s, extra_mb),
        demand=f"below {MOST_MB:,} MB", met=held_mb < MOST_MB, peak_mb=held_mb,
        note=f"the whole process; {extra_mb:,.0f} MB above what it held before",
    )  # fmt: skip


def by_cylinder(city: City, eps_m: float, eps_days: float, least: int) -> IntArray:
    """scikit-learn on the exact graph of a cylinder: neighbours within a box, then the circle, then its DBSCAN."""
    from scipy.sparse import csr_matrix
    from sklearn.cluster import DBSCAN
    from sklearn.neighbors import NearestNeighbors

    scaled = np.column_stack([city.x, city.y, city.days * (eps_m / eps_days)])
    # A hair wider, so that scaling loses no pair at the end of the time span; the pairs are tested below.
    near = NearestNeighbors(radius=eps_m * (1 + 1e-9), metric="chebyshev", algorithm="kd_tree").fit(scaled)
    graph = near.radius_neighbors_graph(scaled, mode="connectivity").tocoo()
    i, j = graph.row, graph.col
    kept = (city.x[i] - city.x[j]) ** 2 + (city.y[i] - city.y[j]) ** 2 <= eps_m**2
    kept &= np.abs(city.days[i] - city.days[j]) <= eps_days
    pairs = csr_matrix((np.full(kept.sum(), 0.5), (i[kept], j[kept])), shape=graph.shape)
    pairs.sort_indices()
    return DBSCAN(eps=1.0, min_samples=least, metric="precomputed").fit(pairs).labels_


def bench_st_dbscan(name: str, drawn: City, rounds: int, *, with_st_dbscan: bool) -> list[Row]:
    """ST-DBSCAN beside scikit-learn on an exact graph, and beside st-dbscan where that is asked for."""
    work = f"ST-DBSCAN, {name}, {len(drawn.x):,} points, 200 m, 14 days, min 5"
    try:
        from ilpgeo.models.st_dbscan import st_dbscan_labels
    except ImportError:
        return [Row(work, note="skipped: the model is not there")]
    city = City(drawn.x, drawn.y, np.floor(drawn.days))
    days = city.days.astype(np.int64)

    def ours() -> IntArray:
        return st_dbscan_labels(city.x, city.y, days, 200.0, 14, 5)

    cylinder = "scikit-learn, cylinder graph"
    assert (ours() == by_cylinder(city, 200.0, 14.0, 5)).all(), "labels differ from scikit-learn's on the cylinder"
    note = "labels identical to scikit-learn's on the exact graph"
    rows = compared(
        work,
        OURS,
        {OURS: ours, cylinder: lambda: by_cylinder(city, 200.0, 14.0, 5)},
        rounds,
        at_least={cylinder: 8.0},
        note=note,
    )
    if with_st_dbscan:
        from st_dbscan import ST_DBSCAN

        given = np.column_stack([city.days, city.x, city.y])
        ways = {OURS: ours, "st-dbscan": lambda: ST_DBSCAN(eps1=200.0, eps2=14.0, min_samples=5, n_jobs=1).fit(given)}
        rows += compared(work, OURS, ways, 1, at_least={"st-dbscan": 500.0})
    return rows


def run(rounds: int = 5) -> list[Row]:
    """Return the rows of the clusters."""
    compile_kernels()
    rows = bench_toronto(rounds)
    for n, densities in DENSITIES.items():
        city = made_up_city(n)
        if n == 10_000_000:
            rows.append(bench_memory(n))
        for eps_m, least in densities:
            # dbscan takes a minute for each round of ten million.
            rows += bench_made_up(n, eps_m, least, city, 1 if n > 1_000_000 else rounds)
        del city
    return [
        *rows,
        *bench_st_dbscan("Toronto", toronto_city(30_000), rounds, with_st_dbscan=True),
        *bench_st_dbscan("made-up city", made_up_city(30_000), rounds, with_st_dbscan=True),
        *bench_st_dbscan("made-up city", made_up_city(200_000), rounds, with_st_dbscan=False),
    ]


if __name__ == "__main__":
    command("clusters", run)
