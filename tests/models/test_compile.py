from importlib import import_module
from pkgutil import iter_modules

import numpy as np
from numba.core.registry import CPUDispatcher

import ilpgeo.models
from ilpgeo.core.space import Grid
from ilpgeo.models import kde_transform
from ilpgeo.models.compile import compile_kernels
from ilpgeo.models.dbscan import dbscan_labels
from ilpgeo.models.kde import kde
from ilpgeo.models.st_dbscan import st_dbscan_labels

KERNEL_MODULES = [import_module(f"ilpgeo.models.{found.name}") for found in iter_modules(ilpgeo.models.__path__)]


def signatures() -> dict[str, int]:
    return {
        f"{module.__name__}.{name}": len(kernel.signatures)
        for module in KERNEL_MODULES
        for name, kernel in vars(module).items()
        if isinstance(kernel, CPUDispatcher)
    }


def test_after_compiling_no_question_compiles_again() -> None:
    compile_kernels()
    compiled = signatures()
    # Those called from Python; the kernels inside them are compiled (or loaded) along with them.
    called = ("first_places", "_scatter", "_sort_buckets", "_number_places", "_gather", "find_core",
              "join_cells", "label_places", "_spread", "_share_out", "pair_scores",
              "draw", "exchange_own")  # fmt: skip
    assert all(n for name, n in compiled.items() if name.rsplit(".", 1)[1] in called), compiled
    rng = np.random.default_rng(1)
    x, y = rng.uniform(0, 3000, (2, 500))
    t = rng.integers(0, 300, 500)
    x.flags.writeable = y.flags.writeable = t.flags.writeable = False
    grid = Grid(0, 0, 100, 30, 30, "EPSG:32617", np.ones((30, 30), bool))
    for weights in (None, rng.integers(0, 3, 500).astype(float), rng.random(500)):
        dbscan_labels(x, y, 200, 5, weights)
        dbscan_labels(x[::2], y[::2], 0.01, 5)
        # Few neighbours, and so many that cells decide.
        for reach in (50, 2000):
            st_dbscan_labels(x, y, t, reach, 30, 5, weights)
            st_dbscan_labels(x[::2], y[::2], t[::2].astype("datetime64[D]"), reach, 30 * 86_400, 5)
        for kernel in ("quartic", "gaussian"):
            kde(x, y, grid, 300, kernel, weights)
            spread = kde_transform.spread_by_transform(x, y, weights, grid, 300, 300, kernel == "gaussian")
            assert spread.shape == (30, 30)
    wide = Grid(0, 0, 10, 300, 300, "EPSG:32617", np.ones((300, 300), bool))
    for weights in (None, rng.random(500)):
        assert kde_transform.spread_by_transform(x, y, weights, wide, 30, 30, False).shape == (300, 300)
    assert signatures() == compiled
