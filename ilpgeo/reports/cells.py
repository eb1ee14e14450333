"""The cells of a released answer as text a spreadsheet opens."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.types import Answer, Clusters, Contrast, Released, RiskSurface, Significance
from ilpgeo.reports.tables import tables_csv
from ilpgeo.reports.text import csv_text


def cells_csv(released: Released[Answer]) -> str:
    """Return the cells an answer shows as CSV, from the south-west, one a row; its tables where it has no cells.

    A cell that is withheld, or lies outside the study area, has no row. Places are the cells' middles.
    """
    value = released.value
    if isinstance(value, Clusters):
        value = value.to_surface()
    if not isinstance(value, RiskSurface | Contrast | Significance):
        return tables_csv(released)
    columns = _columns(value)
    shown = value.grid.inside if value.withheld is None else value.grid.inside & ~value.withheld
    shown = shown & np.logical_and.reduce([np.isfinite(each) for each in columns.values()])
    row, column = np.nonzero(shown)
    x = value.grid.x0 + (column + 0.5) * value.grid.cell_m
    y = value.grid.y0 + (row + 0.5) * value.grid.cell_m
    table = {
        **_places(np.asarray(x, np.float64), np.asarray(y, np.float64), value.grid.crs),
        **{name: each[shown] for name, each in columns.items()},
    }
    rows = zip(*(each.tolist() for each in table.values()), strict=True)
    return csv_text([dict(zip(table, each, strict=True)) for each in rows])


def _columns(value: RiskSurface | Contrast | Significance) -> Mapping[str, FloatArray]:
    if isinstance(value, RiskSurface):
        return {"expected incidents": value.expected}
    if isinstance(value, Contrast):
        return {f"{value.of} against {value.against} ({value.unit or 'ratio'})": value.value}
    return {"z": value.z, "p": value.p}


def _places(x: FloatArray, y: FloatArray, crs: str) -> Mapping[str, FloatArray]:
    from pyproj import Transformer

    longitude, latitude = Transformer.from_crs(crs, 4326, always_xy=True).transform(x, y)
    return {
        f"x ({crs})": x,
        f"y ({crs})": y,
        "longitude": np.round(np.asarray(longitude), 6),
        "latitude": np.round(np.asarray(latitude), 6),
    }
