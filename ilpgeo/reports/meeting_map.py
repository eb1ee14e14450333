"""The map of a meeting: ranked areas with the taskings on them, its key, and where it comes from."""

from __future__ import annotations

from ilpgeo.core.taskings import Board, State
from ilpgeo.maps.released import value_of
from ilpgeo.pipeline.meeting import MeetingPack
from ilpgeo.reports import sentences, tasking_marks
from ilpgeo.reports.area_map import Mapped, ranked_map, ranked_ratio
from ilpgeo.reports.drawing import INK, RULE, Drawing, Ink, Label, Shape, box
from ilpgeo.reports.keys import key
from ilpgeo.reports.meeting_taskings import letters


def ranked(pack: MeetingPack, width_mm: float, most_mm: float) -> Drawing:
    """Return the map of ranked areas alone, as high as it needs, at most `most_mm`."""
    shown = _shown(pack)
    return ranked_map(shown, width_mm, min(width_mm / ranked_ratio(shown), most_mm))


def tasked(pack: MeetingPack, width_mm: float, most_mm: float, *, has_numbers: bool = True) -> Drawing:
    """Return the map with the taskings that were not dropped, each with its letter; see `ranked`.

    Parameters
    ----------
    has_numbers
        Whether the first areas carry their rank.
    """
    shown, board = _shown(pack), value_of(pack.board, Board)
    called, there = letters(board), _states(board)
    drawn = {each.tasking.id: called[each.tasking.id] for each in board.taskings if each.value.state in there}
    return ranked_map(
        shown, width_mm, min(width_mm / ranked_ratio(shown), most_mm), has_numbers=has_numbers,
        over=lambda view: tasking_marks.tasking_marks(board, drawn, view),
    )  # fmt: skip


def tasked_key(pack: MeetingPack, width_mm: float) -> Drawing:
    """Return the key to the map with the taskings."""
    there = _states(value_of(pack.board, Board))
    more = []
    if State.RUNNING in there:
        more.append((tasking_marks.SOLID, "Tasking, running"))
    if there - {State.RUNNING}:
        more.append((tasking_marks.DASHED, "Tasking, not running"))
    return key(width_mm, more)


def source(pack: MeetingPack) -> str:
    """Return where incidents and land come from."""
    return f"{sentences.origin(pack.settings.attribution, ())} Land: Natural Earth.".strip()


def letter_plate(letter: str) -> Drawing:
    """Return a tasking's letter as it stands on the map."""
    wide = 3.8 + 1.2 * (len(letter) - 1)
    plate = Shape((box(0, 0, wide, 3.8),), Ink(INK))
    return Drawing(wide, 3.8, f"Tasking {letter}", (plate, Label(wide / 2, 3.0, letter, 8, "#ffffff", "middle", True)))


def dose_bar(share: float, width_mm: float) -> Drawing:
    """Return how much of a dosage was given, 0..1, as a bar."""
    parts = (Shape((box(0, 0, width_mm, 1.8),), Ink(RULE)), Shape((box(0, 0, width_mm * share, 1.8),), Ink(INK)))
    return Drawing(width_mm, 1.8, f"{share:.0%} of the dosage given", parts if share else parts[:1])


def _shown(pack: MeetingPack) -> Mapped:
    return Mapped(pack.briefing, pack.areas, pack.place)


def _states(board: Board) -> set[State]:
    return {each.value.state for each in board.taskings} - {State.DROPPED}
