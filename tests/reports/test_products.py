"""Every form of a product: opens in its own tools, says what it must, and gives nothing hostile a hold."""

import csv
import io
import json
import re
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pypdf
import pytest
from pptx import Presentation

from ilpgeo.core.briefing import Briefing
from ilpgeo.core.errors import InvalidInput
from ilpgeo.pipeline.products import Product
from ilpgeo.reports import briefing_text
from ilpgeo.reports.formats import FORMATS, file_name, write_product
from tests.reports import products
from tests.reports.products import made


def pdf_text(content: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def slide_texts(content: bytes) -> list[str]:
    def within(shapes):
        for shape in shapes:
            if shape.shape_type == 6:
                yield from within(shape.shapes)
            elif shape.has_text_frame:
                yield shape.text_frame.text
            elif getattr(shape, "has_table", False) and shape.has_table:
                yield from (cell.text for row in shape.table.rows for cell in row.cells)

    return ["\n".join(within(slide.shapes)) for slide in Presentation(io.BytesIO(content)).slides]


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.words, self.frames, self.links = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.frames += [value for name, value in attrs if name == "srcdoc"]
        self.links += [value for name, value in attrs if name in {"src", "href"}]

    def handle_data(self, data):
        self.words.append(data)


def texts_of(ending: str, content: bytes) -> str:
    """Return all words that somebody who opens the file can read."""
    if ending == ".pdf":
        return "\n".join(pdf_text(content))
    if ending == ".pptx":
        return "\n".join(slide_texts(content))
    if ending == ".html":
        return "".join(Page(content.decode()).words)
    if ending == ".xlsx":
        book = openpyxl.load_workbook(io.BytesIO(content))
        return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value)
    if ending == ".gpkg":
        with closing(sqlite3.connect(":memory:")) as file:
            file.deserialize(content)
            rows = [row for table in ("areas", "about") for row in file.execute(f"SELECT * FROM {table}")]
        return "\n".join(str(value) for row in rows for value in row)
    if ending == ".kml":
        return "\n".join(ElementTree.fromstring(content).itertext())
    if ending == ".geojson":
        return json.dumps(json.loads(content), ensure_ascii=False).replace('\\"', '"')
    return content.decode("utf-8-sig").replace('""', '"')


def squeezed(text: str) -> str:
    """Return text without the breaks that a page puts into it."""
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("ending", FORMATS)
def test_the_same_product_is_the_same_bytes(ending: str) -> None:
    assert made(ending, subject="first") == FORMATS[ending].make(products.product(subject="first"))


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("subject", ["", "first", "d1"])
def test_every_form_carries_version_mark_expiry_and_period(ending: str, subject: str) -> None:
    said = squeezed(texts_of(ending, made(ending, subject=subject)))
    assert "v1" in said
    assert "OFFICIAL" in said
    assert "10Jan2022" in said or "2022-01-10" in said
    assert "2021-12-02..2021-12-29" in said or "2\u201329Dec2021" in said


@pytest.mark.parametrize("ending", FORMATS)
def test_letters_of_every_script_are_themselves_or_told(ending: str) -> None:
    content = made(ending, name=products.SCRIPTS)
    said = texts_of(ending, content)
    for part in products.SCRIPTS.split("/"):
        shown = part
        if ending == ".pdf":
            shown = "".join(f"[U+{ord(each):04X}]" if each in products.UNKNOWN else each for each in part)
            assert found_in(said, shown), part
        else:
            assert shown in said, part
    assert not [letter for letter in said if letter == "\ufffd"]


def found_in(said: str, shown: str) -> list[str]:
    """Return which ways round a text stands on a page: as extracted, its letters, or its words, from the right."""
    page = squeezed(said)
    ways = (shown, shown[::-1], " ".join(reversed(shown.split(" "))))
    return [squeezed(way) for way in ways if squeezed(way) in page]


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("subject", ["", "first"])
def test_hostile_words_are_plain_words(ending: str, subject: str) -> None:
    content = made(
        ending, subject=subject, name=products.HOSTILE, word=products.HOSTILE, handling=products.HOSTILE[:70]
    )
    said = texts_of(ending, content)
    assert not set(said) & set("\u202e\u2066\x07\x00")
    shown = products.SHOWN
    cut = ending in {".pdf", ".pptx"}  # one line of a page is cut where it has no room
    assert squeezed(shown[:24] if cut else shown) in squeezed(said)


@pytest.mark.parametrize("ending", FORMATS)
def test_a_very_long_name_breaks_nothing(ending: str) -> None:
    assert "Quarterofthevery" in squeezed(texts_of(ending, made(ending, subject="first", name=products.LONG)))


