"""The background of a self-exciting process: what would happen anyway, constant in time, uneven in space."""

from __future__ import annotations

import math

import numpy as np

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.space import Grid
from ilpgeo.models.convolution import Convolution

BACKGROUNDS = ("smooth", "cells")
_MOST_TILES = 4_000_000
# The kernel is cut where its tail along an axis holds 6e-5 of its mass.
_CUT = 4.0
# Where the search for the share of what is even, and for how alike tiles are, starts.
_FIRST_EVEN, _FIRST_SHAPE = 0.2, 1.0
# A larger shape cannot be told from tiles without piles.
_MOST_ALIKE = 1e4
# In its logarithm, in one update.
_LONGEST_STEP = 1.0


class Background:
    """Density of background incidents on square tiles, from how much of each event is background.

    ``smooth`` mixes two, even over the study area and a Gaussian around each event (mass-preserving at the border), in
    the shares that predict each event best from all others; an event never vouches for itself. Where incidents pile up
    at a place, its tile has more than that: each tile's factor is drawn from a gamma distribution of mean one, and is
    (a + incidents) / (a + smooth incidents) on average; a is fitted to all tiles. ``cells`` is one free rate per cell.

    Parameters
    ----------
    grid
        The study area.
    x, y
        Shape (k,): events, metres from the grid's corner, all inside.
    kind
        One of `BACKGROUNDS`.
    bandwidth_m
        Standard deviation of the Gaussian of ``smooth``.
    finest_m
        How finely places are told apart: a tile of ``smooth`` is about as wide.

    Notes
    -----
    O(events + tiles log tiles) for each `update`. Leaving each event out of its own density: Reinhart & Greenhouse
    (2018), doi:10.1111/rssc.12277, and Mohler et al. (2011), doi:10.1198/jasa.2011.ap09546, smooth alike.
    """

    def __init__(
        self, grid: Grid, x: FloatArray, y: FloatArray, kind: str, bandwidth_m: float, finest_m: float
    ) -> None:
        self._grid = grid
        self._is_smooth = kind == "smooth"
        self._split, self._join = _tiling(grid, finest_m) if self._is_smooth else (1, 1)
        self.tile_m = grid.cell_m * self._join / self._split
        inside = _tiled(grid.inside, self._split, self._join)
        self._inside = inside
        self._area_m2 = inside.sum() * self.tile_m**2
        ny, nx = inside.shape
        row, column = (np.minimum((at / self.tile_m).astype(np.int64), n - 1) for at, n in ((y, ny), (x, nx)))
        self._tile = row * nx + column
        self._own_area = np.maximum(inside.ravel()[self._tile], 1e-9) * self.tile_m**2
        self.even = _FIRST_EVEN
        self.shape = _FIRST_SHAPE
        if self._is_smooth:
            kernel = _gaussian(bandwidth_m / self.tile_m)
            self._convolve = Convolution(kernel, inside.shape)
            self._caught = np.maximum(self._convolve(inside), 1e-12)
            self._own = kernel.max() / self._caught.ravel()[self._tile] / self.tile_m**2
        self._tiles = np.zeros(inside.shape)
        self._parts = np.zeros((2, len(x)))
        self.total = 0.0

    def update(self, mass: FloatArray) -> FloatArray:
        """Return the density at each event, incidents per square metre in the whole time, for new background masses.

        Parameters
        ----------
        mass
            Shape (k,): how many background incidents each event stands for.
        """
        if self._is_smooth and self.total > 0:
            self._reshare(mass)
        self.total = float(mass.sum())
        counts = np.bincount(self._tile, mass, self._inside.size).astype(np.float64)
        if not self._is_smooth:
            self._tiles = counts.reshape(self._inside.shape)
            return np.asarray(counts[self._tile] / self._own_area, np.float64)
        image = counts.reshape(self._inside.shape)
        smooth = np.maximum(self._convolve(image / self._caught), 0.0) * self._inside
        mixed = self.even * self.total / self._inside.sum() * self._inside + (1.0 - self.even) * smooth
        self._reshape(counts, mixed.ravel())
        self._tiles = mixed * (self.shape + image) / (self.shape + mixed)
        others = np.maximum(smooth.ravel()[self._tile] / self._own_area - mass * self._own, 0.0)
        self._parts[0] = self.even * self.total / self._area_m2
        self._parts[1] = (1.0 - self.even) * others
        density = self._parts.sum(axis=0)
        left = np.maximum(counts[self._tile] - mass, 0.0)
        return np.asarray(density * (self.shape + left) / (self.shape + density * self._own_area), np.float64)

    def _reshare(self, mass: FloatArray) -> None:
        whole = self._parts.sum(axis=0)
        taken = np.divide(mass, whole, out=np.zeros(len(mass)), where=whole > 0)
        explained = (self._parts * taken).sum(axis=1)
        if explained.sum() > 0:
            self.even = float(explained[0] / explained.sum())

    def _reshape(self, counts: FloatArray, mixed: FloatArray) -> None:
        """Fit how alike the tiles' factors are: one step of Newton's method on the negative binomial likelihood."""
        kept = self._inside.ravel() > 0
        occupied = kept & (counts > 0)
        given = counts[occupied], counts[kept], mixed[kept]
        score = self.shape * _shape_score(self.shape, *given)
        slope = (1.1 * self.shape * _shape_score(1.1 * self.shape, *given) - score) / math.log(1.1)
        step = -score / slope if slope < 0 else math.copysign(_LONGEST_STEP, score)
        step = min(max(step, -_LONGEST_STEP), _LONGEST_STEP)
        self.shape = min(max(self.shape * math.exp(step), 1e-4), _MOST_ALIKE)

    def per_cell(self) -> FloatArray:
        """Return background incidents per cell of the grid in the whole time, shape (ny, nx)."""
        cells = _untiled(self._tiles, self._inside, self._grid, self._split, self._join)
        whole = cells.sum()
        return cells * (self.total / whole) if whole > 0 else cells


