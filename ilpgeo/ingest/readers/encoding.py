"""Which encoding a text file is in, told from all of its bytes, never from a sample."""

from __future__ import annotations

import codecs
from typing import IO

import numpy as np

from ilpgeo.core.errors import InvalidInput

CHUNK = 8 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NOT_CP1252 = bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D])
_FIRST_TEXT, _FIRST_RUBBISH, _N_RUBBISH = 9, 14, 12
_RUBBISH = bytes([*range(_FIRST_TEXT), *range(_FIRST_RUBBISH, _FIRST_RUBBISH + _N_RUBBISH)])


def detect_encoding(stream: IO[bytes], file: str) -> str:
    """Return ``utf-8``, ``utf-8-sig``, ``utf-16``, ``cp1252`` or ``latin-1``.

    A file is UTF-8 when every byte of it is. A file whose bytes above 127 are never UTF-8 is of one byte a
    character: cp1252 unless it holds one of the five bytes that cp1252 lacks. Cost: one pass over the file.

    Raises
    ------
    InvalidInput
        For control bytes no text has, and for a file that is UTF-8 in one row and something else in another.
    """
    first = stream.read(CHUNK)
    for mark, name in _MARKS:
        if first.startswith(mark):
            return name
    if (guessed := _utf16_without_mark(first)) is not None:
        return guessed
    line = 1
    is_utf8 = has_wide = False
    lone: int | None = None
    lacks_cp1252 = False
    carried = b""
    piece = first
    while piece:
        _require_text(piece, line, file)
        if carried or not piece.isascii():
            text = carried + piece
            carried = b""
            is_utf8, at, carried = _scan(text)
            has_wide |= is_utf8
            if at is not None and lone is None:
                lone = line + _n_lines(text[:at])
            lacks_cp1252 |= any(byte in piece for byte in _NOT_CP1252)
        line += _n_lines(piece)
        piece = stream.read(CHUNK)
    if carried and lone is None:
        lone = line
    if lone is None:
        return "utf-8"
    if has_wide:
        raise InvalidInput(
            f"{file}, line {lone}: not UTF-8, though other lines of the file are; "
            "save the whole file in one encoding (UTF-8) and bring it again"
        )
    return "latin-1" if lacks_cp1252 else "cp1252"


def is_text(head: bytes) -> bool:
    """True when the first bytes of a file can be text of some encoding."""
    if any(head.startswith(mark) for mark, _ in _MARKS) or _utf16_without_mark(head) is not None:
        return True
    return len(head.translate(None, _RUBBISH)) == len(head)


def _scan(text: bytes) -> tuple[bool, int | None, bytes]:
    """Return (some wide UTF-8 character found, place of the first byte that is not UTF-8, unfinished tail)."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoded = decoder.decode(text)
    except UnicodeDecodeError as error:
        rest = text[error.start :].decode("utf-8", "ignore")
        return not text[: error.start].isascii() or not rest.isascii(), error.start, b""
    return not decoded.isascii(), None, decoder.getstate()[0]


def _n_lines(piece: bytes) -> int:
    return int(np.count_nonzero(np.frombuffer(piece, np.uint8) == ord("\n")))


def _require_text(piece: bytes, line: int, file: str) -> None:
    """Raise InvalidInput for bytes 0 to 8 and 14 to 25, which no text holds."""
    values = np.frombuffer(piece, np.uint8)
    rubbish = values - np.uint8(_FIRST_RUBBISH) < _N_RUBBISH
    if int(values.min()) >= _FIRST_TEXT and not rubbish.any():
        return
    at = int(np.flatnonzero(rubbish | (values < _FIRST_TEXT))[0])
    raise InvalidInput(
        f"{file}, line {line + _n_lines(piece[:at])}: not a text file (it holds the byte {piece[at]}); "
        "bring a CSV, Excel, Parquet, GeoJSON, GeoPackage or shapefile"
    )


def _utf16_without_mark(first: bytes) -> str | None:
    head = first[:2000]
    if len(head) < 4 or len(head) % 2:
        head = head[: len(head) // 2 * 2]
    if len(head) < 4:
        return None
    for name, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if zeros.count(0) > 0.9 * len(zeros):
            return name
    return None
