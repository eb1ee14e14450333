"""The map in a real browser: painted, clicked, changed without a reload, with all foreign traffic blocked."""

from __future__ import annotations

import re
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ilpgeo.core.briefing import Tier
from ilpgeo.maps.areas_map import base_map, priority_layer
from ilpgeo.maps.layers import hotspot_layer
from ilpgeo.maps.palette import Theme
from ilpgeo.maps.shapes import area_shapes
from ilpgeo.maps.standalone import standalone_html
from tests.browser.driver import SIZES, Watch, free_port, map_frame, running, screenshot, still, streamlit_command
from tests.maps import toy

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def plain() -> Iterator[str]:
    port = free_port()
    with running(streamlit_command(HERE / "map_page.py", port), port) as address:
        yield address


def hardened(script: str, port: int) -> list[str]:
    return [sys.executable, "-W", "ignore", str(HERE / "hardened.py"), str(HERE / script), str(port)]


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    port = free_port()
    with running(hardened("map_page.py", port), port) as address:
        yield address


def test_areas_are_painted_with_nothing_foreign_and_nothing_failed(plain: str, browser_page: Any, tmp_path: Path):
    page, watch = browser_page
    critical = sum(each.tier == Tier.CRITICAL for each in toy.briefing(toy.city()).value.priorities)
    for name, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.goto(plain)
        frame = map_frame(page, at_least=toy.city().of_type("neighbourhood").size)
        assert frame.locator(".leaflet-marks-pane svg[aria-label=critical]").count() == critical > 0
        assert frame.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        still(page)
        screenshot(page, f"map-light-{name}", tmp_path)
    assert watch.faults() == []


def test_a_click_names_the_area_and_a_filter_keeps_the_frame(plain: str, browser_page: Any, tmp_path: Path):
    page, watch = browser_page
    page.goto(plain)
    frame = map_frame(page, at_least=100)
    frame.evaluate("window.marked = 'same frame'; map.setZoom(map.getZoom() + 0.5, {animate: false})")
    zoom = frame.evaluate("map.getZoom()")

    first = _click_area(page, frame, 60)
    again = _click_area(page, frame, 60)
    assert again[0] == first[0]
    assert again[1] != first[1], "a second click on the same area is a click of its own"
    assert frame.locator(".leaflet-selection-pane path").count() == 2

    before = watch.received_bytes
    page.get_by_label("seed").fill("5")
    page.get_by_label("seed").press("Enter")
    page.get_by_text("SEED 5").wait_for()
    frame.wait_for_function("document.querySelectorAll('.leaflet-areas-pane path').length >= 100")
    assert frame.evaluate("window.marked") == "same frame"
    assert frame.evaluate("map.getZoom()") == zoom
    assert watch.received_bytes - before < 300_000
    screenshot(page, "map-selected", tmp_path)
    assert watch.faults() == []


def test_a_new_scope_moves_the_view(plain: str, browser_page: Any):
    page, watch = browser_page
    page.goto(plain)
    frame = map_frame(page, at_least=100)
    wide = frame.evaluate("map.getZoom()")
    page.get_by_label("scope").fill("d1")
    page.get_by_label("scope").press("Enter")
    frame.wait_for_function(f"map.getZoom() > {wide}")
    inside = toy.city().within(("d1",))[toy.city().of_type("neighbourhood")].sum()
    frame.wait_for_function(f"document.querySelectorAll('.leaflet-areas-pane path').length == {inside}")
    assert watch.faults() == []


_SEEN = """() => {
  const seen = map.getBounds(), whole = L.latLngBounds([]);
  map.eachLayer((layer) => { if (layer.options.pane === 'areas' && layer.getBounds) whole.extend(layer.getBounds()); });
  const share = (whole.getEast() - whole.getWest()) / (seen.getEast() - seen.getWest());
  return {isWhole: seen.contains(whole), share: share};
}"""


