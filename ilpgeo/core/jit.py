"""The one way a loop is compiled: cached on disk, typed, without the interpreter lock."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, cast

import numba

from ilpgeo.core.kernel_files import folder_of

Function = TypeVar("Function", bound=Callable[..., object])

# Sums may be reordered so that they vectorise; NaN and infinity keep their meaning.
_REORDERED = frozenset({"reassoc", "contract", "nsz", "arcp"})
_naming_folder = Lock()
_numba: Any = numba.config


def compiled(function: Function) -> Function:
    """Compile with strict floating point: comparisons agree with the same expression in numpy.

    Strictness is said outright: left unsaid, a kernel first compiled for a reordered caller takes on its licence.
    """
    return _dispatcher(function, fastmath=False)


def compiled_fused(function: Function) -> Function:
    """Compile with a product and a sum rounded once where the machine can, for what does not need the same last digit.

    Nothing is reordered: sums and differences that round on purpose stay as they are written.
    """
    return _dispatcher(function, fastmath={"contract"})


def compiled_reordered(function: Function) -> Function:
    """Compile with sums reordered, for kernels whose answer is good to rounding only."""
    return _dispatcher(function, fastmath=set(_REORDERED))


def _dispatcher(function: Function, *, fastmath: bool | set[str]) -> Function:
    """Return what compiles a function at its first call, or loads what an earlier process compiled of the same sources.

    Numba looks at its setting while a dispatcher is made. Where it then keeps the code elsewhere all the same (the
    folder was taken away meanwhile), nothing tells whether what lies there fits: the code is not kept at all.
    """
    options: dict[str, Any] = {"nogil": True, "fastmath": fastmath}
    folder = folder_of(Path(function.__code__.co_filename))
    if folder is None:
        return cast("Function", numba.njit(**options)(function))
    with _naming_folder:
        before, _numba.CACHE_DIR = _numba.CACHE_DIR, str(folder)
        try:
            made = numba.njit(cache=True, **options)(function)
        finally:
            _numba.CACHE_DIR = before
    if made is function or folder in Path(made.stats.cache_path).parents:
        return cast("Function", made)
    return cast("Function", numba.njit(**options)(function))
