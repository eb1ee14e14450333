"""The first steps of the cycle in a browser: assess and sign off, set a priority, watch the ranking move."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.browser.conftest import App
from tests.browser.driver import SIZES, Watch, screenshot
from tests.browser.walker import WAIT_MS, Walker


def test_an_assessment_is_recorded_and_a_priority_moves_the_ranking(
    toronto_app: App, browser_page: tuple[Any, Watch], tmp_path: Path
) -> None:
    page, watch = browser_page
    walker = Walker(page, watch, toronto_app.address)
    walker.open("assessment")
    page.locator("svg[data-picture=matrix]").wait_for(timeout=WAIT_MS)
    page.get_by_role("textbox", name="The analyst's assessment").fill("Quiet, but robbery stays harmful")
    page.get_by_role("textbox", name="Your name").fill("A. Analyst")
    page.get_by_role("button", name="Record as a draft").click()
    page.get_by_text("Recorded as version 2").wait_for(timeout=WAIT_MS)
    page.get_by_role("textbox", name="Signed off by").fill("C. Chief")
    page.get_by_role("button", name="Sign off").click()
    page.get_by_text("Signed off as version 3").wait_for(timeout=WAIT_MS)
    page.get_by_text("Quiet, but robbery stays harmful").wait_for(timeout=WAIT_MS)
    screenshot(page, "assessment-signed", tmp_path)

    walker.open()
    page.get_by_role("button", name="2 priorities set").click()  # the demo's examples
    page.get_by_test_id("stNumberInputField").fill("40")
    page.get_by_role("textbox", name="Why").fill("Assessment of December")
    page.get_by_role("textbox", name="Owner").fill("C. Chief")
    page.get_by_role("button", name="Set it").click()
    page.get_by_role("button", name="3 priorities set").wait_for(timeout=WAIT_MS)
    page.locator(".ilp-moved").first.wait_for(timeout=WAIT_MS)
    assert "without priorities" in page.locator(".ilp-moved").first.inner_text()
    page.keyboard.press("Escape")
    screenshot(page, "priority-set", tmp_path)
    page.get_by_role("button", name="3 priorities set").click()
    page.get_by_role("button", name="Take it back").last.click()
    page.get_by_role("button", name="2 priorities set").wait_for(timeout=WAIT_MS)
    assert watch.faults() == []


def test_the_matrix_fits_a_phone(toronto_app: App, browser_page: tuple[Any, Watch], tmp_path: Path) -> None:
    page, watch = browser_page
    page.set_viewport_size(dict(zip(("width", "height"), SIZES["phone"], strict=True)))
    walker = Walker(page, watch, toronto_app.address)
    walker.open("assessment")
    drawing = page.locator("svg[data-picture=matrix-narrow]")
    drawing.wait_for(timeout=WAIT_MS)
    assert not page.locator("svg[data-picture=matrix]").is_visible()
    box = drawing.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= SIZES["phone"][0]
    heights = drawing.locator("text").evaluate_all("all => all.map((each) => each.getBoundingClientRect().height)")
    assert min(heights) >= 10, "every word is large enough to read"
    screenshot(page, "assessment-phone", tmp_path)
    assert watch.faults() == []
