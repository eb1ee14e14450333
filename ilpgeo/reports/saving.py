"""Files that appear whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path


def save(path: Path, write: Callable[[Path], object]) -> None:
    """Have `write` fill a file beside `path` under another name, then put it in its place.

    What was there before stays until then, and stays where writing fails.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.stem[:40]}-") as folder:
        made = Path(folder) / path.name
        write(made)
        made.replace(path)


def save_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    save(path, lambda made: made.write_bytes(content))
