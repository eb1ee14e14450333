"""Playlists check themselves; words from people are made plain."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.plain import plain_line, plain_lines
from ilpgeo.core.rooms import NOTICE, SLIDES_MOST, Playlist, Slide, room_key

LEVEL = Slide("level")
FAULTS = [
    ("", (LEVEL,), "the room needs a name"),
    (" \u202e ", (LEVEL,), "the room needs a name"),
    ("r" * 41, (LEVEL,), "longer than 40"),
    ("room", (), "at least one slide"),
    ("room", (LEVEL,) * (SLIDES_MOST + 1), "at most 20 slides"),
    ("room", (Slide(""),), "slide 1: it needs a kind"),
    ("room", (LEVEL, Slide("level", seconds=4)), "slide 2: it stands from 5 to 300 seconds, not 4"),
    ("room", (Slide("level", seconds=301),), "not 301"),
    ("room", (Slide("level", days=367),), "at most 366 days"),
    ("room", (Slide("level", days=-1),), "at most 366 days"),
    ("room", (Slide(NOTICE),), "a notice needs a title or a text"),
    ("room", (Slide(NOTICE, title="t" * 81),), "title is longer than 80"),
    ("room", (Slide(NOTICE, text="t" * 401),), "text is longer than 400"),
    ("room", (Slide(NOTICE, text="a\n" * 9),), "more than 8 lines"),
]


@pytest.mark.parametrize(("room", "slides", "said"), FAULTS)
def test_a_faulty_playlist_is_refused(room: str, slides: tuple[Slide, ...], said: str):
    with pytest.raises(InvalidInput, match=said):
        Playlist.of(room, slides)


def test_all_faults_are_told_at_once():
    with pytest.raises(InvalidInput) as error:
        Playlist.of("", (Slide("level", seconds=1), Slide(NOTICE)))
    assert len(error.value.faults) == 3


def test_words_are_kept_as_plain_words():
    made = Playlist.of("  Ops\troom\u200f ", (Slide(NOTICE, title="\u202eevil\x00", text="a  b\r\n\r\n<b>c</b>\n"),))
    assert made.room == "Ops room"
    assert made.slides[0].title == "evil"
    assert made.slides[0].text == "a b\n<b>c</b>"


def test_other_scripts_stay_as_they_are():
    for text in ("غرفة العمليات", "חדר מבצעים", "情報室", "Lagezentrum Süd"):
        assert plain_line(text) == text
    assert room_key("LAGEZENTRUM  süd") == room_key("lagezentrum su\u0308d")


@given(st.text(max_size=200))
def test_plain_words_steer_nothing_and_are_plain_for_good(text: str):
    for plain in (plain_line(text), plain_lines(text)):
        assert not set(plain) & set(
            "\x00\x07\x1b\x7f\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
        )
    assert plain_line(plain_line(text)) == plain_line(text)
    assert plain_lines(plain_lines(text)) == plain_lines(text)
    assert "\n" not in plain_line(text)


def test_a_slide_runs_out_after_its_last_day():
    assert LEVEL.is_shown(date(2100, 1, 1))
    slide = Slide(NOTICE, title="a", until=date(2024, 5, 1))
    assert slide.is_shown(date(2024, 5, 1))
    assert not slide.is_shown(date(2024, 5, 2))
