"""The panel of other levels on the commander's screen, on a small real workspace."""

from datetime import timedelta

import pytest

from ilpgeo import pipeline
from ilpgeo.core.notices import Notice, ProductKind
from ilpgeo.core.types import Access, Level
from tests.app.pages import opened, press, said
from tests.pipeline.city import good, make_city, write


@pytest.fixture
def city(serve, tmp_path):
    made = make_city(tmp_path / "city")
    pipeline.ingest(made, write(tmp_path / "f.csv", good(60)), "calls")
    serve(tmp_path / "city")
    return made


def test_nothing_published_is_said(city):
    page = opened(level="national")
    assert not page.exception and "have published nothing that still holds" in said(page)


def test_a_product_is_put_out_seen_above_and_taken_back(city):
    page = opened(level="local")
    press(page, "Put it out")
    assert "A title is needed. A text is needed." in page.warning[0].value
    page.text_input(key="put-out-title").set_value("Car parks <b>")
    page.text_area(key="put-out-text").set_value("Two are lit badly.")
    page.text_input(key="put-out-mark").set_value("OFFICIAL")
    page.text_input(key="put-out-person").set_value("A. Analyst")
    press(page, "Put it out")
    assert not page.exception and "It is out" in page.success[0].value
    above = opened(level="national")
    text = said(above)
    assert "From the level below" in text and "Briefing: Car parks &lt;b&gt;" in text
    assert '<b class="ilp-mark">OFFICIAL</b> \u00b7 version 1 \u00b7 A. Analyst' in text
    [mine] = pipeline.notices(city, Level.LOCAL, Access())
    page.text_input(key=f"take-back-why-{mine.id}").set_value("Wrong place")
    press(page, "Take it back")
    assert not page.exception and "have published nothing" in said(opened(level="national"))


def test_what_comes_down_is_shown_below(city):
    until = city.workspace.settings.today() + timedelta(days=3)
    told = Notice(ProductKind.REQUEST, Level.NATIONAL, "Which routes?", "Say by Friday.", until)
    pipeline.put_out(city, told, Access(), "Chief", city.workspace.settings.today())
    text = said(opened(level="local"))
    assert "From the level above" in text and "Request: Which routes?" in text and "no handling mark set" in text


def test_a_long_product_shows_its_first_lines_and_the_rest_when_asked_for(city):
    until = city.workspace.settings.today() + timedelta(days=3)
    told = Notice(ProductKind.PACK, Level.NATIONAL, "Meeting", "One\nTwo\n\nThree <b>\nFour", until)
    pipeline.put_out(city, told, Access(), "Chief", city.workspace.settings.today())
    text = said(opened(level="local"))
    assert "One<br>Two<details><summary>The rest of it</summary>Three &lt;b&gt;<br>Four</details>" in text
