from dataclasses import replace

import numpy as np
import pytest

from ilpgeo.core.briefing import Reason, Tier
from ilpgeo.core.errors import InvalidInput
from ilpgeo.prioritise.priorities import prioritise


def test_ranks_run_from_one_and_follow_the_score(make_inputs):
    found = prioritise(make_inputs(60, 4))
    assert [each.rank for each in found] == list(range(1, 61))
    scores = [each.score for each in found]
    assert scores == sorted(scores, reverse=True)
    for each in found:
        assert each.rank_interval[0] <= each.rank <= each.rank_interval[1]
        assert each.expected_interval[0] < each.expected < each.expected_interval[1]
        assert sum(each.components.values()) == pytest.approx(1)
        assert sum(each.trained_by_offence.values()) == each.trained_n
        assert {reason.kind for reason in each.reasons} >= {"volume", "change", "last_year", "significance"}


def test_areas_without_data_come_last_by_name_and_are_not_ranked(make_inputs):
    exposure = np.full(10, 365.0)
    exposure[[7, 2]] = 0
    found = prioritise(make_inputs(10, 2, exposure_days=exposure))
    for each, name in zip(found[-2:], ("area 00002", "area 00007"), strict=True):
        assert (each.name, each.tier, each.rank, each.score, each.expected) == (name, Tier.NO_DATA, None, None, None)
        assert each.expected_interval is None
        assert each.reasons[0].text.startswith("no data")
    assert {each.rank for each in found[:-2]} == set(range(1, 9))


def test_nowhere_with_data(make_inputs):
    found = prioritise(make_inputs(4, 2, exposure_days=np.zeros(4)))
    assert {each.tier for each in found} == {Tier.NO_DATA}


@pytest.mark.parametrize("n", [0, 1, 2, 6])
def test_few_areas(make_inputs, n):
    assert len(prioritise(make_inputs(n, 2))) == n


def test_comparisons_without_data_are_none(make_inputs):
    found = prioritise(make_inputs(5, 1, previous_covered=np.zeros(5, bool), last_year_covered=np.zeros(5, bool)))
    assert {(each.previous, each.last_year) for each in found} == {(None, None)}
    assert all("no data for the period before" in [reason.text for reason in each.reasons] for each in found)


def test_harm_moves_the_ranking(make_inputs):
    trained = np.array([[300, 0], [10, 30], [50, 1]])
    plain = prioritise(make_inputs(3, 2, trained=trained))
    harmful = prioritise(make_inputs(3, 2, trained=trained, weights=np.array([1.0, 100.0])))
    assert plain[0].id == "id0"
    assert harmful[0].id == "id1"
    assert any(reason.kind == "harm" and reason.text.startswith("offence 1") for reason in harmful[0].reasons)


def test_remarks_passed_in_are_said(make_inputs):
    remark = Reason("time", "Friday and Saturday evenings hold 40 % of the incidents", 30)
    found = prioritise(make_inputs(3, 1, remarks={"id1": (remark,)}))
    assert [remark in each.reasons for each in sorted(found, key=lambda each: each.id)] == [False, True, False]


def test_the_order_of_the_areas_does_not_matter_to_the_score(make_inputs):
    inputs = make_inputs(30, 3)
    turned = {
        name: getattr(inputs, name)[::-1]
        for name in ("id", "name", "trained", "exposure_days", "n", "previous", "last_year", "history")
    }
    one = {each.id: (each.rank, each.score) for each in prioritise(inputs)}
    two = {each.id: (each.rank, each.score) for each in prioritise(replace(inputs, **turned))}
    assert {key: value[0] for key, value in one.items()} == {key: value[0] for key, value in two.items()}
    assert all(one[key][1] == pytest.approx(two[key][1]) for key in one)


def test_faults_are_collected(make_inputs):
    with pytest.raises(InvalidInput, match="trained has shape") as caught:
        make_inputs(3, 2, trained=np.zeros((2, 2), int), n=np.zeros(9, int))
    assert len(caught.value.faults) == 2
    with pytest.raises(InvalidInput, match="no offence"):
        make_inputs(3, 0)


def test_a_country_of_areas_is_ranked(make_inputs):
    ranked = prioritise(make_inputs(7201, 14))
    assert sorted(each.rank for each in ranked) == list(range(1, 7202))
