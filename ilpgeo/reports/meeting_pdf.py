"""A tasking meeting's pack as a document of A4 pages: what a chief hands out."""

from __future__ import annotations

from collections.abc import Sequence

from ilpgeo.core import wording as words
from ilpgeo.core.briefing import Briefing
from ilpgeo.core.products import Marking
from ilpgeo.core.taskings import Board, DueTasking, Followed, State
from ilpgeo.maps.released import value_of
from ilpgeo.pipeline.meeting import MeetingPack
from ilpgeo.reports import meeting_text, sentences, tasking_marks
from ilpgeo.reports.area_map import Mapped, ranked_map, ranked_ratio
from ilpgeo.reports.command import command
from ilpgeo.reports.drawing import INK, MUTED, RULE, Drawing, Ink, Label, Shape, box
from ilpgeo.reports.grounds import ALARM
from ilpgeo.reports.keys import key
from ilpgeo.reports.meeting_text import Section
from ilpgeo.reports.minutes import Minutes, Words
from ilpgeo.reports.sheets import INNER_MM, MARGIN_MM, Sheet
from ilpgeo.reports.tasking_text import duration, hours

_MAP_MM, _TO_WRITE = 92.0, 4
_PLACE = (7.0, 48.0)
_WHAT = (59.0, 78.0)
_DOSE = (142.0, 38.0)


def meeting_pdf(pack: MeetingPack, stamp: Marking) -> bytes:
    """Return the pack as PDF; the same pack and stamp give the same bytes.

    Agenda, picture and priorities; threats; taskings by state; outcomes, evaluations, gaps, decisions; room to write
    down what is decided; what it rests on.
    """
    briefing, board = value_of(pack.briefing, Briefing), value_of(pack.board, Board)
    sheet = Sheet(meeting_text.title(pack), pack.settings.name, stamp, briefing.version)
    sheet.add_page()
    first, threats, due, *others = meeting_text.agenda(pack)
    letters = {each.tasking.id: tasking_marks.letter(at) for at, each in enumerate(_by_state(board))}
    y = sheet.masthead("TASKING MEETING", pack.place, _under(pack))
    y = sheet.write_down(MARGIN_MM, y + 2.0, INNER_MM, sentences.lead(briefing), 14, is_bold=True, most=2)
    y = _agenda(sheet, (first, threats, due, *others), y)
    minutes = Minutes(sheet, _picture(sheet, pack, board, letters, y))
    _section(minutes, 1, first)
    _section(minutes, 2, threats)
    _taskings(minutes, pack, board, letters, due)
    for at, each in enumerate(others, start=4):
        _section(minutes, at, each)
    _to_write(minutes)
    _grounds(minutes, pack, stamp, briefing)
    return sheet.content()


def _under(pack: MeetingPack) -> str:
    return f"{pack.settings.label(pack.query.level)} \u00b7 {meeting_text.under(pack)}"


def _by_state(board: Board) -> tuple[Followed, ...]:
    return tuple(each for state in State for each in board.in_state(state))


def _agenda(sheet: Sheet, agenda: Sequence[Section], y: float) -> float:
    wide = INNER_MM / len(agenda)
    for at, each in enumerate(agenda):
        x = MARGIN_MM + at * wide + (2.0 if at else 0.0)
        if at:
            sheet.draw(Drawing(0, 0, "", (Shape((box(x - 2.0, y - 2.6, 0.15, 12.6),), Ink(RULE)),)), 0, 0)
        sheet.put(x, y + 1.6, words.number(each.n) if each.n else "\u2013", 15, is_bold=True)
        sheet.write_down(x, y + 6.0, wide - 3.0, f"{at + 1} {each.heading}", 8, MUTED, most=2)
    return y + 14.0


def _picture(sheet: Sheet, pack: MeetingPack, board: Board, letters: dict[str, str], y: float) -> float:
    shown = Mapped(pack.briefing, pack.areas, pack.place)
    there = {each.value.state for each in board.taskings} - {State.DROPPED}
    drawn = {each.tasking.id: letters[each.tasking.id] for each in board.taskings if each.value.state in there}
    high = min(INNER_MM / ranked_ratio(shown), _MAP_MM)
    sheet.draw(
        ranked_map(shown, INNER_MM, high, over=lambda view: tasking_marks.tasking_marks(board, drawn, view)),
        MARGIN_MM,
        y,
    )
    more = []
    if State.RUNNING in there:
        more.append((tasking_marks.SOLID, "Tasking, running"))
    if there - {State.RUNNING}:
        more.append((tasking_marks.DASHED, "Tasking, not running"))
    below = key(INNER_MM, more)
    sheet.draw(below, MARGIN_MM, y + high + 1.5)
    source = f"{sentences.origin(pack.settings.attribution, ())} Land: Natural Earth.".strip()
    return sheet.write_down(MARGIN_MM, y + high + below.height_mm + 4.0, INNER_MM, source, 7, MUTED, most=2) + 2.0


def _section(minutes: Minutes, number: int, section: Section) -> None:
    minutes.heading(f"{number} {section.heading}")
    if section.note:
        minutes.note(section.note)
    if not section.items:
        minutes.note(section.none)
    for each in section.items:
        minutes.item(each)


