"""What is tasked for an event: its taskings, and a new one with everything known of the event filled in."""

from __future__ import annotations

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.event import Event, EventPicture
from ilpgeo.core.recorded import Recorded
from ilpgeo.core.taskings import Tasking
from ilpgeo.ui import event_view, markup, nav, tasking_state
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.submit import pressed, submit


def taskings(around: Frame, shown: Recorded[Event], picture: EventPicture) -> None:
    """Draw the taskings of an event, each with a button that opens it, and the button that starts another."""
    made = pipeline.taskings_for(around.opened, shown.id, around.access)
    said = "" if made else '<p class="ilp-fine">Nothing is tasked for it yet.</p>'
    markup.show(f'<h2 class="ilp-h">Taskings</h2>{said}')
    for each in made:
        if pressed(_line(each.value), key=f"event-tasking-{each.id}", type="tertiary"):
            tasking_state.show("board", each.id)
            nav.go_to("Tasking")
    asked = submit("Task this event", key="event-task", icon=":material/assignment_add:", is_main=False, in_form=False)
    if asked is None:
        return
    with asked:
        tasking_state.begin(_draft(around, shown, picture))
        nav.go_to("Tasking")


def _line(tasking: Tasking) -> str:
    return f"{tasking.state.capitalize()}: {tasking.owner}, {words.span(tasking.period)}"


def _draft(around: Frame, shown: Recorded[Event], picture: EventPicture) -> tasking_state.Draft:
    event = shown.value
    period, hours = event.to_task()
    return tasking_state.Draft(
        place=pipeline.event_place(around.opened, event, around.access), window=period, hours=hours, event=shown.id,
        evidence=(f"For the event {event.name}, {event_view.when(event)}", event_view.sentence(picture)),
    )  # fmt: skip
