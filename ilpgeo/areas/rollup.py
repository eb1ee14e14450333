"""Counts of the finest areas added up to any coarser type."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.space import Areas

N = TypeVar("N", np.float64, np.int64)


def roll_up(areas: Areas, counts: npt.NDArray[N], area_type: str) -> npt.NDArray[N]:
    """Return the sum of the finest areas' counts in each area of a type.

    Parameters
    ----------
    counts
        Shape (n_finest, ...), in the order of `areas.finest`.
    area_type
        One of `areas.types`.

    Returns
    -------
    summed
        Shape (n_of_type, ...), in the order of `areas.of_type(area_type)`; the total stays what it was.

    Raises
    ------
    InvalidInput
        When `counts` has another length, or a finest area lies in no area of the type (its count would be lost).
    NotFound
        When there is no such type.
    """
    wanted = areas.of_type(area_type)
    finest = areas.finest
    if len(counts) != len(finest):
        raise InvalidInput(f"roll-up: {len(counts)} counts for {len(finest)} areas of type {areas.types[0]}")
    ancestor = areas.ancestor(area_type)[finest]
    if (ancestor < 0).any():
        lost = areas.id[finest[np.argmin(ancestor)]]
        raise InvalidInput(f"roll-up: area {lost!r} lies in no {area_type}; correct its parent in the area file")
    summed = np.zeros((len(wanted), *counts.shape[1:]), counts.dtype)
    np.add.at(summed, np.searchsorted(wanted, ancestor), counts)
    return summed
