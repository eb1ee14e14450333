"""The demo's examples: marked, worked out from the data, added once, never among what people recorded."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ilpgeo import pipeline
from ilpgeo.core.assessment import Assessment
from ilpgeo.core.gaps import GapKind
from ilpgeo.core.notices import ProductKind
from ilpgeo.core.query import Level, Query
from ilpgeo.core.strategy import Emphasis
from ilpgeo.core.taskings import State
from ilpgeo.core.types import Access
from ilpgeo.pipeline import examples
from ilpgeo.pipeline.examples import BY, add_examples
from ilpgeo.pipeline.recorded import journal_of
from ilpgeo.ui.display.kinds import KINDS
from tests.pipeline import city
from tests.pipeline.test_evaluated import rows

TODAY = date(2026, 3, 1)
ANYONE = Access()


@pytest.fixture
def square(tmp_path):
    opened = city.make_city(tmp_path / "ws")
    pipeline.ingest(opened, city.write(tmp_path / "incidents.csv", rows()))
    return pipeline.open_workspace(tmp_path / "ws")


def everything(opened) -> list:
    """Return every revision on record, whoever made it."""
    journal = journal_of(opened)
    return [
        each for kind in examples._KINDS for newest in journal.newest(kind) for each in journal.history(kind, newest.id)
    ]


def test_a_workspace_without_data_gets_no_example(tmp_path):
    opened = city.make_city(tmp_path / "ws")
    add_examples(opened, TODAY)
    assert everything(opened) == []


def test_the_taskings_are_marked_and_what_came_of_them_is_worked_out(square):
    add_examples(square, TODAY)
    found = pipeline.tasking_board(square, ANYONE, TODAY).value.taskings
    assert [each.value.state for each in found] == [State.DONE, State.RUNNING, State.AGREED, State.PROPOSED]
    assert all(each.value.is_example and each.value.aim.startswith("Example") for each in found)
    assert all(one.value.is_example for each in found for one in each.outcomes)
    done = found[0]
    assert done.value.place.name == "Area 1"  # two a day all year, the most
    assert done.value.ends_on == date(2023, 4, 28) and done.minutes_given == 120
    [kept] = pipeline.evaluations(square, ANYONE, done.tasking.id)
    again = pipeline.evaluate(square, kept.value.design, ANYONE).value
    assert kept.value.figure == again.figure and kept.value.data_version == square.store.version()
    assert kept.value.sentences[0].startswith("Example (the tasking is made up, the counts are real): Area 1")
    assert (kept.value.design.before.days, kept.value.design.after) == (28, done.value.period)


def test_the_planned_tasking_is_a_tour_of_a_plan_the_page_makes_too(square):
    add_examples(square, TODAY)
    board = pipeline.tasking_board(square, ANYONE, TODAY).value
    [planned] = [each.value for each in board.taskings if each.value.state is State.AGREED]
    stops = [each for each in planned.evidence if each[2:3] == ":"]
    assert planned.visits_per_day == len(stops) and planned.place.polygon().area > 0
    assert planned.starts_on == date(2026, 3, 2) and "stops of this shift cover" in planned.evidence[0]


def test_a_second_time_changes_nothing_and_a_half_made_one_is_completed(square, monkeypatch):
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(examples, "_hold_event", stop)
        with pytest.raises(KeyboardInterrupt):
            add_examples(square, TODAY)
    begun = everything(square)
    assert begun and not pipeline.events(square, ANYONE)
    add_examples(square, TODAY)
    whole = everything(square)
    assert [each for each in whole if each in begun] == begun and len(pipeline.events(square, ANYONE)) == 1
    add_examples(square, date(2026, 9, 1))
    assert everything(square) == whole


def test_where_a_person_recorded_something_nothing_is_added(square):
    own = Emphasis("Theft", 3.0, "C. Chief", "Agreed", Level.NATIONAL, TODAY, date(2026, 4, 1))
    pipeline.set_priority(square, own, ANYONE, "C. Chief")
    before = everything(square)
    add_examples(square, TODAY)
    assert everything(square) == before


def test_a_person_who_carries_an_example_on_keeps_the_last_word(square):
    add_examples(square, TODAY)
    [event] = pipeline.events(square, ANYONE)
    pipeline.save_event(square, replace(event.value, review="Ours"), ANYONE, "C. Chief", id=event.id, based_on=1)
    before = everything(square)
    add_examples(square, TODAY)
    assert everything(square) == before


@pytest.fixture(scope="module", params=["toronto", "england_wales"])
def demo(request) -> pipeline.Opened:
    return pipeline.open_workspace(request.getfixturevalue(request.param))


def test_both_demos_hold_an_example_of_every_record(demo):
    period = pipeline.default_period(demo)
    for level in Level:
        newest = pipeline.assessments(demo, Query(level, period), ANYONE)[0].value
        assert newest.is_signed is (level is not Level.LOCAL) and newest.comments[""].startswith("Example")
        worked_out = pipeline.assess(demo, Query(level, period), ANYONE).value
        assert (newest.threats, newest.text) == (worked_out.threats, worked_out.text)
    assert [each.level for each in pipeline.strategy_entries(demo)] == [Level.REGIONAL, Level.LOCAL]
    assert all(each.owner == BY and each.reason.startswith("Example") for each in pipeline.strategy_entries(demo))
    [event] = pipeline.events(demo, ANYONE)
    assert event.value.name.startswith("Example") and period.start <= event.value.start.date() <= period.end
    assert pipeline.event_picture(demo, event.value, ANYONE).value.spots
    [room] = pipeline.playlists(demo)
    assert room.value.room.startswith("Example") and {each.kind for each in room.value.slides} <= set(KINDS)
    asked = [each.value for each in journal_of(demo).newest(examples.Gap) if each.value.kind is GapKind.ASKED]
    assert len(asked) == 1 and asked[0].text.startswith("Example")
    assert [each.value.what[:7] for each in pipeline.decisions(demo, ANYONE)] == ["Example"]
    [done] = pipeline.evaluations(demo, ANYONE)
    assert done.value.tasking == "example-done"
    entries = [each.entry for each in pipeline.source_lines(demo)]
    assert all(each is not None and each.source.is_example for each in entries)


def test_what_the_demo_published_is_seen_on_the_level_above_and_below(demo):
    today = journal_of(demo).newest(Assessment)[0].made_at.date()
    [below] = pipeline.from_other_levels(demo, Level.REGIONAL, (), ANYONE, today).below
    assert (below.kind, below.handling, below.made_by) == (ProductKind.PACK, "EXAMPLE", BY)
    assert below.text.startswith("Example, made by the demonstration\nPriorities: 1 ")
    [above] = pipeline.from_other_levels(demo, Level.LOCAL, (), ANYONE, today).above
    assert (above.kind, above.level) == (ProductKind.ASSESSMENT, Level.REGIONAL)


def test_the_same_demo_made_again_changes_no_record(toronto, tmp_path):
    shutil.copytree(toronto, tmp_path / "toronto")
    records = Path(tmp_path / "toronto" / "records.sqlite")
    before = records.read_bytes()
    pipeline.make_demo("toronto", tmp_path / "toronto")
    assert records.read_bytes() == before
