"""The briefing as a web page: from the disk alone, on a phone too, with its map drawn."""

from pathlib import Path
from typing import Any

import pytest

from ilpgeo.reports.formats import write_product
from tests.browser.driver import SIZES, Watch, screenshot
from tests.reports import products

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_the_page_opens_from_a_disk_and_draws_its_map(browser: Any, tmp_path: Path, size: str) -> None:
    path = tmp_path / "briefing.html"
    write_product(products.product(name=products.HOSTILE), path)
    width, height = SIZES[size]
    context = browser.new_context(offline=True, viewport={"width": width, "height": height})
    page = context.new_page()
    watch, dialogs = Watch(), []
    page.on("console", watch._heard)
    page.on("pageerror", lambda error: watch.console.append(str(error)))
    page.on("request", lambda request: watch.requests.append(request.url))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(path.as_uri())
    frame = page.frame_locator("iframe.map")
    frame.locator(".leaflet-areas-pane path").nth(25).wait_for(state="attached")
    box = frame.locator(".leaflet-areas-pane path").nth(25).bounding_box()
    assert box is not None and box["width"] > 3
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    screenshot(page, f"briefing-{size}", tmp_path)
    context.close()
    assert dialogs == []
    assert [url for url in watch.requests if not url.startswith(("file:", "data:", "about:"))] == []
    assert watch.console == []
