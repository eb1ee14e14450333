"""Wrong input on the forms, typed as a person types it: told in words, and nothing that was typed is lost."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ilpgeo import pipeline
from ilpgeo.core.strategy import Emphasis
from ilpgeo.core.types import Access, Level
from tests.browser.conftest import App
from tests.browser.driver import Watch, screenshot, still
from tests.browser.walker import WAIT_MS, WAIT_S, Walker

TOO_LONG = "Fair " + 60 * "long "


def refused(page: Any, words: str, button: Any = None) -> None:
    """Wait for a sentence in a message that can be seen, after a press of the button, where there is one."""
    message = page.get_by_test_id("stAlert").filter(has_text=re.compile(re.escape(words))).first
    if button is not None:
        button.click()
    message.wait_for(state="visible", timeout=WAIT_MS)


def fill(part: Any, label: str, value: str) -> Any:
    """Type into the first field of a label that can be seen on a page or a part of it, and leave it."""
    field = part.get_by_label(label, exact=True).locator("visible=true").first
    field.fill(value)
    field.press("Tab")
    return field


def test_a_weight_below_zero_is_told_in_words(
    toronto_app: App, browser_page: tuple[Any, Watch], tmp_path: Path
) -> None:  # fmt: skip
    page, watch = browser_page
    walker = Walker(page, watch, toronto_app.address)
    walker.open("?level=local")
    walker.map(100)
    page.locator(".st-key-strategy button").click()
    weight = fill(page, "Weight", "-2")
    why = fill(page, "Why", "<i>Because</i> of it")
    refused(page, "The weight -2 must lie between 0 and 1000", page.get_by_role("button", name="Set it"))
    refused(page, "An owner is needed")
    assert (weight.input_value(), why.input_value()) == ("-2", "<i>Because</i> of it")
    screenshot(page, "weight-below-zero", tmp_path)
    # The page follows what another person records; what was said of this form goes on standing, and what was typed.
    opened = pipeline.open_workspace(toronto_app.workspace)
    today = pipeline.strategy_day(opened, None)
    entry = Emphasis("Assault", 3.0, "Chief", "Assessment of May", Level.NATIONAL, today, today)
    standing = pipeline.set_priority(opened, entry, Access(), "Chief")
    page.get_by_text("Assault \u00d7 3 (national, Chief: Assessment of May)").first.wait_for(timeout=WAIT_MS)
    still(page, WAIT_S)
    screenshot(page, "weight-below-zero-after", tmp_path)
    refused(page, "An owner is needed. The weight -2 must lie between 0 and 1000")
    assert (weight.input_value(), why.input_value()) == ("-2", "<i>Because</i> of it")
    pipeline.end_priority(opened, standing, Access(), "Chief", today)

    walker.open("sources")
    page.get_by_text("Change the weights").click()
    weight = fill(page, "Doubtful", "-1")
    fill(page, "Your name", "A. Analyst")
    agree = page.get_by_role("button", name="Agree on these weights")
    refused(page, "The weight of doubtful must lie between 0 and 1, not -1", agree)
    assert weight.input_value() == "-1"
    page.get_by_text("Register a source before its first file").click()
    # A source that brought a file unregistered has the same form beside it.
    register = page.locator(".st-key-gap-question")
    name = fill(register, "Name, as its files will carry it", "night calls")
    fill(register, "Kept for so many days (0: not limited)", "-7")
    save = register.get_by_role("button", name="Save", exact=True)
    refused(page, "Retention must lie between 0 and 3660 days", save)
    assert name.input_value() == "night calls"
    assert pipeline.grade_weights(opened) is None
    assert watch.faults() == []


def test_an_event_says_what_is_wrong_with_its_place_and_its_name(
    toronto_app: App, browser_page: tuple[Any, Watch], tmp_path: Path
) -> None:  # fmt: skip
    page, watch = browser_page
    walker = Walker(page, watch, toronto_app.address)
    walker.open("events")
    walker.press("New event")
    name = fill(page, "Name", TOO_LONG)
    refused(page, "Name and owner fit 200 characters")
    assert name.input_value() == TOO_LONG
    fill(page, "Name", "Fair")
    radius = fill(page, "Radius (m)", "-5")
    refused(page, "The radius must lie between 50 and 20000 metres")
    assert radius.input_value() == "-5"
    fill(page, "Radius (m)", "500")
    for latitude in ("95", ""):
        fill(page, "Latitude", latitude)
        refused(page, "The place must be a longitude from -180 to 180 and a latitude from -90 to 90")
    fill(page, "Latitude", "10")
    refused(page, "No part of this place lies in an area of this workspace")
    page.get_by_role("button", name="Record the event").click()
    still(page, WAIT_S)
    assert name.input_value() == "Fair"
    screenshot(page, "event-refused", tmp_path)
    opened = pipeline.open_workspace(toronto_app.workspace)
    assert "Fair" not in {each.value.name for each in pipeline.events(opened, Access())}
    assert watch.faults() == []


def test_a_form_below_a_message_stays_open_and_says_what_it_lacks(
    toronto_app: App, browser_page: tuple[Any, Watch], tmp_path: Path
) -> None:  # fmt: skip
    page, watch = browser_page
    walker = Walker(page, watch, toronto_app.address)
    walker.open("gaps")
    fill(page, "Owner", "Data desk")
    fill(page, "Your name", "A. Analyst")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text(re.compile("Saved: ")).wait_for(timeout=WAIT_MS)
    still(page, WAIT_S)
    page.get_by_text("Ask a question of your own").click()
    refused(page, "Say what is not known", page.get_by_role("button", name="Put it on the list"))
    screenshot(page, "gap-asked-empty", tmp_path)
    assert watch.faults() == []


def test_two_windows_saving_the_same_tasking_the_second_is_told_and_keeps_what_was_typed(
    toronto_app: App, browser_page: tuple[Any, Watch], tmp_path: Path
) -> None:  # fmt: skip
    page, watch = browser_page
    board = pipeline.tasking_board(
        pipeline.open_workspace(toronto_app.workspace), Access(), pipeline.now(pipeline.open_workspace(
            toronto_app.workspace))
    ).value  # fmt: skip
    this = next(each for each in board.taskings if "Church-Yonge" in each.value.place.name).tasking.id
    other = page.context.new_page()
    watch.attach(other)
    windows = (page, other)
    for each in windows:
        walker = Walker(each, watch, toronto_app.address)
        walker.open(f"tasking?tasking={this}")
        each.get_by_text("Change it").click()
    for each, aim in zip(windows, ("Fewer thefts", "Fewer assaults"), strict=True):
        still(each, WAIT_S)
        each.get_by_role("textbox", name="Aim").fill(aim)
        each.locator(".st-key-tasking-change").get_by_role("textbox", name="Your name").fill("Sgt Birch")
    page.get_by_role("button", name="Save the tasking").click()
    page.get_by_text("Aim: Fewer thefts").wait_for(timeout=WAIT_MS)
    other.get_by_role("button", name="Save the tasking").click()
    refused(other, "Sgt Birch changed this tasking while it was open here")
    assert other.get_by_role("textbox", name="Aim").input_value() == "Fewer assaults"
    screenshot(other, "tasking-conflict", tmp_path)
    other.get_by_role("button", name="Take over their version").click()
    still(other, WAIT_S)
    assert other.get_by_role("textbox", name="Aim").input_value() == "Fewer assaults"
    other.get_by_role("button", name="Save the tasking").click()
    other.get_by_text("Aim: Fewer assaults").wait_for(timeout=WAIT_MS)
    assert watch.faults() == []
