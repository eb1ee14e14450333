"""Raw columns of any Arrow type as text, numbers and buffers, without a Python object per row."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ilpgeo.core.arrays import BoolArray, FloatArray

NUMBER = r"^\s*[+-]?(\d+([.]\d*)?|[.]\d+)([eE][+-]?\d+)?\s*$"


def as_text(column: pa.Array) -> pa.Array:
    """Return a column as plain text; whole numbers stored as floats lose their ``.0``."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_string(kind):
        return column
    if pa.types.is_floating(kind):
        finite = pc.is_finite(column)
        if pc.all(pc.or_kleene(pc.invert(finite), pc.equal(column, pc.floor(column)))).as_py():
            held = pc.if_else(pc.and_(finite, pc.less(pc.abs(column), 1e15)), column, None)
            return held.cast(pa.int64()).cast(pa.string())
    if pa.types.is_boolean(kind):
        return pc.if_else(column, "true", "false")
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.nulls(len(column), pa.string())
    return column.cast(pa.string())


def as_coded(column: pa.Array) -> pa.DictionaryArray:
    """Return a column as dictionary-encoded text with int32 codes."""
    if not pa.types.is_dictionary(column.type):
        return as_text(column).dictionary_encode()
    wanted = pa.dictionary(pa.int32(), pa.string())
    return column if column.type == wanted else column.cast(wanted)


def as_number(column: pa.Array, decimal: str = ".") -> FloatArray:
    """Return a column as float64, shape (n,); NaN where it is empty or no number."""
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _numpy(column.cast(pa.float64(), safe=False))
    if pa.types.is_decimal(kind):
        return _numpy(column.cast(pa.float64()))
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind)):
        return np.full(len(column), np.nan)
    text = as_text(column)
    if decimal == ",":
        text = pc.replace_substring(pc.replace_substring(text, ".", ""), ",", ".")
    try:
        return _numpy(text.cast(pa.float64()))
    except pa.ArrowInvalid:
        readable = pc.match_substring_regex(text, NUMBER)
        held = pc.if_else(readable, pc.utf8_ltrim(pc.utf8_trim_whitespace(text), characters="+"), None)
        return _numpy(held.cast(pa.float64()))


def _numpy(column: pa.Array) -> FloatArray:
    return np.asarray(column.to_numpy(zero_copy_only=False), np.float64)


def text_buffers(column: pa.Array) -> tuple[BoolArray, npt.NDArray[Any], npt.NDArray[np.uint8]]:
    """Return (valid, offsets, bytes) of plain text: row i is bytes[offsets[i]:offsets[i + 1]]."""
    n = len(column)
    valid = np.ones(n, np.bool_)
    if column.null_count:
        valid = column.is_valid().to_numpy(zero_copy_only=False)
    _, offset_buffer, data_buffer = column.buffers()
    if offset_buffer is None or n == 0:
        return valid, np.zeros(n + 1, np.int32), np.zeros(0, np.uint8)
    offsets = np.frombuffer(offset_buffer, np.int32)[column.offset : column.offset + n + 1]
    data = np.zeros(0, np.uint8) if data_buffer is None else np.frombuffer(data_buffer, np.uint8)
    return valid, offsets, data
