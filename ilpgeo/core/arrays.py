"""Array types and the one way arrays become read-only."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
CodeArray = npt.NDArray[np.int32]
BoolArray = npt.NDArray[np.bool_]
TimeArray = npt.NDArray[np.datetime64]
A = TypeVar("A", bound=npt.NDArray[Any])


def frozen(array: A) -> A:
    """Return a read-only view of `array`; the caller's own array stays writable."""
    view = array.view()
    view.flags.writeable = False
    return view
