"""A person in haste: presses before the page has settled, and is followed all the same."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser.conftest import App
from tests.browser.driver import until
from tests.browser.walker import WAIT_MS, WAIT_S, Walker

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

# As fast as a hand on a slow machine: the server has not followed the first when the last arrives.
_PRESS_ALL = "cards => cards.forEach(at => document.querySelector(`.st-key-pick-${at} button`).click())"


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


def test_of_many_cards_pressed_in_haste_the_last_one_opens(browser_page: Any, toronto_app: App):
    page, watch = browser_page
    walker = Walker(page, watch, toronto_app.address)
    walker.open()
    walker.map(at_least=140)
    for cards in ((3, 1, 5), (0, 2), (5, 6, 4, 1), (3, 6)):
        page.evaluate(_PRESS_ALL, list(cards))
        page.locator(f".st-key-open-{cards[-1]} .ilp-details").wait_for(timeout=WAIT_MS)
        walker.settle()
        assert page.locator(".ilp-details").count() == 1
        assert page.locator(f".st-key-open-{cards[-1]} .ilp-details").count() == 1
    assert not watch.faults()
