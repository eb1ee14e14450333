"""A person in haste: presses before the page has settled, and is followed all the same."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser.conftest import App
from tests.browser.driver import until
from tests.browser.walker import WAIT_MS, WAIT_S, Walker

TALKS_MS = 3000
DELAYS_MS = (0, 30, 60, 90, 120, 150, 200, 300)
# What lies open is watched from before the click on: (most cards open at once after a new one was drawn)
_WATCH = """() => {
  window.ilpMost = 0;
  const count = () => {
    const open = document.querySelectorAll('.ilp-details').length;
    window.ilpMost = Math.max(window.ilpMost, open);
  };
  new MutationObserver(count).observe(document.body, {childList: true, subtree: true});
}"""

# The map tells of clicks without end, from a moment before the press on, so many milliseconds apart.
_LATE_WORDS = """([EVERY_MS, TALKS_MS]) => { let n = 0; const told = setInterval(() => {
  n += 1;
  window.parent.postMessage({isStreamlitMessage: true, type: 'streamlit:setComponentValue', dataType: 'json',
    value: {last_active_drawing: null, last_object_clicked: {lat: n, lng: n}}}, '*');
  if (n * EVERY_MS > TALKS_MS) clearInterval(told);
}, EVERY_MS); }"""


@pytest.mark.slow
def test_a_press_on_open_during_the_run_of_a_map_click_is_followed(browser_page: Any, toronto_app: App):
    page, watch = browser_page
    walker = Walker(page, watch, toronto_app.address)
    lost = []
    for turn, delay_ms in enumerate(DELAYS_MS):
        walker.open("?level=regional")
        walker.map(at_least=6)
        spots = walker.spots()
        spot = spots[turn % (len(spots) - 1) + 1]
        name = walker.point_at(spot).splitlines()[0]
        page.mouse.click(spot.x, spot.y)
        button = page.get_by_role("button", name=re.compile(f"Open {re.escape(name)}:"))
        button.wait_for(timeout=WAIT_MS)
        page.wait_for_timeout(delay_ms)
        button.click(timeout=WAIT_MS)
        try:
            until(page, "name => document.querySelector('.ilp-here')?.innerText === name", name, WAIT_S / 6)
        except TimeoutError:
            lost.append((delay_ms, name))
    assert not lost
    assert not watch.faults()


def test_a_press_while_the_map_talks_is_not_undone_by_what_the_fields_held_before(browser_page: Any, toronto_app: App):
    page, watch = browser_page
    walker = Walker(page, watch, toronto_app.address)
    form = page.locator(".st-key-event-new")
    for delay_ms in (0, 80, 160):
        walker.open("events")
        walker.map().evaluate(_LATE_WORDS, [100, TALKS_MS])
        page.wait_for_timeout(delay_ms)
        page.get_by_role("button", name="New event").click()
        form.wait_for(timeout=WAIT_MS)
        page.wait_for_timeout(TALKS_MS)
        walker.settle()
        assert form.count() == 1, f"the new event was gone again, pressed after {delay_ms} ms"
    assert not watch.faults()


def test_only_one_card_lies_open_while_another_is_opened(browser_page: Any, toronto_app: App):
    page, watch = browser_page
    walker = Walker(page, watch, toronto_app.address)
    walker.open()
    walker.map(at_least=140)
    page.evaluate(_WATCH)
    for at in (3, 1, 5, 0):
        page.locator(f".st-key-pick-{at} button").click(timeout=WAIT_MS)
        page.locator(f".st-key-open-{at} .ilp-details").wait_for(timeout=WAIT_MS)
        walker.settle()
    assert page.evaluate("() => window.ilpMost") == 1


def test_what_the_map_says_late_does_not_blank_the_page_that_was_opened(browser_page: Any, toronto_app: App):
    page, watch = browser_page
    walker = Walker(page, watch, toronto_app.address)
    for _ in range(3):
        walker.open("?level=local")
        walker.map(at_least=140).evaluate(_LATE_WORDS, [20, TALKS_MS])
        page.get_by_role("button", name="Task this area").first.click()
        page.get_by_role("textbox", name="Aim").wait_for(timeout=WAIT_MS)
    assert not watch.faults()
