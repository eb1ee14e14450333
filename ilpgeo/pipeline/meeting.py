"""The pack of a tasking meeting: the picture, what threatens, what is due, what came of it, what is not known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ilpgeo.core.errors import IlpgeoError, InvalidInput
from ilpgeo.core.evaluations import Evaluation
from ilpgeo.core.recorded import Recorded
from ilpgeo.core.settings import Settings
from ilpgeo.core.taskings import Board, Decision, DueTasking, Followed
from ilpgeo.core.types import Access, Areas, Briefing, Query, Released
from ilpgeo.core.wording import refused
from ilpgeo.cycle.due import due_taskings
from ilpgeo.pipeline.opened import Opened

if TYPE_CHECKING:
    from ilpgeo.core.assessment import Assessment
    from ilpgeo.core.gaps import ListedGap


@dataclass(frozen=True, slots=True, eq=False)
class MeetingPack:
    """What one tasking meeting looks at; all that counts incidents passed the release gate.

    Attributes
    ----------
    since
        The day of the last meeting: outcomes, evaluations and decisions from it on.
    assessment, no_assessment
        The threat assessment of the level; None where there can be none, and then why.
    gaps
        Those that wait, the most pressing first.
    due
        Taskings that need attention, the most urgent first.
    done
        Taskings with the outcomes since the last meeting.
    """

    query: Query
    today: date
    since: date
    briefing: Released[Briefing]
    assessment: Released[Assessment] | None
    no_assessment: str
    gaps: Released[tuple[ListedGap, ...]]
    board: Released[Board]
    due: tuple[DueTasking, ...]
    done: tuple[Followed, ...]
    evaluations: tuple[Recorded[Evaluation], ...]
    decisions: tuple[Recorded[Decision], ...]
    areas: Areas
    settings: Settings

    @property
    def place(self) -> str:
        """Where it is about: the scope's name, else the workspace's."""
        names = [self.areas.name[self.areas.at(area)] for area in self.query.areas]
        return ", ".join(names) or self.settings.name


def meeting_pack(
    opened: Opened, query: Query, access: Access, today: date, since: date, as_of: date | None = None
) -> MeetingPack:  # fmt: skip
    """Return the pack of a level: of the question's scope, and of the taskings inside it.

    Raises
    ------
    InvalidInput
        When `since` is after `today`.
    NotAllowed
        When the access does not cover the question.
    """
    if since > today:
        raise InvalidInput(
            f"the last meeting cannot have been on {since}, for today is {today}; choose today or a day before"
        )
    from ilpgeo.pipeline.assessed import assess
    from ilpgeo.pipeline.evaluated import evaluations
    from ilpgeo.pipeline.gap_list import gaps
    from ilpgeo.pipeline.ranked import brief
    from ilpgeo.pipeline.taskings import decisions, tasking_board
    from ilpgeo.safeguards.release import release_board

    briefing = brief(opened, query, access, as_of)
    inside = opened.areas.within(query.areas)
    whole = tasking_board(opened, access, today).value
    kept = [
        at
        for at, each in enumerate(whole.taskings)
        if each.value.place.area in opened.areas.position and inside[opened.areas.position[each.value.place.area]]
    ]
    board = release_board(
        Board(tuple(whole.taskings[at] for at in kept), tuple(whole.polygons[at] for at in kept), whole.crs, today)
    )
    ids = {each.tasking.id for each in board.value.taskings}
    done = [
        Followed(each.tasking, tuple(one for one in each.outcomes if one.value.on >= since))
        for each in board.value.taskings
    ]
    assessment, why = None, ""
    try:
        assessment = assess(opened, query, access, as_of)
    except IlpgeoError as error:
        why = refused(error)
    return MeetingPack(
        query=query, today=today, since=since, briefing=briefing, assessment=assessment, no_assessment=why,
        gaps=gaps(opened, access, today, query.made_for), board=board, due=due_taskings(board.value.taskings, today),
        done=tuple(each for each in done if each.outcomes),
        evaluations=tuple(
            each
            for each in evaluations(opened, access)
            if each.value.tasking in ids and each.made_at.date() >= since
        ),
        decisions=tuple(each for each in decisions(opened, access) if each.value.on >= since),
        areas=opened.areas, settings=opened.workspace.settings,
    )  # fmt: skip
