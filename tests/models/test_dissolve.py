import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from ilpgeo.core.space import Grid
from ilpgeo.models.dissolve import outlines


@settings(max_examples=80, deadline=None)
@given(
    chosen=st.sets(st.integers(0, 41), min_size=1),
    x0=st.sampled_from([0.0, 630_000.3, -1e6]),
    cell_m=st.sampled_from([100.0, 33.3]),
)
def test_the_outline_holds_the_cells_and_nothing_else(chosen, x0, cell_m) -> None:
    grid = Grid(x0, 4.8e6, cell_m, 7, 6, "EPSG:32617", np.ones((6, 7), bool))
    polygon = outlines([np.array(sorted(chosen)), np.array([0])], grid)[0]
    row, column = np.divmod(np.arange(42), 7)
    middles = shapely.points(x0 + (column + 0.5) * cell_m, 4.8e6 + (row + 0.5) * cell_m)
    assert polygon.is_valid
    assert set(np.flatnonzero(shapely.contains(polygon, middles)).tolist()) == chosen
    assert polygon.area == pytest.approx(len(chosen) * cell_m**2, rel=1e-6)


def test_a_block_has_four_corners_and_a_ring_has_a_hole() -> None:
    grid = Grid(0.0, 0.0, 10.0, 3, 3, "EPSG:32617", np.ones((3, 3), bool))
    (block,) = outlines([np.arange(9)], grid)
    assert len(block.exterior.coords) == 5
    assert block.bounds == (0.0, 0.0, 30.0, 30.0)
    ring = outlines([np.array([0, 1, 2, 3, 5, 6, 7, 8])], grid)[0]
    assert len(ring.interiors) == 1
    assert ring.area == 800.0


def test_no_sets_have_no_outlines() -> None:
    grid = Grid(0.0, 0.0, 10.0, 3, 3, "EPSG:32617", np.ones((3, 3), bool))
    assert len(outlines([], grid)) == 0
