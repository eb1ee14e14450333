import json
from datetime import date

import numpy as np

from ilpgeo.core.answers import RiskSurface
from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.core.space import Grid
from ilpgeo.reports.tables import explained, explanation_record, table_rows, tables_csv
from ilpgeo.safeguards.release import release_answer

GRID = Grid(0.0, 0.0, 10.0, 2, 2, "EPSG:32617", np.ones((2, 2), bool))
FOUND = Diagnostic(
    "Places",
    ("5 % of the places hold 31 % of the incidents",),
    (
        Table("Top", {"Place": np.array(["=1+1", "b"]), "Incidents": np.array([9, 2])}, counts="Incidents"),
        Table("Days", {"Day": np.array(["2021-01-01"], "datetime64[D]"), "p": np.array([np.nan])}),
    ),
    11,
)


def test_rows_are_plain_values() -> None:
    assert table_rows(FOUND.tables[1]) == [{"Day": "2021-01-01", "p": None}]


def test_the_record_holds_what_was_released_and_is_json() -> None:
    record = explanation_record(release_answer(FOUND))
    assert record["findings"] == ["5 % of the places hold 31 % of the incidents"]
    assert record["tables"][0]["rows"] == [{"Place": "=1+1", "Incidents": 9}]
    assert json.loads(json.dumps(record)) == record
    assert date.fromisoformat(record["tables"][1]["rows"][0]["Day"])


def test_the_csv_has_each_table_under_its_title_and_no_formula() -> None:
    assert tables_csv(release_answer(FOUND)).splitlines() == [
        "Top", "Place,Incidents", "'=1+1,9", "", "Days", "Day,p", "2021-01-01,",
    ]  # fmt: skip


def test_what_stands_beside_an_answer_explains_it_and_nothing_is_nothing() -> None:
    surface = RiskSurface(GRID, np.ones((2, 2)), np.full((2, 2), 9.0), beside=FOUND)
    assert explained(release_answer(surface)).title == "Places"
    bare = release_answer(RiskSurface(GRID, np.ones((2, 2)), np.full((2, 2), 9.0)))
    assert explanation_record(bare)["tables"] == []
    assert tables_csv(bare) == ""
