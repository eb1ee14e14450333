"""The stamp of a product."""

from datetime import date

import pytest

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.products import Marking, expiry

MADE = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("text", "day"), [("0d", MADE), ("14d", date(2026, 12, 11)), ("2027-01-31", date(2027, 1, 31))]
)
def test_an_expiry_is_a_date_or_days(text: str, day: date) -> None:
    assert expiry(text, MADE) == day


@pytest.mark.parametrize("text", ["", "d", "7", "-1d", "soon", "2026-02-30", "9999999d", "1.5d"])
def test_another_expiry_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="neither a date of the form YYYY-MM-DD nor days"):
        expiry(text, MADE)


def test_nothing_expires_before_it_is_made() -> None:
    with pytest.raises(InvalidInput, match="before it is made"):
        Marking("", MADE, date(2026, 11, 26))


def test_a_mark_is_short() -> None:
    with pytest.raises(InvalidInput, match="at most 80 letters"):
        Marking("x" * 81, MADE, MADE)


def test_without_a_mark_a_product_says_so() -> None:
    assert Marking("", MADE, MADE).shown == "No handling mark set"
    assert Marking("OFFICIAL", MADE, MADE).shown == "OFFICIAL"
