"""The page of links on a small real workspace, and the alert on the commander's screen."""

import pytest

from ilpgeo import pipeline
from ilpgeo.pipeline.series_secret import VARIABLE
from tests.app import pages
from tests.app.pages import said
from tests.pipeline.city import good, make_city, write
from tests.pipeline.test_linked import HEADER, of_series

PAGE = pages.SCREENS / "links.py"


@pytest.fixture
def folder(serve, monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, "a key of these tests, long enough to be one")
    serve(tmp_path / "city")
    make_city(tmp_path / "city")
    return tmp_path


def bring(folder, rows, header):
    pipeline.ingest(pipeline.open_workspace(folder / "city"), write(folder / "f.csv", rows, header), "calls")


def test_links_are_listed_with_their_counts(folder):
    bring(
        folder, [*of_series("H", 0, 14), *of_series("H", 1, 13), *of_series("K", 2, 1), *of_series("K", 3, 1)], HEADER
    )
    page = pages.opened(PAGE)
    assert not page.exception
    text = said(page)
    assert "1 pair of" in text and "Area 0 \u2013 Area 1" in text and "<td>27</td>" in text
    assert "1 link on fewer than 5 incidents withheld" in text and "nobody is profiled" in text
    app = pages.opened(level="national", period="2023-03-01..2023-03-14")
    assert not app.exception
    labels = [each.proto.label for each in app.get("page_link")]
    assert "1 pair of areas share crime series: an alert to this level" in labels


def test_a_period_typed_backwards_into_the_address_is_told_as_such(folder):
    bring(folder, good(20), "id,when,lat,lon,offence,place")
    page = pages.opened(PAGE, period="2023-03-14..2023-03-01")
    [told] = [each.value for each in page.info if "link" in each.value]
    assert "period 2023-03-14..2023-03-01 ends before it begins: swap the two dates" in told and "form" not in told


def test_without_series_the_page_says_what_to_do(folder):
    bring(folder, good(20), "id,when,lat,lon,offence,place")
    page = pages.opened(PAGE)
    assert not page.exception and "No series references yet" in said(page)
    assert all(each in said(page) for each in ("What to bring", "How", "What comes of it", "--map COLUMN=series"))
    assert "A drawing, not data" in said(page)
