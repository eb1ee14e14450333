"""Compiles every kernel once, at the end of the install, so that no first question waits for it."""

from __future__ import annotations

import numpy as np

from ilpgeo.core.space import Grid
from ilpgeo.models.dbscan import dbscan_labels
from ilpgeo.models.kde import kde
from ilpgeo.models.points import collapse


def compile_kernels() -> None:
    """Call each public function that rests on compiled code with tiny arguments of the real types.

    The machine code lands in numba's cache beside the modules (or in the folder NUMBA_CACHE_DIR names).
    """
    from ilpgeo.models.kde_transform import spread_by_transform

    x, y = np.array([5.0, 5.0, 25.0, 95.0]), np.array([5.0, 5.0, 5.0, 95.0])
    grid = Grid(0.0, 0.0, 10.0, 10, 10, "EPSG:32617", np.ones((10, 10), np.bool_))
    kde(x, y, grid, 30.0, exact=True)
    spread_by_transform(collapse(x, y), grid, 30.0, 30.0, gaussian=False)
    # Whole and fractional weights are compiled apart; far points take the way of the sparse extent.
    dbscan_labels(x, y, 30.0, 2)
    dbscan_labels(x * 1e6, y * 1e6, 30.0, 2, np.full(4, 0.5))
