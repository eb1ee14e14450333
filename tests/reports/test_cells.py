"""The cells of an answer as CSV: only what was released, where it lies, what it says."""

import csv

import numpy as np
import pytest
from pyproj import Transformer

from ilpgeo.core.answers import Contrast, RiskSurface
from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.core.space import Grid
from ilpgeo.reports.cells import cells_csv
from ilpgeo.safeguards.release import release_answer

GRID = Grid(630_000.0, 4_830_000.0, 100.0, 3, 2, "EPSG:32617", np.array([[True, True, False], [True, True, True]]))
SUPPORT = np.array([[9.0, 2.0, 0.0], [9.0, 9.0, 9.0]])


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_a_withheld_cell_and_one_outside_have_no_row() -> None:
    surface = RiskSurface(GRID, np.arange(6.0).reshape(2, 3) / 7, SUPPORT)
    found = rows(cells_csv(release_answer(surface)))
    assert [float(each["expected incidents"]) for each in found] == [0 / 7, 3 / 7, 4 / 7, 5 / 7]
    assert (float(found[1]["x (EPSG:32617)"]), float(found[1]["y (EPSG:32617)"])) == (630_050.0, 4_830_150.0)
    right = Transformer.from_crs(32617, 4326, always_xy=True).transform(630_050.0, 4_830_150.0)
    assert (float(found[1]["longitude"]), float(found[1]["latitude"])) == pytest.approx(right, abs=1e-6)


def test_a_difference_tells_what_is_set_against_what() -> None:
    value = np.array([[0.5, np.nan, np.nan], [-0.25, 0.0, 1.0]])
    found = rows(cells_csv(release_answer(Contrast(GRID, value, SUPPORT, 0.0, "per cell", "A", "B"))))
    assert [float(each["A against B (per cell)"]) for each in found] == [0.5, -0.25, 0.0, 1.0]


def test_an_answer_without_cells_gives_its_tables() -> None:
    told = Diagnostic("Rows", ("one",), (Table("Rows", {"n": np.array([4])}),), 9)
    assert cells_csv(release_answer(told)) == "Rows\nn\n4\n"
