"""Uncertain tiers, and gaps drawn as their parents."""

import re

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core.query import Level
from ilpgeo.core.space import Areas
from ilpgeo.maps.certainty import gather_gaps, is_uncertain, tier_cuts
from ilpgeo.prioritise.tiers import rule_text
from tests.maps import toy


def ranked(low: int, high: int):
    from dataclasses import replace

    return replace(toy.briefing(toy.city()).value.priorities[0], rank_interval=(low, high))


@pytest.mark.parametrize(
    ("low", "high", "uncertain"),
    [(1, 7, False), (1, 8, True), (8, 14, False), (14, 15, True), (36, 140, False), (30, 35, False), (35, 36, True)],
)
def test_uncertain_when_the_interval_crosses_a_border(low: int, high: int, uncertain: bool):
    assert is_uncertain(ranked(low, high), tier_cuts(140)) is uncertain


@given(st.integers(2, 9_000))
def test_the_borders_are_those_of_the_tier_rule(n_ranked: int):
    stated = [int(each.replace(",", "")) for each in re.findall(r"top \d+ % \(([\d,]+) area", rule_text(n_ranked))]
    assert list(tier_cuts(n_ranked)) == stated


def hierarchy(districts: int, each: int) -> Areas:
    n, regions = districts * each, 2
    total = n + districts + regions + 1
    return Areas(
        id=tuple(str(at) for at in range(total)), name=tuple(str(at) for at in range(total)),
        type=np.repeat([0, 1, 2, 3], [n, districts, regions, 1]),
        parent=np.array([*(n + np.arange(n) // each), *(n + districts + np.arange(districts) % regions),
                         *([total - 1] * regions), -1]),
        population=np.full(total, np.nan), geometry=np.array([shapely.box(0, 0, 1, 1)] * total, dtype=object),
        types=("a", "b", "c", "d"), levels=(Level.LOCAL, Level.REGIONAL, Level.REGIONAL, Level.NATIONAL), crs=toy.CRS,
    )  # fmt: skip


def test_few_gaps_stay_single():
    areas = hierarchy(4, 10)
    positions, n = gather_gaps(np.arange(10), areas)
    assert positions.tolist() == list(range(10))
    assert n.tolist() == [1] * 10


def test_many_gaps_become_their_parents():
    areas = hierarchy(40, 10)
    gaps = np.arange(15, 400)  # the first district has data, half of the second
    positions, n = gather_gaps(gaps, areas)
    names = [areas.types[areas.type[at]] for at in positions]
    assert n.sum() == len(gaps)
    assert names.count("a") == 5
    assert names.count("b") == 38
    assert names.count("c") == 0


def test_a_whole_region_without_data_is_one_shape():
    areas = hierarchy(40, 10)
    district = np.arange(400) // 10
    positions, n = gather_gaps(np.flatnonzero(district != 1), areas)
    assert sorted(zip(positions.tolist(), n.tolist(), strict=True), key=lambda each: -each[1])[0] == (440, 200)
    assert n.sum() == 390


@given(st.sets(st.integers(0, 399), min_size=151))
def test_gathering_covers_every_gap_and_nothing_else(gaps: set[int]):
    areas = hierarchy(40, 10)
    positions, n = gather_gaps(np.array(sorted(gaps)), areas)
    assert n.sum() == len(gaps)
    covered = areas.within(tuple(areas.id[at] for at in positions))[:400]
    assert set(np.flatnonzero(covered)) == gaps
