"""The events page on a small real workspace: the picture counted by hand, recorded, reviewed."""

from dataclasses import replace
from datetime import datetime
from math import pi, sin

import pytest

from ilpgeo import pipeline
from ilpgeo.core.assessment import Direction
from ilpgeo.core.errors import InvalidInput, NotAllowed
from ilpgeo.core.event import Event
from ilpgeo.core.types import Access
from ilpgeo.ui import submit
from tests.app import pages
from tests.app.pages import said
from tests.pipeline import city

PAGE = pages.SCREENS / "events.py"
MATCH = Event("Match", -79.395, 43.645, 300.0, datetime(2023, 4, 21, 18), datetime(2023, 4, 21, 22), "C. Chief")


def rows():
    """Return six thefts at a corner on each of eight Fridays at 19:30, twenty at the match, and one far away."""
    made = [("START", "2022-03-01 09:00", 43.655, -79.385, "ASSAULT", "Far Rd")]
    days = [f"2023-{day}" for day in ("02-24", "03-03", "03-10", "03-17", "03-24", "03-31", "04-07", "04-14")]
    for day in [*days, "2023-04-21"]:
        n = 20 if day.endswith("04-21") else 6
        made += [(f"{day}-{at}", f"{day} 19:30", 43.645, -79.395, "THEFT", "Mill Rd") for at in range(n)]
        made += [(f"{day}-late", f"{day} 22:00", 43.645, -79.395, "THEFT", "Mill Rd")]
        made += [(f"{day}-far", f"{day} 19:30", 43.655, -79.385, "THEFT", "Far Rd")]
    for month in range(3, 13):
        made.append((f"M{month}", f"2022-{month:02d}-05 09:00", 43.655, -79.385, "ASSAULT", "Far Rd"))
    made.append(("JAN", "2023-01-05 09:00", 43.655, -79.385, "ASSAULT", "Far Rd"))
    made.append(("END", "2023-04-30 09:00", 43.655, -79.385, "ASSAULT", "Far Rd"))
    return made


@pytest.fixture
def opened(tmp_path, serve):
    folder = tmp_path / "city"
    made = city.make_city(folder)
    pipeline.ingest(made, city.write(tmp_path / "rows.csv", rows()))
    serve(folder)
    return pipeline.open_workspace(folder)


def test_a_window_is_set_beside_eight_fridays_by_hand(opened):
    value = pipeline.event_picture(opened, MATCH, Access()).value
    assert len(value.windows) == 8 and value.windows[0] == datetime(2023, 4, 14, 18)
    assert (value.total.n, value.total.earlier, value.total.expected) == (20, 48, 6)
    assert value.total.direction is Direction.RISE and value.has_data
    assert value.spots[0].n == 77  # 8 x 7 + 21, the late ones too


def test_an_event_to_come_has_an_expectation_and_no_count(opened):
    ahead = Event("Next", -79.395, 43.645, 300.0, datetime(2023, 5, 5, 18), datetime(2023, 5, 5, 22), "C")
    value = pipeline.event_picture(opened, ahead, Access()).value
    # 28 April saw none, the match 20, the six Fridays before it 6 each.
    assert value.total.n is None and value.total.earlier == 56 and not value.has_data
    assert any("data end before the event" in each for each in value.remarks)


def test_a_place_outside_what_the_role_may_see_is_refused(opened):
    with pytest.raises(NotAllowed, match="no part of this place"):
        pipeline.event_picture(opened, MATCH, Access(areas=("a3",)))
    pipeline.save_event(opened, MATCH, Access(), "C")
    assert pipeline.events(opened, Access(areas=("a3",))) == () and len(pipeline.events(opened, Access())) == 1


def test_the_page_shows_a_picture_records_an_event_and_takes_its_review(opened):
    page = pages.opened(PAGE)
    assert not page.exception
    by_key = {each.key: each for each in [*page.text_input, *page.number_input, *page.date_input, *page.time_input]}
    by_key["event-name"].set_value("Match")
    by_key["event-lat"].set_value(43.645)
    by_key["event-lon"].set_value(-79.395)
    by_key["event-radius"].set_value(300.0)
    by_key["event-first"].set_value(MATCH.start.date())
    by_key["event-last"].set_value(MATCH.end.date())
    by_key["event-finish"].set_value(MATCH.end.time())
    by_key["event-person"].set_value("C. Chief")
    page.run()
    assert "<h1>20 incidents, more than usual: 6 incidents are usual here" in said(page)
    next(each for each in page.button if each.label == "Record the event").click().run()
    assert "Recorded: Match." in said(page)
    review = next(each for each in page.text_area if each.label == "Review")
    review.set_value("More people at the corner next time")
    next(each for each in page.button if each.label == "Save").click().run()
    assert "Match: saved as version 2." in said(page)
    [kept] = pipeline.events(opened, Access())
    assert kept.value.review == "More people at the corner next time" and kept.value.owner == "C. Chief"


