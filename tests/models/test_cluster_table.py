from datetime import date

import numpy as np
import pytest

from ilpgeo.core.answers import Clusters
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.cluster_table import cluster_table, with_table
from ilpgeo.models.hotspots import find_hotspots
from ilpgeo.safeguards.surfaces import withhold_parts

CONTEXT = Context(Period(date(2021, 1, 1), date(2021, 12, 31)))


def toy() -> tuple[Incidents, Clusters]:
    """Three clusters: 30 Friday nights in one cell, 6 incidents in two cells, 2 of December; 2 left out."""
    grid = Grid(0.0, 0.0, 100.0, 10, 10, "EPSG:32617", np.ones((10, 10), bool))
    x = np.concatenate([np.full(30, 150.0), [450.0, 450, 450, 550, 550, 550], [850.0, 850], [50.0, 20_000]])
    fridays = np.datetime64("2021-01-02T02:30:00") + np.arange(30) * np.timedelta64(7, "D")
    rest = np.array(["2021-05-01", "2021-05-03", "2021-05-02", "2021-05-09", "2021-05-04", "2021-05-04", "2021-12-20",
                     "2021-12-31", "2021-07-01", "2021-07-01"], "datetime64[s]") + np.timedelta64(12, "h")  # fmt: skip
    past = Incidents.from_xy(x, np.full(40, 50.0), t_from=np.concatenate([fridays, rest]), timezone="America/Toronto")
    labels = np.concatenate([np.zeros(30), np.ones(6), [2, 2], [-1, 1]]).astype(np.int64)
    return past, Clusters(grid, labels, grid.cell_of(past.x, past.y), past.weight, 31 / 365)


def test_by_hand_every_column() -> None:
    past, clusters = toy()
    found = cluster_table(clusters, past, CONTEXT)
    (table,) = found.tables
    columns = {heading: values.tolist() for heading, values in table.columns.items()}
    assert columns["Incidents"] == [30, 6, 2]  # one of the second cluster lies outside the study area
    assert columns["Area (km²)"] == pytest.approx([0.01, 0.02, 0.01])
    assert columns["Density (per km²)"] == pytest.approx([3000, 300, 200])
    # 02:30 UTC on Saturday is 21:30 on Friday in Toronto.
    assert columns["First day"] == [date(2021, 1, 1), date(2021, 5, 1), date(2021, 12, 20)]
    assert columns["Last day"] == [date(2021, 7, 23), date(2021, 5, 9), date(2021, 12, 31)]
    assert columns["Duration (days)"] == [204, 9, 12]
    assert columns["Peak time of week"][0].startswith("Fri")
    assert columns["Peak time of week"][1:] == ["time of week unknown"] * 2
    assert found.n == 39
    assert found.findings == (
        "3 clusters hold about 95% of the incidents, on 4.0% of the study area's cells",
        "1 of 3 had an incident in the last 14 days up to 2021-12-31",
    )


def test_rows_have_the_names_and_the_order_of_the_polygons_on_the_map() -> None:
    past, clusters = toy()
    (table,) = cluster_table(clusters, past, CONTEXT).tables
    hotspots = find_hotspots(clusters, past, clusters.grid, CONTEXT)
    assert table.columns["Cluster"].tolist() == [each.name for each in hotspots]
    assert table.columns["Incidents"].tolist() == [each.n for each in hotspots]


def test_the_release_gate_withholds_the_rows_of_small_clusters() -> None:
    past, clusters = toy()
    released, _ = withhold_parts(with_table(clusters, past, CONTEXT, ("also this",)), 5)
    assert released.beside.tables[0].columns["Incidents"].tolist() == [30, 6]
    assert released.beside.findings[-1] == "also this"
    assert not any("38" in each or "39" in each for each in released.beside.findings)  # less 36 is what is withheld


def test_no_cluster_says_so() -> None:
    past, clusters = toy()
    none = Clusters(clusters.grid, np.full(40, -1), clusters.cell, clusters.weight, 1.0)
    found = cluster_table(none, past, CONTEXT)
    assert found.tables == ()
    assert found.findings[0].startswith("No cluster")
    assert found.n == 39


def test_without_incidents_no_other_settings_are_advised() -> None:
    past, clusters = toy()
    empty = Clusters(clusters.grid, np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), 1.0)
    assert cluster_table(empty, past.select(np.empty(0, np.int64)), CONTEXT).findings == (
        "No cluster: there are no incidents",
    )
