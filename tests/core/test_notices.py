from datetime import date

import pytest

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.notices import Notice, ProductKind
from ilpgeo.core.query import Level


def test_every_fault_is_told_at_once():
    with pytest.raises(InvalidInput) as told:
        Notice(ProductKind.BRIEFING, Level.LOCAL, " ", "", date(2023, 1, 1), handling="x" * 99)
    assert told.value.faults == (
        "a title is needed", "a text is needed", "the handling mark is longer than 80 characters",
    )  # fmt: skip