def test_the_view_follows_the_window_until_a_person_moves_the_map(plain: str, browser_page: Any):
    page, watch = browser_page
    page.goto(plain)
    frame = map_frame(page, at_least=100)
    laptop = frame.evaluate("map.getZoom()")
    page.set_viewport_size({"width": 390, "height": 844})
    frame.wait_for_function(f"map.getZoom() < {laptop}")
    seen = frame.evaluate(_SEEN)
    assert seen["isWhole"]
    assert seen["share"] > 0.7
    assert frame.evaluate("!document.querySelector('.ilp-legend').open"), "the legend would cover the map"
    page.set_viewport_size({"width": 1366, "height": 768})
    frame.wait_for_function(f"map.getZoom() == {laptop}")

    frame.locator(".leaflet-control-zoom-in").click()
    frame.wait_for_function(f"map.getZoom() > {laptop}")
    page.wait_for_timeout(400)
    chosen = frame.evaluate("map.getZoom()")
    page.set_viewport_size({"width": 900, "height": 768})
    frame.wait_for_function("map.getSize().x < 900")
    page.wait_for_timeout(400)
    assert frame.evaluate("map.getZoom()") == chosen
    assert watch.faults() == []


_COVERED = """selector => {
  const shown = [...document.querySelectorAll(selector)].filter((each) => {
    const box = each.closest('.leaflet-marker-icon');
    return getComputedStyle(box).visibility !== 'hidden';
  });
  const boxes = shown.map((each) => each.closest('.leaflet-marker-icon').getBoundingClientRect());
  let nearest = Infinity;
  for (let i = 0; i < boxes.length; i++) for (let j = 0; j < i; j++)
    nearest = Math.min(nearest, Math.hypot(boxes[i].x - boxes[j].x, boxes[i].y - boxes[j].y));
  return {shown: shown.map((each) => each.textContent), nearest: nearest};
}"""


def test_numbers_of_hotspots_never_cover_each_other_and_the_first_stay(plain: str, browser_page: Any):
    page, watch = browser_page
    page.goto(plain)
    frame = map_frame(page, at_least=100)
    page.get_by_text("hotspots", exact=True).click()
    frame.locator(".ilp-number").nth(2).wait_for(state="attached")
    still(page)
    every = {str(each.rank) for each in toy.hotspots().value.hotspots if each.rank <= 20}
    frame.evaluate("map.setZoom(8, {animate: false})")
    far = frame.evaluate(_COVERED, ".ilp-number")
    assert far["shown"]
    assert "1" in far["shown"]
    assert set(far["shown"]) < every
    frame.evaluate("map.setZoom(16, {animate: false})")
    near = frame.evaluate(_COVERED, ".ilp-number")
    assert set(near["shown"]) == every
    assert far["nearest"] >= 24
    assert near["nearest"] >= 24
    assert watch.faults() == []


def test_words_of_an_area_are_text_never_markup(plain: str, browser_page: Any):
    page, _ = browser_page
    page.goto(plain)
    frame = map_frame(page, at_least=100)
    frame.locator(".leaflet-areas-pane path").nth(60).hover()
    tip = frame.locator(".ilp-tip")
    tip.wait_for()
    assert "<b>&" in tip.inner_text()
    assert tip.locator("b").count() == 0
    assert "Expected" in tip.inner_text()


def test_hotspots_and_surface_replace_each_other(plain: str, browser_page: Any, tmp_path: Path):
    page, watch = browser_page
    page.goto(plain)
    frame = map_frame(page, at_least=100)
    page.get_by_text("hotspots", exact=True).click()
    frame.locator(".leaflet-hotspots-pane path").nth(2).wait_for(state="attached")
    screenshot(page, "map-hotspots", tmp_path)
    page.get_by_text("surface", exact=True).click()
    frame.locator(".leaflet-surface-pane img").wait_for(state="attached")
    frame.wait_for_function("document.querySelectorAll('.leaflet-areas-pane path').length == 0")
    assert frame.locator(".ilp-legend").count() == 1, "the legend of a removed layer goes with it"
    screenshot(page, "map-surface", tmp_path)
    assert watch.faults() == []


