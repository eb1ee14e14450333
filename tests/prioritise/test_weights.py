"""Harm weights, and the control strategy's factors: the closest priority counts, alone, while it holds."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.query import Level
from ilpgeo.core.strategy import Emphasis
from ilpgeo.prioritise.weights import emphasise, harm_weights

TODAY = date(2024, 5, 1)
LINES = (("a1", "R1", "N"), ("a2", "R1", "N"), ("b1", "R2", "N"))


def entry(offence="theft", weight=3.0, level=Level.NATIONAL, area="", start=date(2024, 1, 1), expires=TODAY, **more):
    return Emphasis(offence, weight, "Cdr Okafor", "winter plan", level, start, expires, area, **more)


def factors(*entries, offences=("robbery", "theft"), level=Level.LOCAL):
    return emphasise(offences, LINES, level, entries, TODAY)


def test_without_a_harm_table_every_offence_counts_one():
    weights = harm_weights(["robbery", "theft"], {})
    assert weights.value.tolist() == [1, 1]
    assert "no harm table" in weights.remarks[0]


def test_an_offence_missing_from_the_table_counts_its_median_and_is_named():
    weights = harm_weights(["robbery", "novel"], {"robbery": 365, "theft": 2, "assault": 10})
    assert weights.value.tolist() == [365, 10]
    assert "novel" in weights.remarks[0]


def test_all_zero_weights_are_remarked():
    assert any("says nothing" in remark for remark in harm_weights(["drugs"], {"drugs": 0}).remarks)


def test_a_national_priority_holds_everywhere_below():
    found = factors(entry())
    assert found.value.tolist() == [[1, 3]] * 3
    assert found.remarks == ("theft \u00d7 3 (national, Cdr Okafor: winter plan), until 1 May 2024",)


def test_the_closest_counts_alone_and_the_farther_one_says_so():
    found = factors(
        entry(weight=2, level=Level.LOCAL, area="b1"), entry(weight=5, level=Level.REGIONAL, area="R1"), entry()
    )
    assert found.value[:, 1].tolist() == [5, 5, 2]
    assert "a closer priority takes its place in 3 of 3 areas" in " ".join(found.remarks)
    everywhere, named = entry(weight=4, level=Level.REGIONAL), entry(weight=0.5, level=Level.REGIONAL, area="R2")
    assert factors(named, everywhere).value[:, 1].tolist() == [4, 4, 0.5]
    assert factors(entry(weight=4), entry(weight=6)).value[:, 1].tolist() == [6, 6, 6]


def test_a_finer_level_has_no_say_in_a_coarser_ranking():
    assert (factors(entry(level=Level.LOCAL), level=Level.REGIONAL).value == 1).all()
    assert (factors(entry(level=Level.REGIONAL), level=Level.REGIONAL).value[:, 1] == 3).all()


def test_it_holds_from_its_start_through_its_last_day_and_until_it_is_taken_back():
    assert factors(entry(expires=date(2024, 4, 30))).value.tolist() == [[1, 1]] * 3
    assert "expired on 30 Apr 2024" in factors(entry(expires=date(2024, 4, 30))).remarks[0]
    assert factors(entry(start=TODAY)).value[0, 1] == 3
    assert factors(entry(start=date(2024, 5, 2), expires=date(2024, 6, 1))).value[0, 1] == 1
    assert factors(entry(ended=TODAY)).value[0, 1] == 1 and factors(entry(ended=TODAY)).remarks == ()


def test_an_entry_for_an_offence_not_asked_for_is_silent():
    assert factors(entry("arson")).remarks == ()


@given(st.permutations(range(4)))
def test_only_entries_as_close_depend_on_their_order(order):
    each = (
        entry(weight=2), entry(weight=5, level=Level.REGIONAL), entry(weight=7, level=Level.REGIONAL, area="R2"),
        entry(weight=9, level=Level.LOCAL, area="a2"),
    )  # fmt: skip
    assert np.array_equal(factors(*(each[at] for at in order)).value[:, 1], [5, 9, 7])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"weight": -1}, "weight -1"), ({"weight": float("nan")}, "weight nan"), ({"weight": 2e3}, "weight 2000"),
     ({"start": date(2025, 1, 1)}, "before it starts"), ({"offence": " "}, "an offence group is needed")],
)  # fmt: skip
def test_an_entry_that_cannot_be_is_refused_in_words(wrong, said):
    with pytest.raises(InvalidInput, match=said):
        entry(**wrong)