def test_the_page_opens_on_the_event_at_hand_and_a_new_one_starts_where_most_happens(opened):
    held = pipeline.save_event(opened, MATCH, Access(), "C")
    quiet = replace(MATCH, name="Walk", start=datetime(2023, 4, 1, 3), end=datetime(2023, 4, 1, 4))
    pipeline.save_event(opened, quiet, Access(), "C")
    page = pages.opened(PAGE)
    assert page.selectbox(key="event-choice").value == held.id, "the one held last"
    assert "<h1>20 incidents, more than usual: 6 incidents are usual here" in said(page)
    next(each for each in page.button if each.label == "New event").click().run()
    assert not page.exception and pages.field(page, "selectbox", "Event").value == ""
    fields = {each.label: each.value for each in page.number_input}
    assert (fields["Longitude"], fields["Latitude"]) == pytest.approx((-79.395, 43.645), abs=1e-6)
    ahead = replace(MATCH, name="Fair", start=datetime(2199, 4, 6, 18), end=datetime(2199, 4, 6, 22))
    coming = pipeline.save_event(opened, ahead, Access(), "C")
    assert pages.opened(PAGE).selectbox(key="event-choice").value == coming.id


def test_most_happens_at_one_map_point_or_too_few_lie_on_any(opened):
    busy = pipeline.event_place(opened, MATCH, Access()).area
    assert pipeline.busiest_of(opened, busy, Access()) == pytest.approx((MATCH.lon, MATCH.lat), abs=1e-6)
    for empty in {"a0", "a1", "a2", "a3"} - {busy, pipeline.circle_at(opened, (-79.385, 43.655), 300).area}:
        assert pipeline.circle_at(opened, pipeline.busiest_of(opened, empty, Access()), 300).area == empty
    assert pipeline.busiest_of(opened, busy, Access(areas=("a3",))) != pipeline.busiest_of(opened, busy, Access())


def test_groups_too_small_to_show_are_named_in_one_sentence(opened):
    from ilpgeo.ui import event_view

    told = event_view.table(pipeline.event_picture(opened, MATCH, Access()).value, 5)
    assert told.count("<tr>") == 2 and "withheld" not in told  # the heads and all offences
    assert "Too few to show (under 5, or they would tell such a number): Assault and Theft." in told
    quiet = replace(MATCH, start=datetime(2023, 4, 20, 3), end=datetime(2023, 4, 20, 4))
    nothing = event_view.table(pipeline.event_picture(opened, quiet, Access()).value, 5)
    early = replace(MATCH, start=datetime(2020, 4, 20, 3), end=datetime(2020, 4, 20, 4))
    unknown = pipeline.event_picture(opened, early, Access()).value
    assert "Too little" not in event_view.table(unknown, 5) and "no data for the same" in event_view.table(unknown, 5)
    coarse = replace(pipeline.event_picture(opened, quiet, Access()).value, coarse=0.9)
    assert "not known well enough" in event_view.table(coarse, 5) and "not known well" in event_view.sentence(coarse)
    assert "<table>" not in nothing and "Too little happens here at these times to put a number on it" in nothing


@pytest.mark.parametrize(
    ("start", "end", "days", "hours"),
    [
        (datetime(2023, 4, 21, 18), datetime(2023, 4, 21, 22), 1, (18, 22)),
        (datetime(2023, 4, 21, 18), datetime(2023, 4, 21, 22, 30), 1, (18, 23)),
        (datetime(2023, 4, 21, 18), datetime(2023, 4, 22), 1, (18, 24)),
        (datetime(2023, 4, 21, 22), datetime(2023, 4, 22, 4), 1, (22, 4)),
        (datetime(2023, 4, 21, 10), datetime(2023, 4, 23, 18), 3, (0, 24)),
        (datetime(2023, 4, 21, 18, 30), datetime(2023, 4, 22, 17, 45), 2, (0, 24)),
    ],
)
def test_a_tasking_covers_the_days_and_hours_of_the_event(start, end, days, hours):
    period, found = replace(MATCH, start=start, end=end).to_task()
    assert (period.start, period.days, found) == (start.date(), days, hours)


