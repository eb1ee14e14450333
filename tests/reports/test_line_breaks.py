"""Lines of text broken by whatever measures them."""

from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.reports import line_breaks
from ilpgeo.reports.text import plain

TEXTS = st.text(st.sampled_from("ab \u6771\u4eac\u3002-"), max_size=60).map(plain)


def test_lines_break_at_spaces_and_between_eastern_letters():
    assert line_breaks.broken("one two three", 7, len) == ["one two", "three"]
    assert line_breaks.broken("\u6771\u4eac\u90fd\u3002", 3, len) == ["\u6771\u4eac", "\u90fd\u3002"]
    assert line_breaks.broken("abcdefgh", 3, len) == ["abc", "def", "gh"]


def test_what_is_cut_ends_in_an_ellipsis():
    assert line_breaks.fitted("one two three", 8, len) == "one two\u2026"
    assert line_breaks.shortened("one two three four", 7, len, 2) == ["one two", "three\u2026"]
    assert line_breaks.shortened("\u6771\u4eac" * 4, 3, len, 2) == ["\u6771\u4eac\u6771", "\u4eac\u6771\u2026"]


@given(TEXTS, st.integers(2, 12), st.integers(0, 8))
def test_a_text_parted_at_a_line_is_whole(text, room, n):
    lines = line_breaks.broken(text, room, len)
    assert all(len(line) <= room for line in lines)
    first, rest = line_breaks.parted(text, lines, n)
    assert text in {first + rest, f"{first} {rest}"}
    assert line_breaks.broken(first, room, len) == lines[:n]
