"""The taskings of a meeting as they are gone through: by state, with letter, owner, hours and dosage."""

from __future__ import annotations

from dataclasses import dataclass

from ilpgeo.core import wording as words
from ilpgeo.core.taskings import Board, DueTasking, Followed, State
from ilpgeo.maps.released import value_of
from ilpgeo.pipeline.meeting import MeetingPack
from ilpgeo.reports import tasking_marks
from ilpgeo.reports.meeting_text import Section
from ilpgeo.reports.tasking_text import duration, hours

NOTHING = "Nothing is tasked."


@dataclass(frozen=True, slots=True)
class Told:
    """A tasking in words.

    Attributes
    ----------
    letter
        What it is called on the map.
    due
        Why it needs attention; empty where it needs none.
    when
        Its days, its hours, and against what.
    dropped
        Why it was; empty where it was not.
    given, share
        How much of the dosage was given, in words and 0..1.
    """

    letter: str
    place: str
    owner: str
    due: str
    is_late: bool
    aim: str
    when: str
    dropped: str
    given: str
    share: float


def heading(pack: MeetingPack, section: Section) -> str:
    """Return the head of the section on taskings: how many are due, of how many, how many late."""
    n_late = sum(each.is_late for each in pack.due)
    late = f", {words.number(n_late)} late" if n_late else ""
    n = len(value_of(pack.board, Board).taskings)
    return f"{section.heading}: {words.number(len(pack.due))} of {words.number(n)}{late}"


def letters(board: Board) -> dict[str, str]:
    """Return what each tasking is called on the map, by its id: in the order they are gone through."""
    order = (each for state in State for each in board.in_state(state))
    return {each.tasking.id: tasking_marks.letter(at) for at, each in enumerate(order)}


def by_state(pack: MeetingPack) -> tuple[tuple[str, tuple[Told, ...]], ...]:
    """Return the states that have taskings, each with how many, and the taskings in words."""
    board = value_of(pack.board, Board)
    called, due = letters(board), {each.followed.tasking.id: each for each in pack.due}
    groups = [(state, board.in_state(state)) for state in State]
    return tuple(
        (
            f"{state.capitalize()} ({len(there)})",
            tuple(_told(each, due.get(each.tasking.id), called[each.tasking.id]) for each in there),
        )
        for state, there in groups
        if there
    )


def _told(each: Followed, due: DueTasking | None, letter: str) -> Told:
    tasking = each.value
    against = f"; against {words.listed(list(tasking.offences))}" if tasking.offences else ""
    return Told(
        letter=letter,
        place=f"{tasking.place.name}{' (example)' if tasking.is_example else ''}",
        owner=tasking.owner,
        due=words.opening(due.words) if due is not None else "",
        is_late=due is not None and due.is_late,
        aim=tasking.aim,
        when=f"{words.span(tasking.period)}, {hours(tasking)}{against}",
        dropped=f"Dropped: {tasking.why_dropped}" if tasking.why_dropped else "",
        given=f"{duration(each.minutes_given)} of {duration(tasking.minutes_asked)} given",
        share=min(1.0, each.minutes_given / tasking.minutes_asked) if tasking.minutes_asked else 0.0,
    )