@pytest.mark.parametrize("ending", FORMATS)
def test_without_a_mark_of_its_own_a_product_says_so(ending: str) -> None:
    assert "Nohandlingmarkset" in squeezed(texts_of(ending, made(ending, handling="")))


@pytest.mark.parametrize("ending", FORMATS)
def test_without_any_data_a_product_says_so_and_ranks_nothing(ending: str) -> None:
    bare = products.product(gaps=40, picture=None, leading=())
    blank = [
        replace(each, rank=None, rank_interval=None)
        for each in bare.briefing.value.priorities
        if not each.tier.value.startswith("c")
    ]
    told = replace(
        bare.briefing,
        value=replace(bare.briefing.value, priorities=tuple(each for each in blank if each.tier == "no data")),
    )
    said = squeezed(texts_of(ending, FORMATS[ending].make(replace(bare, briefing=told))))
    assert "nodata" in said.lower()


def test_markup_in_names_opens_no_tag_and_asks_no_server() -> None:
    text = made(".html", subject="first", name=products.HOSTILE, word=products.HOSTILE).decode()
    page = Page(text)
    assert "script" not in page.tags
    assert page.links == []
    assert "default-src 'none'" in text
    [frame] = page.frames
    inner = Page(frame)
    assert inner.links == []
    assert not any("<script>alert" in words for words in re.findall(r"<title>(.*?)</title>", frame))
    for found in re.finditer(r"alert\(1\)", frame):  # in scripts it stands as data: no tag of a name can end them
        assert frame[: found.start()].endswith(("\\u003cscript\\u003e", "&lt;script&gt;", "\\u0026lt;script\\u0026gt;"))
    assert not set(frame) & set("\u202e\u2066")


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    content = made(".xlsx", subject="first", name=products.HOSTILE, word=products.HOSTILE)
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert any(str(cell.value).startswith("=cmd") for cell in cells)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sheets = [packed.read(name).decode() for name in packed.namelist() if "worksheets/" in name]
    assert not any("<f>" in sheet or "<f " in sheet or "hyperlink" in sheet for sheet in sheets)


def test_no_field_of_a_table_begins_a_formula() -> None:
    content = made(".csv", name=products.HOSTILE).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert rows[1][rows[0].index("name")] == "'" + products.SHOWN
    assert not [
        field for row in rows for field in row if field[:1] in "=+-@" and field and not re.fullmatch(r"-?[\d.]+", field)
    ]


def test_a_withheld_count_is_withheld_in_every_document() -> None:
    product = products.product(n=40, gaps=9)
    told = product.briefing.value
    [small] = [each for each in told.priorities if each.suppressed]
    rows = csv.DictReader(io.StringIO(FORMATS[".csv"].make(product).decode("utf-8-sig")))
    assert [(row["n"], row["suppressed"]) for row in rows if row["id"] == small.id] == [("", "True")]
    table = squeezed(pdf_text(FORMATS[".pdf"].make(product))[1])
    assert re.search(re.escape(squeezed(f"{small.name}{small.parent}")) + "withheld", table)
    page = Page(FORMATS[".html"].make(product).decode()).words
    at = next(at for at, word in enumerate(page) if small.name in word)
    assert "withheld" in page[at : at + 6]


def test_the_pdf_has_its_pages_fonts_and_properties() -> None:
    reader = pypdf.PdfReader(io.BytesIO(made(".pdf")))
    assert len(reader.pages) == 4
    assert (float(reader.pages[0].mediabox.width), float(reader.pages[0].mediabox.height)) == pytest.approx(
        (595.28, 841.89), abs=0.1
    )
    assert reader.metadata.title == "Briefing: Neighbourhoods of Toy City"
    assert "Data version v1" in reader.metadata.subject
    fonts = {
        str(font.get_object()["/BaseFont"]) for page in reader.pages for font in page["/Resources"]["/Font"].values()
    }
    assert any("SourceSans3" in font for font in fonts)
    for page in reader.pages:
        said = page.extract_text()
        assert said.count("OFFICIAL") >= 2
        assert "expires 10 Jan 2022" in said
    first = reader.pages[0].extract_text()
    assert "OUTLINED" in first.upper()
    assert "km" in first
    assert "Open data of Toy City." in first
    last = reader.pages[3].extract_text()
    assert "36.4\u202f%" in last.replace("\u00a0", "\u202f")
    assert "--data-version v1" in squeezed(last).replace("--data-versionv1", "--data-version v1")


