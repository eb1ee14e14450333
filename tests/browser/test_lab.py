"""The lab in a browser: maps that move together and follow a setting while it is moved."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from ilpgeo import pipeline
from ilpgeo.backtest.sweep import Axis, SweepPlan
from ilpgeo.core.recipes import Entry, Recipe
from ilpgeo.core.types import Access
from ilpgeo.reports.tables import tables_csv
from tests.browser.conftest import App
from tests.browser.driver import SIZES, Watch, screenshot, still, until
from tests.browser.walker import WAIT_MS, WAIT_S, Walker

_IMAGE = "() => document.querySelector('.leaflet-surface-pane img')?.src ?? ''"
_VIEW = "() => [map.getCenter().lat, map.getCenter().lng, map.getZoom()]"
_OUTER = "all => all.map(each => each.outerHTML)"
_IS_PAST = (
    """share => Number(document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')) > 100 * share"""
)
# So many that a fast machine has not tried them all before it is stopped.
SWEPT = tuple(range(4, 104, 6))
# Leaflet pans by whole pixels, so a map that follows lies within two of where it is led.
_IS_AT = """wanted => map.getZoom() === wanted[2] &&
  map.latLngToContainerPoint([wanted[0], wanted[1]]).distanceTo(map.getSize().divideBy(2)) < 2"""


def frame_of(page: Any, name: str) -> Any:
    """Return the frame of one of the lab's maps once it is painted."""
    holder = page.locator(f".st-key-lab-map-{name} iframe")
    holder.wait_for(timeout=WAIT_MS)
    frame = holder.element_handle().content_frame()
    until(frame, "() => Boolean(window.map && window.map._loaded)", wait_s=WAIT_S)
    until(frame, f"() => ({_IMAGE})() !== ''", wait_s=WAIT_S)
    return frame


def test_two_maps_and_their_difference_move_together_and_follow_a_setting(
    toronto_app: App, browser_page: tuple[Any, Watch], tmp_path: Path
) -> None:
    page, watch = browser_page
    walker = Walker(page, watch, toronto_app.address)
    walker.open("lab?b=prior_count")
    a, b, difference = (frame_of(page, name) for name in ("a", "b", "difference"))
    page.wait_for_timeout(1500)  # until the maps have asked each other where they are
    assert b.evaluate(_IS_AT, a.evaluate(_VIEW)) and difference.evaluate(_IS_AT, a.evaluate(_VIEW))

    box = page.locator(".st-key-lab-map-a iframe").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 - 90, box["y"] + box["height"] / 2 + 40, steps=6)
    page.mouse.up()
    page.wait_for_timeout(400)
    moved = a.evaluate(_VIEW)
    for other in (b, difference):
        until(other, _IS_AT, moved)
    b.locator(".leaflet-control-zoom-in").click()
    page.wait_for_timeout(600)
    zoomed = b.evaluate(_VIEW)
    assert zoomed[2] > moved[2]
    for other in (a, difference):
        until(other, _IS_AT, zoomed)

    before = {frame: frame.evaluate(_IMAGE) for frame in (a, b, difference)}
    a.evaluate("window.marked = 'same frame'")
    slider = page.locator(".st-key-lab-side-a").get_by_role("slider").first
    slider.focus()
    slider.press("ArrowRight")
    for frame in (a, difference):
        until(frame, f"before => ({_IMAGE})() !== before", before[frame], WAIT_S)
    still(page, WAIT_S)
    assert b.evaluate(_IMAGE) == before[b], "the other model is as it was"
    assert a.evaluate("window.marked") == "same frame"
    assert a.evaluate(_IS_AT, zoomed), "a moved setting leaves the view where it is"
    assert "bandwidth_m" in page.url
    walker.check_words()
    screenshot(page, "lab-tune", tmp_path)
    assert watch.faults() == []


# What of the map's furniture lies over an area.
_OVER_AREAS = """() => [
  '.ilp-legend', '.leaflet-control-zoom', '.leaflet-control-scale', '.leaflet-control-attribution'
].filter((name) => {
    const box = document.querySelector(name).getBoundingClientRect();
    for (let x = box.left + 1; x < box.right; x += 6) for (let y = box.top + 1; y < box.bottom; y += 6)
      if (document.elementsFromPoint(x, y).some((each) => each.matches('.leaflet-areas-pane path'))) return true;
    return false;
  })"""


@pytest.mark.parametrize("size", ["laptop", "desktop"])
def test_the_open_legends_of_the_small_maps_cover_no_area(
    toronto_app: App, browser_page: tuple[Any, Watch], tmp_path: Path, size: str
) -> None:
    page, watch = browser_page
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
    walker = Walker(page, watch, toronto_app.address)
    walker.open("lab?a=gi_star&b=kde" if size == "desktop" else "lab?b=prior_count")
    frames = [frame_of(page, name) for name in (("a", "b") if size == "desktop" else ("a", "b", "difference"))]
    for frame in frames:
        until(frame, "() => document.querySelectorAll('.leaflet-areas-pane path').length > 100", wait_s=WAIT_S)
        until(frame, "() => document.querySelector('.ilp-legend')?.open", wait_s=WAIT_S)
        assert frame.evaluate("() => document.querySelector('.ilp-legend').getBoundingClientRect().height") > 60
        until(frame, f"() => ({_OVER_AREAS})().length === 0", wait_s=5)
    screenshot(page, f"lab-legends-{size}", tmp_path)
    assert watch.faults() == []


