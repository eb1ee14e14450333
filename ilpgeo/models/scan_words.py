"""What a scan found, in words and as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.core.space import Grid
from ilpgeo.models.scan_windows import MOST_ZONES, Found


def explain_zones(
    found: Found,
    observed: FloatArray,
    expected: FloatArray,
    grid: Grid,
    alpha: float,
    n: float,
    remarks: tuple[str, ...],
    days: Mapping[str, npt.NDArray[Any]],
) -> Diagnostic:
    """Return the findings and the table of zones; `days` are further columns, `remarks` further findings.

    The counts of single zones stand in the table alone, where those under the release threshold are left out.
    """
    ratio = observed / expected if len(observed) else np.zeros(0)
    table = Table(
        "Zones, most likely first",
        {
            "Zone": np.arange(1, len(observed) + 1),
            "Incidents": observed,
            "Expected": np.round(expected, 1),
            "Times as many": np.round(ratio, 2),
            "Area (km²)": np.array([len(cells) * grid.cell_km2 for cells in found.cells]),
            **days,
            "p": found.p,
        },
        counts="Incidents",
    )
    return Diagnostic("Most likely zones", (_verdict(found, ratio, alpha, n), *remarks), (table,), n)


def _verdict(found: Found, ratio: FloatArray, alpha: float, n: float) -> str:
    if n <= 0:
        return "There are no incidents to search"
    if not len(ratio):
        return "No circle holds more incidents than expected"
    significant = int((found.p <= alpha).sum())
    first = f"the most likely one saw {ratio[0]:.1f} times the incidents expected (p = {found.p[0]:.3g})"
    if not significant:
        return f"No zone is significant at {alpha:.3g}: {first}, which chance alone could bring about"
    how_many = f"At least {significant}" if significant == MOST_ZONES else f"{significant}"
    return f"{how_many} {'zone is' if significant == 1 else 'zones are'} significant at {alpha:.3g}: {first}"
