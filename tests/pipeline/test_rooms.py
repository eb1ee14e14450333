"""Rooms' playlists: recorded with a name, told apart by the room's name, never lost to somebody else's save."""

from __future__ import annotations

from pathlib import Path

import pytest

from ilpgeo import pipeline
from ilpgeo.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from ilpgeo.core.rooms import NOTICE, Slide
from ilpgeo.core.types import Access
from tests.pipeline.city import make_city

ANALYST = Access()


@pytest.fixture
def city(tmp_path: Path) -> pipeline.Opened:
    return make_city(tmp_path / "city")


@pytest.fixture
def slides(city: pipeline.Opened) -> tuple[Slide, ...]:
    return (Slide("level", area_type=city.areas.types[0], area="a0"), Slide(NOTICE, title="Handover at six"))


def test_a_playlist_is_kept_and_found_by_any_way_of_writing_its_name(
    city: pipeline.Opened, slides: tuple[Slide, ...]
) -> None:
    assert pipeline.playlist_of(city, "ops") is None
    made = pipeline.save_playlist(city, " Ops  Room ", slides, ANALYST, "Sgt Hale")
    assert (made.value.room, made.revision, made.made_by) == ("Ops Room", 1, "Sgt Hale")
    assert pipeline.playlist_of(city, "OPS room") == made.value
    assert pipeline.playlist_of(city, "ops room 2") is None
    again = pipeline.open_workspace(city.workspace.folder)
    assert pipeline.playlist_of(again, "ops room") == made.value


def test_of_two_who_save_at_once_the_second_is_told(city: pipeline.Opened, slides: tuple[Slide, ...]) -> None:
    first = pipeline.save_playlist(city, "Ops", slides, ANALYST, "Hale")
    with pytest.raises(Conflict, match="changed by Hale"):
        pipeline.save_playlist(city, "ops", slides[:1], ANALYST, "Moss")
    second = pipeline.save_playlist(city, "Ops", slides[:1], ANALYST, "Moss", first.revision)
    with pytest.raises(Conflict, match="changed by Moss"):
        pipeline.save_playlist(city, "Ops", slides, ANALYST, "Hale", first.revision)
    assert pipeline.playlist_of(city, "ops") == second.value


def test_a_removed_playlist_leaves_the_usual_one_and_can_be_begun_anew(
    city: pipeline.Opened, slides: tuple[Slide, ...]
) -> None:
    pipeline.save_playlist(city, "Ops", slides, ANALYST, "Hale")
    pipeline.remove_playlist(city, "ops", ANALYST, "Hale")
    assert pipeline.playlist_of(city, "Ops") is None
    assert pipeline.playlists(city) == ()
    with pytest.raises(NotFound):
        pipeline.remove_playlist(city, "ops", ANALYST, "Hale")
    assert pipeline.save_playlist(city, "Ops", slides, ANALYST, "Hale").revision == 3
    assert pipeline.playlist_of(city, "Ops") is not None


def test_what_the_workspace_does_not_have_is_refused_with_the_slide(city: pipeline.Opened) -> None:
    with pytest.raises(InvalidInput, match=r"slide 1: .*'beat'.*slide 2: .*'nowhere'"):
        pipeline.save_playlist(
            city, "Ops", (Slide("level", area_type="beat"), Slide("places", area="nowhere")), ANALYST, "Hale"
        )
    with pytest.raises(InvalidInput, match="name"):
        pipeline.save_playlist(city, "Ops", (Slide("level"),), ANALYST, " ")
    assert pipeline.playlists(city) == ()


def test_only_those_who_decide_what_others_see_change_a_wall(city: pipeline.Opened, slides: tuple[Slide, ...]) -> None:
    reader = Access(role="reader", publishes=False)
    with pytest.raises(NotAllowed, match="reader"):
        pipeline.save_playlist(city, "Ops", slides, reader, "Hale")
    pipeline.save_playlist(city, "Ops", slides, ANALYST, "Hale")
    with pytest.raises(NotAllowed, match="reader"):
        pipeline.remove_playlist(city, "Ops", reader, "Hale")
