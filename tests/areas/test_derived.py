"""Boundaries derived from labels, against toys counted by hand and brute force."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from ilpgeo.areas.derived import derive_areas, measure_agreement
from ilpgeo.core.errors import InvalidInput


def lattice(nx, ny, step=100.0):
    x, y = np.meshgrid(np.arange(nx) * step, np.arange(ny) * step)
    return x.ravel(), y.ravel()


def test_two_halves_meet_half_way():
    x, y = lattice(4, 4)
    labels = np.where(x < 150, "West", "East")
    names, polygons, agreement = derive_areas(x, y, labels, buffer_m=70)
    assert names == ("East", "West")
    assert agreement == 1.0
    assert shapely.coverage_is_valid(polygons)
    assert polygons[1].bounds[2] == pytest.approx(150)
    assert polygons[0].bounds[0] == pytest.approx(150)
    assert polygons[0].area == pytest.approx(polygons[1].area)


def test_the_majority_of_a_place_wins_and_the_others_disagree():
    x, y = lattice(3, 3)
    labels = np.where(x < 150, "A", "B").astype(object)
    more = (np.r_[x, 0.0, 0.0], np.r_[y, 0.0, 0.0], [*labels, "B", "B"])  # the corner: A once, B twice
    derived = derive_areas(*more, buffer_m=40)
    b = derived.polygons[derived.names.index("B")]
    assert b.contains(shapely.Point(0, 0))
    assert derived.agreement == pytest.approx(10 / 11)


def test_a_tie_goes_to_the_first_in_the_alphabet_whatever_the_order():
    x, y = lattice(3, 3)
    labels = np.where(x < 150, "M", "Z").astype(object)
    for pair in (("Z", "A"), ("A", "Z")):
        tied = (np.r_[x[1:], 0.0, 0.0], np.r_[y[1:], 0.0, 0.0], [*labels[1:], *pair])
        derived = derive_areas(*tied, buffer_m=40)
        assert derived.polygons[derived.names.index("A")].contains(shapely.Point(0, 0))


def test_mistaken_and_unlabelled_points_take_no_part():
    x, y = lattice(5, 5)
    labels = np.where(x < 150, "A", "B")
    clean = derive_areas(x, y, labels, buffer_m=70)
    odd = derive_areas(
        np.r_[x, -4e6, np.inf, np.nan, 200.0],
        np.r_[y, -4e6, np.inf, 0.0, 250.0],
        [*labels, "A", "B", "A", " "],
        buffer_m=70,
    )
    assert odd.names == clean.names
    assert odd.agreement == clean.agreement == 1.0
    assert shapely.equals_exact(shapely.normalize(odd.polygons), shapely.normalize(clean.polygons), 1e-6).all()


def test_a_speck_joins_its_neighbour_and_costs_its_incidents():
    x, y = lattice(8, 8)
    labels = np.where(x < 350, "A", "B")
    stray = (x == 600) & (y == 300)
    labels[stray] = "A"
    kept = derive_areas(x, y, labels, buffer_m=70)
    merged = derive_areas(x, y, labels, buffer_m=70, speck_share=0.1)
    a = kept.names.index("A")
    assert kept.agreement == 1.0
    assert len(shapely.get_parts(kept.polygons[a])) == 2
    assert len(shapely.get_parts(merged.polygons[a])) == 1
    assert merged.agreement == pytest.approx(63 / 64)
    assert shapely.area(merged.polygons).sum() == pytest.approx(shapely.area(kept.polygons).sum())


def test_an_island_of_its_own_is_no_speck():
    x, y = lattice(6, 6)
    x, y = np.r_[x, 900.0], np.r_[y, 900.0]
    labels = [*np.where(x[:-1] < 250, "A", "B"), "A"]
    derived = derive_areas(x, y, labels, buffer_m=60, speck_share=0.5)
    assert len(shapely.get_parts(derived.polygons[0])) == 2
    assert derived.agreement == 1.0


def test_a_gap_inside_the_outline_is_filled():
    x, y = lattice(9, 9)
    rim = (x == 0) | (y == 0) | (x == 800) | (y == 800)
    derived = derive_areas(x[rim], y[rim], np.where(x[rim] < 350, "A", "B"), buffer_m=60)
    assert shapely.union_all(derived.polygons).contains(shapely.Point(400, 400))


def test_simplified_borders_stay_shared():
    rng = np.random.default_rng(3)
    x, y = rng.uniform(0, 3000, (2, 800))
    labels = np.where(x + 0.3 * y < 1900, "A", np.where(y > 1500, "B", "C"))
    plain = derive_areas(x, y, labels, buffer_m=200)
    light = derive_areas(x, y, labels, buffer_m=200, simplify_m=30)
    assert shapely.coverage_is_valid(light.polygons)
    assert shapely.get_num_coordinates(light.polygons).sum() < shapely.get_num_coordinates(plain.polygons).sum()
    assert plain.agreement == 1.0
    assert 0.95 < light.agreement <= 1.0


@pytest.mark.parametrize(
    ("x", "y", "labels", "message"),
    [
        ([0, 1, 2, 3], [0, 0, 0, 0], ["A"] * 4, "not on one line"),
        ([0, 1, 2], [0, 5, 0], ["A"] * 3, "at least 4"),
        ([], [], [], "at least 4"),
        ([0, 1, 2, 3], [0, 1, 0, 1], ["", " ", "", ""], "at least 4"),
        ([0, 1, 2, 3], [0, 1, 0], ["A"] * 4, "3 y"),
    ],
)
def test_too_little_to_go_on_is_said(x, y, labels, message):
    with pytest.raises(InvalidInput, match=message):
        derive_areas(np.array(x, float), np.array(y, float), np.array(labels, str))


@pytest.mark.parametrize("wrong", [{"buffer_m": 0.0}, {"speck_share": 0.6}, {"simplify_m": -1.0}])
def test_a_parameter_out_of_range_is_refused(wrong):
    x, y = lattice(3, 3)
    with pytest.raises(InvalidInput, match=next(iter(wrong))):
        derive_areas(x, y, np.full(9, "A"), **wrong)


def test_agreement_by_hand():
    squares = shapely.box([0.0, 1.0], 0.0, [1.0, 2.0], 1.0)
    x, y = np.array([0.5, 0.5, 1.5, 9.0]), np.full(4, 0.5)
    assert measure_agreement(x, y, ["A", "B", "B", "A"], ["A", "B"], squares) == 0.5
    assert measure_agreement(x, y, ["X", "X", "X", "X"], ["A", "B"], squares) == 0.0


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(8, 120), k=st.integers(1, 5), share=st.sampled_from([0.0, 0.1]))
def test_it_is_a_coverage_and_agrees_with_brute_force(seed, n, k, share):
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 40, (2, n)) * 50.0
    if len(np.unique(np.column_stack([x, y]), axis=0)) < 4 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return
    labels = rng.choice(list("ABCDE")[:k], n)
    names, polygons, agreement = derive_areas(x, y, labels, buffer_m=120, speck_share=share)
    assert set(names) <= set(labels)
    assert shapely.is_valid(polygons).all()
    assert shapely.coverage_is_valid(polygons)
    tree = dict(zip(names, polygons, strict=True))
    right = sum(
        label in tree and tree[label].intersects(shapely.Point(each)) for *each, label in zip(x, y, labels, strict=True)
    )
    assert agreement == pytest.approx(right / n)
    if share == 0:
        counts = {}
        for place, label in zip(zip(x, y, strict=True), labels, strict=True):
            counts.setdefault(place, {}).setdefault(label, 0)
            counts[place][label] += 1
        best = sum(max(each.values()) for each in counts.values())
        assert agreement == pytest.approx(best / n)  # no partition of the places can agree more
