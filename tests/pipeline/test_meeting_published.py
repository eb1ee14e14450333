"""A pack published: read on the level above and below, in versions, under the handling rules; lines counted by hand."""

from datetime import date

import pytest

from ilpgeo import pipeline
from ilpgeo.core.errors import Conflict, InvalidInput, NotAllowed
from ilpgeo.core.notices import ProductKind
from ilpgeo.core.query import Level, Period, Query
from ilpgeo.core.sources import Source
from ilpgeo.core.taskings import Decision, Outcome, Place, State, Tasking
from ilpgeo.core.types import Access
from tests.pipeline import city
from tests.pipeline.test_evaluated import rows

TODAY, UNTIL = date(2023, 4, 20), date(2023, 4, 27)
ANYONE = Access()


@pytest.fixture
def opened(tmp_path):
    made = city.make_city(tmp_path / "ws")
    pipeline.ingest(made, city.write(tmp_path / "incidents.csv", rows()), "calls")
    opened = pipeline.open_workspace(tmp_path / "ws")
    areas = opened.areas
    tasking = Tasking(Place("Mill Lane", areas.id[0]), Level.LOCAL, date(2023, 4, 1), date(2023, 4, 14), "Sgt A",
                      "Less", state=State.RUNNING)  # fmt: skip
    saved = pipeline.save_tasking(opened, tasking, ANYONE, by="A")
    pipeline.log_outcome(opened, Outcome(saved.id, date(2023, 4, 16), 2, 30.0, "On foot"), ANYONE, by="A", based_on=1)
    for level, what in ((Level.LOCAL, "Lights mended"), (Level.NATIONAL, "Not ours")):
        pipeline.save_decision(opened, Decision(date(2023, 4, 18), level, what, "why", "B"), ANYONE, by="A")
    return opened


def pack_of(opened, *areas: str, level=Level.LOCAL):
    query = Query(level, Period(date(2023, 4, 1), date(2023, 4, 28)), areas=areas)
    return pipeline.meeting_pack(opened, query, ANYONE, TODAY, date(2023, 4, 10))


def published(opened, pack=None, **options):
    given = {"expires": UNTIL, "handling": "OFFICIAL", **options}
    return pipeline.publish_pack(opened, pack or pack_of(opened), ANYONE, "Insp B", **given)


def seen(opened, level, today=TODAY, scope=()):
    return pipeline.from_other_levels(opened, level, scope, ANYONE, today)


def test_it_says_each_part_in_short(opened):
    told = pipeline.in_short(pack_of(opened))
    assert [each.partition(":")[0] for each in told] == [
        "Priorities", "Threats", "Taskings", "Since 10 Apr 2023", "Not known", "Decided",
    ]  # fmt: skip
    ranked = [each for each in pack_of(opened).briefing.value.priorities if each.rank is not None]
    assert told[0].startswith(f"Priorities: 1 {ranked[0].name}, {ranked[0].tier}; 2 {ranked[1].name}")
    assert told[2] == (
        "Taskings: 1 needs attention, 1 of them late; first Mill Lane, ended 6 days ago and is not closed: log what "
        "was done"
    )
    assert told[3] == "Since 10 Apr 2023: 1 outcome logged"
    assert told[5] == "Decided: Lights mended"


def test_it_appears_above_with_version_mark_and_last_day_and_not_on_its_own_level(opened):
    published(opened, note=" Read this first ")
    [each] = seen(opened, Level.NATIONAL).below
    assert (each.kind, each.title, each.place) == (
        ProductKind.PACK, "Tasking meeting of 20 Apr 2023", "Square City",
    )  # fmt: skip
    assert (each.handling, each.made_by, each.expires) == ("OFFICIAL", "Insp B", UNTIL)
    assert each.version == f"version 1, data version {opened.store.version()}"
    assert each.text == "\n".join(("Read this first", *pipeline.in_short(pack_of(opened))))
    assert seen(opened, Level.LOCAL).above == seen(opened, Level.LOCAL).below == ()
    assert seen(opened, Level.NATIONAL, date(2023, 4, 28)).below == ()


def test_it_comes_down_too(opened):
    published(opened, pack_of(opened, level=Level.NATIONAL))
    [each] = seen(opened, Level.LOCAL, scope=("a3",)).above
    assert each.kind is ProductKind.PACK and each.level is Level.NATIONAL


def test_the_next_pack_is_the_next_version_and_two_at_once_are_told(opened):
    assert pipeline.published_pack(opened, pack_of(opened).query) is None
    first = published(opened)
    with pytest.raises(Conflict):
        published(opened)
    second = published(opened, based_on=first.revision)
    assert (second.id, second.revision) == (first.id, 2)
    assert pipeline.published_pack(opened, pack_of(opened).query) == second
    [each] = seen(opened, Level.NATIONAL).below
    assert each.version.startswith("version 2, ")
    other = published(opened, pack_of(opened, "a1"))
    assert other.id != first.id and other.value.area == "a1"


def test_one_taken_back_is_gone_and_the_next_follows_it(opened):
    first = published(opened)
    gone = pipeline.take_back(opened, first, ANYONE, "Insp B", "Wrong day")
    assert seen(opened, Level.NATIONAL).below == ()
    published(opened, based_on=gone.revision)
    assert len(seen(opened, Level.NATIONAL).below) == 1


def test_it_does_not_go_up_where_a_source_may_not_and_only_who_may_publishes(opened):
    published(opened)
    pipeline.register_source(opened, Source("calls", "P", "O", "B", reach=Level.LOCAL), ANYONE, "A")
    assert (seen(opened, Level.NATIONAL).below, seen(opened, Level.NATIONAL).n_kept_back) == ((), 1)
    with pytest.raises(NotAllowed):
        pipeline.publish_pack(opened, pack_of(opened), Access(publishes=False), "X", expires=UNTIL, based_on=1)
    with pytest.raises(NotAllowed):
        pipeline.publish_pack(opened, pack_of(opened), Access(areas=("a1",)), "X", expires=UNTIL, based_on=1)


def test_several_areas_and_a_day_gone_by_are_refused(opened):
    with pytest.raises(InvalidInput, match="one area or for all"):
        published(opened, pack_of(opened, "a0", "a1"))
    with pytest.raises(InvalidInput, match="before today"):
        published(opened, expires=date(2023, 4, 19))
