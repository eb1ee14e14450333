"""The meeting pack over a real store: what is in it, what stays out, and the page it makes."""

import io
import json
import re
import shutil
from dataclasses import replace
from datetime import date

import numpy as np
import pypdf
import pytest
from pptx import Presentation

from ilpgeo import pipeline
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.products import Marking
from ilpgeo.core.query import Level, Period, Query
from ilpgeo.core.taskings import Decision, Outcome, Place, State, Tasking
from ilpgeo.core.types import Access
from ilpgeo.cycle.due import due_taskings
from ilpgeo.reports import meeting_map, meeting_taskings, meeting_text, tasking_marks
from ilpgeo.reports.drawing import Label
from ilpgeo.reports.meeting import meeting_page, sections
from ilpgeo.reports.meeting_pdf import meeting_pdf
from ilpgeo.reports.meeting_slides import meeting_slides
from ilpgeo.reports.meeting_text import again
from ilpgeo.safeguards.release import release_board
from tests.pipeline import city
from tests.pipeline.test_evaluated import rows
from tests.reports.test_products import slide_texts, squeezed
from tests.reports.test_tools import drawn_slides, ink_at_the_edge, is_coloured, pictures

TODAY = date(2023, 4, 20)
HOSTILE = "=1+1<script>alert(1)</script>\u202e{nb} \u0634\u0627\u0631\u0639 \U0001f692 " + "very " * 300
STAMP = Marking("OFFICIAL", TODAY, date(2023, 4, 27))


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    folder = tmp_path_factory.mktemp("meeting")
    made = city.make_city(folder / "ws")
    pipeline.ingest(made, city.write(folder / "incidents.csv", rows()))
    opened = pipeline.open_workspace(folder / "ws")
    areas = opened.areas
    for at, state in ((0, State.RUNNING), (1, State.AGREED)):
        tasking = Tasking(Place(f"<Place> {at}", areas.id[at]), Level.LOCAL, date(2023, 4, 1), date(2023, 4, 14 + at),
                          "Sgt A", "Fewer thefts", state=state)  # fmt: skip
        saved = pipeline.save_tasking(opened, tasking, Access(), by="A")
        for day in (2, 16):
            log = Outcome(saved.id, date(2023, 4, day), 2, 30.0, f"Patrol {at} on {day}")
            pipeline.log_outcome(opened, log, Access(), by="A", based_on=1)
    for day in (3, 18):
        said = Decision(date(2023, 4, day), Level.LOCAL, f"Decided on {day}", "because", "Insp B")
        pipeline.save_decision(opened, said, Access(), by="A")
    return opened


def pack_of(opened, *areas: str):
    query = Query(Level.LOCAL, Period(date(2023, 4, 1), date(2023, 4, 28)), areas=areas)
    return pipeline.meeting_pack(opened, query, Access(), TODAY, date(2023, 4, 10))


def test_a_last_meeting_after_today_is_refused(opened):
    query = Query(Level.LOCAL, Period(date(2023, 4, 1), date(2023, 4, 28)))
    with pytest.raises(InvalidInput, match="cannot have been on 2023-05-02, for today is"):
        pipeline.meeting_pack(opened, query, Access(), date(2023, 5, 1), date(2023, 5, 2))
    assert pipeline.meeting_pack(opened, query, Access(), TODAY, TODAY).since == TODAY


def test_the_pack_holds_what_is_due_and_what_came_since(opened):
    pack = pack_of(opened)
    assert [each.due for each in pack.due] == ["overdue", "overdue"]
    assert [one.value.done for each in pack.done for one in each.outcomes] == ["Patrol 0 on 16", "Patrol 1 on 16"]
    assert [each.value.what for each in pack.decisions] == ["Decided on 18"]
    assert pack.assessment is not None or pack.no_assessment
    told = dict(sections(pack))
    assert "ended 6 days ago" in told["Taskings due"] and "&lt;Place&gt; 0" in told["Taskings due"]
    assert "Patrol 0 on 16" in told["Since the last meeting"] and "on 2" not in told["Since the last meeting"]
    assert "Decided on 18" in told["Decided"] and "expected" in told["Top priorities"]


