from datetime import date

import pytest

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.gaps import Gap, GapKind, GapState

DUE = date(2022, 1, 10)


def test_every_fault_is_told_at_once():
    with pytest.raises(InvalidInput) as told:
        Gap(GapKind.ASKED, " ", state=GapState.ASSIGNED)
    assert told.value.faults == (
        "say what is not known", "an assigned gap needs an owner", "an assigned gap needs a day it is due",
    )  # fmt: skip


@pytest.mark.parametrize("state", [GapState.ANSWERED, GapState.CLOSED, GapState.ACCEPTED])
def test_an_end_needs_a_word_why(state):
    with pytest.raises(InvalidInput, match=f"why it is {state}"):
        Gap(GapKind.ASKED, "?", state=state)
    assert not Gap(GapKind.ASKED, "?", state=state, note="so").state.is_waiting


def test_a_gap_is_overdue_the_day_after_it_was_due_while_it_waits():
    gap = Gap(GapKind.ASKED, "?", owner="A", due=DUE, state=GapState.ASSIGNED)
    assert not gap.is_overdue(DUE) and gap.is_overdue(date(2022, 1, 11))
    done = Gap(GapKind.ASKED, "?", owner="A", due=DUE, state=GapState.ANSWERED, note="so")
    assert not done.is_overdue(date(2022, 1, 11))
