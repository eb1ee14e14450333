"""The parts a tree falls into as it is cut from its longest edge down, and those of them that HDBSCAN takes."""

from __future__ import annotations

import numpy as np

from ilpgeo.core.arrays import IntArray
from ilpgeo.models.hdbscan_tree import Tree


def lasting_parts(tree: Tree, min_cluster_size: int, merge_m: float, *, takes_smallest: bool) -> IntArray:
    """Return the part taken that each copy lies in, -1 for none, shape (m,), in no order.

    Where an edge is cut and both sides hold `min_cluster_size` copies, two parts are born; else the smaller side falls
    off as noise and the part goes on. A part lasts for the sum over its copies of 1 / length where they leave it less
    1 / length where it was born. Taken are, from the smallest up, the parts that last longer than all together that
    were taken out of them; or, with `takes_smallest`, those that fall into no further ones. The whole is never taken.
    A part born below `merge_m` gives way to the smallest around it that was born above, or else to the one that came
    off the whole.

    Notes
    -----
    O(m log m) time, O(m) memory. Campello, Moulavi & Sander (2013), doi:10.1007/978-3-642-37456-2_14; with `merge_m`:
    Malzer & Baum (2020), doi:10.1109/MFI49285.2020.9235263.
    """
    from ilpgeo.models.hdbscan_steps import cut_down, kept_together, merge_up, most_lasting, taken_around

    order = np.argsort(tree.length_m, kind="stable")
    length_m = tree.length_m[order]
    left, right, size = merge_up(tree.one[order], tree.other[order])
    above, born_m, lasts, of_copy = cut_down(left, right, size, length_m, min_cluster_size)
    if takes_smallest:
        is_taken = np.ones(len(above), np.bool_)
        is_taken[above] = False
        is_taken[0] = False
    else:
        is_taken = most_lasting(above, lasts)
    if merge_m > 0:
        is_taken = kept_together(above, born_m, is_taken, merge_m)
    return np.asarray(taken_around(above, is_taken)[of_copy], np.int64)
