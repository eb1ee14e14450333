"""A tasking meeting's pack as a document of A4 pages: what a chief hands out."""

from __future__ import annotations

from collections.abc import Sequence

from ilpgeo.core import wording as words
from ilpgeo.core.briefing import Briefing
from ilpgeo.core.products import Marking
from ilpgeo.maps.released import value_of
from ilpgeo.pipeline.meeting import MeetingPack
from ilpgeo.reports import meeting_map, meeting_taskings, meeting_text, sentences
from ilpgeo.reports.drawing import ALARM, INK, MUTED, RULE, Drawing, Ink, Shape, box
from ilpgeo.reports.meeting_taskings import Told
from ilpgeo.reports.meeting_text import Section
from ilpgeo.reports.minutes import Minutes, Words
from ilpgeo.reports.sheets import INNER_MM, MARGIN_MM, Sheet

_MAP_MM, _TO_WRITE = 92.0, 4
_PLACE = (7.0, 48.0)
_WHAT = (59.0, 78.0)
_DOSE = (142.0, 38.0)
_COLUMNS = ((0.0, 78.0), (80.0, 46.0), (128.0, 30.0), (160.0, 20.0))  # of what is to be decided


def meeting_pdf(pack: MeetingPack, stamp: Marking) -> bytes:
    """Return the pack as PDF; the same pack and stamp give the same bytes.

    Agenda, picture and priorities; threats; taskings by state; outcomes, evaluations, gaps, decisions; room to write
    down what is decided; what it rests on.
    """
    briefing = value_of(pack.briefing, Briefing)
    sheet = Sheet(meeting_text.title(pack), pack.settings.name, stamp, briefing.version)
    sheet.add_page()
    first, threats, due, *others = meeting_text.agenda(pack)
    y = sheet.masthead("TASKING MEETING", pack.place, meeting_text.under_place(pack))
    y = sheet.write_down(MARGIN_MM, y + 2.0, INNER_MM, sentences.lead(briefing), 14, is_bold=True, most=2)
    y = _agenda(sheet, (first, threats, due, *others), y)
    minutes = Minutes(sheet, _picture(sheet, pack, y))
    _section(minutes, 1, first)
    _section(minutes, 2, threats)
    _taskings(minutes, pack, due)
    for at, each in enumerate(others, start=4):
        _section(minutes, at, each)
    _to_write(minutes)
    _grounds(minutes, pack, stamp)
    return sheet.content()


def _agenda(sheet: Sheet, agenda: Sequence[Section], y: float) -> float:
    wide = INNER_MM / len(agenda)
    for at, each in enumerate(agenda):
        x = MARGIN_MM + at * wide + (2.0 if at else 0.0)
        if at:
            sheet.draw(Drawing(0, 0, "", (Shape((box(x - 2.0, y - 2.6, 0.15, 12.6),), Ink(RULE)),)), 0, 0)
        sheet.put(x, y + 1.6, words.number(each.n) if each.n else "\u2013", 15, is_bold=True)
        sheet.write_down(x, y + 6.0, wide - 3.0, f"{at + 1} {each.heading}", 8, MUTED, most=2)
    return y + 14.0


def _picture(sheet: Sheet, pack: MeetingPack, y: float) -> float:
    drawn, below = meeting_map.tasked(pack, INNER_MM, _MAP_MM), meeting_map.tasked_key(pack, INNER_MM)
    sheet.draw(drawn, MARGIN_MM, y)
    y += drawn.height_mm
    sheet.draw(below, MARGIN_MM, y + 1.5)
    y += below.height_mm + 4.0
    return sheet.write_down(MARGIN_MM, y, INNER_MM, meeting_map.source(pack), 7, MUTED, most=2) + 2.0


def _section(minutes: Minutes, number: int, section: Section) -> None:
    minutes.heading(f"{number} {section.heading}")
    if section.note:
        minutes.note(section.note)
    if not section.items:
        minutes.note(section.none)
    for each in section.items:
        minutes.item(each)


def _taskings(minutes: Minutes, pack: MeetingPack, section: Section) -> None:
    minutes.heading(f"3 {meeting_taskings.heading(pack, section)}")
    groups = meeting_taskings.by_state(pack)
    if not groups:
        minutes.note(meeting_taskings.NOTHING)
    for state, there in groups:
        minutes.make_room(20.0)
        minutes.row([(0.0, INNER_MM, [Words(state, 8.5, MUTED, True)])])
        for each in there:
            _tasking(minutes, each)


def _tasking(minutes: Minutes, each: Told) -> None:
    place = [Words(each.place, is_bold=True, most=3), Words(each.owner, 8, MUTED, most=2)]
    if each.due:
        place.append(Words(each.due, 8, ALARM if each.is_late else INK, each.is_late, 3))
    what = [Words(each.aim), Words(each.when, 8, MUTED, most=3)]
    if each.dropped:
        what.append(Words(each.dropped, 8, MUTED, most=3))
    minutes.make_room(max(minutes.height(place, _PLACE[1]), minutes.height(what, _WHAT[1]), 8.0))
    minutes.sheet.draw(meeting_map.letter_plate(each.letter), MARGIN_MM, minutes.y - 3.0)
    minutes.sheet.draw(meeting_map.dose_bar(each.share, _DOSE[1]), MARGIN_MM + _DOSE[0], minutes.y + 1.4)
    minutes.row([(*_PLACE, place), (*_WHAT, what), (*_DOSE, [Words(each.given, 8, MUTED)])], 8.0)


def _to_write(minutes: Minutes) -> None:
    minutes.heading(meeting_text.TO_DECIDE, 20.0 + 9.0 * _TO_WRITE)
    for (x, _), name in zip(_COLUMNS, meeting_text.TO_WRITE, strict=True):
        minutes.sheet.put(MARGIN_MM + x, minutes.y, name, 8, MUTED)
    for _ in range(_TO_WRITE):
        minutes.y += 9.0
        for x, wide in _COLUMNS:
            minutes.sheet.rule(MARGIN_MM + x, minutes.y, wide, "#8b939c", 0.15)
    minutes.y += 7.0


def _grounds(minutes: Minutes, pack: MeetingPack, stamp: Marking) -> None:
    minutes.heading(meeting_text.GROUNDS, 40.0)
    for each in meeting_text.grounds(pack, stamp):
        minutes.note(each, 8, INK)
        minutes.y += 1.2
