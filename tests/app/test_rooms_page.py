"""The page of briefing rooms on a small real workspace."""

from __future__ import annotations

import pytest

from ilpgeo import pipeline
from ilpgeo.core.types import Access
from ilpgeo.ui import submit
from tests.app import pages
from tests.pipeline.city import good, make_city, write


@pytest.fixture
def opened(serve, tmp_path):
    folder = tmp_path / "city"
    made = make_city(folder)
    pipeline.ingest(made, write(tmp_path / "rows.csv", good(9)))
    serve(folder)
    return made


def saved_room():
    page = pages.opened(pages.SCREENS / "rooms.py")
    page.text_input(key="room-name").set_value("Operations")
    page.text_input(key="room-person").set_value("Sgt R")
    pages.press(page, "Save")
    return page


def test_what_was_saved_does_not_stand_beside_a_refusal(opened, monkeypatch):
    monkeypatch.setattr(submit, "HASTE_S", 0.0)  # a test presses twice within a moment and means it
    page = saved_room()
    assert "The wall of Operations shows it" in page.success[0].value
    [saved] = pipeline.playlists(opened)
    pipeline.save_playlist(opened, "Operations", saved.value.slides, Access(), "Another", saved.revision)
    pages.press(page, "Save")
    assert page.warning and not page.success


def test_a_room_is_removed_and_it_is_said(opened):
    page = saved_room()
    pages.press(page, "Remove the playlist")
    assert "Operations shows the usual playlist from now on" in page.success[0].value
    assert pages.field(page, "selectbox", "Room").value == "New room" and not pipeline.playlists(opened)


def test_a_double_press_saves_once(opened):
    page = saved_room()
    pages.press(page, "Save")
    assert page.success and [each.revision for each in pipeline.playlists(opened)] == [1]
