"""The events page on a small real workspace: the picture counted by hand, recorded, reviewed."""

from datetime import datetime
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from ilpgeo import pipeline
from ilpgeo.core.assessment import Direction
from ilpgeo.core.errors import NotAllowed
from ilpgeo.core.event import Event
from ilpgeo.core.types import Access
from tests.pipeline import city

PAGE = Path(__file__).resolve().parents[2] / "ilpgeo" / "ui" / "screens" / "events.py"
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
def opened(tmp_path, monkeypatch):
    st.cache_resource.clear()
    folder = tmp_path / "city"
    made = city.make_city(folder)
    pipeline.ingest(made, city.write(tmp_path / "rows.csv", rows()))
    monkeypatch.setenv("ILPGEO_WORKSPACE", str(folder))
    yield pipeline.open_workspace(folder)
    st.cache_resource.clear()


def said(page) -> str:
    shown = [*page.markdown, *page.success, *page.warning, *page.info, *page.error]
    return "\n".join(each.value for each in shown)


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
    page = AppTest.from_file(str(PAGE), default_timeout=60).run()
    assert not page.exception
    by_key = {each.key: each for each in [*page.text_input, *page.number_input, *page.date_input, *page.time_input]}
    by_key["event-name"].set_value("Match")
    by_key["ilpgeo-event-lat"].set_value(43.645)
    by_key["ilpgeo-event-lon"].set_value(-79.395)
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
    assert "Saved as version 2." in said(page)
    [kept] = pipeline.events(opened, Access())
    assert kept.value.review == "More people at the corner next time" and kept.value.owner == "C. Chief"


def test_an_end_before_a_start_is_told_and_nothing_typed_is_lost(opened):
    page = AppTest.from_file(str(PAGE), default_timeout=60).run()
    fields = {each.key: each for each in [*page.text_input, *page.date_input]}
    fields["event-name"].set_value("March")
    fields["event-last"].set_value(datetime(2020, 1, 1).date())
    page.run()
    assert "not after its start" in said(page)
    assert next(each for each in page.text_input if each.key == "event-name").value == "March"
