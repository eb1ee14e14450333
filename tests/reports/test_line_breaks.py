"""Lines of text broken by whatever measures them."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.reports import line_breaks
from ilpgeo.reports.text import plain

TEXTS = st.text(st.sampled_from("ab \u6771\u4eac\u3002-"), max_size=60).map(plain)


def test_lines_break_at_spaces_and_between_eastern_letters():
    assert line_breaks.broken("one two three", 7, len) == ["one two", "three"]
    assert line_breaks.broken("\u6771\u4eac\u90fd\u3002", 3, len) == ["\u6771\u4eac", "\u90fd\u3002"]
    assert line_breaks.broken("abcdefgh", 3, len) == ["abc", "def", "gh"]


def test_no_line_begins_with_a_mark_or_parts_letters_that_are_written_as_one():
    thai = "กรุงเทพมหานครอมรรัตนโกสินทร์มหินทรายุธยามหาดิลกภพ"
    devanagari = "अन्तर्राष्ट्रीयविश्वविद्यालय"
    for text, room in ((each, room) for each in (thai, devanagari) for room in range(8, 14)):
        lines = line_breaks.broken(text, room, len)
        assert "".join(lines) == text and all(len(line) <= room for line in lines)
        assert not [line for line in lines[1:] if unicodedata.category(line[0]).startswith("M")]
        assert not [line for line in lines[:-1] if line[-1] in "\u094d\u0e40\u0e41\u0e42\u0e43\u0e44"]
        assert unicodedata.category(text[len(line_breaks.fitted(text, room, len)) - 1]) not in {"Mn", "Mc"}


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
