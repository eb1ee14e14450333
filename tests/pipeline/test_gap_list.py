"""Gaps on real workspaces: found, kept with their owner, closed when the cause is gone, found again."""

from dataclasses import replace
from datetime import date

import pytest

from ilpgeo import pipeline
from ilpgeo.core.errors import Conflict, NotAllowed, NotFound
from ilpgeo.core.gaps import SYSTEM, Gap, GapKind, GapState
from ilpgeo.core.query import Level
from ilpgeo.core.sources import Source
from ilpgeo.core.types import Access
from tests.pipeline.city import SOUTH, WEST, good, make_city, write

TODAY = date(2023, 4, 2)
EVERYWHERE = Access()


@pytest.fixture
def city(tmp_path):
    return make_city(tmp_path / "city")


def bring(city, tmp_path, rows, name="first.csv"):
    return pipeline.ingest(city, write(tmp_path / name, rows), "calls")


def kinds(listed) -> set[tuple[GapKind, str]]:
    return {(each.gap.kind, each.gap.area or each.gap.source) for each in listed}


def look(city, access=EVERYWHERE, today=TODAY):
    return pipeline.gaps(city, access, today).value


def in_area(at: int, n: int, first: date, per_day: int = 1):
    """Return `n` thefts in the middle of a square, so many a day from a day on."""
    west, south = WEST + 0.02 * (at % 2) + 0.01, SOUTH + 0.02 * (at // 2) + 0.01
    return [
        (f"A{at}-{first}-{k}", f"{date.fromordinal(first.toordinal() + k // per_day)} 12:{k % per_day:02d}",
         south + 1e-5 * (k % 97), west + 1e-5 * (k % 89), "THEFT", "Road")
        for k in range(n)
    ]  # fmt: skip


def test_a_workspace_without_data_is_one_gap(city):
    assert kinds(look(city)) == {(GapKind.NO_DATA, "whole-area")}


def test_a_first_file_closes_the_gap_by_itself_and_opens_others(city, tmp_path):
    [blank] = look(city)
    bring(city, tmp_path, in_area(0, 60, date(2023, 3, 1), 2) + in_area(1, 60, date(2023, 3, 1), 2)
          + in_area(2, 60, date(2023, 3, 1), 2) + in_area(3, 60, date(2023, 3, 1), 2))  # fmt: skip
    listed = look(city)
    assert (GapKind.UNREGISTERED, "calls") in kinds(listed)
    closed = next(each for each in listed if each.id == blank.id)
    assert closed.closed_itself and closed.gap.note == "Closed by itself: its cause is gone" and not closed.is_found
    said = pipeline.gap_history(city, blank.id, EVERYWHERE)
    assert [(each.value.state, each.made_by) for each in said] == [(GapState.OPEN, SYSTEM), (GapState.CLOSED, SYSTEM)]


def test_looking_twice_records_nothing_twice(city, tmp_path):
    bring(city, tmp_path, good(20))
    first = look(city)
    stamp = pipeline.records_stamp(city)
    assert look(city) == first and pipeline.records_stamp(city) == stamp
    assert pipeline.known_gaps(city, EVERYWHERE, TODAY).value != ()


def test_owner_and_state_stay_with_a_gap_that_is_found_again(city, tmp_path):
    report = bring(city, tmp_path, good(20))
    gap = next(each for each in look(city) if each.gap.kind is GapKind.UNREGISTERED)
    given = replace(gap.gap, owner="Data desk", due=date(2023, 4, 1), state=GapState.ASSIGNED)
    pipeline.save_gap(city, given, EVERYWHERE, "A. Analyst", gap.id, gap.revision)
    first = look(city)[0]
    assert first.id == gap.id and first.is_overdue and first.gap == given
    pipeline.withdraw(city, report.file_id)
    gone = next(each for each in look(city) if each.id == gap.id)
    assert gone.closed_itself and not gone.is_overdue and gone.gap.owner == "Data desk"
    bring(city, tmp_path, good(20))
    back = next(each for each in look(city) if each.id == gap.id)
    assert (back.gap.owner, back.gap.state, back.is_overdue) == ("Data desk", GapState.ASSIGNED, True)
    assert back.gap.note == "Found again after it had closed by itself" and back.begun_at == gap.begun_at


def test_what_a_person_closed_stays_closed_while_the_cause_is_there(city, tmp_path):
    bring(city, tmp_path, good(20))
    gap = next(each for each in look(city) if each.gap.kind is GapKind.UNREGISTERED)
    closed = replace(gap.gap, state=GapState.CLOSED, note="A trial of one day")
    pipeline.save_gap(city, closed, EVERYWHERE, "B. Boss", gap.id, gap.revision)
    after = next(each for each in look(city) if each.id == gap.id)
    assert after.gap.state is GapState.CLOSED and after.is_found and not after.closed_itself


def test_a_registered_source_is_late_by_its_refresh_only(city, tmp_path):
    bring(city, tmp_path, good(28))  # the last day of data is 28 March
    entry = Source("calls", "City Police", "Desk", "Police Act", refresh_days=5)
    made = pipeline.register_source(city, entry, EVERYWHERE, "A")
    assert (GapKind.UNREGISTERED, "calls") not in kinds(look(city))
    last = date(2023, 3, 28)
    assert (GapKind.LATE, "calls") not in kinds(look(city, today=date.fromordinal(last.toordinal() + 5)))
    assert (GapKind.LATE, "calls") in kinds(look(city, today=date.fromordinal(last.toordinal() + 6)))
    pipeline.register_source(city, replace(entry, refresh_days=60), EVERYWHERE, "A", made.revision)
    late = next(each for each in look(city, today=date(2023, 4, 30)) if each.gap.kind is GapKind.LATE)
    assert late.closed_itself


def test_a_square_that_falls_silent_is_found_in_the_data(city, tmp_path):
    first, quiet = date(2022, 3, 1), date(2023, 3, 4)
    days = (quiet - first).days
    rows = [row for at in range(4) for row in in_area(at, days, first)]
    rows += [row for at in range(3) for row in in_area(at, 28, quiet)]
    bring(city, tmp_path, rows)
    silent = [each for each in look(city) if each.gap.kind is GapKind.SILENCE]
    assert [each.gap.area for each in silent] == ["a3"]
    assert [fact.text for fact in silent[0].facts][:2] == ["fewer than 5", "28"]
    marks = pipeline.gap_marks(city, look(city))
    assert marks.silent == {"a3"} and marks.words["a3"] == "sudden silence, open"
    answered = replace(silent[0].gap, state=GapState.ANSWERED, note="The station moved")
    pipeline.save_gap(city, answered, EVERYWHERE, "A", silent[0].id, silent[0].revision)
    assert pipeline.gap_marks(city, look(city)).silent == frozenset()


def test_a_square_as_busy_as_ever_is_not_silent(city, tmp_path):
    first = date(2022, 3, 1)
    bring(city, tmp_path, [row for at in range(4) for row in in_area(at, 396, first)])
    assert not [each for each in look(city) if each.gap.kind is GapKind.SILENCE]


def test_rows_that_cannot_be_placed_are_a_gap_of_their_source(city, tmp_path):
    rows = good(17)
    bring(city, tmp_path, [*rows, *((f"N{k}", "2023-03-07 12:00", "", "", "THEFT", "x") for k in range(3))])
    assert (GapKind.GEOCODING, "calls") not in kinds(look(city))  # 17 of 20: just enough
    bring(city, tmp_path, [("N9", "2023-03-07 12:00", "", "", "THEFT", "x")], "second.csv")
    assert (GapKind.GEOCODING, "calls") in kinds(look(city))


def test_a_role_sees_its_own_part_and_changes_no_other(city, tmp_path):
    narrow = Access(areas=("a0",))
    ask = Gap(GapKind.ASKED, "Which?", area="a0", level=Level.LOCAL)
    other = replace(ask, area="a1")
    pipeline.save_gap(city, ask, narrow, "A")
    with pytest.raises(NotAllowed, match="does not cover this area"):
        pipeline.save_gap(city, other, narrow, "A")
    with pytest.raises(NotFound):
        pipeline.save_gap(city, replace(ask, area="of another workspace"), EVERYWHERE, "A")
    made = pipeline.save_gap(city, other, EVERYWHERE, "A")
    assert {each.gap.area for each in look(city, narrow)} == {"a0", "whole-area"}
    assert pipeline.gap_history(city, made.id, narrow) == ()
    assert [each.gap.area for each in pipeline.gaps_of_area(city, "a1", look(city))] == ["a1", "whole-area"]


def test_of_two_people_the_slower_is_told(city):
    made = pipeline.save_gap(city, Gap(GapKind.ASKED, "Which?"), EVERYWHERE, "A")
    pipeline.save_gap(city, Gap(GapKind.ASKED, "Which one?"), EVERYWHERE, "B", made.id, 1)
    with pytest.raises(Conflict, match="changed by B"):
        pipeline.save_gap(city, Gap(GapKind.ASKED, "Whose?"), EVERYWHERE, "A", made.id, 1)
