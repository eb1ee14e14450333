"""How large a file may be that is not streamed, how much an archive may unpack to, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ilpgeo.core.errors import InvalidInput

MAX_UNSTREAMED = 300 << 20  # bytes, unpacked, of any format but CSV and Parquet, and of what an archive holds
MAX_RATIO = 200  # unpacked bytes for one packed
JUDGED_FROM = 10 << 20  # below this size unpacked, the ratio is not judged: small regular text packs very well
PIECE = 1 << 20


def require_size(size: int, file: str, what: str = "the file") -> None:
    """Raise InvalidInput for a file too large to be read in one go."""
    if size > MAX_UNSTREAMED:
        raise InvalidInput(
            f"{file}: {what} has {megabytes(size)}, more than the {megabytes(MAX_UNSTREAMED)} allowed for this format; "
            "bring it as CSV or Parquet, which have no limit, or in parts"
        )


def require_ratio(unpacked: int, packed: int, file: str) -> None:
    """Raise InvalidInput for an archive that unpacks to absurd size."""
    if unpacked > JUDGED_FROM and unpacked > MAX_RATIO * max(packed, 1):
        raise InvalidInput(
            f"{file}: unpacks to more than {MAX_RATIO} times its size, as no table does; unpack it yourself and bring "
            "the CSV or Parquet in it if it is sound"
        )


def copy_bounded(stream: IO[bytes], target: Path, packed: int, file: str, before: int = 0) -> int:
    """Write what a stream unpacks to into a file, stopping at the limits; return the bytes unpacked so far.

    Parameters
    ----------
    packed
        Bytes the stream takes up unpacked from.
    before
        Bytes unpacked earlier from the same archive; they count.
    """
    done = 0
    with target.open("xb") as out:
        for piece in _pieces(stream):
            done += len(piece)
            require_size(before + done, file, "what it holds")
            require_ratio(done, packed, file)
            out.write(piece)
    return before + done


def megabytes(size: int) -> str:
    """Return a size for a message."""
    return f"{size / (1 << 20):,.0f} MB"


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(PIECE):
        yield piece
