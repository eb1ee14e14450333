"""The cycle once through in a browser: rank, task a hotspot, log an outcome, evaluate, keep it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ilpgeo import pipeline
from ilpgeo.core.taskings import State
from ilpgeo.core.types import Access
from tests.browser.conftest import App
from tests.browser.driver import SIZES, Watch, screenshot, still, until
from tests.browser.walker import WAIT_MS, WAIT_S, Walker


def _day(page: Any, number: int, digits: str) -> None:
    """Type a date into the page's n-th date field."""
    field = page.get_by_test_id("stDateInput").nth(number)
    field.get_by_role("spinbutton").first.click()
    page.keyboard.type(digits)


def test_from_the_ranking_to_an_evaluation(
    toronto_app: App, browser_page: tuple[Any, Watch], tmp_path: Path
) -> None:  # fmt: skip
    page, watch = browser_page
    walker = Walker(page, watch, toronto_app.address)
    walker.open("")
    still(page, WAIT_S)
    page.locator(".st-key-pick-0 button").click()
    task = page.get_by_role("button", name="Task hotspot 1", exact=True)
    task.wait_for(timeout=WAIT_MS)
    still(page, WAIT_S)
    task.click()

    # task: everything known is filled in; wrong days and a missing aim are told and nothing typed is lost
    aim = page.get_by_role("textbox", name="Aim")
    aim.wait_for(timeout=WAIT_MS)
    page.get_by_text("Hotspot 1 of").wait_for(timeout=WAIT_MS)
    page.get_by_role("textbox", name="Owner").fill("Insp. Ash")
    page.get_by_role("textbox", name="Your name").fill("Sgt Birch")
    page.get_by_role("button", name="Save the tasking").click()
    page.get_by_text("an aim is needed").wait_for(timeout=WAIT_MS)
    assert page.get_by_role("textbox", name="Owner").input_value() == "Insp. Ash"
    aim.fill("Ten break-ins fewer than in the four weeks before")
    _day(page, 0, "20211101")
    _day(page, 1, "20211128")
    page.get_by_role("button", name="Save the tasking").click()
    page.get_by_text("is proposed to Insp. Ash").wait_for(timeout=WAIT_MS)
    screenshot(page, "cycle-tasked", tmp_path)

    # log what was done: the tasking moves on in the same moment
    page.get_by_role("button", name="Log what was done").click()
    page.get_by_role("textbox", name="What was done").fill("Foot patrol at the station")
    page.get_by_role("button", name="Log it").click()
    page.get_by_text("Logged: 1 h").wait_for(timeout=WAIT_MS)
    page.get_by_text("Foot patrol at the station").wait_for(timeout=WAIT_MS)

    # evaluate beside places like it
    page.locator(".st-key-evaluate-open button").click()
    propose = page.get_by_role("button", name="Propose places like it")
    propose.wait_for(timeout=WAIT_MS)
    still(page, WAIT_S)
    propose.click()
    page.get_by_text("Ground like it in").first.wait_for(timeout=WAIT_MS)
    still(page, WAIT_S)
    page.get_by_role("radio", name="May have moved to").or_(
        page.get_by_role("button", name="May have moved to")
    ).first.click()
    still(page, WAIT_S)
    walker.map(1)
    spot = walker.spots()[3]
    moved_to = walker.point_at(spot).splitlines()[0]
    page.mouse.click(spot.x, spot.y)
    page.locator(".st-key-compared-DISPLACEMENT-0").get_by_text(moved_to).wait_for(timeout=WAIT_MS)
    still(page, WAIT_S)
    page.locator(".st-key-evaluate button").click()
    page.get_by_text("95 % interval").first.wait_for(timeout=WAIT_MS)
    screenshot(page, "cycle-evaluated", tmp_path)
    page.get_by_role("button", name="Keep it with the tasking").click()
    page.get_by_text("Kept with the tasking").wait_for(timeout=WAIT_MS)
    walker.check_words()

    opened = pipeline.open_workspace(toronto_app.workspace)
    board = pipeline.tasking_board(opened, Access(), pipeline.now(opened)).value
    made = next(each for each in board.taskings if each.value.owner == "Insp. Ash")
    assert made.value.state is State.RUNNING and made.minutes_given == 60
    [kept] = pipeline.evaluations(opened, Access(), made.tasking.id)
    assert kept.made_by == "Sgt Birch" and 1 <= len(kept.value.design.comparison) <= 3
    assert [each.name for each in kept.value.design.displacement] == [moved_to]
    assert watch.faults() == []


def test_an_event_is_picked_by_a_click_on_the_map_and_tasked(
    toronto_app: App, browser_page: tuple[Any, Watch], tmp_path: Path
) -> None:  # fmt: skip
    page, watch = browser_page
    walker = Walker(page, watch, toronto_app.address)
    walker.open("events")
    walker.press("New event")
    walker.map(1)
    latitude = page.get_by_role("spinbutton", name="Latitude")
    before = latitude.input_value()
    box = page.locator(".st-key-event-map iframe").bounding_box()
    page.mouse.click(box["x"] + 0.45 * box["width"], box["y"] + 0.5 * box["height"])
    moved = "before => ![undefined, before].includes(document.querySelector('[aria-label=Latitude]')?.value)"
    until(page, moved, before, WAIT_S)
    # the map has gone to the circle: it takes up a good part of the height
    wide = """() => [...document.querySelectorAll('.leaflet-hotspots-pane path')].some(
      (each) => each.getBoundingClientRect().height > 0.25 * innerHeight)"""
    until(walker.map(1), wide, None, WAIT_S)
    page.get_by_role("textbox", name="Name", exact=True).fill("Summer fair")
    page.get_by_role("textbox", name="Owner").fill("Insp. Ash")
    page.keyboard.press("Tab")
    still(page, WAIT_S)
    page.get_by_role("button", name="Record the event").click()
    page.get_by_text("Recorded: Summer fair").wait_for(timeout=WAIT_MS)
    screenshot(page, "event-recorded", tmp_path)
    page.get_by_role("button", name="Task this event").click()
    page.get_by_text("For the event Summer fair").wait_for(timeout=WAIT_MS)
    assert page.get_by_role("textbox", name="Place").input_value() == "Summer fair"
    until(walker.map(1), wide, None, WAIT_S)
    walker.check_words()
    opened = pipeline.open_workspace(toronto_app.workspace)
    [made] = [each for each in pipeline.events(opened, Access()) if each.value.name == "Summer fair"]
    assert f"{made.value.lat:.5f}" != before
    assert watch.faults() == []


def test_the_board_shows_the_whole_city_on_a_phone(
    toronto_app: App, browser_page: tuple[Any, Watch], tmp_path: Path
) -> None:  # fmt: skip
    page, watch = browser_page
    page.set_viewport_size(dict(zip(("width", "height"), SIZES["phone"], strict=True)))
    walker = Walker(page, watch, toronto_app.address)
    walker.open("tasking")
    frame = walker.map(100)
    inside = """() => [...document.querySelectorAll('.leaflet-areas-pane path')].every((each) => {
      const box = each.getBoundingClientRect();
      return box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
    })"""
    until(frame, inside, None, WAIT_S)
    assert frame.evaluate("!document.querySelector('.ilp-legend').open"), "it would cover the city"
    screenshot(page, "board-phone", tmp_path)
    assert watch.faults() == []
