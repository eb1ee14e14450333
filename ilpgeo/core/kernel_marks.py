"""Whether every kernel of the package is compiled: a mark beside their machine code, good for one set of sources."""

from __future__ import annotations

import os
import platform
import shutil
from functools import cache
from importlib.metadata import version
from pathlib import Path

from ilpgeo.core import kernel_files

PACKAGE = Path(__file__).parents[1]
_MARK = "compiled-"
_WORD = b"jit"  # of few modules; saves reading the imports of all


def home() -> Path | None:
    """Return the folder that holds the machine code of all kernels, and their mark; None where none can be written."""
    return kernel_files.home_of(PACKAGE)


def is_compiled() -> bool:
    """Return whether this machine, Python and numba have compiled all kernels of the sources there are now.

    60 ms of work: nothing for the thread that draws a page.
    """
    mark = _mark()
    return mark is not None and mark.is_file()


def note_compiled() -> None:
    """Note that all kernels are compiled, and remove the machine code and the marks of other sources.

    Nothing is noted or removed where a source has changed since this process began.
    """
    mark = _mark()
    if mark is None:
        return
    kept, others = set(_stamps()), f"{_MARK}{_sources()}-"
    for each in mark.parent.iterdir():
        if each.is_dir() and each.name not in kept:
            shutil.rmtree(each, ignore_errors=True)
        elif each.name.startswith(_MARK) and not each.name.startswith(others):
            each.unlink(missing_ok=True)
    mark.touch()


def _mark() -> Path | None:
    folder = home()
    if folder is None or not kernel_files.is_steady(
        each for file in _kernels() for each in kernel_files.sources_of(file)
    ):
        return None
    return folder / f"{_MARK}{_sources()}-{_machine()}"


@cache
def _kernels() -> tuple[Path, ...]:
    """Return the files of all modules that compile something."""
    jit = PACKAGE / "core" / "jit.py"
    likely = (file for file in sorted(PACKAGE.rglob("*.py")) if _WORD in file.read_bytes())
    return tuple(file for file in likely if jit in kernel_files.imports_of(file))


def _stamps() -> tuple[str, ...]:
    return tuple(kernel_files.stamp_of(file) for file in _kernels())


def _sources() -> str:
    return kernel_files.hashed(_stamps())


def _machine() -> str:
    """Return 16 hexadecimal digits for what else machine code depends on; the processor is as numba sees it."""
    from llvmlite.binding import get_host_cpu_name

    processor = os.environ.get("NUMBA_CPU_NAME") or get_host_cpu_name()
    return kernel_files.hashed((platform.python_version(), version("numba"), version("llvmlite"), processor))
