"""The page's own files, and the mark of the program they belong to; light, for every start of the server loads it."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from ilpgeo import __version__

HERE = Path(__file__).parent
SHELL, STYLE, SCRIPT = HERE / "display.html", HERE / "display.css", HERE / "display.js"


@lru_cache(maxsize=1)
def build() -> str:
    """Return what changes with the program: a page from another build loads itself anew."""
    digest = hashlib.sha256(__version__.encode())
    for file in (SHELL, STYLE, SCRIPT):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
