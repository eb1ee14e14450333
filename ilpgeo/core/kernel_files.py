"""Where machine code is kept: in a folder named by the content of every source it can have been made of.

A kernel holds, copied into it, the constants and kernels of other modules. Where any of them changes, its code is
looked for under another name, so that code of older sources is never run.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

VARIABLE = "NUMBA_CACHE_DIR"

# An import at the beginning of a line runs with its module; one further in is a function's, or for the types alone.
_IMPORT = re.compile(rb"^(?:from\s+([\w.]+)\s+import\s+(\([^)]*\)|[^\n]*)|import\s+([^\n]*))", re.MULTILINE)
_NAME = re.compile(rb"\w+")
_DOTTED = re.compile(rb"[\w.]+")
# As good as the time at which the sources were loaded: this is imported along with the first of them.
_BEGUN_NS = time.time_ns()


def folder_of(source: Path) -> Path | None:
    """Return the folder for the machine code of a module.

    Returns
    -------
    None where no folder can be written, or where a source has changed under the running process: what it has loaded
    is then neither the old sources nor the new ones, and its code must not outlive it.
    """
    home = home_of(package_of(source))
    return home / stamp_of(source) if home and is_steady(sources_of(source)) else None


@cache
def package_of(source: Path) -> Path:
    """Return the folder of the outermost package a module is in; its own folder where it is in none."""
    found = source.parent
    while (found.parent / "__init__.py").is_file():
        found = found.parent
    return found


@cache
def home_of(package: Path) -> Path | None:
    """Return the folder that holds the folders of a package, made where it was missing.

    It is in the folder NUMBA_CACHE_DIR names, else in the package's `__pycache__`, else in the user's cache; never in a
    temporary folder, where anybody could put code. None where none of them can be written.
    """
    return next((folder for folder in _homes(package) if _is_writable(folder)), None)


@cache
def sources_of(source: Path) -> frozenset[Path]:
    """Return a module's file and those of all modules of its package that it imports, directly or not."""
    found, ahead = {source}, [source]
    while ahead:
        new = _read(ahead.pop()).imports - found
        found |= new
        ahead.extend(new)
    return frozenset(found)


@cache
def stamp_of(source: Path) -> str:
    """Return 16 hexadecimal digits for the content of all that a module is made of."""
    above = package_of(source).parent
    return hashed(f"{file.relative_to(above)} {_read(file).digest}" for file in sorted(sources_of(source)))


def imports_of(source: Path) -> frozenset[Path]:
    """Return the files of a module's own package that it imports itself, when it is imported."""
    return _read(source).imports


def is_steady(sources: Iterable[Path]) -> bool:
    """Return whether no source has changed since this process began; a time yet to come is a clock put back."""
    now = time.time_ns()
    return not any(_BEGUN_NS < _read(file).changed_ns <= now for file in sources)


def hashed(parts: Iterable[str]) -> str:
    """Return 16 hexadecimal digits for some lines of text."""
    return blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class _Source:
    digest: str
    changed_ns: int
    imports: frozenset[Path]


@cache
def _read(file: Path) -> _Source:
    changed_ns = file.stat().st_ctime_ns
    text = file.read_bytes()
    return _Source(blake2b(text, digest_size=16).hexdigest(), changed_ns, frozenset(_imported(text, file)))


def _imported(text: bytes, file: Path) -> Iterator[Path]:
    """Yield the files of a module's own package that it imports; names that are no module lead to no file."""
    package = package_of(file)
    for found in _IMPORT.finditer(text):
        base, names, modules = found.groups()
        if base is None:
            bases = [each.decode() for each in _DOTTED.findall(modules)]
            yield from (path for each in bases for path in _files(each, package, file))
            continue
        if base.startswith((b".", package.name.encode())):
            dotted = base.decode()
            yield from _files(dotted, package, file)
            prefix = dotted if dotted.endswith(".") else f"{dotted}."
            for name in _NAME.findall(names):
                yield from _files(f"{prefix}{name.decode()}", package, file)


def _files(dotted: str, package: Path, file: Path) -> Iterator[Path]:
    up = len(dotted) - len(dotted.lstrip("."))
    parts = dotted.lstrip(".").split(".")
    if not up and parts[0] != package.name:
        return
    place = (file.parents[up - 1] if up else package.parent).joinpath(*parts)
    yield from (path for path in (place.with_name(f"{place.name}.py"), place / "__init__.py") if path.is_file())


def _homes(package: Path) -> Iterator[Path]:
    # Installations that share a folder do not clear each other's away.
    own = f"kernels-{hashed([str(package)])}"
    if named := os.environ.get(VARIABLE):
        yield Path(named).absolute() / own
    yield package / "__pycache__" / "kernels"
    users = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache")
    try:
        users = users.expanduser()
    except RuntimeError:  # a user without a home
        return
    if users.is_absolute():
        yield users / package.name / own


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True
