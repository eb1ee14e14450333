"""Roll-up: sums reconcile from local to regional to national."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.areas.rollup import roll_up
from ilpgeo.core.errors import InvalidInput, NotFound
from ilpgeo.core.query import Level
from ilpgeo.core.space import Areas


def hierarchy(district_of: list[int], n_districts: int) -> Areas:
    """Beats in districts in one country; geometry plays no part."""
    n = len(district_of)
    parent = [n + d for d in district_of] + [n + n_districts] * n_districts + [-1]
    names = tuple(f"b{k}" for k in range(n)) + tuple(f"d{k}" for k in range(n_districts)) + ("all",)
    return Areas(
        id=names,
        name=names,
        type=np.repeat([0, 1, 2], [n, n_districts, 1]),
        parent=np.array(parent),
        population=np.full(len(names), np.nan),
        geometry=np.full(len(names), shapely.box(0, 0, 1, 1), object),
        types=("beat", "district", "country"),
        levels=(Level.LOCAL, Level.REGIONAL, Level.NATIONAL),
        crs="EPSG:32617",
    )


def test_by_hand():
    areas = hierarchy([1, 0, 1], 3)
    counts = np.array([[1, 10], [2, 20], [4, 40]])
    assert roll_up(areas, counts, "beat").tolist() == counts.tolist()
    assert roll_up(areas, counts, "district").tolist() == [[2, 20], [5, 50], [0, 0]]
    assert roll_up(areas, counts, "country").tolist() == [[7, 70]]


@given(data=st.data(), n_districts=st.integers(1, 6))
def test_local_adds_up_to_regional_adds_up_to_national(data, n_districts):
    district_of = data.draw(st.lists(st.integers(0, n_districts - 1), min_size=1, max_size=30))
    counts = np.array(data.draw(st.lists(st.integers(0, 10**9), min_size=len(district_of), max_size=len(district_of))))
    areas = hierarchy(district_of, n_districts)
    regional = roll_up(areas, counts, "district")
    for d in range(n_districts):
        assert regional[d] == counts[np.array(district_of) == d].sum()
    assert regional.sum() == counts.sum() == roll_up(areas, counts, "country")[0]


def test_a_count_that_would_be_lost_is_an_error():
    areas = hierarchy([0, -3], 1)  # the second beat's parent is position -1: none
    with pytest.raises(InvalidInput, match="'b1' lies in no district"):
        roll_up(areas, np.array([1, 2]), "district")


def test_wrong_lengths_and_types_are_refused():
    areas = hierarchy([0, 0], 1)
    with pytest.raises(InvalidInput, match="3 counts for 2 areas"):
        roll_up(areas, np.array([1, 2, 3]), "beat")
    with pytest.raises(NotFound, match="ward"):
        roll_up(areas, np.array([1, 2]), "ward")