def test_dark_theme(plain: str, browser_page: Any, tmp_path: Path):
    page, watch = browser_page
    page.goto(f"{plain}/?theme=dark&embed=true&embed_options=dark_theme")
    map_frame(page, at_least=100)
    still(page)
    screenshot(page, "map-dark", tmp_path)
    assert watch.faults() == []


def test_the_hardened_app_sends_its_headers_and_breaks_nothing(guarded: str, browser_page: Any):
    page, watch = browser_page
    answer = page.goto(guarded)
    policy = answer.headers["content-security-policy"]
    assert "unsafe-eval" not in policy
    assert "script-src 'self' 'sha256-" in policy
    frame = map_frame(page, at_least=100)
    _click_area(page, frame, 60)
    inside = page.request.get(f"{guarded}/component/streamlit_folium.st_folium/index.html")
    assert "unsafe-eval" in inside.headers["content-security-policy"]
    shapes = next(url for url in watch.requests if ".shapes/" in url)
    assert "immutable" in page.request.get(shapes).headers["cache-control"]
    assert page.request.get(f"{guarded}/healthz").json() == {"status": "ok"}
    assert watch.faults() == []


def test_the_hardened_app_refuses_a_foreign_host(guarded: str):
    request = urllib.request.Request(guarded, headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(request)


def test_the_policy_lets_every_kind_of_element_work(browser_page: Any):
    page, watch = browser_page
    port = free_port()
    with running(hardened("widgets_page.py", port), port) as address:
        page.goto(address)
        page.get_by_text("READY").wait_for()
        page.locator("[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg").first.wait_for()
        page.locator("[data-testid=stDataFrame] canvas").first.wait_for()
        page.wait_for_timeout(500)
    assert [fault for fault in watch.faults() if "ERR_CONNECTION_REFUSED" not in fault] == []


def test_a_standalone_file_draws_from_the_disk_alone(browser: Any, tmp_path: Path):
    shapes = area_shapes(toy.city())
    layers = [priority_layer(toy.briefing(toy.city()), shapes, "n3"), hotspot_layer(toy.hotspots())]
    html = standalone_html(base_map(shapes, Theme.LIGHT, attribution="Toy City"), layers, "Weekly map")
    path = tmp_path / "map.html"
    path.write_text(html, "utf-8")
    assert not re.search(r"""(src|href)=["'](?!data:)""", html.split("<body>")[0].split("<script>")[0])
    context = browser.new_context(offline=True)
    page = context.new_page()
    watch = Watch()
    page.on("console", watch._heard)
    page.on("request", lambda request: watch.requests.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_function("document.querySelectorAll('.leaflet-areas-pane path').length >= 100")
    page.locator(".leaflet-hotspots-pane path").nth(2).wait_for(state="attached")
    screenshot(page, "map-standalone", tmp_path)
    context.close()
    assert [url for url in watch.requests if not url.startswith(("file:", "data:"))] == []
    assert watch.console == []


def _click_area(page: Any, frame: Any, number: int) -> tuple[str, str]:
    said = page.get_by_text(re.compile("^CLICK")).inner_text()
    frame.locator(".leaflet-areas-pane path").nth(number).click()
    page.wait_for_function(
        "before => [...document.querySelectorAll('p')].some(p => p.innerText.startsWith('CLICK area') && "
        "!before.includes(p.innerText.split(' ')[3]))",
        arg=said,
    )
    frame.wait_for_function("document.querySelectorAll('.leaflet-areas-pane path').length >= 100")
    _, _, area, serial, *_ = page.get_by_text(re.compile("^CLICK area")).inner_text().split()
    return area, serial
