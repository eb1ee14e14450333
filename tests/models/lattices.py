"""Lattices with holes, and their neighbours as the reference library wants them."""

import warnings

import numpy as np

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from libpysal.weights import W


def lattice(ny: int, nx: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Skewed counts and a study area with holes."""
    rng = np.random.default_rng(seed)
    return rng.poisson(rng.gamma(0.6, 4, (ny, nx))).astype(float), rng.random((ny, nx)) < 0.8


def neighbours(inside: np.ndarray, radius: float) -> dict[int, list[int]]:
    """The cells near each inside cell, itself left out, numbered row by row."""
    cells = np.argwhere(inside)
    near = ((cells[:, None] - cells[None]) ** 2).sum(axis=2) <= radius**2 + 1e-9
    np.fill_diagonal(near, val=False)
    return {i: np.flatnonzero(row).tolist() for i, row in enumerate(near)}


def weights(near: dict[int, list[int]]) -> W:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return W(near, silence_warnings=True)
