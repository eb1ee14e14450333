import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core.query import Level
from ilpgeo.cycle.links import Shared, going_on, level_above, shared_series
from tests.maps import toy


def counts(rows) -> tuple[np.ndarray, ...]:
    return tuple(np.array(column, np.int64) for column in (zip(*rows, strict=True) if rows else ((), (), ())))


def test_a_toy_by_hand():
    # series 1 in areas 0 (2 + 1) and 5 (4); series 2 in 0, 5 and 7; series 3 in 7 alone
    rows = [(1, 0, 2), (1, 5, 4), (1, 0, 1), (2, 0, 1), (2, 5, 1), (2, 7, 6), (3, 7, 9)]
    assert shared_series(*counts(rows)) == (Shared(0, 5, 2, 9), Shared(0, 7, 1, 7), Shared(5, 7, 1, 7))
    assert going_on(*counts(rows), np.array([7])) == 6
    assert going_on(*counts(rows), np.array([0, 5, 7])) == 0


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5), st.integers(1, 9)), max_size=40))
def test_against_brute_force(rows):
    found = {(each.one, each.other): (each.n_series, each.n) for each in shared_series(*counts(rows))}
    held = {(series, area): 0 for series, area, _ in rows}
    for series, area, n in rows:
        held[series, area] += n
    expected = {}
    for one in range(6):
        for other in range(one + 1, 6):
            both = [s for s in range(5) if (s, one) in held and (s, other) in held]
            if both:
                expected[one, other] = (len(both), sum(held[s, one] + held[s, other] for s in both))
    assert found == expected


def test_the_level_that_sees_both_is_the_lowest_that_holds_both():
    areas = toy.city()
    finest = areas.of_type("neighbourhood")
    one, *rest = finest.tolist()
    same = next(at for at in rest if areas.parent[at] == areas.parent[one])
    far = next(at for at in rest if areas.parent[at] != areas.parent[one])
    assert level_above(areas, one, same) is Level.REGIONAL
    assert level_above(areas, one, far) is Level.NATIONAL
