"""Compiled: sets that are joined, each led to by one of its members (Tarjan 1975, doi:10.1145/321879.321884)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ilpgeo.core.jit import compiled


@compiled
def find_root(parent: npt.NDArray[np.integer[Any]], member: int) -> int:
    """Return the member that leads to a member's set; `parent`, shape (n,), is shortened on the way."""
    while parent[member] != member:
        parent[member] = parent[parent[member]]
        member = parent[member]
    return member
