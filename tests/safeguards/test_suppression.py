from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from ilpgeo.safeguards.suppression import is_protected, withhold

COUNTS = st.lists(st.one_of(st.integers(0, 8), st.integers(0, 300), st.none()), max_size=14)


def test_one_small_count_takes_the_next_smallest_with_it():
    assert withhold([40, 3, 9, 100], 5) == {1, 2}


def test_small_counts_that_hide_each_other_stay_alone():
    assert withhold([40, 3, 2, 100], 5) == {1, 2}


def test_a_small_sum_takes_the_next_smallest_with_it():
    assert withhold([40, 0, 1, 2, 100], 5) == {0, 1, 2, 3}


def test_counts_that_their_sum_pins_to_their_bound_take_another():
    # None of the withheld is above the 5 shown: a sum of 12 leaves each of three at least 2.
    assert withhold([4, 4, 4, 5, 60], 5) == {0, 1, 2, 3}
    assert withhold([4, 4, 4, 50, 60], 5) == {0, 1, 2}


def test_each_group_protects_its_own():
    # Over all, the two small counts hide each other; each group's sum would tell its one.
    assert withhold([1, 40, 50, 4, 60, 70], 5, ["a", "a", "a", "b", "b", "b"]) == {0, 1, 3, 4}


def test_nothing_small_nothing_withheld():
    assert withhold([5, 6, None, 70], 5) == frozenset()


def test_missing_counts_take_no_part():
    assert withhold([3, None, None, 9], 5) == {0, 3}


def test_a_threshold_of_one_withholds_nothing():
    assert withhold([0, 1, 2], 1) == frozenset()


@settings(deadline=None)
@given(COUNTS, st.integers(2, 10), st.data())
def test_what_is_withheld_is_protected_everywhere(counts, threshold, data):
    groups = [data.draw(st.sampled_from("abc")) for _ in counts]
    hidden = withhold(counts, threshold, groups)
    for group in ["abc", *"abc"]:
        family = [at for at, n in enumerate(counts) if n is not None and groups[at] in group]
        inside = [at for at in family if at in hidden]
        shown = [counts[at] for at in family if at not in hidden]
        assert all(n >= threshold for n in shown)
        if shown:
            assert is_protected(len(inside), sum(counts[at] for at in inside), min(shown), threshold)


@settings(deadline=None)
@given(st.lists(st.integers(0, 14), min_size=2, max_size=5))
def test_no_withheld_count_can_be_computed_from_the_published_sum(counts):
    """Brute force: list every set of counts that the published figures allow; each withheld area keeps two values."""
    hidden = sorted(withhold(counts, 5))
    shown = [n for at, n in enumerate(counts) if at not in hidden]
    if not hidden or not shown:
        return
    total = sum(counts[at] for at in hidden)
    allowed = [worlds for worlds in product(range(min(shown) + 1), repeat=len(hidden)) if sum(worlds) == total]
    for column in zip(*allowed, strict=True):
        assert len(set(column)) > 1
        assert min(column) == 0


@settings(deadline=None)
@given(COUNTS)
def test_the_same_counts_give_the_same_answer(counts):
    assert withhold(counts, 5) == withhold(list(counts), 5)
