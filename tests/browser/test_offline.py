"""Every page in both themes at three sizes, with no way out of this machine: nothing lost, cut off or complained of."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import App
from tests.browser.driver import ROOT, SIZES, Watch, free_port, running, screenshot, streamlit_command
from tests.browser.walker import WAIT_MS, Walker

PAGES = {"": ".ilp-card", "models": ".ilp-list", "data": ".ilp-frow:not(.ilp-fhead)"}
# Pairs of words that lie over each other, each cut to what its boxes let one see.
OVERLAPS = """(within) => {
  const found = [], rects = [];
  const hidden = (each) => {
    for (let at = each; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.visibility === 'hidden' || style.display === 'none' || Number(style.opacity) === 0) return true;
      if (at.matches('[aria-hidden=true], [data-testid=stHeader], [data-testid=stTooltipIcon]')) return true;
    }
    return false;
  };
  const walker = document.createTreeWalker(document.querySelector(within), NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walker.nextNode()) {
    const node = walker.currentNode, owner = node.parentElement;
    if (!node.data.trim() || !owner || hidden(owner)) continue;
    if (owner.closest('script, style, title, noscript, iframe')) continue;
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width < 2 || box.height < 2) continue;
      const x = box.left + box.width / 2, y = box.top + box.height / 2;
      let left = box.left, right = box.right, top = box.top, bottom = box.bottom;
      for (let at = owner; at && at !== document.body; at = at.parentElement) {
        const style = getComputedStyle(at);
        if (style.overflow === 'visible' && style.overflowX === 'visible') continue;
        const clip = at.getBoundingClientRect();
        left = Math.max(left, clip.left); right = Math.min(right, clip.right);
        top = Math.max(top, clip.top); bottom = Math.min(bottom, clip.bottom);
      }
      if (right - left < 2 || bottom - top < 2) continue;
      rects.push({ left, right, top, bottom, whole: box.height, text: node.data.trim().slice(0, 40), owner });
    }
  }
  for (let i = 0; i < rects.length; i++) for (let j = i + 1; j < rects.length; j++) {
    const a = rects[i], b = rects[j];
    if (a.owner === b.owner || a.owner.contains(b.owner) || b.owner.contains(a.owner)) continue;
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    const least = Math.min(a.whole, b.whole);  // of a line cut by the edge of a list, the whole line's height
    if (wide > 3 && high > 0.3 * least) found.push(`${a.text} | ${b.text}`);
  }
  return [...new Set(found)];
}"""
TOO_WIDE = """() => [...document.querySelectorAll('body *')].filter((each) => {
  const box = each.getBoundingClientRect();
  if (box.width < 1 || box.height < 1 || box.right <= innerWidth + 1) return false;
  for (let at = each.parentElement; at; at = at.parentElement)
    if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(at).overflowX)
      && at.getBoundingClientRect().right <= innerWidth + 1) return false;
  return true;
}).map((each) => each.className.toString().slice(0, 60) + ' ' + each.innerText?.slice(0, 40))"""


@pytest.fixture(scope="module")
def plain(toronto_app: App) -> Iterator[str]:
    """Return the address of the same workspace under plain ``streamlit run app.py``."""
    port = free_port()
    environment = {"ILPGEO_WORKSPACE": os.fspath(toronto_app.workspace)}
    with running(streamlit_command(ROOT / "app.py", port), port, env=environment) as address:
        yield address


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES, ids=["priorities", "models", "data"])
def test_a_page_works_cut_off_from_the_world(path: str, theme: str, browser: Any, toronto_app: App, tmp_path: Path):
    first = SIZES["laptop"]
    context = browser.new_context(
        viewport={"width": first[0], "height": first[1]}, color_scheme=theme, service_workers="block"
    )
    walker = Walker(context.new_page(), Watch(), toronto_app.address)
    walker.watch.attach(walker.page)
    walker.open(path)
    for name, (width, height) in SIZES.items():
        walker.page.set_viewport_size({"width": width, "height": height})
        shown(walker, path)
        walker.page.wait_for_timeout(150)
        picture = f"{path or 'priorities'}-{theme}-{name}"
        screenshot(walker.page, picture, tmp_path)
        assert walker.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), picture
        assert walker.page.evaluate(TOO_WIDE) == [], picture
        assert walker.page.evaluate(OVERLAPS, "body") == [], picture
        if path != "data":
            assert walker.map().evaluate(OVERLAPS, ".leaflet-control-container") == [], picture
            assert walker.map().evaluate("() => document.documentElement.scrollWidth <= innerWidth"), picture
    walker.check_words()
    context.close()
    assert walker.watch.faults() == []


@pytest.mark.parametrize("path", PAGES, ids=["priorities", "models", "data"])
def test_plain_streamlit_works_cut_off_from_the_world(path: str, plain: str, browser_page: Any):
    page, watch = browser_page
    walker = Walker(page, watch, plain)
    walker.open(path)
    shown(walker, path)
    walker.check_words()
    assert watch.faults() == []


def shown(walker: Walker, path: str) -> None:
    """Wait until a page has drawn what it is for."""
    walker.page.locator(PAGES[path]).first.wait_for(timeout=WAIT_MS)
    if path != "data":
        walker.map()
    walker.settle()
