"""Arrow columns to and from numpy arrays and words, buffer by buffer.

Arrow's own converters ask pandas whether they were handed a series, and load it to ask: two seconds of every start.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ilpgeo.core.arrays import BoolArray, CodeArray, TimeArray


def numbers(values: npt.NDArray[Any], kind: pa.DataType, valid: BoolArray | None = None) -> pa.Array:
    """Return numbers as a column of `kind`, which has the same width; null where not `valid`."""
    there = None if valid is None else _bits(valid)
    return pa.Array.from_buffers(kind, len(values), [there, pa.py_buffer(np.ascontiguousarray(values))])


def flags(values: BoolArray) -> pa.Array:
    """Return yes and no as a column."""
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, _bits(values)])


def texts(words: Sequence[str]) -> pa.Array:
    """Return words as a column."""
    encoded = [word.encode() for word in words]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), len(words), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))])


def values(column: pa.ChunkedArray | pa.Array, dtype: type[np.generic] | str) -> npt.NDArray[Any]:
    """Return a column of numbers, days or moments as the `dtype` it is stored as; what stands under a null is kept."""
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    found = [_stored(chunk, np.dtype(dtype)) for chunk in chunks]
    return found[0] if len(found) == 1 else np.concatenate([np.empty(0, dtype), *found])


def codes(column: pa.DictionaryArray) -> CodeArray:
    """Return a column's codes into its dictionary, -1 for null."""
    indices = column.indices.cast(pa.int32())
    found = _stored(indices, np.dtype(np.int32))
    return found if not indices.null_count else np.where(_valid(indices), found, np.int32(-1)).astype(np.int32)


def moments(column: pa.ChunkedArray) -> TimeArray | None:
    """Return a column of moments in microseconds as datetime64[s], NaT for null; None where all are null."""
    if column.null_count == len(column):
        return None
    found = values(column, "datetime64[us]").astype("datetime64[s]")
    if column.null_count:
        found[~np.concatenate([_valid(chunk) for chunk in column.chunks])] = np.datetime64("NaT")
    return found


def _stored(chunk: pa.Array, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    if not len(chunk):
        return np.empty(0, dtype)
    return np.frombuffer(chunk.buffers()[1], dtype, chunk.offset + len(chunk))[chunk.offset :]


def _valid(chunk: pa.Array) -> BoolArray:
    if not chunk.null_count:
        return np.ones(len(chunk), np.bool_)
    there, stop = chunk.buffers()[0], chunk.offset + len(chunk)
    bits = np.unpackbits(np.frombuffer(there, np.uint8), count=stop, bitorder="little")[chunk.offset :]
    return bits.astype(np.bool_)


def _bits(values: BoolArray) -> pa.Buffer:
    return pa.py_buffer(np.packbits(values, bitorder="little"))
