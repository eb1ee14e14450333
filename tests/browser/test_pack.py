"""A meeting pack goes up and down: published on one level, it is read on the level above and the level below."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ilpgeo import pipeline
from ilpgeo.core.types import Access, Level
from tests.browser.conftest import App
from tests.browser.driver import Watch, screenshot, still
from tests.browser.walker import WAIT_MS, WAIT_S, Walker

NOTE = "Two cars fewer & nobody at the station"


def test_a_pack_published_on_one_level_is_read_above_and_below(
    toronto_app: App, browser_page: tuple[Any, Watch], tmp_path: Path
) -> None:  # fmt: skip
    page, watch = browser_page
    walker = Walker(page, watch, toronto_app.address)
    walker.open("?level=regional")
    walker.map(4)
    page.get_by_role("link", name="Tasking").click()
    page.get_by_text("Meeting", exact=True).click()
    page.get_by_text("Tasking meeting, Toronto: Former municipalities").wait_for(timeout=WAIT_MS)
    still(page, WAIT_S)

    # without a name nothing is published, and what was typed stays
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_text("It is not published yet.").wait_for(timeout=WAIT_MS)
    note = page.get_by_role("textbox", name="A sentence of your own")
    note.fill(NOTE)
    page.get_by_role("textbox", name="Handling mark").fill("OFFICIAL")
    page.get_by_role("button", name="Publish the pack").click()
    page.get_by_text("The name of who records this is needed").wait_for(state="visible", timeout=WAIT_MS)
    assert note.input_value() == NOTE
    page.get_by_role("textbox", name="Your name").locator("visible=true").fill("Supt. Elm")
    page.get_by_role("button", name="Publish the pack").click()
    page.get_by_text("Published as version 1").wait_for(timeout=WAIT_MS)
    screenshot(page, "pack-published", tmp_path)

    told = {}
    for level, direction in (("national", "below"), ("local", "above")):
        walker.open(f"?level={level}")
        panel = page.locator(".st-key-levels")
        one = panel.locator("li", has_text="Supt. Elm")
        one.wait_for(timeout=WAIT_MS)
        told[level] = one.inner_text()
        assert f"From the level {direction}" in panel.inner_text()
        one.scroll_into_view_if_needed()
        screenshot(page, f"pack-read-{level}", tmp_path)
        walker.check_words()
        for words in (NOTE, "Former municipalities", "OFFICIAL", "version 1"):
            assert words in told[level], (level, words, told[level])
    walker.open("?level=regional")
    page.locator(".st-key-levels").wait_for(timeout=WAIT_MS)
    assert page.locator(".st-key-levels li", has_text="Supt. Elm").count() == 0, "a level does not read itself"

    opened = pipeline.open_workspace(toronto_app.workspace)
    [kept] = [each for each in pipeline.notices(opened, Level.REGIONAL, Access()) if each.made_by == "Supt. Elm"]
    assert kept.value.data_version == opened.store.version()
    assert watch.faults() == []
