"""The page of gaps on a small real workspace: read, given to somebody, answered, asked."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core.gaps import Gap, GapKind, GapState
from ilpgeo.core.types import Access
from tests.app import pages
from tests.app.pages import field, press, said
from tests.pipeline.city import good, make_city, write

PAGE = pages.SCREENS / "gaps.py"


@pytest.fixture
def city(serve, tmp_path):
    made = make_city(tmp_path / "city")
    pipeline.ingest(made, write(tmp_path / "first.csv", good(60)), "calls <b>")
    serve(tmp_path / "city")
    return made


def listed(city):
    return pipeline.gaps(city, Access(), city.workspace.settings.today()).value


def test_the_list_says_what_is_not_known_and_who_has_it(city):
    page = pages.opened(PAGE)
    assert not page.exception
    assert "1 intelligence gap waits" in said(page) and "1 without an owner" in said(page)
    assert "calls &lt;b&gt; is in use but not registered" in said(page) and "<b> is in use" not in said(page)
    assert "Rule: " in said(page) and "the system: open" in said(page)


def test_a_gap_is_given_to_somebody_and_then_answered(city):
    gap = next(each for each in listed(city) if each.gap.kind is GapKind.UNREGISTERED)
    page = pages.opened(PAGE, gap=gap.id)
    field(page, "text_input", "Owner").set_value("Data desk")
    field(page, "text_input", "Your name").set_value("A. Analyst")
    press(page, "Save")
    assert not page.exception and page.success[0].value.startswith("Saved: calls \\<b\\> is in use but not registered")
    assert "assigned, Data desk, due" in said(page) and "A. Analyst: assigned to Data desk, due" in said(page)
    field(page, "selectbox", "State").set_value(GapState.ANSWERED)
    press(page, "Save")
    assert "Say in the note why it is answered" in page.warning[0].value
    assert field(page, "selectbox", "State").value is GapState.ANSWERED, "what was chosen stays"
    next(each for each in page.text_area if each.label.startswith("Note")).set_value("It is the calls desk")
    press(page, "Save")
    now = next(each for each in listed(city) if each.id == gap.id)
    assert (now.gap.state, now.gap.note, now.made_by) == (GapState.ANSWERED, "It is the calls desk", "A. Analyst")
    assert "Its cause is still there" in said(page)


def test_a_due_day_that_is_over_is_refused_when_it_is_given_and_kept_when_it_stood(city):
    gap = next(each for each in listed(city) if each.gap.kind is GapKind.UNREGISTERED)
    page = pages.opened(PAGE, gap=gap.id)
    field(page, "text_input", "Owner").set_value("Data desk")
    field(page, "text_input", "Your name").set_value("A. Analyst")
    field(page, "date_input", "Due").set_value(date(2020, 1, 1))
    press(page, "Save")
    assert "It would be due on 2020-01-01, before today" in page.warning[0].value
    assert field(page, "text_input", "Owner").value == "Data desk"
    late = replace(gap.gap, state=GapState.ASSIGNED, owner="Data desk", due=date(2020, 1, 1))
    pipeline.save_gap(city, late, Access(), "A", gap.id, gap.revision)
    page = pages.opened(PAGE, gap=gap.id)
    field(page, "text_input", "Owner").set_value("Night desk")
    field(page, "text_input", "Your name").set_value("A. Analyst")
    press(page, "Save")
    assert page.success and "OVERDUE" in said(page) and "Night desk" in said(page)


def test_a_question_is_asked_and_opened(city):
    page = pages.opened(PAGE)
    next(each for each in page.text_area if each.label.startswith("What should")).set_value("Which car parks?")
    field(page, "selectbox", "Where").set_value("a1")
    next(each for each in page.text_input if each.key == "gap-ask-person").set_value("B. Boss")
    press(page, "Put it on the list")
    assert not page.exception and "It is on the list" in page.success[0].value
    made = next(each for each in listed(city) if each.gap.kind is GapKind.ASKED)
    assert (made.gap.text, made.gap.area, made.begun_by) == ("Which car parks?", "a1", "B. Boss")
    assert "Asked by B. Boss" in said(page)


def test_an_empty_question_and_one_without_a_name_are_refused_and_stay(city):
    page = pages.opened(PAGE)
    press(page, "Put it on the list")
    assert "Say what is not known" in page.warning[0].value
    next(each for each in page.text_area if each.label.startswith("What should")).set_value("Which car parks?")
    press(page, "Put it on the list")
    assert "The name of who" in page.warning[0].value
    assert next(each for each in page.text_area if each.label.startswith("What should")).value == "Which car parks?"


def test_who_is_slower_is_told_and_keeps_what_was_typed(city):
    gap = next(each for each in listed(city) if each.gap.kind is GapKind.UNREGISTERED)
    page = pages.opened(PAGE, gap=gap.id)
    mine = field(page, "text_input", "Owner").set_value("Mine")
    field(page, "text_input", "Your name").set_value("A")
    cached = pipeline.gaps
    due = city.workspace.settings.today() + timedelta(days=3)
    other = Gap(gap.gap.kind, gap.gap.text, "", gap.gap.source, owner="Theirs", due=due, state=GapState.ASSIGNED)

    def slow(*asked):
        found = cached(*asked)
        if not slow.is_done:
            slow.is_done = True
            pipeline.save_gap(city, other, Access(), "B. Boss", gap.id, gap.revision)
        return found

    slow.is_done = False
    st.cache_resource.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "gaps", slow, raising=False)
        press(page, "Save")
    assert "changed by B. Boss" in page.warning[0].value and mine.value == "Mine"
    assert next(each for each in listed(city) if each.id == gap.id).gap.owner == "Theirs"


def test_an_overdue_gap_comes_first_and_says_so(city):
    due = city.workspace.settings.today() - timedelta(days=3)
    pipeline.save_gap(
        city, Gap(GapKind.ASKED, "Old question", owner="A", due=due, state=GapState.ASSIGNED), Access(), "A"
    )
    page = pages.opened(PAGE)
    text = said(page)
    assert "1 gap overdue" in text and "OVERDUE by 3 days" in text
    assert text.index("Old question") < text.index("is in use but not registered")


def test_a_link_to_a_gap_that_is_not_there_is_told(city):
    page = pages.opened(PAGE, gap="gap-nothing")
    assert "not on this list" in page.info[0].value and not page.exception
