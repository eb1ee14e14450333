import gzip

import pytest

from ilpgeo.core.errors import InvalidInput, NotFound
from ilpgeo.ingest.readers import open_table
from ilpgeo.ingest.readers.encoding import detect_encoding

ROWS = "lon,lat,ort\n1.5,2.5,Müller\n3.5,4.5,Köln\n"


def values(path, columns=None):
    table = open_table(path)
    found = [row for raw in table.batches(columns or table.columns) for row in raw.values.to_pylist()]
    return table, found


EXPECTED = [{"lon": "1.5", "lat": "2.5", "ort": "Müller"}, {"lon": "3.5", "lat": "4.5", "ort": "Köln"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_any_encoding_delimiter_and_line_end(write, encoding, delimiter, ending):
    text = ROWS.replace(",", delimiter).replace("\n", ending)
    table, found = values(write(text, encoding=encoding))
    assert table.dialect.delimiter == delimiter
    assert found == EXPECTED


def test_gzip_whatever_its_name(write):
    for name in ("file.csv.gz", "file.csv", "file.gz"):
        assert values(write(gzip.compress(ROWS.encode()), name))[1] == EXPECTED


def test_columns_left_out_are_not_read(write):
    assert values(write(ROWS), ["ort"])[1] == [{"ort": "Müller"}, {"ort": "Köln"}]


def test_quotes_newlines_and_nulls(write):
    _, found = values(write('a,b\n"two\nlines","say ""so"""\nNA,\n5\' 10",NULL\n'))
    assert found == [{"a": "two\nlines", "b": 'say "so"'}, {"a": None, "b": None}, {"a": "5' 10\"", "b": None}]


def test_a_delimiter_within_values_does_not_mislead(write):
    table, found = values(write("when;where\n2020-01-01, about noon;1,5\n2020-01-02;2,5\n2020-01-03, late;3\n"))
    assert table.columns == ("when", "where")
    assert found[0] == {"when": "2020-01-01, about noon", "where": "1,5"}


def test_names_are_trimmed_and_made_unique(write):
    assert open_table(write(" a ,a,,b\n1,2,3,4\n")).columns == ("a", "a (2)", "column 3", "b")


def test_one_column_one_row_and_no_last_newline(write):
    table, found = values(write("offence\nRobbery"))
    assert (table.columns, found) == (("offence",), [{"offence": "Robbery"}])
    assert values(write("a,b\n1,2"))[1] == [{"a": "1", "b": "2"}]


def test_five_hundred_columns_are_read(write):
    names = [f"c{n}" for n in range(500)]
    table, found = values(write(",".join(names) + "\n" + ",".join(names) + "\n"), ["c499"])
    assert len(table.columns) == 500
    assert found == [{"c499": "c499"}]


def test_leading_blank_lines_do_not_shift_row_numbers(write):
    raw = list(open_table(write("\n\na,b\n1,2\n3\n4,5\n")).batches(["a", "b"]))
    assert raw[0].rows.tolist() == [1, 3]
    assert [row for batch in raw for row, _ in batch.unreadable] == [2]


def test_only_unreadable_rows_are_still_told(write):
    raw = list(open_table(write("a,b\n1,2,3\n1\n")).batches(["a", "b"]))
    assert sum(len(batch.rows) for batch in raw) == 0
    assert [row for batch in raw for row, _ in batch.unreadable] == [1, 2]


def test_stopping_half_way_leaves_no_thread(write, monkeypatch):
    import threading

    monkeypatch.setattr("ilpgeo.ingest.readers.delimited.BLOCK", 1_000)
    reading = open_table(write("a,b\n" + "1,2\n" * 50_000)).batches(["a"])
    next(reading)
    reading.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "ilpgeo-csv"]


HOSTILE = [
    ("empty.csv", b"", "empty.csv: the file is empty; bring one with a header line"),
    ("blank.csv", b"\n \n\r\n", "blank.csv: the file is empty"),
    ("header.csv", b"lon,lat,when\n", "header.csv: a header with 3 columns and no rows; bring a file with rows"),
    ("rubbish.csv", b"lon,lat\n1,2\n\x00\x01\x02\xff\xfe", r"rubbish.csv, line 3: not a text file \(it holds the byte"),
    ("picture.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", r"picture.csv, line 3: not a text file"),
    ("mixed.csv", "a,b\né,1\n".encode() + "ü,2\n".encode("cp1252"), "mixed.csv, line 3: not UTF-8, though other"),
    ("mixed2.csv", b"a,b\n\xfc,2\n" + "é,1\n".encode(), "mixed2.csv, line 2: not UTF-8, though other lines"),
    ("numbers.csv", b"1.5,2.5\n3.5,4.5\n", "numbers.csv, row 1: numbers where column names are expected"),
    ("cut.csv.gz", gzip.compress(b"a,b\n" + b"1,2\n" * 9999)[:-20], "cut.csv.gz: the gzip file is damaged or cut"),
    ("bomb.csv.gz", gzip.compress(b"a,b\n" + b"\n" * (220 << 20), 9), "bomb.csv.gz: unpacks to more than 300 times"),
    ("list.xyz", b"a,b\n1,2\n", "list.xyz: no reader for .xyz; bring .csv, .tsv"),
    ("list", b"a,b\n1,2\n", "list: no reader for a file without a suffix"),
    ("wide.csv", b"c," * 2000 + b"c\n1\n", "wide.csv: 2001 columns, more than the 2000"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "message"), HOSTILE, ids=[name for name, _, _ in HOSTILE])
def test_what_is_wrong_with_a_file_is_said(write, name, content, message):
    with pytest.raises(InvalidInput, match=message):
        open_table(write(content, name))


@pytest.mark.parametrize("n", [1, 10, 3_000_000])
def test_an_unclosed_quote_says_where_it_was_opened(write, n):
    path = write('a,b\n1,2\n3,"4\n' + "5,6\n" * n)
    with pytest.raises(InvalidInput, match=r"file.csv, row 2, column b: an unclosed quote swallows the rows after it"):
        list(open_table(path).batches(["a", "b"]))


def test_a_quote_closed_rows_later_is_noticed_too(write):
    row = "1,2,3,4\n"
    with pytest.raises(InvalidInput, match=r"file.csv, row 2, column b"):
        list(open_table(write("a,b,c,d\n" + row + '1,"2,3,4\n' + row + '1,2",3,4\n' + row)).batches(["a", "b"]))


def test_an_address_over_several_lines_is_no_unclosed_quote(write):
    _, found = values(write('a,b\n1,"Main St,\nToronto, ON"\n2,x\n'))
    assert found[0]["b"] == "Main St,\nToronto, ON"


def test_a_missing_file_is_not_found(tmp_path):
    with pytest.raises(NotFound, match=r"there is no file .*nowhere.csv"):
        open_table(tmp_path / "nowhere.csv")


def test_a_wide_character_cut_by_a_chunk_is_still_utf8(write, monkeypatch):
    monkeypatch.setattr("ilpgeo.ingest.readers.encoding.CHUNK", 7)
    for text in ("a,b\nééééééé,ü\n€€€€,1\n", "aaaaaa€"):
        path = write(text)
        with path.open("rb") as stream:
            assert detect_encoding(stream, "f") == "utf-8"
    with write("aaaaaaaaa,ü\nß", encoding="cp1252").open("rb") as stream:
        assert detect_encoding(stream, "f") == "cp1252"
