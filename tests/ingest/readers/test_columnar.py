from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ilpgeo.core.errors import InvalidInput
from ilpgeo.ingest.readers import open_table


def table_of(n):
    return pa.table({"lon": [float(i) for i in range(n)], "kind": [f"k{i % 3}" for i in range(n)],
                     "when": [datetime(2020, 1, 1, tzinfo=UTC)] * n})  # fmt: skip


def test_rows_keep_their_types_numbers_and_order(tmp_path):
    pq.write_table(table_of(10), tmp_path / "f.parquet", row_group_size=3)
    table = open_table(tmp_path / "f.parquet")
    assert (table.format, table.n_rows_hint, table.columns) == ("Parquet", 10, ("lon", "kind", "when"))
    raw = list(table.batches(["kind", "lon"], ["kind"]))
    assert [row for batch in raw for row in batch.rows] == list(range(1, 11))
    assert [x for batch in raw for x in batch.values.column("lon").to_pylist()] == list(range(10))
    assert pa.types.is_dictionary(raw[0].values.column("kind").type)
    assert table.head(["lon"]).num_columns == 1


def test_a_parquet_file_is_known_by_its_content(tmp_path):
    pq.write_table(table_of(2), tmp_path / "f.csv")
    assert open_table(tmp_path / "f.csv").format == "Parquet"


def test_a_parquet_file_cut_short(tmp_path):
    pq.write_table(table_of(1000), tmp_path / "f.parquet")
    content = (tmp_path / "f.parquet").read_bytes()
    for length in (len(content) // 2, 9):
        (tmp_path / "cut.parquet").write_bytes(content[:length])
        with pytest.raises(InvalidInput, match=r"cut.parquet: not a whole Parquet file \(damaged or cut short"):
            open_table(tmp_path / "cut.parquet")


def test_damage_within_a_page_says_after_which_row(tmp_path):
    pq.write_table(table_of(200_000), tmp_path / "f.parquet", row_group_size=100_000, compression="gzip")
    content = bytearray((tmp_path / "f.parquet").read_bytes())
    place = pq.ParquetFile(tmp_path / "f.parquet").metadata.row_group(1).column(0).data_page_offset + 60
    content[place : place + 2000] = b"\xff" * 2000
    (tmp_path / "bad.parquet").write_bytes(content)
    with pytest.raises(
        InvalidInput, match=r"bad.parquet, after row (65536|100000|131072): the Parquet file is damaged"
    ):
        list(open_table(tmp_path / "bad.parquet").batches(["lon"]))


def test_no_rows_and_bad_names(tmp_path):
    pq.write_table(table_of(0), tmp_path / "none.parquet")
    with pytest.raises(InvalidInput, match=r"none.parquet: 3 columns and no rows"):
        open_table(tmp_path / "none.parquet")
    pq.write_table(pa.table([[1], [2]], names=["a", "a"]), tmp_path / "twice.parquet")
    with pytest.raises(InvalidInput, match=r"twice.parquet: column names are empty, repeated"):
        open_table(tmp_path / "twice.parquet")
