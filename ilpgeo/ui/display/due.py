"""Taskings due: where something is to be done, when, and what is late. No owner's name stands on a wall."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.taskings import DueTasking
from ilpgeo.maps.wall_places import board_map
from ilpgeo.reports import tasking_text
from ilpgeo.ui.display.scene import N_AREAS, Scene, layout, message


def draw(scene: Scene) -> str:
    """Return the slide; where nothing is due it says so."""
    area = scene.slide.area
    access = replace(scene.access, areas=(area,)) if area else scene.access
    due = pipeline.taskings_due(scene.opened, access, scene.today)
    if not due:
        return message("No tasking is due", "None is overdue, running, or starts within a week.")
    board = pipeline.tasking_board(scene.opened, access, scene.today)
    first = due[:N_AREAS]
    picture = board_map(board, scene.shapes, [each.followed.tasking.id for each in first])
    rows = [_row(number, each) for number, each in enumerate(first, start=1)]
    more = len(due) - len(first)
    rest = f" \u00b7 {words.number(more)} more on the page Tasking" if more else ""
    over = f"Taskings due \u00b7 {words.day(scene.today)}{rest}"
    return layout(over, _sentence(due), picture, rows, kind="due")


def _sentence(due: tuple[DueTasking, ...]) -> str:
    late = [each for each in due if each.is_late]
    if late:
        verb = "needs" if len(late) == 1 else "need"
        name = late[0].followed.value.place.name
        return f"{words.plural(len(late), 'tasking')} {verb} attention: {name} {late[0].words}"
    return f"{words.plural(len(due), 'tasking')} running or about to start, none late"


def _row(number: int, each: DueTasking) -> str:
    tasking = each.followed.value
    late = " late" if each.is_late else ""
    return (
        f'<b class="rank">{number}</b><div class="who"><strong><bdi>{escape(tasking.place.name)}</bdi></strong>'
        f'<div class="under"><p>{escape(words.opening(each.words))}</p></div></div>'
        f'<div class="beside{late}"><i>{escape(each.due.value)}</i><i>{escape(tasking_text.hours(tasking))}</i></div>'
    )
