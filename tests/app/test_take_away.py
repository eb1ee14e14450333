"""What is on the commander's screen as a file: of what, in which form, made only when asked for."""

from datetime import date
from types import SimpleNamespace

import pytest

from ilpgeo import pipeline
from ilpgeo.core.types import Released
from ilpgeo.reports import formats
from ilpgeo.ui import cache, take_away
from tests.app.test_commander import words_of


def control(page, key: str):
    return next(each for each in (*page.radio, *page.selectbox) if each.key == key)


@pytest.fixture
def offered(monkeypatch):
    """Catch what is offered for download, and count what is made."""
    seen = SimpleNamespace(offers=[], asked=[])

    def offer(released, make, label, file, mime, *, key, is_main):
        assert isinstance(released, Released)
        seen.offers.append((file, mime, lambda: make(released)))

    def product(opened, query, access, stamp, area="", as_of=None):
        seen.asked.append((query, area, as_of, stamp))
        return SimpleNamespace()

    monkeypatch.setattr(take_away.released, "download_made", offer)
    monkeypatch.setattr(pipeline, "product", product, raising=False)
    makers = {ending: formats.Format(each.title, each.media_type, lambda _, ending=ending: ending.encode())
              for ending, each in formats.FORMATS.items()}  # fmt: skip
    monkeypatch.setattr(take_away, "FORMATS", makers)
    return seen


def test_nothing_is_made_before_it_is_asked_for_and_the_same_once_only(city, open_page, offered):
    page = open_page()
    assert not page.exception
    assert offered.asked == []
    file, mime, make = offered.offers[-1]
    assert file == "briefing-neighbourhoods-of-fakeville-2021-12-31.pdf"
    assert mime == "application/pdf"
    assert make() == make() == b".pdf"
    [(query, area, as_of, stamp)] = offered.asked
    assert (area, as_of, query.areas) == ("", None, ())
    assert stamp.made_on <= date.max and (stamp.expires_on - stamp.made_on).days == 7


def test_the_selected_area_and_another_form(city, open_page, offered):
    page = open_page(area="N089")
    control(page, "take-of").set_value("area").run()
    control(page, "take-as").set_value(".kml").run()
    file, _, make = offered.offers[-1]
    assert file.endswith("2021-12-31.kml") and "fakeville" not in file
    assert make() == b".kml"
    assert offered.asked[-1][1] == "N089"


def test_inside_an_area_the_product_is_about_that_area(city, open_page, offered):
    open_page(**{"in": "D2"})
    file, _, make = offered.offers[-1]
    assert file == "briefing-neighbourhoods-of-old-harbour-2021-12-31.pdf"
    make()
    query, area, *_ = offered.asked[-1]
    assert (area, query.areas) == ("D2", ())


def test_it_says_mark_expiry_and_version_beforehand(city, open_page, offered):
    page = open_page()
    said = words_of(page) + " ".join(each.value for each in page.caption)
    assert "No handling mark set; expires" in said and "data version v1" in said


def test_what_is_kept_is_bounded():
    kept = cache.products()
    for at in range(40):
        kept.put(at, b"x")
    assert sum(kept.get(at) is not None for at in range(40)) == 12
