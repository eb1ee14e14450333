"""From the picture to a tasking: the open area, or a hotspot in it, with everything known of it filled in."""

from __future__ import annotations

import re

from streamlit.delta_generator import DeltaGenerator

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.taskings import Origin, Place
from ilpgeo.core.types import Briefing, Hotspot, HotspotSet, Priority, Tier
from ilpgeo.reports import sentences
from ilpgeo.ui import cards, nav, tasking_state
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.model_card import Outlook
from ilpgeo.ui.submit import pressed


def task_this(
    around: Frame, briefing: Briefing, priority: Priority, outlook: Outlook | None, place: DeltaGenerator
) -> None:  # fmt: skip
    """Draw the buttons that start a tasking on the open area or on one of its first hotspots."""
    if priority.tier is Tier.NO_DATA:
        return
    spots = () if outlook is None else outlook.hotspots.value.hotspots[: cards.N_HOTSPOTS]
    with place.container(key="task-this", horizontal=True, vertical_alignment="center", gap="small"):
        if pressed("Task this area", key="task-area"):
            _begin(_of_area(around, briefing, priority))
        for spot in spots:
            help_text = f"Task the hotspot {spot.name}"
            if pressed(f"Task hotspot {spot.rank}", key=f"task-{spot.id}", help=help_text) and outlook is not None:
                _begin(_of_spot(briefing, priority, spot, outlook.hotspots.value))


def _begin(draft: tasking_state.Draft) -> None:
    tasking_state.begin(draft)
    nav.go_to("Tasking")


def _of_area(around: Frame, briefing: Briefing, priority: Priority) -> tasking_state.Draft:
    said = [f"Rank {priority.rank}, {priority.tier}, {words.span(briefing.query.period)}"]
    said += [words.opening(reason.text) for reason in priority.reasons[:3]]
    return tasking_state.Draft(
        place=pipeline.whole_area(around.areas, priority.id), origin=Origin.RANKED,
        chosen_on=briefing.query.period, window=briefing.window, offences=briefing.query.offences,
        evidence=(*said, sentences.expectation(priority, briefing)),
    )  # fmt: skip


def _of_spot(briefing: Briefing, priority: Priority, spot: Hotspot, found: HotspotSet) -> tasking_state.Draft:
    import shapely

    window = found.window or briefing.window
    said = [f"Hotspot {spot.rank} of {priority.name} by {found.model}"]
    if spot.expected is not None:
        said.append(f"{words.number(spot.expected)} incidents expected {words.span(window)}")
    if spot.n_period is not None:
        said.append(f"{words.plural(spot.n_period, 'incident')} in {words.span(found.query.period)}")
    said.append(words.opening(spot.peak))
    return tasking_state.Draft(
        place=Place(_named(spot, priority), priority.id, shapely.to_wkt(spot.polygon, rounding_precision=1)),
        origin=Origin.HOTSPOT, chosen_on=found.query.period, window=window, offences=briefing.query.offences,
        evidence=tuple(said), hours=peak_hours(spot.peak),
    )  # fmt: skip


def _named(spot: Hotspot, priority: Priority) -> str:
    return spot.name if priority.name in spot.name else f"{spot.name}, {priority.name}"


def peak_hours(peak: str) -> tuple[int, int]:
    """Return the hours a peak in words names, the whole day where it names none.

    >>> peak_hours("Fri 20:00-00:00, 12 % of incidents"), peak_hours("time of week unknown")
    ((20, 24), (0, 24))
    """
    found = re.search(r"(\d{2})(?::00)?\D{1,3}(\d{2})(?::00)?", peak)
    if found is None:
        return 0, 24
    begin, end = int(found[1]), int(found[2]) or 24
    return (begin, end) if 0 <= begin < 24 and 1 <= end <= 24 and begin != end else (0, 24)
