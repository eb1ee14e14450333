"""Excel against what was put into the cells, and against the same rows as CSV."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest

from ilpgeo.core.errors import InvalidInput
from ilpgeo.ingest.readers import open_table
from ilpgeo.ingest.readers.excel_values import cell_text


def saved(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def rows_of(path: Path) -> list[dict[str, object]]:
    table = open_table(path)
    return [row for batch in table.batches(table.columns) for row in batch.values.to_pylist()]


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (datetime(2021, 3, 1), "dd/mm/yyyy", "2021-03-01"),
        (datetime(2021, 3, 1), "mmm-yy", "2021-03"),
        (datetime(2021, 3, 2), "mmm-yy", "2021-03-02"),
        (datetime(2021, 3, 1), "dd/mm/yyyy hh:mm", "2021-03-01 00:00"),
        (datetime(2021, 3, 1, 8, 30), "dd/mm/yyyy", "2021-03-01 08:30"),
        (datetime(2021, 3, 1, 8, 30), '[$-409]d "at" h:mm:ss', "2021-03-01 08:30:00"),
        (datetime(2021, 3, 1, 8, 29, 59, 999_990), "h:mm", "2021-03-01 08:30"),
        (date(2021, 3, 1), "", "2021-03-01"),
        (time(8, 30), "h:mm", "08:30:00"),
        (timedelta(hours=26, minutes=5), "", "26:05:00"),
        (12.0, "", "12"),
        (-79.4012345678901, "", "-79.4012345678901"),
        (True, "", "true"),
        ("N/A", "", None),
        (None, "", None),
    ],
)
def test_a_cell_says_what_it_shows(value: object, number_format: str, text: str | None) -> None:
    assert cell_text(value, number_format) == text


def test_a_sheet_is_read_under_its_titles_with_gaps_passed_over(tmp_path: Path) -> None:
    rows = [
        ["Crime report"],
        [],
        ["when", "lon", "what"],
        [datetime(2021, 3, 1), -79.4, "Assault"],
        [],
        [None, 1, "#N/A"],
    ]
    table = open_table(saved(tmp_path / "a.xlsx", Data=rows))
    assert table.columns == ("when", "lon", "what")
    assert "row 3" in table.notes[0]
    (batch,) = table.batches(["lon", "when"])
    assert batch.rows.tolist() == [1, 3]
    assert batch.values.to_pydict()["lon"] == ["-79.4", "1"]
    assert batch.values.to_pydict()["when"][0].startswith("2021-03-01")


def test_values_beyond_the_columns_make_a_row_unreadable(tmp_path: Path) -> None:
    rows = [["a", "b"], *[[n, n] for n in range(40)], [1, 2, 3], [4, 5]]
    (batch,) = open_table(saved(tmp_path / "a.xlsx", Data=rows)).batches(["a", "b"])
    assert [row for row, _ in batch.unreadable] == [41]
    assert batch.rows[-1] == 42


def test_the_first_sheet_with_values_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", Empty=[], Data=[["a"], [1]], Codes=[["code", "means"], [1, "x"]])
    assert rows_of(path) == [{"a": "1"}]
    assert open_table(path).notes == ("sheet 'Data' is read; not read: 'Codes'",)


def test_sheets_of_one_layout_are_refused_rather_than_lost(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", Jan=[["a", "b"], [1, 2]], Feb=[["a", "b"], [3, 4]])
    with pytest.raises(InvalidInput, match="Jan, Feb have the same columns"):
        open_table(path)
