"""Text of unknown origin made plain; rows that no spreadsheet takes for formulas."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core.wording import TURNING
from ilpgeo.reports.text import csv_text, neutral, plain


@given(st.text(st.characters(), max_size=60))
def test_plain_text_is_one_line_without_controls_and_stays_as_it_is(text: str) -> None:
    said = plain(text)
    assert not [letter for letter in said if unicodedata.category(letter) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}]
    assert not set(said) & set(TURNING)
    assert said == said.strip(" ")
    assert "  " not in said
    assert plain(said) == said


@given(st.text(st.characters(categories=("L", "N", "P", "S")), max_size=60))
def test_letters_digits_and_signs_stay(text: str) -> None:
    assert plain(text) == text


def test_too_long_a_text_is_cut_with_an_ellipsis() -> None:
    assert plain("a" * 30, 10) == "a" * 9 + "\u2026"


@pytest.mark.parametrize("value", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "\uff1d1"])
def test_what_could_be_a_formula_is_text(value: str) -> None:
    assert neutral(value) == f"'{value}"


@pytest.mark.parametrize("value", ["a=1", "", "1-2", -3, 2.5, None, True])
def test_what_could_not_is_left_alone(value: object) -> None:
    assert neutral(value) == value


def test_cells_of_a_csv_are_never_formulas() -> None:
    rows = [{"area": "=cmd()", "n": -3}, {"area": 'Mill "Park", East', "n": 12}]
    assert csv_text(rows).splitlines() == ["area,n", "'=cmd(),-3", '"Mill ""Park"", East",12']


def test_no_row_is_no_text() -> None:
    assert csv_text([]) == ""
