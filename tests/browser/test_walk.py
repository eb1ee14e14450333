"""The commander's walk, from the whole city to a neighbourhood, as a newcomer goes it, with no way out."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from ilpgeo import pipeline
from ilpgeo.ui import model_words
from tests.browser.conftest import App
from tests.browser.driver import screenshot, until
from tests.browser.walker import WAIT_MS, WAIT_S, Walker

CARD = re.compile(
    r"^(?P<rank>\d+)\s+(?:(?P<low>\d+)(?:–(?P<high>\d+))?\s+)?(?P<name>\S.*?)\s*\n+"
    r"(?P<tier>Critical|High|Elevated|Routine)\b(?:.*\n)+?.*(?:incidents?|withheld)[\s\S]*?"
    r"(?P<expected>[\d,.]+)\s+(?P<from>[\d,.]+)(?:–(?P<to>[\d,.]+))?\s+expected",
)


@pytest.fixture
def walker(browser_page: Any, toronto_app: App) -> Walker:
    page, watch = browser_page
    return Walker(page, watch, toronto_app.address)


@pytest.fixture(scope="module")
def ids(toronto_app: App) -> tuple[str, ...]:
    areas = pipeline.open_workspace(toronto_app.workspace).areas
    return tuple(set(areas.id) - set(areas.name))


def test_from_the_city_to_a_neighbourhood_by_clicking_the_map(walker: Walker, ids: tuple[str, ...], tmp_path: Path):
    page = walker.page
    walker.open()
    walker.map(at_least=140)
    read_list(walker, 140)
    walker.check_words(ids)
    page.get_by_role("radio", name="City").click()
    page.get_by_text("6 municipalities", exact=True).wait_for(timeout=WAIT_MS)
    walker.settle()
    read_list(walker, 6)
    walker.check_words(ids)
    walker.map().evaluate("window.marked = 'same frame'")

    municipality = walker.click_area(walker.spots()[1])
    pictures_are_of(walker, municipality)
    walker.check_words(ids)
    walker.press(re.compile(f"^Open {re.escape(municipality)}"))
    walker.wait_for_scope(municipality)
    n_ranked = int(re.match(r"\d+", page.locator(".ilp-list").inner_text()).group())
    assert 1 < n_ranked < 140
    read_list(walker, n_ranked)

    first = walker.texts("[class*=st-key-open-] .ilp-name strong")
    spots = walker.spots()
    neighbourhood = next(name for spot in spots if (name := walker.click_area(spot)) not in first)
    pictures_are_of(walker, neighbourhood)
    assert walker.map().evaluate("window.marked") == "same frame"
    assert walker.map().locator(".leaflet-selection-pane path").count() == 2
    walker.check_words(ids)
    screenshot(page, "walk-neighbourhood", tmp_path)

    page.get_by_role("button", name="Toronto", exact=True).click()
    page.get_by_text("6 municipalities", exact=True).wait_for(timeout=WAIT_MS)
    assert walker.watch.faults() == []


def test_another_offence_another_period_and_the_link_that_brings_it_back(
    walker: Walker, ids: tuple[str, ...], browser: Any, tmp_path: Path
):
    page = walker.page
    walker.open()
    frame = walker.map(at_least=140)
    frame.evaluate("window.marked = 'same frame'")
    before, cards = walker.painted(), walker.cards()
    page.get_by_role("button", name="All offences").click()
    page.get_by_role("button", name="Auto theft").click()
    walker.wait_repainted(before)
    page.get_by_text("of Auto theft in").wait_for(timeout=WAIT_MS)
    page.keyboard.press("Escape")
    walker.settle()
    assert walker.cards() != cards
    page.get_by_role("button", name=re.compile("^Last 28 days")).click()
    page.get_by_role("radio", name="Last 365 days").click()
    page.locator(".ilp-facts", has_text="Jan – Dec 2021").wait_for(timeout=WAIT_MS)
    page.keyboard.press("Escape")
    walker.settle()
    assert frame.evaluate("window.marked") == "same frame"
    name = walker.click_area(walker.spots()[3])
    pictures_are_of(walker, name)
    walker.settle()
    until(page, "() => document.querySelectorAll('.ilp-details').length === 1", None, WAIT_S)
    walker.check_words(ids)
    for part in ("offence=Auto+theft", "period=2021-01-01..2021-12-31", "area=neighbourhood"):
        assert part in page.url.replace("%3A", ":"), page.url
    assert walker.watch.faults() == []

    context = browser.new_context(viewport=page.viewport_size, service_workers="block")
    other = Walker(context.new_page(), type(walker.watch)(), walker.address)
    other.watch.attach(other.page)
    other.open(page.url)
    other.map(at_least=140)
    other.page.locator(".ilp-figure").first.wait_for(timeout=WAIT_MS)
    other.settle()
    for kind in (".ilp-lead", ".ilp-card", ".ilp-details", ".ilp-spots", ".ilp-figure", ".st-key-footer"):
        assert other.texts(kind) == walker.texts(kind) != [], kind
    until(other.map(), "() => document.querySelectorAll('.leaflet-selection-pane path').length === 2")
    assert sorted(style(other)) == sorted(style(walker))
    screenshot(other.page, "walk-link", tmp_path)
    assert other.watch.faults() == []
    context.close()


def test_two_days_are_picked_in_the_calendar(walker: Walker):
    page = walker.page
    walker.open("?level=local&period=2021-11-01..2021-11-30")
    walker.map(at_least=140)
    page.locator(".st-key-period-popover button").first.click()
    page.get_by_test_id("stDateInput").click()
    for day in ("6", "9"):
        page.get_by_role("gridcell").filter(has_text=re.compile(rf"^{day}$")).first.click()
        walker.settle()
    page.locator(".ilp-facts", has_text="6\u20139 Nov 2021").wait_for(timeout=WAIT_MS)
    assert "period=2021-11-06..2021-11-09" in page.url
    assert walker.watch.faults() == []


def style(walker: Walker) -> list[str]:
    """Return how each area is filled; positions depend on where the map was moved to."""
    return list(
        walker.map().evaluate(
            "[...document.querySelectorAll('.leaflet-areas-pane path')].map(path => path.getAttribute('fill')"
            " + path.getAttribute('stroke'))"
        )
    )


def read_list(walker: Walker, n_ranked: int) -> None:
    """Read the ranked list as a commander would: ranks in order, sure to so much, expected how many, why."""
    page = walker.page
    assert page.locator(".ilp-list").inner_text().startswith(f"{n_ranked} ")
    cards = walker.cards()
    assert len(cards) == min(7, n_ranked)
    names = []
    for at, text in enumerate(cards, 1):
        card = CARD.match(text)
        assert card is not None, text
        assert int(card["rank"]) == at
        if card["low"]:
            assert int(card["low"]) <= at <= int(card["high"] or card["low"])
        expected, low, high = (float(card[each].replace(",", "")) for each in ("expected", "from", "to") if card[each])
        assert low <= expected <= high
        names.append(card["name"])
    assert len(set(names)) == len(names)
    reasons = walker.texts("[class*=st-key-open-] .ilp-details li")
    assert len(reasons) >= 2
    assert all(len(reason.split()) >= 3 and reason[0].isupper() | reason[0].isdigit() for reason in reasons)
    assert all(line for line in walker.texts(".ilp-why"))


def pictures_are_of(walker: Walker, name: str) -> None:
    """Check that the three pictures are drawn, are of the area, and say in words what they show."""
    figures = walker.page.locator(".ilp-figure")
    until(
        walker.page,
        "name => { const all = [...document.querySelectorAll('.ilp-figure h2')];"
        " return all.length === 3 && all.every(each => each.innerText.includes(name)); }",
        name,
        WAIT_S,
    )
    for at, (title, shapes) in enumerate(
        (("Trend", ".ilp-trend, .ilp-last"), ("Time of week", "rect"), ("Offences", "rect.ilp-bar"))
    ):
        figure = figures.nth(at)
        assert figure.locator("h2").inner_text().startswith(title)
        assert figure.locator(f"svg {shapes}").count() >= 1
        assert len(figure.locator("svg").get_attribute("aria-label").split()) >= 4
        box = figure.locator("svg").bounding_box()
        assert box["width"] > 150 and box["height"] > 60


ROWS = """Ref;Occurred on;Kind of incident;Latitude;Longitude;Suspect name
W-1;2021-12-28 13:05;Assault;43.6532;-79.3832;A
W-2;2021-12-28 23:40;Robbery;43.7001;-79.4163;B
W-3;2021-12-29 02:10;Auto theft;43.7731;-79.2578;C
W-3;2021-12-29 02:10;Auto theft;43.7731;-79.2578;C
W-4;2021-12-30 09:00;Assault;;;D
W-5;2021-12-30 10:00;Assault;0;0;E
W-6;31/02/2021;Assault;43.6532;-79.3832;F
W-7;2021-12-30 11:30;Assault;51.5000;-0.1200;G
"""
SUM = re.compile(r"([\d,]+) rows read\s*=\s*([\d,]+) accepted\s*\+\s*([\d,]+) quarantined\s*\+\s*([\d,]+) duplicates")


def test_a_file_is_brought_in_and_every_row_accounted_for(walker: Walker, tmp_path: Path):
    page = walker.page
    walker.open()
    walker.map(at_least=140)
    page.get_by_role("link", name="Data").click()
    page.get_by_text("Brought in so far").wait_for(timeout=WAIT_MS)
    walker.settle()
    walker.check_words()
    stored = stored_on_screen(walker)
    file = tmp_path / "week.csv"
    file.write_text(ROWS, "utf-8")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text("Is this right? week.csv").wait_for(timeout=WAIT_MS)
    walker.settle()
    walker.check_words()
    assert page.get_by_role("button", name="Bring this file in").is_disabled(), "no column holds the offence yet"
    assert "Suspect name" in page.locator(".ilp-calm").inner_text()
    walker.choose("What Ref holds", "Reference (unique number)")
    walker.choose("What Kind of incident holds", "Offence")
    screenshot(page, "walk-mapping", tmp_path)
    walker.press("Bring this file in")
    page.locator(".ilp-head", has_text="week.csv").wait_for(timeout=WAIT_MS)
    page.locator(".ilp-sum").wait_for(timeout=WAIT_MS)
    walker.settle()
    walker.check_words()
    screenshot(page, "walk-report", tmp_path)
    rows_read, accepted, quarantined, duplicates = numbers(SUM, page.locator(".ilp-sum").inner_text())
    assert (rows_read, accepted, quarantined, duplicates) == (8, 3, 4, 1)
    assert stored_on_screen(walker) == stored + 3
    reasons = walker.texts(".ilp-reason")
    assert sum(int(re.match(r"\d+", reason).group()) for reason in reasons) == quarantined
    assert len(reasons) == 4
    for at in range(page.locator(".ilp-frow:not(.ilp-fhead)").count()):
        row = page.locator(".ilp-frow:not(.ilp-fhead)").nth(at)
        counts = [
            numbers(re.compile(r"([\d,]+)"), row.locator(f"[data-name='{name}']").inner_text())[0]
            for name in ("Rows read", "Accepted", "Quarantined", "Duplicates")
        ]
        assert counts[0] == sum(counts[1:])
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the 4 rows in quarantine (CSV)").click()
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as stream:
        rejected = list(csv.DictReader(stream))
    assert sorted(row["Ref"] for row in rejected) == ["W-4", "W-5", "W-6", "W-7"]
    assert all("name" not in column.lower() for column in rejected[0]), "persons are not handed out"
    assert all(list(row.values())[1] for row in rejected), "every row says why"

    page.get_by_role("link", name="Priorities").click()
    walker.map(at_least=140)
    walker.settle()
    walker.check_words()
    assert walker.watch.faults() == []


def stored_on_screen(walker: Walker) -> int:
    """Return how many incidents the data page says are stored."""
    return numbers(re.compile(r"([\d,]+) incidents stored"), walker.said())[0]


def numbers(pattern: re.Pattern[str], text: str) -> list[int]:
    """Return the numbers a pattern finds in a text."""
    found = pattern.search(text)
    assert found is not None, text
    return [int(each.replace(",", "")) for each in found.groups()]


# One of each kind of picture: counts, clusters, significance, classes, a contrast, a forecast.
PICTURED = ("prior_count", "dbscan", "gi_star", "emerging", "dual_kde", "blend", "kde")


def choose_model(walker: Walker, model: dict[str, Any]) -> None:
    """Choose a model by the question it answers."""
    page = walker.page
    page.locator("[class*=st-key-model-popover] button").first.click()
    page.get_by_role("tab", name=model_words.TABS[model["purpose"]], exact=True).click()
    page.get_by_role("button", name=f"Use {model['title']}").click(timeout=WAIT_MS)


def test_every_kind_of_model_changes_the_map_without_reloading_it(walker: Walker, tmp_path: Path):
    page = walker.page
    walker.open("models")
    walker.map().evaluate("window.marked = 'same frame'")
    models = {model["name"]: model for model in pipeline.describe_models()}
    walker.settle()
    seen = {walker.painted()}
    for name in PICTURED:
        before = walker.painted()
        choose_model(walker, models[name])
        walker.wait_repainted(before)
        page.get_by_text(f"About {models[name]['title']}").wait_for(timeout=WAIT_MS)
        walker.settle()
        seen.add(walker.painted())
        walker.check_words()
        assert re.match(r"\d+ hotspots?|No hotspots", page.locator(".ilp-list").inner_text())
        assert walker.map().evaluate("window.marked") == "same frame"
    assert len(seen) == len(PICTURED), "every model has a map of its own; the last is the one the page opened with"
    choose_model(walker, models["repeat_places"])
    page.locator(".ilp-said li").first.wait_for(timeout=WAIT_MS)
    walker.settle()
    walker.check_words()
    assert page.locator(".ilp-chart svg").count() >= 1
    assert walker.watch.faults() == []


def test_a_slider_moves_the_map_and_not_the_frame(walker: Walker):
    page = walker.page
    walker.open("models?model=kde")
    frame = walker.map()
    frame.evaluate("window.marked = 'same frame'; map.setZoom(map.getZoom() + 1, {animate: false})")
    zoom, before = frame.evaluate("map.getZoom()"), walker.painted()
    page.get_by_role("slider", name=re.compile("Bandwidth")).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    walker.wait_repainted(before)
    walker.settle()
    assert frame.evaluate("window.marked") == "same frame"
    assert frame.evaluate("map.getZoom()") == zoom
    assert "set=bandwidth_m" in page.url
    assert walker.watch.faults() == []


def test_england_and_wales_rank_only_where_there_are_data(browser_page: Any, england_wales_app: App, tmp_path: Path):
    page, watch = browser_page
    walker = Walker(page, watch, england_wales_app.address)
    walker.open("?level=regional&type=police+force")
    walker.map(at_least=2)
    walker.settle()
    assert walker.texts(".ilp-card .ilp-name strong")[0] == "West Yorkshire"
    assert len(walker.cards()) == 1, "forces without data are not ranked"
    assert "No data, not ranked (not the same as safe)" in walker.said()
    fills = [each.fill for each in walker.spots()]
    assert sum(fill == "url(#ilp-hatch)" for fill in fills) >= 1
    assert sum(fill != "url(#ilp-hatch)" for fill in fills) == 1
    walker.check_words()
    ranked = next(each for each in walker.spots() if each.fill != "url(#ilp-hatch)")
    assert walker.click_area(ranked) == "West Yorkshire"
    screenshot(page, "walk-forces", tmp_path)
    walker.press(re.compile("^Open West Yorkshire"))
    walker.wait_for_scope("West Yorkshire")
    page.get_by_text("5 districts", exact=True).wait_for(timeout=WAIT_MS)
    districts = {"Leeds", "Bradford", "Kirklees", "Wakefield", "Calderdale"}
    assert set(walker.texts(".ilp-card .ilp-name strong")) == districts
    until(walker.map(), "() => document.querySelectorAll('.leaflet-areas-pane path').length >= 5")
    walker.settle()
    district = walker.click_area(next(each for each in walker.spots() if each.fill != "url(#ilp-hatch)"))
    pictures_are_of(walker, district)
    assert "unknown" in walker.texts(".ilp-figure")[1].lower(), "months know no time of week"
    walker.press(re.compile(f"^Open {district}"))
    walker.wait_for_scope(district)
    assert re.match(r"\d+ MSOAs$", page.locator(".ilp-list").inner_text())
    walker.check_words()
    screenshot(page, "walk-district", tmp_path)
    assert watch.faults() == []
