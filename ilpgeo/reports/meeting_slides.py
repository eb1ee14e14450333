"""A tasking meeting's pack as slides: what a chief shows in the room, a point of the agenda at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from ilpgeo.core import wording as words
from ilpgeo.core.briefing import Briefing
from ilpgeo.core.products import Marking
from ilpgeo.maps.released import value_of
from ilpgeo.pipeline.meeting import MeetingPack
from ilpgeo.reports import keys, meeting_map, meeting_taskings, meeting_text, sentences
from ilpgeo.reports.deck import BOTTOM_MM, INNER_MM, MARGIN_MM, TOP_MM, Deck
from ilpgeo.reports.drawing import ALARM, INK, MUTED, Drawing, mark
from ilpgeo.reports.meeting_taskings import Told
from ilpgeo.reports.meeting_text import Item, Section
from ilpgeo.reports.slide_rows import Column, Frame, Row, largest, paragraph, set_rows
from ilpgeo.reports.slide_shapes import Slide, Words
from ilpgeo.reports.slide_text import at_most, height

_SIZES = (1.4, 1.2, 1.0)  # times: the largest in which a point of the agenda has room on one slide
_LARGER = 1.35  # than on paper: maps, so that their letters are read across a room
_WHOLE = Frame(MARGIN_MM, TOP_MM + 3.0, INNER_MM)
_HEAD_MM, _MARK_MM, _GAP_MM = 78.0, 11.0, 8.0
_MAP_MM, _SMALL_MAP_MM = 170.0, 118.0
_PLACE, _WHAT, _DOSE = (9.0, 66.0), (80.0, 62.0), (147.0, 35.0)
_TO_WRITE, _ROW_MM = 6, 19.0
_COLUMNS_MM = (128.0, 88.0, 58.0, INNER_MM - 274.0)  # of what is to be decided


def meeting_slides(pack: MeetingPack, stamp: Marking) -> bytes:
    """Return the pack as a PowerPoint file; the same pack and stamp give the same bytes.

    Agenda and map; each point of it; room to write down what is decided; what it rests on. What does not fit on a
    slide runs on to the next.
    """
    version = value_of(pack.briefing, Briefing).version
    title = meeting_text.title(pack)
    deck = Deck(title, pack.settings.name, title, stamp, version)
    agenda = meeting_text.agenda(pack)
    _opening(deck.slide(title), pack, agenda)
    for at, each in enumerate(agenda, start=1):
        if each.heading == meeting_text.DUE:
            _taskings(deck, pack, f"{at} {meeting_taskings.heading(pack, each)}")
        else:
            sized = (list(_rows(each, size)) for size in _SIZES)
            set_rows(deck, f"{at} {each.heading}", largest(sized, _WHOLE), _WHOLE)
    blank = [("",) * len(_COLUMNS_MM)] * _TO_WRITE
    deck.slide(meeting_text.TO_DECIDE).table(
        meeting_text.TO_WRITE, blank, _COLUMNS_MM, MARGIN_MM, TOP_MM, _ROW_MM, head_mm=9.0, size_pt=14
    )
    said = [paragraph(Words(each, 14), INNER_MM) for each in meeting_text.grounds(pack, stamp)]
    set_rows(deck, meeting_text.GROUNDS, said, _WHOLE)
    return deck.content()


def _opening(slide: Slide, pack: MeetingPack, agenda: Sequence[Section]) -> None:
    slide.put(MARGIN_MM, 31.0, INNER_MM, 7.0, [at_most(Words(meeting_text.under(pack), 13, MUTED), INNER_MM, 1)])
    _Picture(pack, _MAP_MM, 42.0, keys.key(_MAP_MM / _LARGER), meeting_map.ranked).draw(slide)
    x = MARGIN_MM + _MAP_MM + 12.0
    wide = MARGIN_MM + INNER_MM - x
    lead = at_most(Words(sentences.lead(value_of(pack.briefing, Briefing)), 18, is_bold=True), wide, 5)
    high = height([lead], wide)
    slide.put(x, 40.5, wide, high, [lead])
    y, step = 46.0 + high, 13.5
    for at, each in enumerate(agenda, start=1):
        n = words.number(each.n) if each.n else "\u2013"
        slide.put(x, y + (at - 1) * step, 16.0, 10.0, [Words(n, 20, is_bold=True)])
        slide.put(x + 18.0, y + 1.0 + (at - 1) * step, wide - 18.0, 9.0, [Words(f"{at} {each.heading}", 16)])


class _Picture:
    """A map with its key and its source below, larger than on paper, as high as it needs and has room.

    Parameters
    ----------
    wide, y
        How wide it is and where it begins, mm.
    draw
        Returns the map of a width, at most so high.
    """

    def __init__(
        self, pack: MeetingPack, wide: float, y: float, key: Drawing, draw: Callable[..., Drawing]
    ) -> None:  # fmt: skip
        self._y, self._wide, self._key = y, wide, key.scaled(_LARGER)
        self._source = at_most(Words(meeting_map.source(pack), 9, MUTED), wide, 3)
        room = BOTTOM_MM - y - self._key.height_mm - height([self._source], wide) - 3.0
        self._map = draw(pack, wide / _LARGER, room / _LARGER).scaled(_LARGER)

    def draw(self, slide: Slide) -> None:
        """Put it on a slide."""
        y = self._y
        for each, gap in ((self._map, 2.5), (self._key, 0.5)):
            slide.draw(each, MARGIN_MM, y)
            y += each.height_mm + gap
        slide.put(MARGIN_MM, y, self._wide, height([self._source], self._wide), [self._source])


def _rows(section: Section, size: float) -> Iterable[Row]:
    if section.note:
        yield paragraph(Words(section.note, 12 * size, MUTED), INNER_MM)
    if not section.items:
        yield paragraph(Words(section.none, 16 * size, MUTED), INNER_MM)
    for each in section.items:
        yield _row(each, size)


def _row(each: Item, size: float) -> Row:
    """Return a thing to look at as a row: what it is on the left, what is said of it on the right."""
    large, small = 16 * size, 13 * size
    indent = _MARK_MM if each.tier is not None else 0.0
    left = [Words(each.head, large, is_bold=True), Words(each.late, small, ALARM, is_bold=True)]
    right = [Words(each.said, large), Words(each.fine, small, MUTED)]
    drawn: tuple[tuple[Drawing, float, float], ...] = ()
    if each.tier is not None:
        left, right = [left[0], Words(each.said.capitalize(), small, MUTED)], [Words(each.fine, large)]
        drawn = ((Drawing(7.0, 7.0, each.tier.value, mark(each.tier, 3.5, 3.5, 7.0)), 0.0, 0.5),)
    left, right = _there(left), _there(right)
    middle = indent + _HEAD_MM + _GAP_MM
    if left and right:
        left[0] = at_most(left[0], _HEAD_MM, 3)
        return Row((Column(indent, _HEAD_MM, left), Column(middle, INNER_MM - middle, right)), drawn)
    return Row((Column(indent, INNER_MM - indent, [*left, *right]),), drawn)


def _there(paragraphs: Sequence[Words]) -> list[Words]:
    return [each for each in paragraphs if each.text]


def _taskings(deck: Deck, pack: MeetingPack, title: str) -> None:
    x = MARGIN_MM + _SMALL_MAP_MM + 8.0
    frame = Frame(x, TOP_MM + 2.0, MARGIN_MM + INNER_MM - x)
    groups = meeting_taskings.by_state(pack)
    rows = largest(([*_tasking_rows(groups, size, frame.wide)] for size in _SIZES), frame)
    picture = _Picture(
        pack, _SMALL_MAP_MM, frame.y, meeting_map.tasked_key(pack, _SMALL_MAP_MM / _LARGER),
        partial(meeting_map.tasked, has_numbers=False),
    )  # fmt: skip
    nothing = [paragraph(Words(meeting_taskings.NOTHING, 16, MUTED), frame.wide)]
    set_rows(deck, title, rows or nothing, frame, picture.draw)


def _tasking_rows(groups: Iterable[tuple[str, tuple[Told, ...]]], size: float, wide: float) -> Iterable[Row]:
    for state, there in groups:
        yield paragraph(Words(state, 12 * size, MUTED, is_bold=True), wide, is_head=True)
        for each in there:
            yield _tasking(each, 13 * size, 11 * size)


def _tasking(each: Told, large: float, small: float) -> Row:
    wide = _PLACE[1]
    place = [
        at_most(Words(each.place, large, is_bold=True), wide, 3), at_most(Words(each.owner, small, MUTED), wide, 2),
        Words(each.due, small, ALARM if each.is_late else INK, each.is_late),
    ]  # fmt: skip
    what = [Words(each.aim, large), Words(each.when, small, MUTED), Words(each.dropped, small, MUTED)]
    columns = (
        Column(*_PLACE, _there(place)), Column(*_WHAT, _there(what)), Column(*_DOSE, [Words(each.given, small, MUTED)]),
    )  # fmt: skip
    bar = meeting_map.dose_bar(each.share, _DOSE[1] / _LARGER).scaled(_LARGER)
    under = height(columns[2].words, _DOSE[1]) + 1.0
    plate = meeting_map.letter_plate(each.letter).scaled(_LARGER)
    return Row(columns, ((plate, 0.0, 0.8), (bar, _DOSE[0], under)), under + bar.height_mm)
