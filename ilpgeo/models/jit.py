"""The one way a loop is compiled: cached on disk, typed, without the interpreter lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])

# Sums may be reordered so that they vectorise; NaN and infinity keep their meaning.
_REORDERED = frozenset({"reassoc", "contract", "nsz", "arcp"})


def compiled(function: Function) -> Function:
    """Compile with strict floating point: comparisons agree with the same expression in numpy.

    Strictness is said outright: left unsaid, a kernel first compiled for a reordered caller takes on its licence.
    """
    return cast("Function", numba.njit(cache=True, nogil=True, fastmath=False)(function))


def compiled_fused(function: Function) -> Function:
    """Compile with a product and a sum rounded once where the machine can, for what does not need the same last digit.

    Nothing is reordered: sums and differences that round on purpose stay as they are written.
    """
    return cast("Function", numba.njit(cache=True, nogil=True, fastmath={"contract"})(function))


def compiled_reordered(function: Function) -> Function:
    """Compile with sums reordered, for kernels whose answer is good to rounding only."""
    return cast("Function", numba.njit(cache=True, nogil=True, fastmath=set(_REORDERED))(function))