def _taskings(
    minutes: Minutes, pack: MeetingPack, board: Board, letters: dict[str, str], section: Section
) -> None:  # fmt: skip
    due = {each.followed.tasking.id: each for each in pack.due}
    n_late = sum(each.is_late for each in pack.due)
    late = f", {words.number(n_late)} late" if n_late else ""
    minutes.heading(f"3 {section.heading}: {words.number(len(pack.due))} of {words.number(len(board.taskings))}{late}")
    if not board.taskings:
        minutes.note("Nothing is tasked.")
    for state in State:
        there = board.in_state(state)
        if there:
            minutes.make_room(20.0)
            minutes.row([(0.0, INNER_MM, [Words(f"{state.capitalize()} ({len(there)})", 8.5, MUTED, True)])])
        for each in there:
            _tasking(minutes, each, due.get(each.tasking.id), letters[each.tasking.id])


def _tasking(minutes: Minutes, each: Followed, due: DueTasking | None, letter: str) -> None:
    tasking = each.value
    is_late = due is not None and due.is_late
    against = f"; against {words.listed(list(tasking.offences))}" if tasking.offences else ""
    place = [
        Words(f"{tasking.place.name}{' (example)' if tasking.is_example else ''}", is_bold=True, most=3),
        Words(tasking.owner, 8, MUTED, most=2),
    ]
    if due is not None:
        place.append(Words(words.opening(due.words), 8, ALARM if is_late else INK, is_late, 3))
    what = [Words(tasking.aim), Words(f"{words.span(tasking.period)}, {hours(tasking)}{against}", 8, MUTED, most=3)]
    if tasking.why_dropped:
        what.append(Words(f"Dropped: {tasking.why_dropped}", 8, MUTED, most=3))
    said = f"{duration(each.minutes_given)} of {duration(tasking.minutes_asked)} given"
    dose = [Words(said, 8, MUTED)]
    minutes.make_room(max(minutes.height(place, _PLACE[1]), minutes.height(what, _WHAT[1]), 8.0))
    minutes.sheet.draw(_letter(letter), MARGIN_MM, minutes.y - 3.0)
    minutes.sheet.draw(_bar(each.minutes_given, tasking.minutes_asked), MARGIN_MM + _DOSE[0], minutes.y + 1.4)
    minutes.row([(*_PLACE, place), (*_WHAT, what), (*_DOSE, dose)], 8.0)


def _letter(letter: str) -> Drawing:
    wide = 3.8 + 1.2 * (len(letter) - 1)
    plate = Shape((box(0, 0, wide, 3.8),), Ink(INK))
    return Drawing(wide, 3.8, f"Tasking {letter}", (plate, Label(wide / 2, 3.0, letter, 8, "#ffffff", "middle", True)))


def _bar(given: float, asked: float) -> Drawing:
    share = min(1.0, given / asked) if asked else 0.0
    parts = (Shape((box(0, 0, _DOSE[1], 1.8),), Ink(RULE)), Shape((box(0, 0, _DOSE[1] * share, 1.8),), Ink(INK)))
    return Drawing(_DOSE[1], 1.8, f"{share:.0%} of the dosage given", parts if share else parts[:1])


def _to_write(minutes: Minutes) -> None:
    minutes.heading("To be decided today", 20.0 + 9.0 * _TO_WRITE)
    columns = ((0.0, 78.0, "What"), (80.0, 46.0, "Why"), (128.0, 30.0, "Who sees to it"), (160.0, 20.0, "Due"))
    for x, _, name in columns:
        minutes.sheet.put(MARGIN_MM + x, minutes.y, name, 8, MUTED)
    for _ in range(_TO_WRITE):
        minutes.y += 9.0
        for x, wide, _ in columns:
            minutes.sheet.rule(MARGIN_MM + x, minutes.y, wide, "#8b939c", 0.15)
    minutes.y += 7.0


def _grounds(minutes: Minutes, pack: MeetingPack, stamp: Marking, briefing: Briefing) -> None:
    minutes.heading("What it rests on", 40.0)
    minutes.note(sentences.method(briefing, pack.settings.harm_source), 8, INK)
    withheld = f"Counts under {pack.settings.small_count} are withheld."
    quality = "; ".join(f"{name.lower()}: {share}" for name, share in sentences.quality(briefing.quality))
    minutes.y += 1.2
    minutes.note(
        f"{sentences.gaps(briefing)} {withheld} Quality of the data: {briefing.quality.light} ({quality}).", 8, INK
    )
    minutes.y += 1.2
    minutes.note(
        "Taskings, outcomes, evaluations, gaps and decisions are those on record when this was made. To make it again: "
        f"{again(pack, stamp, briefing)}", 8, INK,
    )  # fmt: skip


def again(pack: MeetingPack, stamp: Marking, briefing: Briefing) -> str:
    """Return the command that makes the pack of the same question, days and data again."""
    days = [f"--since {pack.since} --on {pack.today}"]
    return command("meeting", pack.query, pack.query.areas, days, briefing.version, stamp)