def test_a_scope_holds_its_own_taskings_only(opened):
    pack = pack_of(opened, opened.areas.id[1])
    assert [each.value.place.name for each in pack.board.value.taskings] == ["<Place> 1"]
    assert [each.followed.value.place.name for each in pack.due] == ["<Place> 1"]


def test_the_page_needs_nothing_else(opened):
    page = meeting_page(pack_of(opened), STAMP)
    assert page == meeting_page(pack_of(opened), STAMP)
    assert page.count('<p class="mark">OFFICIAL</p>') == 2 and "expires 27 Apr 2023" in page
    assert "<Place>" not in page and "Tasking meeting" in page
    assert not re.findall(r'(?:src|href)="https?://', page)
    assert page.count("<section>") == 7


def test_the_page_lists_everything_and_the_screen_says_how_much_is_left(opened):
    pack = much(opened)
    [(_, screen), (_, page)] = [sections(pack)[-1], sections(pack, is_whole=True)[-1]]
    assert "and 34 more" in screen and "Number 39 of many." not in screen and "W" * 1990 not in screen
    assert "more</p>" not in page and "Number 39 of many." in page and "W" * 1990 in page
    assert "Number 39 of many." in meeting_page(pack, STAMP)


def pages_of(content: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def test_the_document_holds_what_the_meeting_goes_through(opened):
    content = meeting_pdf(pack_of(opened), STAMP)
    assert content == meeting_pdf(pack_of(opened), STAMP)
    pages = pages_of(content)
    said = "\n".join(pages)
    heads = (
        "1 Top", "2 Threats", "3 Taskings due: 2 of 2, 2 late", "4 Since", "5 Did it work?", "6 Not known", "7 Decided",
        "To be decided today", "What it rests on",
    )  # fmt: skip
    order = [said.rindex(head) for head in heads]
    assert order == sorted(order)
    assert "<Place> 0" in said and "Ended 6 days ago" in said and "Running (1)" in said and "Agreed (1)" in said
    assert "Patrol 0 on 16" in said and "Patrol 0 on 2" not in said
    assert "Decided on 18" in said and "Decided on 3" not in said
    assert "2 h of" not in said and "1 h of 14 h given" in said
    for page in pages:
        assert page.count("OFFICIAL") >= 2 and "expires 27 Apr 2023" in page
        assert pack_of(opened).briefing.value.version in page


def test_a_scope_and_an_empty_board_say_so(opened):
    pack = pack_of(opened, opened.areas.id[1])
    said = "\n".join(pages_of(meeting_pdf(pack, STAMP)))
    assert "<Place> 1" in said and "<Place> 0" not in said
    nothing = replace(pack, due=(), done=(), decisions=(), evaluations=())
    said = "\n".join(pages_of(meeting_pdf(nothing, STAMP)))
    assert "Nothing was logged since 10 Apr 2023." in said and "Nothing was decided since 10 Apr 2023." in said


def test_hostile_and_long_words_of_people_are_plain_and_stay_on_the_page(opened, tmp_path):
    pack = pack_of(opened)
    [decided] = pack.decisions
    said = replace(decided, value=replace(decided.value, what=HOSTILE, why=HOSTILE, owner=HOSTILE))
    content = meeting_pdf(replace(pack, decisions=(said,) * 12), STAMP)
    text = "\n".join(pages_of(content))
    assert "=1+1<script>alert(1)</script>{nb}" in text.replace("\n", "") and "[U+1F692]" in text
    assert "\u202e" not in text
    if shutil.which("pdftoppm"):
        (tmp_path / "a.pdf").write_bytes(content)
        assert all(ink_at_the_edge(page) == 0 for page in pictures(tmp_path / "a.pdf", tmp_path))


def deck_of(content: bytes):
    return Presentation(io.BytesIO(content))


def boxes_of(slide) -> list[tuple[str, int, int]]:
    """Return the words of each box with where it begins and ends, from the top, in the slide's own unit."""
    return [
        (shape.text_frame.text, shape.top, shape.top + shape.height)
        for shape in slide.shapes
        if shape.has_text_frame and shape.text_frame.text
    ]


def test_the_slides_hold_what_the_meeting_goes_through(opened):
    pack = pack_of(opened)
    content = meeting_slides(pack, STAMP)
    assert content == meeting_slides(pack, STAMP)
    deck = deck_of(content)
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert titles == [
        meeting_text.title(pack), "1 Top priorities", "2 Threats", "3 Taskings due: 2 of 2, 2 late",
        "4 Since the last meeting", "5 Did it work?", "6 Not known", "7 Decided", "To be decided today",
        "What it rests on",
    ]  # fmt: skip
    pages = slide_texts(content)
    for text in pages:
        assert text.count("OFFICIAL") >= 2 and "expires 27 Apr 2023" in text
        assert pack.briefing.value.version in text
    assert "counts 1\u201328 Apr 2023" in pages[0] and "3 Taskings due" in pages[0]
    assert "<Place> 0" in pages[3] and "Ended 6 days ago" in pages[3]
    assert "Running (1)" in pages[3] and "Agreed (1)" in pages[3] and "1 h of 14 h given" in pages[3]
    assert "Patrol 0 on 16" in pages[4] and "Patrol 0 on 2" not in pages[4]
    assert "Decided on 18" in pages[7] and "Decided on 3" not in pages[7]
    assert "--output FILE" in pages[9]
    for slide in deck.slides:
        ids = [each.get("id") for each in slide.shapes._spTree.iter() if each.tag.endswith("}cNvPr")]
        assert len(ids) == len(set(ids))
        assert not [shape for shape in slide.shapes if shape.shape_type == 13]  # no pictures
    maps = [[s for s in slide.shapes if s.name.startswith("Map of")] for slide in deck.slides]
    assert [at for at, each in enumerate(maps) if each] == [0, 3]
    assert any(each.name == "Tasking A" for each in deck.slides[3].shapes)


def test_the_slides_say_the_same_words_as_the_document(opened):
    pack = pack_of(opened)
    slides = squeezed("\n".join(slide_texts(meeting_slides(pack, STAMP))))
    pages = squeezed("\n".join(pages_of(meeting_pdf(pack, STAMP))))
    sections = [each for each in meeting_text.agenda(pack) if each.heading != meeting_text.DUE]
    told = [each for section in sections for item in section.items for each in (item.said, item.fine)]
    tasked = [each for _, there in meeting_taskings.by_state(pack) for each in there]
    told += [words for each in tasked for words in (each.aim, each.when, each.given)]
    told += meeting_text.grounds(pack, STAMP)[:2]
    for each in filter(None, told):
        assert squeezed(each).casefold() in slides.casefold(), each
        assert squeezed(each)[:60].casefold() in pages.casefold(), each


def test_an_empty_meeting_says_so_on_its_slides(opened):
    nothing = replace(pack_of(opened), due=(), done=(), decisions=(), evaluations=())
    board = nothing.board.value
    nothing = replace(nothing, board=release_board(replace(board, taskings=(), polygons=())))
    said = "\n".join(slide_texts(meeting_slides(nothing, STAMP)))
    assert "Nothing was logged since 10 Apr 2023." in said and "Nothing was decided since 10 Apr 2023." in said
    assert "Nothing is tasked." in said


def much(opened):
    """Return a pack with long lists, and with words of people that are hostile and as long as they may be."""
    pack = pack_of(opened)
    [decided] = pack.decisions
    said = replace(decided, value=replace(decided.value, what=HOSTILE, why="Because", owner="Insp \u202eB"))
    long = replace(decided, value=replace(decided.value, what="W" * 1990, why="\u6771" * 900, owner="Insp C"))
    many = [replace(decided, value=replace(decided.value, what=f"Number {at} of many.")) for at in range(40)]
    board = pack.board.value
    followed = [
        replace(each, tasking=replace(each.tasking, id=f"{each.tasking.id}-{at}",
                value=replace(each.value, place=replace(each.value.place, name=f"Place {at} {HOSTILE}"[:300]))))
        for at in range(15) for each in board.taskings
    ]  # fmt: skip
    told = replace(board, taskings=tuple(followed), polygons=board.polygons * 15)
    return replace(
        pack, board=release_board(told), due=due_taskings(told.taskings, TODAY), decisions=(said, long, *many)
    )


def test_long_lists_run_on_over_slides_and_hostile_words_are_plain(opened):
    content = meeting_slides(much(opened), Marking("M" * 80, TODAY, date(2023, 4, 27)))
    deck = deck_of(content)
    text = "\n".join(slide_texts(content))
    assert not set(text) & set("\u202e\x07")
    assert squeezed(HOSTILE.replace("\u202e", "")) in squeezed(text)
    assert sum(map(len, re.findall("W{5,}", text))) == 1990
    assert text.count("\u6771") == 900
    for at in range(40):
        assert f"Number {at} of many." in text
    for at in range(15):
        assert text.count(f"Place {at} =1+1") == 2
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    decided = [each for each in titles if each.startswith("7 Decided")]
    assert decided == [f"7 Decided ({at} of {len(decided)})" for at in range(1, len(decided) + 1)]
    assert len(decided) > 2 and sum(each.startswith("3 Taskings due: 30 of 30, 30 late (") for each in titles) > 2
    for slide in deck.slides:
        boxes = boxes_of(slide)
        assert all(0 <= top <= bottom <= deck.slide_height for _, top, bottom in boxes)
        foot = next(top for text, top, _ in boxes if text.startswith("Made "))
        assert all(bottom <= foot for text, top, bottom in boxes if top < foot), (
            "what a slide holds ends above its foot"
        )


@pytest.mark.slow
@pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftoppm")), reason="LibreOffice and poppler are not on this machine"
)
@pytest.mark.parametrize("pack", [pack_of, much])
def test_every_slide_of_a_meeting_is_drawn_by_libreoffice(opened, pack, tmp_path):
    content = meeting_slides(pack(opened), STAMP)
    pages = drawn_slides(content, tmp_path)
    assert len(pages) == len(deck_of(content).slides)
    assert is_coloured(pages[0])
    for page in pages:
        assert ink_at_the_edge(page) == 0


