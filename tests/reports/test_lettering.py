"""Letters on paper: joined, in their direction, from the font that has them; what no font has is told, never lost."""

import io
from collections.abc import Iterator
from datetime import date, timedelta

import pypdf
import pytest
import uharfbuzz
from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection
from hypothesis import given, settings
from hypothesis import strategies as st

from ilpgeo.core.products import Marking
from ilpgeo.reports.lettering import FONTS, Lettering
from ilpgeo.reports.sheets import BOTTOM_MM, Sheet

MADE = date(2026, 1, 5)
TURNED_ROUND = str.maketrans(")", "(")  # the shaper mirrors brackets, the algorithm's own list does it before
ARABIC, HEBREW, HAN, HANGUL = "شارع الملك", "שדרות רוטשילד", "東京都千代田区丸の内", "강남구 테헤란로"
DEVANAGARI, THAI = "नई दिल्ली रेलवे स्टेशन", "ถนนสุขุมวิท เชียงใหม่"


LETTERING = Lettering()
_OPEN: list[Lettering] = []


@pytest.fixture(autouse=True, scope="module")
def closed() -> Iterator[None]:
    yield
    for each in (*_OPEN, LETTERING):
        for font in each.fonts.values():
            font.ttfont.close()


def sheet() -> Sheet:
    made = Sheet("Title", "Toy City", Marking("OFFICIAL", MADE, MADE + timedelta(days=7)), "v1")
    made.add_page()
    _OPEN.append(made)
    return made


def page_text(made: Sheet) -> str:
    return pypdf.PdfReader(io.BytesIO(made.content())).pages[0].extract_text()


@pytest.fixture
def lettering() -> Lettering:
    return LETTERING


@pytest.mark.parametrize(
    ("text", "family", "file", "changed"),
    [
        ("سرقة", "dejavu", "DejaVuSans.ttf", "سق"),
        ("क्षेत्र", "devanagari", "NotoSansDevanagari-Regular.ttf", "\u094d\u0937\u0930"),  # halves, and letters in one
        ("ป่า", "thai", "NotoSansThai-Regular.ttf", "\u0e48"),  # a tone moved aside for a tall letter
    ],
)
def test_letters_join_as_the_shaper_joins_them(text: str, family: str, file: str, changed: str):
    made = sheet()
    made.put(20, 40, text, 12)
    font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(FONTS / file)))
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    joined = {each.codepoint for each in buffer.glyph_infos}
    used = {glyph.glyph_id for glyph, _ in made.fonts[family].subset.items() if glyph is not None}
    assert joined <= used
    alone = {font.get_nominal_glyph(ord(letter)) for letter in changed}
    assert not alone & used


@pytest.mark.parametrize(
    "text",
    [
        f"Near {ARABIC} 12 (x)",
        f"{ARABIC} 12 ({HEBREW}) {HAN}",
        f"{HEBREW}, {ARABIC}! 5-7",
        f"a{HANGUL}b",
        ARABIC,
        f"{ARABIC} {DEVANAGARI}",
    ],
)
def test_runs_stand_in_the_order_of_the_bidirectional_algorithm(lettering: Lettering, text: str):
    runs = lettering._runs(text)
    shown = "".join(run.text[::-1] if run.level % 2 else run.text for run in runs)
    expected = BidiParagraph(text, TextDirection.LTR).get_reordered_string()
    assert shown.translate(TURNED_ROUND) == expected.translate(TURNED_ROUND)
    assert sum(lettering._width(run, 9, is_bold=False) for run in runs) == lettering.width_of(text, 9)


@pytest.mark.parametrize(
    "text", [HAN, HANGUL, DEVANAGARI, THAI, "น้ำ", "上海市黄浦区", "臺北市", "Łódź", "Αθήνα", "Київ"]
)
def test_letters_of_many_scripts_are_set(text: str):
    made = sheet()
    made.put(20, 40, text, 12)
    assert not made.unshown
    said = page_text(made)
    assert text in "".join(letter for letter in said if letter == "\n" or letter.isprintable())


def test_fonts_that_are_not_needed_are_not_loaded():
    made = sheet()
    made.put(20, 40, "Kungsträdgården ▲ 5–7 · café", 12)
    assert set(made.fonts) == {"source", "sourceB"}


def test_a_letter_that_no_font_has_is_printed_as_its_number_and_explained():
    made = sheet()
    made.put(20, 40, "Fire \U0001f692 நகர", 12)
    said = page_text(made)
    assert "Fire [U+1F692] [U+0BA8][U+0B95][U+0BB0]" in said
    assert "stand for letters that no font of this document has" in said
    assert "U+0BA8 tamil letter na, U+0BB0 tamil letter ra and 1 more." in said


def test_the_explanation_stands_on_the_pages_that_need_it_only():
    made = sheet()
    made.put(20, 40, "\U0001f692", 12)
    made.add_page()
    made.put(20, 40, "plain", 12)
    first, second = (page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made.content())).pages)
    assert "no font of this document" in first
    assert "no font of this document" not in second


def test_what_has_no_shape_in_any_font_leaves_no_number(lettering: Lettering):
    assert lettering.spelled("a\u200db\ufe0fc\u00add") == "a\u200dbcd"


def test_words_that_look_like_the_page_count_stay_words():
    made = sheet()
    made.put(20, 40, "Area {nb} \ue000", 12)
    said = page_text(made)
    assert "Area {nb}" in said
    assert "Page 1 of 1" in said


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn")), max_size=40))
@settings(max_examples=60, deadline=None)
def test_every_letter_is_set_or_told(text: str):
    made = LETTERING
    spelled = made.spelled(text)
    for letter in spelled:
        assert made._home(letter)
    assert spelled == made.spelled(spelled)


@given(st.text(st.sampled_from("ab \u6771\u4eac\u3002\u0643\u05d0-"), max_size=60), st.floats(8, 60))
@settings(max_examples=80, deadline=None)
def test_lines_hold_every_letter_and_are_no_wider_than_asked(text: str, width_mm: float):
    made = LETTERING
    spelled = made.spelled(text)
    lines = made.broken(spelled, width_mm, 10)
    assert "".join(lines).replace(" ", "") == spelled.replace(" ", "")
    assert all(made.width_of(line, 10) <= width_mm + 0.5 or len(line) == 1 for line in lines)


def test_east_asian_lines_break_between_letters_but_not_before_a_full_stop(lettering: Lettering):
    text = "\u6771\u4eac\u90fd\u5343\u4ee3\u7530\u533a\u3002" * 4
    lines = lettering.broken(text, 20.0, 10)
    assert len(lines) > 3
    assert not [line for line in lines if line.startswith("\u3002")]


def test_a_cut_text_fits_whatever_its_script():
    made = sheet()
    for text in (ARABIC * 9, HAN * 9, DEVANAGARI * 9, THAI * 9, f"{HEBREW} street " * 9, "wide " * 40):
        short = made.fitted(text, 50.0, 11)
        assert short.endswith("\u2026")
        assert made.width_of(short, 11) <= 50.0
    assert BOTTOM_MM > 0