def test_a_back_test_tells_its_findings_and_hands_out_table_and_recipe(
    toronto_app: App, browser_page: tuple[Any, Watch], tmp_path: Path
) -> None:
    page, watch = browser_page
    walker = Walker(page, watch, toronto_app.address)
    walker.open("lab?part=test&windows=6&offence=Robbery&flag=2%25")
    walker.press("Run the back-test")
    page.get_by_text("of the incidents to come").wait_for(timeout=WAIT_MS)
    walker.settle()
    assert page.locator(".ilp-picture").count() >= 2
    with page.expect_download() as waited:
        page.get_by_role("button", name="Recipe (TOML)").click()
    recipe = Path(waited.value.path()).read_text("utf-8")
    assert 'name = "kde"' in recipe and "windows = 6" in recipe and 'offences = ["Robbery"]' in recipe
    with page.expect_download() as waited:
        page.get_by_role("button", name="Tables (CSV)").click()
    assert "Hit rate" in Path(waited.value.path()).read_text("utf-8-sig")
    walker.check_words()
    screenshot(page, "lab-test", tmp_path)
    assert watch.faults() == []


def curve(page: Any) -> list[str]:
    """Return the response surface as it is drawn, and what is said of it."""
    return [str(each) for each in page.locator(".st-key-lab-sheet .ilp-picture").evaluate_all(_OUTER)]


def taken(page: Any, button: str) -> str:
    """Return the text of a file that a button hands out."""
    with page.expect_download() as waited:
        page.get_by_role("button", name=button).click()
    return Path(waited.value.path()).read_text("utf-8-sig")


def test_a_sweep_is_stopped_and_taken_up_and_ends_like_one_that_was_not(
    toronto_app: App, browser_page: tuple[Any, Watch], tmp_path: Path
) -> None:
    page, watch = browser_page
    walker = Walker(page, watch, toronto_app.address)
    walker.open(
        f"lab?part=sweep&a=blend&of=a&windows=4&offence=Robbery&vary=learn_windows%3D{'%7C'.join(map(str, SWEPT))}"
    )
    page.get_by_role("button", name=f"Try {len(SWEPT)} points").click()
    bar = page.get_by_role("progressbar")
    bar.wait_for(timeout=WAIT_MS)
    # Points are worked out four by four: past their share, the first ones are kept.
    until(page, _IS_PAST, 4 / len(SWEPT), WAIT_S)
    screenshot(page, "lab-sweep-running", tmp_path)
    page.get_by_role("button", name="Stop").click()
    again = page.get_by_role("button", name=re.compile(rf"Go on: \d+ of {len(SWEPT)} are done"))
    again.wait_for(timeout=WAIT_MS)
    walker.settle()
    n_done = int(str(again.inner_text()).split(" of ", 1)[0].rsplit(" ", 1)[1])
    assert 0 < n_done < len(SWEPT)
    assert not bar.count()
    partly = curve(page)
    assert partly and f"{n_done} of {len(SWEPT)}" in page.locator(".st-key-lab-sweep-said").inner_text()
    walker.check_words()
    screenshot(page, "lab-sweep-stopped", tmp_path)

    # Tomorrow, in a new window, it goes on where it was.
    walker.open(page.url)
    page.get_by_role("button", name=f"Go on: {n_done} of {len(SWEPT)} are done").click()
    page.get_by_role("button", name=re.compile("Use these settings")).wait_for(timeout=WAIT_MS)
    until(page, "() => !document.querySelector('[role=progressbar]')", wait_s=WAIT_S)
    page.get_by_role("button", name=f"Recipe of {len(SWEPT)} points (TOML)").wait_for(timeout=WAIT_MS)
    walker.settle()
    assert curve(page) != partly
    assert not page.get_by_role("button", name=re.compile("Go on")).count()
    walker.check_words()
    screenshot(page, "lab-sweep", tmp_path)
    table, recipe = taken(page, "Tables (CSV)"), taken(page, f"Recipe of {len(SWEPT)} points (TOML)")

    folder = tmp_path / "unstopped"
    shutil.copytree(toronto_app.workspace, folder, ignore=shutil.ignore_patterns("lab"))
    plan = SweepPlan(Entry("blend"), (Axis("learn_windows", SWEPT),))
    straight = pipeline.sweep(pipeline.open_workspace(folder), Recipe.from_text(recipe, "recipe"), plan, Access())
    assert straight.every.text() == recipe
    assert tables_csv(straight.explained) == table
    assert watch.faults() == []