def test_the_command_makes_the_same_pack_again(opened, tmp_path, capsys):
    from ilpgeo.cli import main

    pack = pack_of(opened)
    told = again(pack, STAMP).replace("DIR", str(opened.workspace.folder))
    output = tmp_path / "pack.pdf"
    arguments = told.replace("FILE", str(output)).split()[1:]
    assert main([*arguments, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["taskings"], document["due"], document["since"]) == (2, 2, "2023-04-10")
    assert output.read_bytes() == meeting_pdf(pack, STAMP)
    assert main([*arguments[:-1], str(tmp_path / "pack.docx")]) == 1
    assert "a meeting pack is written as .pdf, .pptx, .html, not .docx" in capsys.readouterr().err


def test_letters_of_taskings_in_one_place_hide_none_of_each_other(opened):
    pack = much(opened)
    drawn = meeting_map.tasked(pack, 90.0, 90.0)
    called = meeting_taskings.letters(pack.board.value).values()
    at = {each.text: (each.x, each.y) for each in drawn.parts if isinstance(each, Label) and each.text in called}
    assert len(at) == 30
    places = sorted(at.values())
    for index, (x, y) in enumerate(places):
        assert 0 < x < drawn.width_mm and 0 < y < drawn.height_mm
        assert all(abs(x - other) >= 3.8 or abs(y - below) >= 3.8 for other, below in places[:index])


def test_dashes_cover_a_line_with_gaps():
    ring = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 5.0]])
    dashes = tasking_marks.dashed(ring, 2.0, 1.0)
    lengths = [float(np.hypot(*np.diff(dash, axis=0).T).sum()) for dash in dashes]
    assert lengths == pytest.approx([2.0, 2.0, 2.0, 2.0, 2.0])
    assert [dash[0].tolist() for dash in dashes] == [[0, 0], [3, 0], [6, 0], [9, 0], [10, 2]]
    assert dashes[3].tolist() == [[9, 0], [10, 0], [10, 1]]  # it bends where the line bends
