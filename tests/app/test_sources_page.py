"""The page of sources and the choice of sources on the commander's screen, on a small real workspace."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from ilpgeo import pipeline
from ilpgeo.core.settings import Settings
from ilpgeo.core.sources import Grading, Registered, Scale, Source
from ilpgeo.core.types import Access, Level
from ilpgeo.ui import grading, source_words
from tests.app.test_data import press, said
from tests.pipeline.city import good, make_city, write

PAGE = Path(__file__).resolve().parents[2] / "ilpgeo" / "ui" / "screens" / "sources.py"
OPEN = Source("open", "City Police", "Desk", "Police Act", Grading(Scale.FOUR, "A", "1"))
QUIET = Source("quiet <b>", "Harbour Police", "Desk", "Harbour Act", Grading(Scale.UK, "3", "E", "C"), Level.LOCAL,
               ("City Police", "Customs"), "ask first", refresh_days=7)  # fmt: skip


@pytest.fixture
def city(monkeypatch, tmp_path):
    st.cache_resource.clear()
    made = make_city(tmp_path / "city")
    pipeline.ingest(made, write(tmp_path / "open.csv", good(60)), "open")
    pipeline.ingest(made, write(tmp_path / "quiet.csv", good(40, offence="ASSAULT")), "quiet <b>")
    monkeypatch.setenv("ILPGEO_WORKSPACE", str(tmp_path / "city"))
    yield made
    st.cache_resource.clear()


def opened(page: Path = PAGE, **address) -> AppTest:
    made = AppTest.from_file(str(page), default_timeout=60)
    for name, value in address.items():
        made.query_params[name] = value
    return made.run()


def field(page, kind: str, label: str):
    return next(each for each in page.get(kind) if each.label == label)


def test_a_source_nobody_registered_is_opened_first_and_registered(city):
    page = opened()
    assert not page.exception and "2 not registered" in said(page)
    assert "nobody has said whose they are" in said(page)
    press(page, "Save")
    assert "The agency that gives the data is needed" in page.warning[0].value
    for label, text in (("Agency", "City Police"), ("Owner", "Desk"), ("Legal basis", "Act"), ("Your name", "A")):
        field(page, "text_input", label).set_value(text)
    press(page, "Save")
    assert "both the source's and the information's" not in said(page) and page.success[0].value == "Saved: open."
    [made] = pipeline.registered(city)
    assert (made.source.name, made.source.agency, made.made_by) == ("open", "City Police", "A")
    assert "1 not registered" in said(page) and "Who gives what to whom" in said(page)


def test_the_scales_words_stand_in_the_choice_and_the_reach_is_obeyed(city):
    pipeline.register_source(city, OPEN, Access(), "A")
    page = opened(source="quiet <b>")
    scale = next(each for each in page.get("button_group") if "6x6" in [*each.options])
    scale.set_value(Scale.SIX).run()
    assert "B: usually reliable" in field(page, "selectbox", "Source").options
    field(page, "selectbox", "Source").set_value("B")
    field(page, "selectbox", "Information").set_value("2")
    for label, text in (("Agency", "Harbour"), ("Owner", "Desk"), ("Legal basis", "Act"), ("Your name", "A")):
        field(page, "text_input", label).set_value(text)
    field(page, "selectbox", "May be shown up to").set_value(Level.LOCAL)
    press(page, "Save")
    made = next(each.source for each in pipeline.registered(city) if each.source.name == "quiet <b>")
    assert (made.grading, made.reach) == (Grading(Scale.SIX, "B", "2"), Level.LOCAL)
    assert "probably true" in said(page)


def test_who_gives_what_to_whom():
    text = source_words.matrix((OPEN, QUIET), Settings("x", "EPSG:32617", "UTC", None))
    assert text.count("<tr>") == 3 and "quiet &lt;b&gt;" in text
    quiet = text.partition("quiet &lt;b&gt;")[2]
    assert quiet.index("City Police") if "City Police" in quiet else True
    assert quiet.count("up to the local level, with conditions: ask first") == 2
    assert quiet.count("gives it") == 2 and text.count("not shared</span>") == 2  # the legend says it once more


def test_a_role_that_manages_no_data_reads_and_changes_nothing(city, monkeypatch):
    from ilpgeo.ui import access

    pipeline.register_source(city, OPEN, Access(), "A")
    monkeypatch.setattr(access, "current_access", lambda: Access(manages_data=False))
    page = opened(source="open")
    assert not page.exception and "City Police" in said(page) and not page.text_input


def test_sources_are_chosen_by_grading():
    register = [Registered(OPEN), Registered(QUIET)]
    held = ("open", "quiet <b>", "new")
    assert grading.by_trust(register, held) == {
        "Reliable only": ("open",), "At least mostly reliable": ("open",), "All but doubtful": ("open", "new"),
    }  # fmt: skip
    assert grading.by_trust(register[:1], ("open",)) == {}


def test_the_commander_chooses_sources_and_is_told_what_is_left_out(city):
    pipeline.register_source(city, OPEN, Access(), "A")
    pipeline.register_source(city, QUIET, Access(), "A")
    app = PAGE.parents[3] / "app.py"
    page = opened(app, level="national")
    assert not page.exception
    assert "Not in this picture: quiet &lt;b&gt;; its handling rule keeps it below the national level" in said(page)
    page = opened(app, level="local")
    assert "Not in this picture" not in said(page)
    trust = next(each for each in page.get("button_group") if "Reliable only" in [*each.options])
    trust.set_value("Reliable only").run()
    assert page.query_params["source"] in ("open", ["open"]) and " from open in " in said(page)