def test_slides_have_a_title_each_and_native_shapes() -> None:
    deck = Presentation(io.BytesIO(made(".pptx")))
    assert [slide.shapes.title.text_frame.text for slide in deck.slides][1:] == [
        "Neighbourhoods, highest first: expected 30 Dec 2021 \u2013 26 Jan 2022",
        "Toy City: trend, time of week, offences",
        "The leading areas, and why", "How sure it is, and what it rests on",
    ]  # fmt: skip
    assert not [shape for slide in deck.slides for shape in slide.shapes if shape.shape_type == 13]  # no pictures
    groups = [shape for shape in deck.slides[0].shapes if shape.shape_type == 6]
    assert any(shape.name.startswith("Map of") for shape in groups)
    for slide in deck.slides:
        ids = [element.get("id") for element in slide.shapes._spTree.iter() if element.tag.endswith("}cNvPr")]
        assert len(ids) == len(set(ids))


def test_a_name_is_set_smaller_before_it_is_cut() -> None:
    name = "Dovercourt-Wallace Emerson-Junction"
    pages = [squeezed(page) for page in pdf_text(made(".pdf", name=name))]
    assert squeezed(name) in pages[1]  # the table
    assert squeezed(f"1 {name}") in pages[2]  # the leading areas
    [table] = [shape.table for shape in Presentation(io.BytesIO(made(".pptx", name=name))).slides[1].shapes
               if getattr(shape, "has_table", False) and shape.has_table]  # fmt: skip
    assert table.cell(1, 3).text == name


def test_reasons_on_the_ranking_slide_and_expectations_on_cards_are_whole() -> None:
    why = "down 19% on the 28 days before (304 after 375), more than chance explains"
    told = products.product(n=40)
    first, *rest = told.briefing.value.priorities
    first = replace(
        first, reasons=(replace(first.reasons[0], text=why),), n=30_752, expected=30_759.0,
        expected_interval=(30_471.0, 31_048.0),
    )  # fmt: skip
    briefing = replace(told.briefing, value=replace(told.briefing.value, priorities=(first, *rest)))
    told = replace(told, briefing=briefing, leading=())
    assert squeezed(why[1:]) in squeezed(slide_texts(FORMATS[".pptx"].make(told))[1])
    outlook = briefing_text.outlook(first, briefing.value)
    assert "30,752 counted" in outlook
    assert squeezed(outlook) in squeezed(pdf_text(FORMATS[".pdf"].make(told))[0])


@pytest.mark.parametrize("subject", ["", "first"])
def test_what_a_first_slide_holds_ends_above_its_foot(subject: str) -> None:
    slide = Presentation(io.BytesIO(made(".pptx", subject=subject))).slides[0]
    foot = next(
        shape.top for shape in slide.shapes if shape.has_text_frame and shape.text_frame.text.startswith("Made ")
    )
    below = [shape for shape in slide.shapes if shape.top >= foot]
    assert len(below) == 3  # days and version, the mark, what it is about
    assert all(shape.top + shape.height <= foot for shape in slide.shapes if shape not in below)


def test_a_remark_that_another_begins_with_is_left_out() -> None:
    product = products.product()
    notes = ("Counts under 5 are withheld", "Counts under 5 are withheld, and one more", "Counts under 5")
    told = replace(product.briefing, notes=notes)
    shown = briefing_text.remarks(replace(product, briefing=told, leading=(), picture=None))
    assert "Counts under 5 are withheld, and one more" in shown and "Counts under 5" in shown
    assert "Counts under 5 are withheld" not in shown


@pytest.mark.parametrize("name", ["briefing", "briefing.doc", "briefing.pdf.exe"])
def test_another_ending_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"a briefing is written as \.pdf, \.pptx, "):
        write_product(products.product(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_fails_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    write_product(products.product(), path)
    before = path.read_bytes()
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        write_product(products.product(handling="SECRET"), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("about", "name"),
    [
        ("../../etc/Ärgernis 東京", "briefing-etc-argernis-2021-12-29.csv"),
        ("東京", "briefing-2021-12-29.csv"),
        ("x" * 400, f"briefing-{'x' * 60}-2021-12-29.csv"),
    ],
)
def test_file_names_are_plain(about: str, name: str) -> None:
    assert file_name(about, date(2021, 12, 29), ".csv") == name


def test_what_was_not_released_is_refused() -> None:
    product = products.product()
    raw: Briefing = product.briefing.value
    for each in FORMATS.values():
        with pytest.raises((TypeError, AttributeError)):
            each.make(replace(product, briefing=raw))


def test_the_command_that_makes_it_again_quotes_what_it_must() -> None:
    product: Product = products.product(word="Break and enter", handling="OFFICIAL - SENSITIVE")
    assert briefing_text.again(product) == (
        "ilpgeo report --workspace DIR --level local --area-type neighbourhood --period 2021-12-02..2021-12-29 "
        "--offence 'Break and enter' --data-version v1 --made 2022-01-03 --expires 2022-01-10 "
        "--handling 'OFFICIAL - SENSITIVE' --output FILE"
    )
