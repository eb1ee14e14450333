"""The parts that HDBSCAN takes against a plain reading of its rules, one set of copies after another."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import linkage, to_tree
from scipy.spatial.distance import pdist, squareform

from ilpgeo.models.hdbscan_parts import lasting_parts
from ilpgeo.models.hdbscan_tree import mutual_tree


class Part:
    """Copies that came off together, the length at which they did, and the parts that came out of them."""

    def __init__(self, branch, born: float, around: "Part | None", least: int) -> None:
        self.copies, self.born, self.around = frozenset(branch.pre_order()), born, around
        self.inner: list[Part] = []
        self.lasts, density = 0.0, 0.0 if around is None else 1 / born
        while branch is not None and not branch.is_leaf():
            sides, then = (branch.left, branch.right), 1 / branch.dist
            branch = None
            large = [side for side in sides if side.count >= least]
            if len(large) == 2:
                self.inner = [Part(side, 1 / then, self, least) for side in large]
            for side in sides:
                if len(large) == 1 and side is large[0]:
                    branch = side
                else:
                    self.lasts += side.count * (then - density)

    def taken(self, *, smallest: bool) -> tuple[float, list["Part"]]:
        """How long what is taken of it lasts, and which parts that is."""
        within = [part.taken(smallest=smallest) for part in self.inner]
        lasts, parts = sum(each for each, _ in within), [part for _, each in within for part in each]
        is_whole = self.around is None
        if not is_whole and (not parts if smallest else lasts <= self.lasts):
            return self.lasts, [self]
        return lasts, parts

    def wide_enough(self, merge_m: float) -> "Part":
        """Itself, or the smallest part around it that was born above `merge_m`, or the last below the whole."""
        if self.born >= merge_m or self.around.around is None:
            return self
        return self.around if self.around.born > merge_m else self.around.wide_enough(merge_m)


def by_the_rules(points, samples: int, least: int, merge_m: float, *, smallest: bool) -> set[frozenset[int]]:
    apart = squareform(pdist(points))
    core = np.sort(apart, axis=1)[:, samples - 1]
    mutual = np.maximum(apart, np.maximum(core[:, None], core[None, :]))
    whole = Part(to_tree(linkage(mutual[np.triu_indices(len(points), 1)], "single")), np.inf, None, least)
    return {part.wide_enough(merge_m).copies for part in whole.taken(smallest=smallest)[1]}


def found(points, samples: int, least: int, merge_m: float, *, smallest: bool) -> set[frozenset[int]]:
    tree = mutual_tree(points, np.arange(len(points)), samples)
    label = lasting_parts(tree, least, merge_m, takes_smallest=smallest)
    return {frozenset(np.flatnonzero(label == at).tolist()) for at in np.unique(label[label >= 0])}


def nested_piles(seed: int, n: int) -> np.ndarray:
    """Piles of piles, so that there are parts at many levels; no two distances are equal."""
    rng = np.random.default_rng(seed)
    middle = np.zeros((1, 2))
    for width in (3000, 600, 120, 25):
        middle = middle[rng.integers(0, len(middle), n)] + rng.normal(0, width, (n, 2))
        if width > 25:
            middle = middle[: max(2, n // 12)]
    return middle[np.lexsort((middle[:, 1], middle[:, 0]))]


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    n=st.integers(2, 120),
    least=st.integers(2, 12),
    merge_m=st.sampled_from([0.0, 10.0, 60.0, 250.0, 900.0, 1e6]),
    smallest=st.booleans(),
)
def test_the_parts_taken_are_those_of_the_rules_read_plainly(seed, n, least, merge_m, smallest) -> None:
    points = nested_piles(seed, n)
    # With one sample the lengths of the tree are distances, and no two are equal.
    assert found(points, 1, least, merge_m, smallest=smallest) == by_the_rules(
        points, 1, least, merge_m, smallest=smallest
    )


@pytest.mark.parametrize("smallest", [False, True])
@pytest.mark.parametrize(
    ("merge_m", "sizes"), [(0.0, [30] * 4), (100.0, [30] * 4), (400.0, [60, 60]), (20_000.0, [60, 60])]
)
def test_by_hand_piles_nearer_than_asked_for_are_kept_together(merge_m: float, sizes: list[int], smallest) -> None:
    # Four piles in a row: two 300 m apart, 5 km on two more; a pile is a square lattice of 5 x 6 points, 10 m apart.
    pile = np.stack(np.meshgrid(np.arange(5), np.arange(6)), axis=-1).reshape(-1, 2) * 10.0
    points = np.concatenate([pile + np.array([east, 0]) for east in (0, 300, 5000, 5300)])
    points = points[np.lexsort((points[:, 1], points[:, 0]))]
    parts = found(points, 3, 20, merge_m, smallest=smallest)
    assert sorted(map(len, parts)) == sizes


def test_the_whole_is_never_taken() -> None:
    points = np.random.default_rng(1).normal(0, 100, (40, 2))
    points = points[np.lexsort((points[:, 1], points[:, 0]))]
    for smallest in (False, True):
        assert found(points, 1, 30, 5000.0, smallest=smallest) == set()
