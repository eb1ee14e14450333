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

from ilpgeo import pipeline
from ilpgeo.core.products import Marking
from ilpgeo.core.query import Level, Period, Query
from ilpgeo.core.taskings import Decision, Outcome, Place, State, Tasking
from ilpgeo.core.types import Access
from ilpgeo.reports import tasking_marks
from ilpgeo.reports.meeting import meeting_page, sections
from ilpgeo.reports.meeting_pdf import meeting_pdf
from ilpgeo.reports.meeting_text import again
from tests.pipeline import city
from tests.pipeline.test_evaluated import rows

TODAY = date(2023, 4, 20)
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
    hostile = "=1+1<script>alert(1)</script>\u202e{nb} \u0634\u0627\u0631\u0639 \U0001f692 " + "very " * 300
    [decided] = pack.decisions
    said = replace(decided, value=replace(decided.value, what=hostile, why=hostile, owner=hostile))
    content = meeting_pdf(replace(pack, decisions=(said,) * 12), STAMP)
    text = "\n".join(pages_of(content))
    assert "=1+1<script>alert(1)</script>{nb}" in text.replace("\n", "") and "[U+1F692]" in text
    assert "\u202e" not in text
    if shutil.which("pdftoppm"):
        from tests.reports.test_tools import ink_at_the_edge, pictures

        (tmp_path / "a.pdf").write_bytes(content)
        assert all(ink_at_the_edge(page) == 0 for page in pictures(tmp_path / "a.pdf", tmp_path))


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
    assert "a meeting pack is written as .pdf, .html, not .docx" in capsys.readouterr().err


def test_dashes_cover_a_line_with_gaps():
    ring = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 5.0]])
    dashes = tasking_marks.dashed(ring, 2.0, 1.0)
    lengths = [float(np.hypot(*np.diff(dash, axis=0).T).sum()) for dash in dashes]
    assert lengths == pytest.approx([2.0, 2.0, 2.0, 2.0, 2.0])
    assert [dash[0].tolist() for dash in dashes] == [[0, 0], [3, 0], [6, 0], [9, 0], [10, 2]]
    assert dashes[3].tolist() == [[9, 0], [10, 0], [10, 1]]  # it bends where the line bends
