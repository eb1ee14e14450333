"""Sources, gaps, links and other levels in the browser: a gap is reached from the map, given to somebody, and kept."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ilpgeo import pipeline
from ilpgeo.core.notices import Notice, ProductKind
from ilpgeo.core.sources import Source
from ilpgeo.core.types import Access, Level
from tests.browser.driver import SIZES, Watch, free_port, map_frame, running, screenshot, still, until
from tests.pipeline.city import make_city, write
from tests.pipeline.test_gap_list import in_area
from tests.pipeline.test_linked import HEADER, of_series


@pytest.fixture
def address(browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return the dashboard on a city of four squares, the last of which fell silent."""
    monkeypatch.setenv("ILPGEO_SERIES_KEY", "a key of these tests, long enough to be one")
    city = make_city(tmp_path / "city")
    quiet = date(2023, 3, 4)
    rows = [row for at in range(4) for row in in_area(at, 368, date(2022, 3, 1))]
    rows += [row for at in range(3) for row in in_area(at, 28, quiet)]
    pipeline.ingest(city, write(tmp_path / "f.csv", rows), "calls")
    linked = [*of_series("H", 0, 14), *of_series("H", 1, 13)]
    pipeline.ingest(city, write(tmp_path / "g.csv", linked, HEADER), "reports")
    told = Notice(ProductKind.REQUEST, Level.NATIONAL, "Which routes?", "Say by Friday.", date(2199, 1, 1))
    pipeline.put_out(city, told, Access(), "Chief", city.workspace.settings.today())
    pipeline.gaps(city, Access(), city.workspace.settings.today())
    port = free_port()
    command = [sys.executable, "-m", "ilpgeo", "serve", "--workspace", str(tmp_path / "city"), "--port", str(port)]
    with running(command, port, env=dict(os.environ)) as found:
        yield found


def test_a_silent_area_leads_from_the_map_to_its_gap_and_an_owner(
    address: str, browser_page: tuple[Any, Watch], tmp_path: Path
):
    page, watch = browser_page
    page.goto(f"{address}/?level=local&area=a0")
    frame = map_frame(page, at_least=4)
    until(frame, "() => document.querySelectorAll('path[fill=\"url(#ilp-hatch)\"]').length > 0")
    until(page, "() => document.body.innerText.includes('Which routes?')")
    screenshot(page, "silent-area", tmp_path)
    page.goto(f"{address}/?level=local&area=a3")
    page.get_by_role("link", name="Gap: sudden silence, open").first.click()
    until(page, "() => document.body.innerText.includes('has gone silent in Area 3')")
    still(page)
    page.get_by_role("textbox", name="Owner").first.fill("Data desk")
    page.get_by_role("textbox", name="Your name").first.fill("A. Analyst")
    page.get_by_role("button", name="Save").first.click()
    until(page, "() => document.body.innerText.includes('A. Analyst: assigned to Data desk')")
    screenshot(page, "gap-assigned", tmp_path)
    page.reload()
    until(page, "() => document.body.innerText.includes('A. Analyst: assigned to Data desk')")
    assert watch.faults() == []


def test_what_is_past_its_retention_is_removed_and_the_ranking_goes_on_without_it(
    address: str, browser_page: tuple[Any, Watch], tmp_path: Path
):
    page, watch = browser_page
    city = pipeline.open_workspace(tmp_path / "city")
    pipeline.register_source(city, Source("reports", "Police", "Desk", "Act", retention_days=1), Access(), "A")
    held = dict(city.store.totals().by_source)
    page.goto(f"{address}/sources?source=reports")
    until(page, "() => document.body.innerText.includes('Kept longer than it may be')")
    still(page)
    page.get_by_text("Remove it for good").click()
    page.get_by_role("textbox", name="Reason").fill("Review of June")
    page.get_by_role("textbox", name="Your name").first.fill("A. Keeper")
    page.get_by_text(f"Yes: {held['reports']} incidents of reports").click()
    screenshot(page, "retention-form", tmp_path)
    page.get_by_role("button", name="Remove for good").click()
    until(page, "() => document.body.innerText.includes('of reports for good.')")
    screenshot(page, "retention-done", tmp_path)
    assert dict(city.store.totals().by_source) == {"calls": held["calls"]}
    page.goto(f"{address}/?level=local")
    map_frame(page, at_least=4)
    assert watch.faults() == []


@pytest.mark.parametrize("size", sorted(SIZES))
def test_each_page_fits_its_screen(address: str, browser: Any, size: str, tmp_path: Path):
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, service_workers="block")
    page, watch = context.new_page(), Watch()
    watch.attach(page)
    for name, said in (("gaps", "intelligence gap"), ("sources", "not registered"), ("links", "shares crime series")):
        page.goto(f"{address}/{name}")
        until(page, "text => document.body.innerText.includes(text)", said)
        still(page)
        if name == "links":
            until(map_frame(page), "() => document.querySelectorAll('.leaflet-hotspots-pane path').length > 0")
        screenshot(page, f"{name}-{size}", tmp_path)
        assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"), name
    context.close()
    assert watch.faults() == []