def test_an_event_whose_middle_lies_off_the_areas_is_placed_in_the_nearest(opened):
    inside = pipeline.event_place(opened, MATCH, Access())
    assert (inside.name, inside.area) == ("Match", pipeline.circle_at(opened, (MATCH.lon, MATCH.lat), 300).area)
    assert inside.polygon().area == pytest.approx(32 * sin(pi / 32) * 300**2, abs=50)  # 64 corners
    off = replace(MATCH, lon=MATCH.lon - 0.02, radius_m=2500.0)
    with pytest.raises(InvalidInput):
        pipeline.circle_at(opened, (off.lon, off.lat), 300)
    assert pipeline.event_place(opened, off, Access()).area == inside.area
    with pytest.raises(NotAllowed, match="no part of this place"):
        pipeline.event_place(opened, MATCH, Access(areas=("a3",)))


def test_an_event_is_tasked_with_its_place_days_and_hours_and_lists_its_taskings(opened, open_page):
    known = pipeline.save_event(opened, MATCH, Access(), "C")
    page = open_page().switch_page("ilpgeo/ui/screens/events.py").run()
    assert not page.exception
    page.selectbox(key="event-choice").set_value(known.id).run()
    assert "Nothing is tasked for it yet" in said(page)
    page.button(key="event-task").click().run()
    draft = page.session_state["ilpgeo-tasking-draft"]
    assert (draft.place, draft.event) == (pipeline.event_place(opened, MATCH, Access()), known.id)
    assert draft.evidence[0] == "For the event Match, Fri 21 Apr 2023 18:00 to 22:00"
    page.switch_page("ilpgeo/ui/screens/tasking.py").run()
    for label, text in (("Aim", "No fights"), ("Owner", "Insp. Ash"), ("Your name", "Sgt Birch")):
        next(each for each in (*page.text_input, *page.text_area) if each.label == label).set_value(text)
    next(each for each in page.button if each.label == "Save the tasking").click().run()
    [made] = pipeline.taskings_for(opened, known.id, Access())
    value = made.value
    assert (value.starts_on, value.ends_on, value.from_hour, value.until_hour) == (
        MATCH.start.date(), MATCH.end.date(), 18, 22
    )  # fmt: skip
    assert value.event == known.id and value.place.name == "Match"
    assert pipeline.taskings_for(opened, "", Access()) == () == pipeline.taskings_for(opened, "other", Access())
    page.switch_page("ilpgeo/ui/screens/events.py").run()
    listed = page.button(key=f"event-tasking-{made.id}")
    assert listed.label == "Proposed: Insp. Ash, 21 Apr 2023"
    listed.click().run()
    assert page.session_state["ilpgeo-tasking-view"].tasking == made.id


def test_an_end_before_a_start_is_told_and_nothing_typed_is_lost(opened):
    page = pages.opened(PAGE)
    fields = {each.key: each for each in [*page.text_input, *page.date_input]}
    fields["event-name"].set_value("March")
    fields["event-last"].set_value(datetime(2020, 1, 1).date())
    page.run()
    assert "not after its start" in said(page)
    assert next(each for each in page.text_input if each.key == "event-name").value == "March"


def test_what_was_recorded_does_not_stand_beside_the_next_event(opened, monkeypatch):
    monkeypatch.setattr(submit, "HASTE_S", 0.0)  # a test fills a form in faster than a person
    page = pages.opened(PAGE)
    page.text_input(key="event-name").set_value("Match")
    page.text_input(key="event-person").set_value("Cmdr C")
    pages.press(page, "Record the event")
    assert page.success[0].value == "Recorded: Match."
    pages.press(page, "New event")
    assert not page.success
    pages.press(page, "Record the event")
    [refused] = page.warning
    assert [each.value for each in page.run().warning] == [refused.value], "it stands until something changes"
    page.text_input(key="event-name").set_value("Fair")
    assert not page.run().warning
