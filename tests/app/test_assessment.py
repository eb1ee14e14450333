"""The assessment page on a small real workspace: read, record, be told of a conflict, sign off, open again."""

from dataclasses import replace
from datetime import date

import pytest

from ilpgeo import pipeline
from ilpgeo.core.types import Access, Level, Period, Query
from tests.app import pages
from tests.app.pages import press, said
from tests.pipeline import city

PAGE = pages.SCREENS / "assessment.py"
APRIL = Query(Level.LOCAL, Period(date(2023, 4, 1), date(2023, 4, 30)))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("assessment") / "city"
    opened = city.make_city(folder)
    pipeline.ingest(opened, city.write(folder.parent / "rows.csv", city.two_springs()))
    return folder


@pytest.fixture
def page(made, serve):
    (made / "records.sqlite").unlink(missing_ok=True)
    serve(made)
    return pages.opened(PAGE, level="local", period="2023-04-01..2023-04-30")


def fill(page, label, text):
    next(each for each in [*page.text_area, *page.text_input] if each.label == label).set_value(text)


def record(page, words="Pigeons", by="A. Analyst"):
    fill(page, "The analyst's assessment", words)
    fill(page, "Your name", by)
    return press(page, "Record as a draft")


def test_it_says_what_is_emerging_how_sure_that_is_and_that_nothing_is_recorded(page):
    assert not page.exception
    told = said(page)
    assert "<h1>Emerging: Theft" in told
    assert "95\u202f% interval" in told and 'data-picture="matrix"' in told
    assert "No assessment of this level and area is recorded yet." in told
    assert "worked out now from the data, not recorded".capitalize() in told
    assert "fewer than 20 incidents" in told


def test_recording_needs_a_name_and_keeps_what_was_typed(page):
    record(page, by="")
    assert "The name of who records this is needed" in said(page)
    assert next(each for each in page.text_area).value == "Pigeons"
    record(page)
    assert "Recorded as version 1, a draft" in said(page)
    assert "Version 1, a draft by A. Analyst" in said(page) and "Pigeons" in said(page)


def test_who_was_faster_is_told_and_nothing_is_lost(page, made):
    opened = pipeline.open_workspace(made)
    ready = pipeline.assess(opened, APRIL, Access())
    pipeline.record_assessment(opened, ready, Access(), "B. Boss", comments={}, due=None)
    record(page)
    assert "changed by B. Boss" in said(page)
    assert next(each for each in page.text_area).value == "Pigeons"
    press(page, "Record as a draft")
    assert "Recorded as version 2" in said(page)


def test_a_version_is_signed_off_and_opens_again(page, made):
    record(page)
    fill(page, "Signed off by", "C. Chief")
    press(page, "Sign off")
    assert "Signed off as version 2" in said(page)
    assert "numbers, words and data version stay as they are" in said(page)
    [choice] = [each for each in page.selectbox if each.label == "Version"]
    choice.set_value(0).run()
    assert "Worked out now" in said(page)
    newest, _ = pipeline.assessments(pipeline.open_workspace(made), APRIL, Access())
    assert (newest.value.signed_by, newest.value.comments) == ("C. Chief", {"": "Pigeons"})


def test_the_version_shown_and_what_was_recorded_are_of_one_level(page, made):
    opened = pipeline.open_workspace(made)
    national = pipeline.assess(opened, replace(APRIL, level=Level.NATIONAL), Access())
    pipeline.record_assessment(opened, national, Access(), "B. Boss", comments={}, due=None)
    record(page)
    levels = next(each for each in page.get("button_group") if each.label == "Level")
    levels.set_value(Level.NATIONAL).run()
    version = pages.field(page, "selectbox", "Version")
    assert len(version.options) == 2 and version.value == 0, "version 1 of another level is open"
    assert not page.success
    pages.field(page, "button_group", "Level").set_value(Level.LOCAL).run()
    assert pages.field(page, "selectbox", "Version").value == 1


def test_a_due_date_that_has_passed_is_said(page, made):
    opened = pipeline.open_workspace(made)
    ready = pipeline.assess(opened, APRIL, Access())
    pipeline.record_assessment(opened, ready, Access(), "B", comments={}, due=date(2023, 5, 28))
    page.run()
    assert "Overdue: the next one was due 28 May 2023" in said(page)
