"""The data page on a small real workspace: every click is one call, every row stands somewhere on screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ilpgeo import pipeline
from ilpgeo.core.errors import InvalidInput, NotAllowed, StoreBusy
from ilpgeo.core.types import Access
from ilpgeo.core.watched import Outcome, WatchedFile
from ilpgeo.pipeline.recorded import journal_of
from ilpgeo.ui import data_account, data_words, released
from tests.app import pages
from tests.app.pages import press, said
from tests.pipeline.city import dirty, good, make_city, write

PAGE = pages.SCREENS / "data.py"


@pytest.fixture
def city(serve, tmp_path):
    folder = tmp_path / "city"
    made = make_city(folder)
    serve(folder)
    return made


@pytest.fixture
def page(city):
    return pages.opened(PAGE)


def upload(page, file: Path) -> AppTest:
    page.file_uploader[0].set_value((file.name, file.read_bytes(), "text/csv"))
    return page.run()


def test_an_empty_workspace_says_what_to_do(page):
    assert not page.exception
    assert "No file has been brought in yet" in said(page)
    assert "Bring your first file in" in said(page)
    assert "up to 200 MB" in page.file_uploader[0].label


def test_a_dirty_upload_is_confirmed_brought_in_and_accounted_for(page, city, tmp_path):
    upload(page, write(tmp_path / "dirty.csv", dirty()))
    assert "Is this right? dirty.csv" in said(page)
    boxes = {each.label: each.value for each in page.selectbox}
    assert boxes["What lat holds"] == "latitude"
    assert boxes["What offence holds"] == "offence"
    press(page, "Bring this file in")
    assert not page.exception
    assert "6 of 13 rows came in, 7 wait in quarantine" in page.warning[0].value
    text = said(page)
    assert "<b>13</b> rows read" in text
    assert "Swapped latitude and longitude" in text
    assert not list((city.workspace.folder / "incoming").iterdir()), "the upload is removed"
    assert pipeline.status(city).incidents == 6


def test_swapped_rows_are_exchanged_with_one_button(page, city, tmp_path):
    upload(page, write(tmp_path / "dirty.csv", dirty()))
    press(page, "Bring this file in")
    press(page, "Exchange them and bring 2 rows in")
    assert "all 2 rows came in" in page.success[0].value
    assert "5 rows wait in quarantine" in said(page)
    assert pipeline.status(city).incidents == 8


def test_unknown_offences_are_named_and_their_rows_let_in(page, city, tmp_path):
    upload(page, write(tmp_path / "dirty.csv", dirty()))
    press(page, "Bring this file in")
    press(page, "Name these offences")
    assert "2 rows wait" in said(page)
    next(each for each in page.selectbox if each.label == "Group of MISCHIEF").select("Theft")
    press(page, "Save and re-map")
    assert "The offences table is saved" in page.success[0].value
    assert city.workspace.table("offences")["MISCHIEF"]["offence"] == "Theft"
    press(page, "Bring in 1 row whose offence is known now")
    assert pipeline.status(city).incidents == 7


def test_a_column_that_was_not_told_is_asked_for(page, city, tmp_path):
    upload(page, write(tmp_path / "odd.csv", good(9), "id,seen,lat,lon,was,spot"))
    assert "Still needed before it can be brought in" in said(page)
    bring = next(each for each in page.button if each.label == "Bring this file in")
    assert bring.disabled
    for column, field in (("seen", "datetime"), ("was", "offence")):
        next(each for each in page.selectbox if each.label == f"What {column} holds").select(field)
    page.run()
    press(page, "Bring this file in")
    assert "all 9 rows came in" in page.success[0].value


def test_a_file_of_one_offence_needs_no_column_for_it(page, city, tmp_path):
    rows = [(*row[:4], row[5]) for row in good(9)]
    upload(page, write(tmp_path / "thefts.csv", rows, "id,when,lat,lon,spot"))
    named = next(each for each in page.text_input if each.label.startswith("Every row of this file"))
    named.input("Theft").run()
    press(page, "Bring this file in")
    assert "all 9 rows came in" in page.success[0].value


def test_a_folder_on_the_server_comes_in(page, city, tmp_path):
    write(tmp_path / "in" / "a.csv", good(9))
    write(tmp_path / "in" / "b.csv", good(9, 5))
    (tmp_path / "in" / "z.doc").write_text("not a table", "utf-8")
    next(each for each in page.text_input if "server" in each.label).input(str(tmp_path / "in"))
    press(page, "Look at it")
    assert "the first of 3 files" in said(page)
    press(page, "Bring these 3 files in")
    assert "5 duplicates" in said(page)
    assert "z.doc was not brought in" in page.error[0].value


def test_a_path_that_is_not_there_is_said_and_no_more(page):
    next(each for each in page.text_input if "server" in each.label).input("/nowhere/at/all.csv")
    press(page, "Look at it")
    assert "There is no file" in page.warning[0].value
    assert not page.exception


def test_the_same_file_is_recognised_before_it_is_brought_again(page, city, tmp_path):
    file = write(tmp_path / "good.csv", good(9))
    upload(page, file)
    press(page, "Bring this file in")
    upload(page, file)
    assert "This very file is in already" in said(page)
    press(page, "Bring this file in")
    assert "nothing new, all 9 rows were stored already" in said(page)
    assert len(city.store.files()) == 1


def test_withdrawing_says_what_happens_and_does_it(page, city, tmp_path):
    upload(page, write(tmp_path / "dirty.csv", dirty()))
    press(page, "Bring this file in")
    assert "Older versions of the data still open" in said(page)
    press(page, "Yes, take 6 incidents out")
    assert "dirty.csv was withdrawn" in page.success[0].value
    assert pipeline.status(city).incidents == 0


def test_a_second_press_in_haste_does_not_take_the_next_file_out_too(page, city, tmp_path):
    for name, first in (("one.csv", 1), ("two.csv", 10)):
        upload(page, write(tmp_path / name, good(9, first)))
        press(page, "Bring this file in")
    pressed = next(each for each in page.button if each.label == "Yes, take 9 incidents out")
    pressed.click().run()
    assert "two.csv was withdrawn" in page.success[0].value
    [beside] = [each for each in page.button if each.label == pressed.label]
    assert beside.id != pressed.id, "a press that comes late is taken for one on the file that is left"


def test_rubbish_is_refused_with_a_message(page, city, tmp_path):
    (tmp_path / "rubbish.csv").write_bytes(bytes(range(256)) * 40)
    upload(page, tmp_path / "rubbish.csv")
    assert "rubbish.csv" in page.warning[0].value
    assert not page.exception


def test_a_busy_store_is_said_and_nothing_is_lost(page, city, tmp_path, monkeypatch):
    def busy(*arguments, **more):
        raise StoreBusy("the store has been changed by another process for more than 30 s; try again")

    upload(page, write(tmp_path / "good.csv", good(9)))
    monkeypatch.setattr(city.store.__class__, "append", busy)
    press(page, "Bring this file in")
    assert "another process" in page.warning[0].value
    assert "Is this right? good.csv" in said(page), "the file is still there to be brought in"


def test_a_role_that_does_not_manage_data_sees_none(city, monkeypatch):
    pipeline.ingest(city, write(city.workspace.folder.parent / "dirty.csv", dirty()), "police")
    monkeypatch.setattr("ilpgeo.ui.access.current_access", lambda: Access(role="reader", manages_data=False))
    page = pages.opened(PAGE)
    assert "does not manage data" in page.warning[0].value
    assert not page.button


def test_a_watched_file_that_looks_cut_is_named(city):
    journal_of(city).save(
        WatchedFile("<a>.csv", "0" * 64, 9, 1, Outcome.BROUGHT, "<a>.csv: its last value looks cut", 5),
        by="watched folder",
    )
    journal_of(city).save(WatchedFile("b.csv", "1" * 64, 9, 1, Outcome.BROUGHT, "", 5), by="watched folder")
    told = said(pages.opened(PAGE))
    assert "1 file of the watched folder to look at" in told
    assert "&lt;a&gt;.csv: its last value looks cut" in told
    assert "in quarantine</h2>" not in told


def test_the_quarantine_leaves_by_its_own_door_only():
    with pytest.raises(InvalidInput, match="no quarantine"):
        released.download_quarantine(b"rows", "Get", key="x")
    barred = pipeline.QuarantineFile("q.csv", Access(role="reader", manages_data=False), lambda: b"rows")
    with pytest.raises(NotAllowed):
        released.download_quarantine(barred, "Get", key="x")


def test_names_from_files_are_escaped(city, tmp_path):
    file = write(tmp_path / "good.csv", good(9), "id,when,lat,lon,offence,<b>place</b>")
    shown = pipeline.preview(city, file)
    assert "<b>" not in data_words.first_rows(shown).replace("<b></b>", "")
    report = pipeline.ingest(city, file.rename(tmp_path / "a<script>b.csv"), "<i>x</i>")
    [account] = pipeline.accounts(city)
    for markup in (data_account.heading(report), data_account.file_row(account, is_open=False)):
        assert "<script>" not in markup
        assert "<i>" not in markup
