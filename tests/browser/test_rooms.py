"""A person edits a room's playlist, and the wall follows."""

from __future__ import annotations

from typing import Any

from ilpgeo import pipeline
from ilpgeo.core.rooms import NOTICE, Slide
from ilpgeo.core.types import Access
from tests.browser.conftest import App
from tests.browser.driver import Watch, still, until

WAIT_MS = 60_000


def _open(page: Any, app: App) -> None:
    page.goto(f"{app.address}/rooms")
    page.get_by_text("Briefing rooms", exact=True).wait_for(timeout=WAIT_MS)
    page.locator(".st-key-room-save-button button:visible").wait_for(timeout=WAIT_MS)
    still(page, wait_s=60)


def _choose(page: Any, box: Any, words: str) -> None:
    option = page.get_by_role("option", name=words, exact=True)
    for _ in range(10):  # a run that ends meanwhile closes the list
        box.click()
        page.wait_for_timeout(1000)
        if option.count():
            option.click()
            break
        page.keyboard.press("Escape")
    still(page)


def _type(page: Any, label: str, words: str) -> None:
    field = page.get_by_label(label, exact=True).first
    field.fill(words)
    field.blur()
    still(page)


def _wall_of(page: Any, room: str) -> Any:
    """Return the frame that shows a room's wall."""
    for _ in range(600):
        for frame in page.frames:
            if f"/display?room={room}" in frame.url:
                return frame
        page.wait_for_timeout(100)
    raise TimeoutError(f"the wall of {room} does not stand beside the editor")


def test_a_new_room_is_made_and_its_wall_shows_it(browser_page: tuple[Any, Watch], toronto_app: App) -> None:
    page, watch = browser_page
    _open(page, toronto_app)
    rows = "(n) => document.querySelectorAll('[class*=st-key-room-row-]').length === n"
    n_usual = page.locator("[class*=st-key-room-row-]").count()
    assert n_usual >= 4
    for left in range(n_usual - 1, 0, -1):
        page.locator("[class*=st-key-room-out-] button:visible").last.click()
        until(page, rows, left)
    still(page)
    _choose(page, page.locator("[class*=st-key-room-head-] [data-testid=stSelectbox] input").first, "Notice")
    _type(page, "Title", "Parade at six")
    _type(page, "Name of the room", "Night desk")
    _type(page, "Your name", "Sgt Hale")
    page.locator(".st-key-room-save-button button:visible").click()
    page.get_by_text("Saved. The wall of Night desk shows it within ten seconds.").wait_for(timeout=WAIT_MS)
    opened = pipeline.open_workspace(toronto_app.workspace)
    assert pipeline.playlist_of(opened, "night desk").slides == (Slide(NOTICE, title="Parade at six"),)
    frame = _wall_of(page, "Night%20desk")
    until(frame, "() => document.querySelector('.slide h1')?.textContent === 'Parade at six'", wait_s=60)
    assert watch.faults() == []


def test_faults_and_other_peoples_saves_are_told(browser_page: tuple[Any, Watch], toronto_app: App) -> None:
    page, _ = browser_page
    opened = pipeline.open_workspace(toronto_app.workspace)
    first = pipeline.save_playlist(opened, "Day desk", (Slide(NOTICE, title="First"),), Access(), "Moss")
    _open(page, toronto_app)
    _type(page, "Your name", "Sgt Hale")
    page.locator(".st-key-room-save-button button:visible").click()
    page.get_by_text("the room needs a name").wait_for(timeout=WAIT_MS)
    _choose(page, page.locator(".st-key-room-chosen input"), "Day desk")
    until(page, "() => document.querySelectorAll('[class*=st-key-room-row-]').length === 1")
    pipeline.save_playlist(opened, "Day desk", (Slide(NOTICE, title="Second"),), Access(), "Moss", first.revision)
    _type(page, "Title", "Mine")
    page.locator(".st-key-room-save-button button:visible").click()
    page.get_by_text("was changed by Moss").wait_for(timeout=WAIT_MS)
    assert pipeline.playlist_of(opened, "day desk").slides[0].title == "Second"
    page.get_by_text("Back to what is saved").click()
    until(page, "() => [...document.querySelectorAll('input')].some((each) => each.value === 'Second')", wait_s=30)
