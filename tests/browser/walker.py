"""A person at the dashboard: looks at a page, points at the map, clicks, and reads what is on the screen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.browser.driver import Watch, map_frame, still, until

WAIT_S = 60
WAIT_MS = 1000 * WAIT_S
# Words that only a machine says: a fault's trail, an empty value, an internal name, an object that was not spelt out.
MACHINE_WORDS = re.compile(
    r"Traceback|\bNone\b|\bnull\b|\bundefined\b|\bNaN\b|\bnan\b|\bNaT\b|\binf\b|\[object |<[a-z]+[ >]|&[a-z]+;|"
    r"\bilpgeo\.\w+|\w+\(\w+=|0x[0-9a-f]{6,}|Error:|dtype|np\.\w+"
)
_SPOTS = """() => [...document.querySelectorAll('.leaflet-areas-pane path')].map((path, at) => {
  const box = path.getBoundingClientRect(), hits = [];
  const n = 12;
  for (let i = 1; i < n; i++) for (let j = 1; j < n; j++) {
    const x = box.left + box.width * i / n, y = box.top + box.height * j / n;
    if (document.elementFromPoint(x, y) === path) hits.push([x, y]);
  }
  const size = box.width * box.height * hits.length;
  const middle = hits.length ? hits[Math.floor(hits.length / 2)] : null;
  return {size, point: middle, fill: path.getAttribute('fill')};
}).filter(each => each.point).sort((a, b) => b.size - a.size)"""
# A number that stands for the look of the layers that change; zero where there are none.
_LAYERS = """() => {
  let sum = 0;
  for (const each of document.querySelectorAll(
    '.leaflet-areas-pane path, .leaflet-hotspots-pane path, .leaflet-surface-pane img')) {
    const look = each.src || ['d', 'fill', 'stroke'].map((name) => each.getAttribute(name)).join();
    for (let at = 0; at < look.length; at++) sum = (31 * sum + look.charCodeAt(at)) >>> 0;
  }
  return sum;
}"""


@dataclass(frozen=True)
class Spot:
    """A point of the page that lies on an area of the map."""

    x: float
    y: float
    fill: str


@dataclass
class Walker:
    """One browser page on one app."""

    page: Any
    watch: Watch
    address: str

    def open(self, path: str = "") -> None:
        """Open a page of the app by its address."""
        url = path if path.startswith("http") else f"{self.address}/{path}"
        answer = self.page.goto(url)
        assert answer.status == 200
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is being worked out."""
        self.page.locator("[data-testid=stAppViewContainer]").wait_for(timeout=WAIT_MS)
        still(self.page, WAIT_S)

    def map(self, at_least: int = 0) -> Any:
        """Return the map's frame once it runs and so many areas are painted."""
        return map_frame(self.page, WAIT_S, at_least)

    def painted(self) -> int:
        """Return a number that stands for how the changing layers of the map look."""
        return int(self.map().evaluate(_LAYERS))

    def wait_repainted(self, before: int) -> None:
        """Wait until the map's changing layers differ from what they were."""
        until(self.map(), f"before => ![0, before].includes(({_LAYERS})())", before, WAIT_S)

    def spots(self) -> list[Spot]:
        """Return a point on every area that can be hit, the largest on the screen first."""
        element = self.map().frame_element()
        element.scroll_into_view_if_needed()
        box = element.bounding_box()
        found = None
        while found != (found := self.map().evaluate(_SPOTS)):  # until the map has stopped moving
            self.page.wait_for_timeout(200)
        return [Spot(box["x"] + each["point"][0], box["y"] + each["point"][1], each["fill"]) for each in found]

    def point_at(self, spot: Spot) -> str:
        """Hold the pointer over a spot and return what the map says about it."""
        tip = self.map().locator(".ilp-tip")
        self.page.mouse.move(spot.x - 3, spot.y - 3)
        self.page.mouse.move(spot.x, spot.y)
        tip.last.wait_for(timeout=WAIT_MS)
        self.page.wait_for_timeout(100)  # a tip that is fading out says what was pointed at before
        return str(tip.last.inner_text())

    def click_area(self, spot: Spot) -> str:
        """Click an area on the map, wait until its card is open, and return its name."""
        name = self.point_at(spot).splitlines()[0]
        before = self.page.url
        self.page.mouse.click(spot.x, spot.y)
        until(
            self.page,
            "name => document.querySelector('[class*=st-key-open-] .ilp-name strong')?.innerText === name",
            name,
            WAIT_S,
        )
        until(self.page, "before => location.href !== before", before, WAIT_S)
        self.settle()
        return name

    def press(self, name: str | re.Pattern[str]) -> None:
        """Press a button by what it says, and wait for what comes of it."""
        self.page.get_by_role("button", name=name).first.click(timeout=WAIT_MS)
        self.settle()

    def choose(self, label: str, option: str) -> None:
        """Choose an option of a list of choices."""
        self.page.get_by_role("combobox", name=label).click()
        self.page.get_by_role("option", name=option, exact=True).click()
        self.settle()

    def wait_for_scope(self, name: str) -> None:
        """Wait until the way down ends at an area."""
        self.page.locator(".ilp-here", has_text=name).wait_for(timeout=WAIT_MS)
        self.settle()

    def cards(self) -> list[str]:
        """Return the cards of the ranked list as they read."""
        return [str(each) for each in self.page.locator(".ilp-card").all_inner_texts()]

    def texts(self, selector: str) -> list[str]:
        """Return what all elements of a kind say."""
        return [str(each) for each in self.page.locator(selector).all_inner_texts()]

    def said(self) -> str:
        """Return every word on the screen, the map's included."""
        words = [self.page.locator("body").inner_text()]
        words += [frame.locator("body").inner_text() for frame in self.page.frames if "streamlit_folium" in frame.url]
        return "\n".join(words)

    def check_words(self, ids: tuple[str, ...] = ()) -> None:
        """Fail where the screen, once it stands still, says what only a machine would say, or shows an internal id."""
        self.settle()
        said = self.said()
        found = [match.group() for match in MACHINE_WORDS.finditer(said)]
        assert not found, f"the screen says {found}"
        words = set(re.split(r"[\s,;()]+", said))
        assert not words & set(ids), f"the screen shows ids: {sorted(words & set(ids))[:5]}"
        assert self.page.locator("[data-testid=stException]").count() == 0
