import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import cophenet, linkage
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, shortest_path
from scipy.spatial.distance import pdist, squareform

from ilpgeo.models.hdbscan_tree import Tree, mutual_tree


def mutual_by_definition(points: np.ndarray, min_samples: int) -> np.ndarray:
    """Return the mutual distance of every two copies, shape (m, m)."""
    apart = squareform(pdist(points))
    core = np.sort(apart, axis=1)[:, min_samples - 1]
    return np.maximum(apart, np.maximum(core[:, None], core[None, :]))


def as_matrix(tree: Tree) -> csr_array:
    """Return the tree as a symmetric sparse matrix of metres."""
    n = len(tree.length_m) + 1
    one_way = coo_array((tree.length_m, (tree.one, tree.other)), shape=(n, n)).tocsr()
    return one_way + one_way.T


def heights_along(tree) -> np.ndarray:
    """Return the longest edge on the way between every two copies."""
    n = tree.shape[0]
    edges = tree.tocoo()
    highest = np.zeros((n, n))
    for length in np.unique(edges.data)[::-1]:
        kept = tree.copy()
        kept.data[kept.data >= length] = 0
        kept.eliminate_zeros()
        _, part = connected_components(kept, directed=False)
        apart = part[:, None] != part[None, :]
        highest[apart & (highest == 0)] = length
    return highest


@settings(max_examples=60, deadline=None)
@given(
    points=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=40).filter(
        lambda given: len(set(given)) > 1
    ),
    min_samples=st.integers(1, 6),
)
def test_any_small_set_has_the_hierarchy_of_every_mutual_distance(points, min_samples) -> None:
    points = np.array(sorted(points), float) * 10
    min_samples = min(min_samples, len(points))
    _, of_copy = np.unique(points, axis=0, return_inverse=True)
    tree = as_matrix(mutual_tree(points, of_copy, min_samples))
    assert tree.nnz == 2 * (len(points) - 1)
    assert connected_components(tree, directed=False)[0] == 1
    mutual = mutual_by_definition(points, min_samples)
    expected = squareform(cophenet(linkage(mutual[np.triu_indices(len(points), 1)], "single")))
    np.testing.assert_allclose(
        heights_along(tree), np.where(np.eye(len(points)), 0, np.maximum(expected, 1e-6)), rtol=1e-12
    )


@pytest.mark.parametrize("min_samples", [1, 12])
def test_its_length_is_that_of_a_tree_of_all_pairs(min_samples: int) -> None:
    points = np.random.default_rng(3).normal(0, 300, (400, 2))
    points = points[np.lexsort((points[:, 1], points[:, 0]))]
    tree = as_matrix(mutual_tree(points, np.arange(400), min_samples))
    mutual = mutual_by_definition(points, min_samples)
    expected = linkage(mutual[np.triu_indices(400, 1)], "single")[:, 2]
    np.testing.assert_allclose(np.sort(tree.data)[::2], np.sort(expected), rtol=1e-12)
    assert np.isfinite(shortest_path(tree, directed=False)).all()
