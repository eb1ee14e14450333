"""Arrow columns to and from numpy: what Arrow's own converters give, without them."""

import subprocess
import sys

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core import columns


@given(st.lists(st.tuples(st.integers(-(2**31), 2**31 - 1), st.booleans())))
def test_numbers_are_what_arrow_makes_of_them(rows: list[tuple[int, bool]]):
    values, valid = np.array([each for each, _ in rows], np.int32), np.array([each for _, each in rows], np.bool_)
    assert columns.numbers(values, pa.int32()).equals(pa.array(values))
    assert columns.numbers(values, pa.int32(), valid).equals(pa.array(values, mask=~valid))
    assert columns.flags(valid).equals(pa.array(valid))


@given(st.lists(st.text()))
def test_texts_are_what_arrow_makes_of_them(words: list[str]):
    made = columns.texts(words)
    made.validate(full=True)
    assert made.equals(pa.array(words, pa.string()))


@given(st.lists(st.sampled_from(["a", "b", "", None])), st.integers(0, 5))
def test_codes_point_at_the_word_or_say_none(words: list[str | None], start: int):
    column = pa.array(words, pa.string()).dictionary_encode()[start:]
    codes, known = columns.codes(column), [*column.dictionary.to_pylist(), None]
    assert [known[code] for code in codes] == words[start:]


@given(st.lists(st.lists(st.integers(-(2**63), 2**63 - 1))), st.integers(0, 3))
def test_values_are_read_over_chunks_and_slices(chunks: list[list[int]], start: int):
    column = pa.chunked_array(chunks, pa.int64()).slice(start)
    assert columns.values(column, np.int64).tolist() == column.to_pylist()


@given(st.lists(st.lists(st.none() | st.integers(-(10**9), 10**10))), st.integers(0, 9))
def test_moments_are_unknown_where_they_are_null(chunks: list[list[int | None]], start: int):
    micro = [[None if second is None else second * 1_000_000 for second in chunk] for chunk in chunks]
    column = pa.chunked_array(micro, pa.int64()).cast(pa.timestamp("us")).slice(start)
    known = [second for chunk in chunks for second in chunk][start:]
    found = columns.moments(column)
    if all(second is None for second in known):
        assert found is None
    else:
        expected = [np.datetime64("NaT" if second is None else second, "s") for second in known]
        np.testing.assert_array_equal(found, np.array(expected, "datetime64[s]"))


def test_none_of_it_loads_pandas():
    work = (
        "import sys, numpy as np, pyarrow as pa; from ilpgeo.core import columns as c;"
        "n = c.numbers(np.arange(3, dtype=np.int32), pa.int32(), np.array([True, False, True]));"
        "d = pa.DictionaryArray.from_arrays(n, c.texts(['a', 'b', 'c'])); c.codes(d); c.flags(np.array([True]));"
        "assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", work], check=True, timeout=60)
