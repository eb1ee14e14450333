"""The id of a file: the same content brought for the same source is the same file."""

from __future__ import annotations

import hashlib
from pathlib import Path

CHUNK = 4 << 20


def file_id(path: Path, source: str) -> str:
    """Return 32 hexadecimal digits of the SHA-256 of the file's bytes and its source; the file is streamed."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK):
            digest.update(piece)
    digest.update(b"\0" + source.encode())
    return digest.hexdigest()[:32]
