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
# Where the search for the shares (even, smooth, same tile) starts.
_FIRST_SHARES = (0.1, 0.6, 0.3)


class Background:
    """Density of background incidents on square tiles, from how much of each event is background.

    ``smooth`` mixes three: even over the study area, a Gaussian around each event (mass-preserving at the border), and
    the event's own tile (places where incidents pile up). Their shares are what predicts each event best from all
    others: an event never vouches for itself. ``cells`` is one free rate per cell of the grid.

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
        self._shares = np.array(_FIRST_SHARES if self._is_smooth else (0.0, 0.0, 1.0))
        if self._is_smooth:
            kernel = _gaussian(bandwidth_m / self.tile_m)
            self._convolve = Convolution(kernel, inside.shape)
            self._caught = np.maximum(self._convolve(inside), 1e-12)
            self._own = kernel.max() / self._caught.ravel()[self._tile] / self.tile_m**2
        self._smooth = np.zeros(inside.shape)
        self._count = np.zeros(inside.shape)
        self._parts = np.zeros((3, len(x)))
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
        self._count = counts.reshape(self._inside.shape)
        if not self._is_smooth:
            self._parts[2] = counts[self._tile] / self._own_area
        else:
            self._smooth = np.maximum(self._convolve(self._count / self._caught), 0.0)
            # What all others predict, scaled up to all.
            others = self.total / np.maximum(self.total - mass, 1e-9 * self.total + 1e-300)
            smooth = self._smooth.ravel()[self._tile] / self.tile_m**2
            self._parts[0] = self.total / self._area_m2
            self._parts[1] = np.maximum(smooth - mass * self._own, 0.0) * others
            self._parts[2] = np.maximum(counts[self._tile] - mass, 0.0) / self._own_area * others
        return np.asarray((self._shares[:, None] * self._parts).sum(axis=0), np.float64)

    def _reshare(self, mass: FloatArray) -> None:
        parts = self._shares[:, None] * self._parts
        whole = parts.sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            taken = np.where(whole > 0, mass / whole, 0.0)
        explained = (parts * taken).sum(axis=1)
        if explained.sum() > 0:
            self._shares = explained / explained.sum()

    def per_cell(self) -> FloatArray:
        """Return background incidents per cell of the grid in the whole time, shape (ny, nx)."""
        even, smooth, own = self._shares
        tiles = even * self.total * self._inside / max(self._inside.sum(), 1e-300) + own * self._count
        if smooth:
            tiles = tiles + smooth * self._smooth * self._inside
        cells = _untiled(tiles, self._inside, self._grid, self._split, self._join)
        whole = cells.sum()
        return cells * (self.total / whole) if whole > 0 else cells


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
