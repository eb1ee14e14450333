"""The classes of emerging hot spots: eight hot, eight cold, each from a cell's history of hot and cold steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ilpgeo.core.answers import Kind
from ilpgeo.core.arrays import BoolArray, IntArray
from ilpgeo.core.errors import InvalidInput

_HOT = (
    ("new", "Hot in the last step and never before"),
    ("consecutive", "Hot in an unbroken run of at least two steps up to the last, and never before the run"),
    ("intensifying", "Hot nine tenths of the time and in the last step, and getting hotter"),
    ("persistent", "Hot nine tenths of the time and in the last step, without a trend"),
    ("diminishing", "Hot nine tenths of the time and in the last step, but getting less hot"),
    ("sporadic", "Hot in the last step, on and off before, and never cold"),
    ("oscillating", "Hot in the last step, but cold at some time before"),
    ("historical", "Hot nine tenths of the time, but not in the last step"),
)
_COLD = (
    ("new", "Cold in the last step and never before"),
    ("consecutive", "Cold in an unbroken run of at least two steps up to the last, and never before the run"),
    ("intensifying", "Cold nine tenths of the time and in the last step, and getting colder"),
    ("persistent", "Cold nine tenths of the time and in the last step, without a trend"),
    ("diminishing", "Cold nine tenths of the time and in the last step, but getting less cold"),
    ("sporadic", "Cold in the last step, on and off before, and never hot"),
    ("oscillating", "Cold in the last step, but hot at some time before"),
    ("historical", "Cold nine tenths of the time, but not in the last step"),
)
_NAMES = tuple(name for name, _ in _HOT)

CLASSES: tuple[Kind, ...] = (
    *(Kind(f"{name} hot spot", meaning, is_hot=name != "historical") for name, meaning in _HOT),
    *(Kind(f"{name} cold spot", meaning, is_hot=False) for name, meaning in _COLD),
)
"""A historical hot spot is hot no more: it is shown, but makes up no hotspot."""


def emerging_classes(
    is_hot: BoolArray, is_cold: BoolArray, direction: npt.NDArray[np.integer[Any]]
) -> npt.NDArray[np.int8]:
    """Return the number in `CLASSES` of each history, -1 where none of the rules holds.

    With "mostly" for nine tenths of all steps or more, the rules for hot spots are, the first that holds deciding:

    - mostly hot, last step not hot: historical;
    - mostly hot: intensifying with a significant rise, diminishing with a significant fall, else persistent;
    - hot in the last step only: new;
    - all hot steps in one run that ends with the last: consecutive;
    - hot in the last step and cold in any: oscillating;
    - hot in the last step: sporadic.

    Those for cold spots mirror them, a fall making a cold spot intensify. A history that follows rules
    of both kinds, one of them historical, is told as the hot spot it is or was.

    Parameters
    ----------
    is_hot, is_cold
        Shape (n_steps, ...): significantly above, below the mean in each step, the first step first; never both.
    direction
        Shape (...): 1 for a significant rise of the statistic, -1 for a fall, 0 for no trend.

    Raises
    ------
    InvalidInput
        For shapes that do not fit, no step, or a step that is hot and cold.
    """
    if is_hot.shape != is_cold.shape or is_hot.shape[1:] != direction.shape or not len(is_hot):
        raise InvalidInput(
            f"emerging classes: hot {is_hot.shape}, cold {is_cold.shape} and direction {direction.shape} do not fit"
        )
    if (is_hot & is_cold).any():
        raise InvalidInput("emerging classes: a step cannot be hot and cold")
    n_hot, n_cold = is_hot.sum(axis=0, dtype=np.int64), is_cold.sum(axis=0, dtype=np.int64)
    hot = _one_side(is_hot, n_hot, n_cold, direction)
    cold = _one_side(is_cold, n_cold, n_hot, -direction)
    return np.where(hot >= 0, hot, np.where(cold >= 0, cold + len(_HOT), -1)).astype(np.int8)


def _one_side(
    is_marked: BoolArray, n_marked: IntArray, n_opposite: IntArray, direction: npt.NDArray[np.integer[Any]]
) -> npt.NDArray[np.int8]:
    """Return the class's place in the list of eight, for histories marked hot (or cold, with the trend turned)."""
    n_steps = len(is_marked)
    ends_marked = is_marked[-1]
    is_mostly = 10 * n_marked >= 9 * n_steps
    # The first marked step opens the one run there is, if as many steps are marked as follow it.
    is_one_run = ends_marked & (n_steps - is_marked.argmax(axis=0) == n_marked)
    rules = (
        ("historical", is_mostly & ~ends_marked),
        ("intensifying", is_mostly & (direction > 0)),
        ("diminishing", is_mostly & (direction < 0)),
        ("persistent", is_mostly),
        ("new", ends_marked & (n_marked == 1)),
        ("consecutive", is_one_run),
        ("oscillating", ends_marked & (n_opposite > 0)),
        ("sporadic", ends_marked),
    )
    numbers = [np.int8(_NAMES.index(name)) for name, _ in rules]
    return np.select([holds for _, holds in rules], numbers, np.int8(-1))
