"""How much room words take on a slide, and rows that run on from slide to slide."""

import pytest
from fpdf.fonts import CORE_FONTS_CHARWIDTHS
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.reports.slide_rows import Column, Row, paged, paragraph
from ilpgeo.reports.slide_shapes import Words
from ilpgeo.reports.slide_text import at_most, height, lines, parted, width_of

SAID = "Example (the tasking is made up): Leeds 111 rose by 259 incidents more than its comparison in 31 days."


@pytest.mark.parametrize("is_bold", [False, True])
def test_words_are_as_wide_as_in_helvetica_which_arial_is_measured_after(is_bold):
    widths = CORE_FONTS_CHARWIDTHS["helveticaB" if is_bold else "helvetica"]
    for said in (SAID, SAID.upper(), "Waterfront Communities-The Island (example)", "0 min of 1 h 30 min given"):
        true = sum(widths[letter] for letter in said) / 1000 * 12 * 25.4 / 72
        assert true <= width_of(said, 12, is_bold=is_bold) <= 1.12 * true


def test_marks_take_no_room_and_accents_none_of_their_own():
    assert width_of("e\u0301", 10) == width_of("e", 10) == width_of("\u00e9", 10)
    assert width_of("\u6771", 10) > width_of("m", 10)


def test_a_cut_paragraph_keeps_to_its_lines_and_its_letters():
    cut = at_most(Words("W" * 200, 12), 60.0, 3)
    assert len(lines(cut, 60.0)) == 3 and set(cut.text) == {"W", "\u2026"}
    assert at_most(Words(SAID, 12), 300.0, 3) == Words(SAID, 12)


@given(st.lists(st.sampled_from([SAID, "Short.", "W" * 90, "\u6771\u4eac" * 50]), max_size=4), st.floats(1.0, 60.0))
def test_a_column_parted_at_a_height_is_whole(texts, room):
    column = [Words(each, 14) for each in texts]
    first, rest = parted(column, 70.0, room)
    told = "".join(each.text for each in [*first, *rest])
    assert told.replace(" ", "") == "".join(texts).replace(" ", "")
    assert height(first, 70.0) <= max(room, height([Words("x", 14)], 70.0))
    assert bool(first) == bool(texts)


def test_rows_fill_slides_in_order_and_a_high_one_runs_on():
    rows = [paragraph(Words(f"{at} {SAID}", 14), 100.0) for at in range(9)]
    rows.insert(4, paragraph(Words(SAID * 12, 14), 100.0))
    pages = paged(rows, 60.0)
    assert all(sum(row.high + row.gap for row in page) - page[-1].gap <= 60.0 for page in pages)
    told = "".join(row.columns[0].words[0].text for page in pages for row in page)
    expected = "".join(row.columns[0].words[0].text for row in rows)
    assert told.replace(" ", "") == expected.replace(" ", "")


def test_a_head_does_not_stand_last_on_a_slide():
    def row(high, **of):
        return Row((Column(0.0, 50.0, ()),), least=high, **of)

    [first, second] = paged([row(30.0), row(5.0, is_head=True), row(20.0)], 45.0)
    assert [each.is_head for each in first] == [False]
    assert [each.is_head for each in second] == [True, False]
