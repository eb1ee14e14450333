"""The rows of a sheet against openpyxl's own, and cells that only other programs write."""

import io
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core.errors import InvalidInput
from ilpgeo.ingest.readers import open_table
from ilpgeo.ingest.readers.excel_values import cell_text
from ilpgeo.ingest.readers.sheet import rows_of

MOMENTS = st.datetimes(datetime(1901, 1, 1), datetime(2100, 1, 1)).map(lambda value: value.replace(microsecond=0))
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**12), 10**12), st.floats(-1e9, 1e9), MOMENTS,
    st.dates(date(1901, 1, 1), date(2100, 1, 1)), st.sampled_from([time(8, 30), timedelta(hours=30), "#N/A", "N/A"]),
    st.text("abc äß<&>\"' 0=", max_size=8),
)  # fmt: skip


def plain_rows(stream: io.BytesIO, after: int) -> list[tuple[int, list[str | None]]]:
    sheet = openpyxl.load_workbook(stream, read_only=True, data_only=True).worksheets[0]
    return list(rows_of(sheet, after))


def expected_rows(stream: io.BytesIO, after: int) -> list[tuple[int, list[str | None]]]:
    sheet = openpyxl.load_workbook(stream, data_only=True).worksheets[0]
    found = []
    for number, row in enumerate(sheet.iter_rows(min_row=after + 1), start=1):
        cells = [
            None
            if cell.data_type == "e"
            else cell_text(cell.value, cell.number_format if isinstance(cell.value, datetime) else "")
            for cell in row
        ]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            found.append((number, cells))
    return found


@given(rows=st.lists(st.lists(VALUES, max_size=5), min_size=1, max_size=6), after=st.integers(0, 2))
def test_it_reads_what_openpyxl_reads(rows, after):
    book, stream = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(stream)
    assert plain_rows(stream, after) == expected_rows(stream, after)


def written(path: Path, inside: str, before: str = "") -> Path:
    """Write a workbook whose sheet holds this XML."""
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    with zipfile.ZipFile(stream) as given_parts, zipfile.ZipFile(path, "w") as parts:
        for name in given_parts.namelist():
            sheet = f'{before}<x:worksheet xmlns:x="{main}"><x:sheetData>{inside}</x:sheetData></x:worksheet>'
            parts.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else given_parts.read(name))
    return path


def inline(text: str, place: str = "") -> str:
    return f'<x:c t="inlineStr"{place}><x:is>{text}</x:is></x:c>'


HEADER = f"<x:row>{inline('<x:t>what</x:t>')}{inline('<x:t>n</x:t>')}</x:row>"


def test_cells_without_a_place_runs_of_text_and_how_they_are_spoken(tmp_path):
    spoken = "<x:r><x:t>The</x:t></x:r><x:r><x:t>ft</x:t></x:r><x:rPh><x:t>teft</x:t></x:rPh>"
    rows = f'<x:row>{inline(spoken)}<x:c><x:f>1+1</x:f><x:v>2</x:v></x:c></x:row><x:row r="9"><x:c r="B9"><x:v>1e3</x:v></x:c></x:row>'  # noqa: E501
    (batch,) = open_table(written(tmp_path / "a.xlsx", HEADER + rows)).batches(["what", "n"])
    assert batch.values.to_pylist() == [{"what": "Theft", "n": "2"}, {"what": None, "n": "1000"}]
    assert batch.rows.tolist() == [1, 8]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ('<x:c r="ZZZZZ2"><x:v>1</x:v></x:c>', "no column 'ZZZZZ'"),
        ('<x:c r="A2" t="s"><x:v>77</x:v></x:c>', "out of range"),
        ('<x:c r="A2"><x:v>one</x:v></x:c>', "could not convert"),
        ('<x:c r="A2"><x:v>1</x:c>', "mismatched tag"),
    ],
)
def test_a_damaged_cell_is_told(tmp_path, cell, said):
    with pytest.raises(InvalidInput, match=f"the Excel file is damaged.*{said}"):
        open_table(written(tmp_path / "a.xlsx", f'{HEADER}<x:row r="2">{cell}</x:row>'))


def test_a_sheet_with_a_document_type_is_refused(tmp_path):
    path = written(
        tmp_path / "a.xlsx", f"{HEADER}<x:row>{inline('<x:t>&e;</x:t>')}</x:row>", '<!DOCTYPE w [<!ENTITY e "x">]>'
    )
    with pytest.raises(InvalidInput, match="holds a document type"):
        open_table(path)
