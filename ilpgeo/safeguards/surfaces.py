"""What an answer may still show once cells, clusters, zones and rows that rest on few incidents are withheld."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ilpgeo.core.answers import Answer, Clusters, Contrast, RiskSurface, Significance, Zones
from ilpgeo.core.arrays import BoolArray, FloatArray
from ilpgeo.core.errors import NotAllowed
from ilpgeo.core.explained import Diagnostic, Table


def withhold_parts(answer: Answer, threshold: int) -> tuple[Answer, int]:
    """Return the answer without what rests on few incidents, and how many of its parts were withheld.

    The parts are cells, clusters, zones or, of a diagnostic, rows of its tables. A surface's cells are emptied and
    marked in `withheld`. Clusters under the threshold are dropped, and the others keep their cells and their total but
    not the incidents behind them: one row for each occupied cell, each with the same share of the cluster's weight.
    Zones under it are dropped; of a table that counts incidents, the rows under it.

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
    if isinstance(answer, Zones):
        return _zones(answer, threshold)
    if isinstance(answer, Contrast):
        return _contrast(answer, threshold)
    if isinstance(answer, Diagnostic):
        return _diagnostic(answer, threshold)
    raise NotAllowed(f"there is no rule yet for releasing a {type(answer).__name__}; it stays inside")


def _surface(surface: RiskSurface, threshold: int) -> tuple[RiskSurface, int]:
    withheld = surface.grid.inside & _is_small(surface.support, threshold)
    shown = surface.grid.inside & ~withheld
    kept = RiskSurface(
        surface.grid,
        np.where(shown, surface.expected, 0.0),
        np.where(shown, surface.support, 0.0),
        withheld,
        _beside(surface.beside, threshold),
    )
    return kept, int((withheld & (surface.expected > 0)).sum())


def _significance(answer: Significance, threshold: int) -> tuple[Significance, int]:
    withheld = answer.grid.inside & _is_small(answer.support, threshold)
    kept = replace(
        answer,
        z=np.where(withheld, np.nan, answer.z),
        p=np.where(withheld, np.nan, answer.p),
        rejected=answer.rejected & ~withheld,
        support=np.where(withheld, 0.0, answer.support),
        withheld=withheld,
        kind=None if answer.kind is None else np.where(withheld, -1, answer.kind).astype(np.int8),
        history=None if answer.history is None else np.where(withheld, np.float32(np.nan), answer.history),
        beside=_beside(answer.beside, threshold),
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
    answer = Clusters(
        clusters.grid, labels.astype(np.int64), cell.astype(np.int64), weight, clusters.scale,
        None if clusters.geometry is None else clusters.geometry[kept], _beside(clusters.beside, threshold),
    )  # fmt: skip
    return answer, len(total) - len(kept)


def _zones(zones: Zones, threshold: int) -> tuple[Zones, int]:
    large = ~_is_small(zones.observed, threshold)
    kept = replace(
        zones,
        cells=tuple(cells for cells, is_kept in zip(zones.cells, large, strict=True) if is_kept),
        beside=_beside(zones.beside, threshold),
        **{name: getattr(zones, name)[large] for name in ("observed", "expected", "llr", "p", "first", "last")},
    )
    return kept, int((~large).sum())


def _contrast(contrast: Contrast, threshold: int) -> tuple[Contrast, int]:
    withheld = contrast.grid.inside & _is_small(contrast.support, threshold)
    kept = replace(
        contrast,
        value=np.where(withheld, np.nan, contrast.value),
        support=np.where(withheld, 0.0, contrast.support),
        withheld=withheld,
        beside=_beside(contrast.beside, threshold),
    )
    return kept, int((withheld & np.isfinite(contrast.value)).sum())


def _diagnostic(raw: Diagnostic, threshold: int) -> tuple[Diagnostic, int]:
    if 1 < threshold > raw.n:
        return replace(raw, findings=(), tables=(), n=0.0), sum(len(table) for table in raw.tables)
    tables = tuple(_table(table, threshold) for table in raw.tables)
    return replace(raw, tables=tables), sum(len(table) for table in raw.tables) - sum(len(table) for table in tables)


def _table(table: Table, threshold: int) -> Table:
    if not table.counts:
        return table
    large = ~_is_small(table.columns[table.counts].astype(np.float64), threshold)
    return replace(table, columns={name: values[large] for name, values in table.columns.items()})


def _beside(raw: Diagnostic | None, threshold: int) -> Diagnostic | None:
    return None if raw is None else _diagnostic(raw, threshold)[0]


def _is_small(support: FloatArray, threshold: int) -> BoolArray:
    # Weighted counts reach the threshold up to rounding: 4.999999999 is 5 incidents.
    return np.asarray(support < threshold - 1e-9 if threshold > 1 else np.zeros(support.shape, np.bool_))