def _shape_score(shape: float, occupied: FloatArray, counts: FloatArray, mixed: FloatArray) -> float:
    """Return the derivative of the negative binomial likelihood of the tiles' counts by the shape."""
    from scipy.special import psi

    drawn = float((psi(occupied + shape) - psi(shape)).sum())
    return drawn - float(np.log1p(mixed / shape).sum() - ((mixed - counts) / (shape + mixed)).sum())


def _tiling(grid: Grid, finest_m: float) -> tuple[int, int]:
    """Return into how many tiles a cell is split along an axis, and how many cells are joined to a tile."""
    cells_per_tile = finest_m / grid.cell_m
    if cells_per_tile >= 1:
        return 1, min(math.floor(cells_per_tile), max(grid.shape))
    most = math.floor(math.sqrt(_MOST_TILES / (grid.nx * grid.ny)))
    return max(1, min(math.ceil(1 / cells_per_tile), most)), 1


def _tiled(inside: np.ndarray, split: int, join: int) -> FloatArray:
    """Return the share of each tile that lies inside."""
    share = inside.astype(np.float64)
    if split > 1:
        return share.repeat(split, axis=0).repeat(split, axis=1)
    ny, nx = (math.ceil(n / join) * join for n in inside.shape)
    padded = np.zeros((ny, nx))
    padded[: inside.shape[0], : inside.shape[1]] = share
    return np.asarray(padded.reshape(ny // join, join, nx // join, join).mean(axis=(1, 3)), np.float64)


def _untiled(tiles: FloatArray, inside: FloatArray, grid: Grid, split: int, join: int) -> FloatArray:
    """Return the tiles' incidents per cell: tiles of a cell added up, or a joined tile shared by its inside cells."""
    if split > 1:
        return np.asarray(tiles.reshape(grid.ny, split, grid.nx, split).sum(axis=(1, 3)), np.float64)
    density = np.divide(tiles, inside * join**2, out=np.zeros_like(tiles), where=inside > 0)
    cells = density.repeat(join, axis=0).repeat(join, axis=1)[: grid.ny, : grid.nx]
    return np.where(grid.inside, cells, 0.0)


def _gaussian(bandwidth_tiles: float) -> FloatArray:
    from scipy.special import ndtr

    half = max(math.ceil(_CUT * bandwidth_tiles), 1)
    edges = (np.arange(2 * half + 2) - half - 0.5) / bandwidth_tiles
    along = np.diff(ndtr(edges))
    image = np.outer(along, along)
    return np.asarray(image / image.sum(), np.float64)
