"""The meeting pack over a real store: what is in it, what stays out, and the page it makes."""

import re
from datetime import date

import pytest

from ilpgeo import pipeline
from ilpgeo.core.query import Level, Period, Query
from ilpgeo.core.taskings import Decision, Outcome, Place, State, Tasking
from ilpgeo.core.types import Access
from ilpgeo.reports.meeting import meeting_page, sections
from tests.pipeline import city
from tests.pipeline.test_evaluated import rows

TODAY = date(2023, 4, 20)


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    folder = tmp_path_factory.mktemp("meeting")
    made = city.make_city(folder / "ws")
    pipeline.ingest(made, city.write(folder / "incidents.csv", rows()))
    opened = pipeline.open_workspace(folder / "ws")
    areas = opened.areas
    for at, state in ((0, State.RUNNING), (1, State.AGREED)):
        tasking = Tasking(Place(f"<Place> {at}", areas.id[at]), Level.LOCAL, date(2023, 4, 1), date(2023, 4, 14 + at),
                          "Sgt A", "Fewer thefts", state=state)  # fmt: skip
        saved = pipeline.save_tasking(opened, tasking, Access(), by="A")
        for day in (2, 16):
            log = Outcome(saved.id, date(2023, 4, day), 2, 30.0, f"Patrol {at} on {day}")
            pipeline.log_outcome(opened, log, Access(), by="A", based_on=1)
    for day in (3, 18):
        said = Decision(date(2023, 4, day), Level.LOCAL, f"Decided on {day}", "because", "Insp B")
        pipeline.save_decision(opened, said, Access(), by="A")
    return opened


def pack_of(opened, *areas: str):
    query = Query(Level.LOCAL, Period(date(2023, 4, 1), date(2023, 4, 28)), areas=areas)
    return pipeline.meeting_pack(opened, query, Access(), TODAY, date(2023, 4, 10))


def test_the_pack_holds_what_is_due_and_what_came_since(opened):
    pack = pack_of(opened)
    assert [each.due for each in pack.due] == ["overdue", "overdue"]
    assert [one.value.done for each in pack.done for one in each.outcomes] == ["Patrol 0 on 16", "Patrol 1 on 16"]
    assert [each.value.what for each in pack.decisions] == ["Decided on 18"]
    assert pack.assessment is not None or pack.no_assessment
    told = dict(sections(pack))
    assert "ended 6 days ago" in told["Taskings due"] and "&lt;Place&gt; 0" in told["Taskings due"]
    assert "Patrol 0 on 16" in told["Since the last meeting"] and "on 2" not in told["Since the last meeting"]
    assert "Decided on 18" in told["Decided"] and "expected" in told["Top priorities"]


def test_a_scope_holds_its_own_taskings_only(opened):
    pack = pack_of(opened, opened.areas.id[1])
    assert [each.value.place.name for each in pack.board.value.taskings] == ["<Place> 1"]
    assert [each.followed.value.place.name for each in pack.due] == ["<Place> 1"]


def test_the_page_needs_nothing_else(opened):
    page = meeting_page(pack_of(opened))
    assert page == meeting_page(pack_of(opened))
    assert "<Place>" not in page and "Tasking meeting" in page
    assert not re.findall(r'(?:src|href)="https?://', page)
    assert page.count("<section>") == 7
