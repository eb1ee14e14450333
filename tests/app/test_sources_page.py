"""The page of sources and the choice of sources on the commander's screen, on a small real workspace."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from ilpgeo import pipeline
from ilpgeo.core.grading import GradeWeights
from ilpgeo.core.settings import Settings
from ilpgeo.core.sources import Grading, Registered, Scale, Source
from ilpgeo.core.types import Access, Level
from ilpgeo.ui import access, frame, grading, reader, source_words
from tests.app import pages
from tests.app.pages import field, press, said
from tests.pipeline.city import make_city_of_two

PAGE = pages.SCREENS / "sources.py"
OPEN = Source("open", "City Police", "Desk", "Police Act", Grading(Scale.FOUR, "A", "1"))
QUIET = Source("quiet <b>", "Harbour Police", "Desk", "Harbour Act", Grading(Scale.UK, "3", "E", "C"), Level.LOCAL,
               ("City Police", "Customs"), "ask first", refresh_days=7)  # fmt: skip


@pytest.fixture
def city(serve, tmp_path):
    made = make_city_of_two(tmp_path / "city", "open", "quiet <b>")
    serve(tmp_path / "city")
    return made


def test_a_source_nobody_registered_is_opened_first_and_registered(city):
    page = pages.opened(PAGE)
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
    page = pages.opened(PAGE, source="quiet <b>")
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
    pipeline.register_source(city, OPEN, Access(), "A")
    monkeypatch.setattr(access, "current_access", lambda: Access(manages_data=False, publishes=False))
    page = pages.opened(PAGE, source="open")
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
    page = pages.opened(level="national")
    assert not page.exception
    assert "Not in this picture: quiet &lt;b&gt;; its handling rule keeps it below the national level" in said(page)
    page = pages.opened(level="local")
    assert "Not in this picture" not in said(page)
    trust = next(each for each in page.get("button_group") if "Reliable only" in [*each.options])
    trust.set_value("Reliable only").run()
    assert page.query_params["source"] in ("open", ["open"]) and " from open in " in said(page)


def register_both(city, **changes: object) -> None:
    for each in (replace(OPEN, **changes), QUIET):
        pipeline.register_source(city, each, Access(), "A")


def test_what_is_past_its_retention_is_removed_only_when_it_is_said_what_goes(city):
    register_both(city, retention_days=1)
    page = pages.opened(PAGE, source="open")
    assert not page.exception and "1 past retention" in said(page) and "Kept longer than it may be" in said(page)
    assert "60 incidents from before" in said(page)
    press(page, "Remove for good")
    assert "Nothing was removed" in page.warning[0].value and city.store.totals().n == 100
    page.checkbox[0].check()
    press(page, "Remove for good")
    assert "A name is needed. A reason is needed." in page.warning[0].value and city.store.totals().n == 100
    field(page, "text_input", "Reason").set_value("Review <of> June")
    page.text_input(key="expire-open-person").set_value("A. Keeper")
    press(page, "Remove for good")
    assert page.success[0].value == "Removed 60 incidents of open for good."
    assert city.store.totals().by_source == {"quiet <b>": 40}
    assert "Removed for good" in said(page) and "A. Keeper" in said(page) and "Review &lt;of&gt; June" in said(page)
    assert "past retention" not in said(page)


def test_who_manages_no_data_reads_what_is_past_and_removes_nothing(city, monkeypatch):
    register_both(city, retention_days=1)
    monkeypatch.setattr(access, "current_access", lambda: Access(manages_data=False, publishes=False))
    page = pages.opened(PAGE, source="open")
    assert "Kept longer than it may be" in said(page) and not page.checkbox and not page.number_input


def test_weights_are_agreed_on_here_and_switched_on_where_the_order_is(city):
    register_both(city)
    page = pages.opened(PAGE)
    assert "None are agreed" in said(page)
    field(page, "number_input", "Doubtful").set_value(0.25)
    page.text_input(key="grade-weights-0-person").set_value("A. Analyst")
    press(page, "Agree on these weights")
    assert not page.exception and "Agreed by A. Analyst" in said(page)
    assert pipeline.grade_weights(city).value == GradeWeights(doubtful=0.25)
    page = pages.opened(level="local")
    assert "order is weighted" not in said(page)
    page.toggle[0].set_value(True).run()
    assert not page.exception and "The order is weighted by the grading" in said(page) and "doubtful 0.25" in said(page)
    assert page.query_params["weights"] in ("1,1,1,0.25,1", ["1,1,1,0.25,1"])
    assert any("quiet <b> 0.25 (doubtful)" in each.value for each in page.caption)
    again = pages.opened(level="local", weights="1,1,1,0.5,1")
    assert "doubtful 0.5" in said(again) and again.toggle[0].value
    again.toggle[0].set_value(False).run()
    assert "order is weighted" not in said(again)
    wrong = pages.opened(level="local", weights="1,1,<b>")
    assert "are not five numbers from 0 to 1" in wrong.info[0].value and "order is weighted" not in said(wrong)


def test_a_picture_for_an_agency_is_made_without_what_it_is_not_given(city):
    register_both(city, shared_with=("Customs",))
    pipeline.register_source(city, replace(QUIET, shared_with=("City Police",)), Access(), "A", 1)
    page = pages.opened(level="local", **{"for": "Customs"})
    assert not page.exception
    assert "Made for Customs." in said(page) and "1 source is not in this picture: not given to Customs" in said(page)
    assert page.selectbox(key="made-for").value == "Customs"
    page.selectbox(key="made-for").set_value("City Police").run()
    assert "Made for City Police." in said(page) and "is not in this picture" not in said(page)
    assert page.query_params["for"] in ("City Police", ["City Police"])


def test_every_page_says_that_its_reader_is_not_given_everything(city, monkeypatch):
    def read_by(agency: str) -> AppTest:
        for module in (access, frame):
            monkeypatch.setattr(module, "current_access", lambda: Access(agency=agency))
        return pages.opened(level="local")

    register_both(city)
    page = read_by("Customs")
    assert "Read by Customs: 1 source is not given to it" in said(page)
    assert "1 source is not in this picture: not given to Customs" in said(page)
    nothing = read_by("Nobody")
    assert not nothing.exception and any("given to Nobody" in each.value for each in [*nothing.warning, *nothing.error])
    assert reader.in_words("City", 0) == ""
    assert reader.in_words("A <b>", 2).startswith('<p class="ilp-reader">Read by A &lt;b&gt;: 2 sources are not given')


def test_the_readers_agency_is_the_sign_ins_word_else_the_workspaces():
    def of(headers: dict[str, str], **settings: str) -> str:
        return access.agency(Settings("x", "EPSG:32617", "UTC", None, **settings), headers)

    assert of({}) == "" and of({"X-Agency": "Customs"}) == ""  # nobody said that this header is to be trusted
    assert of({}, agency="City Police") == "City Police"
    assert of({"X-Agency": " Customs "}, agency="City Police", agency_header="X-Agency") == "Customs"
    assert of({}, agency="City Police", agency_header="X-Agency") == access.NOT_NAMED


def test_the_matrix_says_how_many_sources_each_agency_sees_and_who_reads_here():
    settings = Settings("x", "EPSG:32617", "UTC", None)
    text = source_words.matrix((OPEN, QUIET), settings, "customs")
    assert "Customs<span>sees 1 of 2, reads here</span>" in text and "City Police<span>sees 2 of 2</span>" in text
    assert "is not set" not in text and "is not set" in source_words.matrix((OPEN, QUIET), settings)
