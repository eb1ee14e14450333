"""Taskings through the journal: who may see and save them, two at once, outcomes and state in one step."""

from dataclasses import replace
from datetime import date

import pytest

from ilpgeo import pipeline
from ilpgeo.core.errors import Conflict, InvalidInput, NotAllowed
from ilpgeo.core.query import Level
from ilpgeo.core.taskings import Decision, Due, Outcome, Place, State, Tasking
from ilpgeo.core.types import Access
from tests.pipeline import city

TODAY = date(2023, 3, 10)


@pytest.fixture
def opened(tmp_path):
    return city.make_city(tmp_path / "ws")


def tasking(opened, at: int = 0, **changes) -> Tasking:
    areas = opened.areas
    plain = Tasking(Place(areas.name[at], areas.id[at]), Level.LOCAL, date(2023, 3, 1), date(2023, 3, 14), "Sgt A",
                    "Fewer thefts", state=State.AGREED)  # fmt: skip
    return replace(plain, **changes)


def test_saved_seen_and_followed(opened):
    made = pipeline.save_tasking(opened, tasking(opened), Access(), by="A")
    log = Outcome(made.id, date(2023, 3, 3), 2, 30.0, "Patrolled on foot", "Lights mended")
    pipeline.log_outcome(opened, log, Access(), by="B", based_on=made.revision, state=State.RUNNING, today=TODAY)
    [found] = pipeline.tasking_board(opened, Access(), TODAY).value.taskings
    assert found.value.state is State.RUNNING and found.minutes_given == 30 and found.outcomes[0].value.visits == 2
    assert found.tasking.revision == 2 and found.tasking.made_by == "B"
    assert [each.revision for each in pipeline.tasking_history(opened, made.id, Access())] == [1, 2]
    [due] = pipeline.taskings_due(opened, Access(), TODAY)
    assert due.due is Due.TODAY and due.words == "running, 4 days left"


def test_two_people_at_once_the_second_is_told_who_and_loses_nothing(opened):
    made = pipeline.save_tasking(opened, tasking(opened), Access(), by="A")
    pipeline.save_tasking(opened, tasking(opened, owner="Insp B"), Access(), by="B", id=made.id, based_on=1)
    with pytest.raises(Conflict, match="changed by B"):
        pipeline.save_tasking(opened, tasking(opened, owner="C"), Access(), by="C", id=made.id, based_on=1)
    log = Outcome(made.id, date(2023, 3, 3), 2, 30.0, "Patrolled")
    with pytest.raises(Conflict):
        pipeline.log_outcome(opened, log, Access(), by="C", based_on=1, state=State.DONE)
    [found] = pipeline.tasking_board(opened, Access(), TODAY).value.taskings
    assert found.value.owner == "Insp B" and found.outcomes == () and found.value.state is State.AGREED


def test_places_of_another_workspace_are_refused(opened):
    with pytest.raises(InvalidInput, match="another workspace"):
        pipeline.save_tasking(opened, tasking(opened, place=Place("Leeds", "E02002330")), Access(), by="A")
    far = Place("Far", opened.areas.id[0], "POLYGON ((0 0, 0 10, 10 10, 10 0, 0 0))")
    with pytest.raises(InvalidInput, match="outside every area"):
        pipeline.save_tasking(opened, tasking(opened, place=far), Access(), by="A")
    assert pipeline.tasking_board(opened, Access(), TODAY).value.taskings == ()


def test_a_role_sees_and_saves_inside_its_areas_and_levels_only(opened):
    mine, theirs = opened.areas.id[0], opened.areas.id[1]
    made = pipeline.save_tasking(opened, tasking(opened, 1), Access(), by="A")
    confined = Access(areas=(mine,))
    assert pipeline.tasking_board(opened, confined, TODAY).value.taskings == ()
    assert pipeline.taskings_due(opened, confined, TODAY) == ()
    with pytest.raises(NotAllowed):
        pipeline.tasking_history(opened, made.id, confined)
    with pytest.raises(NotAllowed):
        pipeline.save_tasking(opened, tasking(opened, 1), confined, by="A")
    with pytest.raises(NotAllowed):  # moving somebody else's tasking into one's own area
        pipeline.save_tasking(opened, tasking(opened, 0), confined, by="A", id=made.id, based_on=1)
    with pytest.raises(NotAllowed):
        pipeline.save_tasking(opened, tasking(opened), Access(levels=frozenset({Level.NATIONAL})), by="A")
    with pytest.raises(NotAllowed):
        pipeline.save_decision(opened, Decision(TODAY, Level.LOCAL, "W", "Y", "O", theirs), confined, by="A")


@pytest.mark.parametrize(
    ("on", "said"), [(date(2023, 2, 27), "before the tasking starts"), (date(2023, 3, 11), "still to come")]
)
def test_an_outcome_lies_between_the_start_and_today(opened, on, said):
    made = pipeline.save_tasking(opened, tasking(opened), Access(), by="A")
    with pytest.raises(InvalidInput, match=said):
        pipeline.log_outcome(opened, Outcome(made.id, on, 1, 15.0, "P"), Access(), by="A", based_on=1, today=TODAY)


def test_decisions_newest_first_inside_the_role(opened):
    mine = opened.areas.id[0]
    for day, area in ((1, ""), (3, mine), (2, mine)):
        said = Decision(date(2023, 3, day), Level.LOCAL, f"decided {day}", "because", "Sgt A", area)
        pipeline.save_decision(opened, said, Access(), by="A")
    assert [each.value.what for each in pipeline.decisions(opened, Access())] == ["decided 3", "decided 2", "decided 1"]
    assert len(pipeline.decisions(opened, Access(areas=(mine,)))) == 2
    assert pipeline.decisions(opened, Access(levels=frozenset({Level.NATIONAL}))) == ()


def test_the_area_under_a_point(opened):
    middle = opened.areas.geometry[2].representative_point()
    assert pipeline.area_at(opened.areas, middle.x, middle.y) == opened.areas.id[2]
    with pytest.raises(InvalidInput, match="in no area"):
        pipeline.area_at(opened.areas, 0.0, 0.0)
