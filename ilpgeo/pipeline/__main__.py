"""`python -m ilpgeo.pipeline`: compile every kernel, at the end of an install, so that no click waits for it."""

from __future__ import annotations

import numpy as np
import shapely


def compile_kernels() -> None:
    """Compile and cache every numba kernel by using each once on a toy."""
    from ilpgeo.areas.grids import grid_over
    from ilpgeo.areas.locate import Locator
    from ilpgeo.models.compile import compile_kernels as compile_models

    square = np.array([shapely.box(0, 0, 1000, 1000)])
    Locator.of(square).locate(np.array([500.0]), np.array([500.0]))
    grid_over(square, 100.0, "EPSG:32617")
    compile_models()


if __name__ == "__main__":
    compile_kernels()
