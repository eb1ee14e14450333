"""What a map of cells may still show once cells that rest on few incidents are withheld."""

from __future__ import annotations

import numpy as np

from ilpgeo.core.answers import Answer, Clusters, RiskSurface, Significance
from ilpgeo.core.arrays import BoolArray, FloatArray
from ilpgeo.core.errors import NotAllowed


def withhold_cells(answer: Answer, threshold: int) -> tuple[Answer, int]:
    """Return the answer without what rests on few incidents, and how many cells or clusters were withheld.

    A surface's cells are emptied and marked in `withheld`. Clusters under the threshold are dropped, and the others
    keep their cells and their total but not the incidents behind them: one row for each occupied cell, each with the
    same share of the cluster's weight.

    Raises
    ------
    NotAllowed
        A kind of answer that has no rule here: nothing passes because nobody thought of it.
    """
    if isinstance(answer, RiskSurface):
        return _surface(answer, threshold)
    if isinstance(answer, Significance):
        return _significance(answer, threshold)
    if isinstance(answer, Clusters):
        return _clusters(answer, threshold)
    raise NotAllowed(f"there is no rule yet for releasing a {type(answer).__name__}; it stays inside")


def _surface(surface: RiskSurface, threshold: int) -> tuple[RiskSurface, int]:
    withheld = surface.grid.inside & _is_small(surface.support, threshold)
    shown = surface.grid.inside & ~withheld
    kept = RiskSurface(
        surface.grid,
        np.where(shown, surface.expected, 0.0),
        np.where(shown, surface.support, 0.0),
        withheld,
    )
    return kept, int((withheld & (surface.expected > 0)).sum())


def _significance(answer: Significance, threshold: int) -> tuple[Significance, int]:
    withheld = answer.grid.inside & _is_small(answer.support, threshold)
    kept = Significance(
        answer.grid,
        np.where(withheld, np.nan, answer.z),
        np.where(withheld, np.nan, answer.p),
        answer.rejected & ~withheld,
        np.where(withheld, 0.0, answer.support),
        answer.alpha,
        withheld,
    )
    return kept, int((withheld & answer.rejected).sum())


def _clusters(clusters: Clusters, threshold: int) -> tuple[Clusters, int]:
    total = np.bincount(clusters.labels[clusters.labels >= 0], clusters.weight[clusters.labels >= 0]).astype(np.float64)
    large = ~_is_small(total, threshold)
    member = clusters.cell >= 0
    member[member] = clusters.labels[member] >= 0
    member[member] = large[clusters.labels[member]]
    size = clusters.grid.nx * clusters.grid.ny
    occupied = np.unique(clusters.labels[member] * size + clusters.cell[member])
    old, cell = occupied // size, occupied % size
    kept, labels, cells = np.unique(old, return_inverse=True, return_counts=True)
    weight = (total[kept] / cells)[labels]
    answer = Clusters(clusters.grid, labels.astype(np.int64), cell.astype(np.int64), weight, clusters.scale)
    return answer, len(total) - len(kept)


def _is_small(support: FloatArray, threshold: int) -> BoolArray:
    # Weighted counts reach the threshold up to rounding: 4.999999999 is 5 incidents.
    return np.asarray(support < threshold - 1e-9 if threshold > 1 else np.zeros(support.shape, np.bool_))
