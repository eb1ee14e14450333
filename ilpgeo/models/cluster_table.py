"""The table beside an answer in clusters: how many, how dense, since when and at what time of the week."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ilpgeo.core.answers import Clusters
from ilpgeo.core.arrays import IntArray
from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.models.hotspots import hotspot_figures
from ilpgeo.models.localtime import local_seconds

_DAY_S = 86_400
_LATELY_DAYS = 14
_NONE = (
    "No cluster: nowhere do that many incidents lie close together; ask for fewer, or, if there is one, a longer reach"
)
_NO_INCIDENT = "No cluster: there are no incidents"


def with_table(clusters: Clusters, past: Incidents, context: Context, findings: tuple[str, ...] = ()) -> Clusters:
    """Return the clusters with their table beside them; `findings` come after those of the table."""
    table = cluster_table(clusters, past, context)
    return replace(clusters, beside=replace(table, findings=(*table.findings, *findings)))


def cluster_table(clusters: Clusters, past: Incidents, context: Context) -> Diagnostic:
    """Return a row for each cluster, most incidents first, under the names that its polygons have on the map.

    Incidents, area and density are those of the polygon drawn; first and last day are local and those of the start of
    the incident's window; the duration counts both. The peak is the busiest four hours of the week (aoristic).

    Parameters
    ----------
    past
        The incidents the clusters were found in, in the same order.

    Notes
    -----
    O(n + cells). See `hotspot_figures`.
    """
    figures = hotspot_figures(clusters, past, clusters.grid, context)
    inside = float(past.weight[clusters.cell >= 0].sum())
    if not figures.name:
        return Diagnostic("Clusters", (_NONE if inside > 0 else _NO_INCIDENT,), (), inside)
    first, last = _days(past, figures.member, len(figures.name))
    columns = {
        "Cluster": np.array(figures.name),
        "Incidents": figures.n,
        "Area (km²)": figures.area_km2,
        "Density (per km²)": figures.n / figures.area_km2,
        "First day": first.astype("datetime64[D]"),
        "Last day": last.astype("datetime64[D]"),
        "Duration (days)": last - first + 1,
        "Peak time of week": np.array(figures.peak),
    }
    table = Table("Clusters, most incidents first", columns, counts="Incidents")
    findings = (_extent(clusters, past, len(figures.name)), _recency(last, context))
    return Diagnostic("Clusters", findings, (table,), inside)


def _days(past: Incidents, member: IntArray, n_groups: int) -> tuple[IntArray, IntArray]:
    """Return each group's first and last local day, counted from 1970-01-01."""
    day = local_seconds(past.t_from, past.timezone) // _DAY_S
    kept = member >= 0
    first = np.full(n_groups, np.iinfo(np.int64).max)
    last = np.full(n_groups, np.iinfo(np.int64).min)
    np.minimum.at(first, member[kept], day[kept])
    np.maximum.at(last, member[kept], day[kept])
    return first, last


def _extent(clusters: Clusters, past: Incidents, n_clusters: int) -> str:
    inside = clusters.cell >= 0
    clustered = inside & (clusters.labels >= 0)
    n, of = past.weight[clustered].sum(), past.weight[inside].sum()
    ground = len(np.unique(clusters.cell[clustered])) / int(clusters.grid.inside.sum())
    many = "1 cluster holds" if n_clusters == 1 else f"{n_clusters:,} clusters hold"
    return f"{many} {_coarse(n / of)} of the incidents, on {ground:.1%} of the study area's cells"


def _coarse(share: float) -> str:
    """Return a share to the nearest 5 %: beside the rows released, the exact one would tell what is withheld."""
    nearest = round(share * 20) * 5
    return "under 5%" if nearest < 5 else f"about {nearest}%"


def _recency(last: IntArray, context: Context) -> str:
    end = int(np.datetime64(context.trained_on.end, "D").astype(np.int64))
    n_lately = int((last > end - _LATELY_DAYS).sum())
    return (
        f"{n_lately:,} of {len(last):,} had an incident in the last {_LATELY_DAYS} days up to {context.trained_on.end}"
    )
