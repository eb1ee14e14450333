"""A demo's records, marked as examples: what the product itself works out from the real sample, put where it belongs.

They go into a demo in which no person has recorded anything, each kind where there is none of it yet: what was begun
is completed by the next call, what is complete stays as it is, and what people wrote stands alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

import numpy as np

from ilpgeo.core.assessment import Assessment
from ilpgeo.core.evaluations import Evaluation
from ilpgeo.core.event import Event
from ilpgeo.core.gaps import SYSTEM, Gap, GapKind, GapState
from ilpgeo.core.notices import Notice
from ilpgeo.core.query import Access, Level, Period, Query
from ilpgeo.core.rooms import NOTICE, Playlist, Slide
from ilpgeo.core.sources import Source
from ilpgeo.core.strategy import Emphasis
from ilpgeo.core.taskings import Decision, Outcome, Tasking
from ilpgeo.core.types import Areas
from ilpgeo.pipeline.opened import Opened, cube, default_period, now
from ilpgeo.pipeline.recorded import journal_of, records_of

BY = "Demonstration"
MARK = "EXAMPLE"
EVERYONE = Access(role="demonstration")
KEPT_DAYS = 90
_BEFORE = "Example"  # who earlier versions named
_KINDS = (
    Assessment, Decision, Emphasis, Evaluation, Event, Gap, Notice, Outcome, Playlist, Source, Tasking,
)  # fmt: skip
_FACTORS = (1.5, 2.0)
_EVENT_M, _EVENT_START, _EVENT_HOURS = 2500.0, time(18), 10
_SATURDAY = 5
_VENUES = MappingProxyType({  # workspace: name, longitude, latitude
    "Toronto": ("Scotiabank Arena", -79.3791, 43.6435),
    "England and Wales": ("Elland Road in Leeds", -1.5722, 53.7778),
})  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """What the examples are made from.

    Attributes
    ----------
    period
        The last full period with data.
    busiest
        Ids of the three areas of the finest kind with the most incidents in the last year of data, most first.
    """

    opened: Opened
    today: date
    period: Period
    busiest: tuple[str, ...]

    @property
    def areas(self) -> Areas:
        """The workspace's areas."""
        return self.opened.areas

    @property
    def expires(self) -> date:
        """The last day an example holds."""
        return self.today + timedelta(days=KEPT_DAYS)

    def area_at(self, level: Level) -> str:
        """Return the area of a level that the busiest one is or lies in; empty: the level has none."""
        line = self.areas.line(self.areas.at(self.busiest[0]))
        found = (self.areas.id[at] for at in line if self.areas.levels[int(self.areas.type[at])] is level)
        return next(found, "")

    def name(self, area: str) -> str:
        """Return an area's name."""
        return self.areas.name[self.areas.at(area)]


def add_examples(opened: Opened, today: date) -> None:
    """Record the examples that are missing; nothing where there are no data or a person recorded something."""
    if not opened.store.files() or _is_worked_in(opened):
        return
    missing = _missing(opened)
    if missing:
        sample = Sample(opened, today, default_period(opened), _busiest(opened))
        for add in missing:
            add(sample)


def _missing(opened: Opened) -> list[Callable[[Sample], None]]:
    """Return the steps that are still to be made, in their order."""
    journal = journal_of(opened)
    is_asked = any(each.value.kind is GapKind.ASKED for each in journal.newest(Gap))
    steps = [] if is_asked else [_assess, _ask]  # the question comes from the assessments: where it is, they are whole
    rest: tuple[tuple[type, Callable[[Sample], None]], ...] = (
        (Emphasis, _prioritise), (Tasking, _task), (Event, _hold_event), (Playlist, _fill_room), (Notice, _put_out),
    )  # fmt: skip
    return [*steps, *(add for kind, add in rest if not journal.newest(kind))]


def _is_worked_in(opened: Opened) -> bool:
    journal = journal_of(opened)
    made = {each.made_by for kind in _KINDS for each in journal.newest(kind)}
    return bool(made - {BY, _BEFORE, SYSTEM}) or bool(records_of(opened).publications())


def _busiest(opened: Opened) -> tuple[str, ...]:
    last = now(opened) - timedelta(days=1)
    counts, areas = cube(opened), opened.areas
    by_area = counts.by_area_and_offence(counts.chosen(Period.ending(last, 365), (), ())).sum(axis=1)[:-1]
    return tuple(areas.id[int(areas.finest[at])] for at in np.argsort(-by_area, kind="stable")[:3])


def _assess(sample: Sample) -> None:
    """Record a draft for the local level, to be signed off, and signed ones for those above: these are published."""
    from ilpgeo.pipeline.assessed import assess
    from ilpgeo.pipeline.signed import assessments, record_assessment, sign_assessment, usual_due

    opened, period = sample.opened, sample.period
    for level in Level:
        if not sample.areas.types_at(level):
            continue
        query = Query(level, period)
        versions = assessments(opened, query, EVERYONE)
        if not versions:
            made = assess(opened, query, EVERYONE)
            said = (
                f"Example of an analyst's words: {made.value.threats[0].offence} comes first by harm; what lies behind "
                "it, and what is not in the data, is for an analyst to say here."
            )
            due = usual_due(level, period, sample.today)
            versions = (record_assessment(opened, made, EVERYONE, BY, comments={"": said}, due=due),)
        if level is not Level.LOCAL and not versions[0].value.is_signed:
            sign_assessment(opened, versions[0], EVERYONE, BY)


def _leading(sample: Sample, level: Level) -> str:
    """Return the offence group with the most harm in the newest assessment of a level."""
    from ilpgeo.pipeline.signed import assessments

    return assessments(sample.opened, Query(level, sample.period), EVERYONE)[0].value.threats[0].offence


def _prioritise(sample: Sample) -> None:
    """Set a priority of the region of the busiest area, and one of that area alone."""
    from ilpgeo.core.recorded import Change

    levels = [level for level in (Level.REGIONAL, Level.LOCAL) if sample.area_at(level)]
    entries = [
        Emphasis(
            _leading(sample, level), factor, BY,
            "Example: it carries the most harm in the example assessment", level, sample.today, sample.expires,
            sample.area_at(level),
        )
        for level, factor in zip(levels, _FACTORS, strict=False)
    ]  # fmt: skip
    journal_of(sample.opened).record([Change(each) for each in entries], BY)


def _ask(sample: Sample) -> None:
    from ilpgeo.pipeline.gap_list import save_gap

    offence, area = _leading(sample, Level.LOCAL), sample.busiest[0]
    text = f"Example of a person's question: what lies behind {offence} in {sample.name(area)}? The data do not say"
    due = sample.today + timedelta(days=14)
    asked = Gap(GapKind.ASKED, text, area, level=Level.LOCAL, owner=BY, due=due, state=GapState.ASSIGNED)
    save_gap(sample.opened, asked, EVERYONE, BY)


def _task(sample: Sample) -> None:
    from ilpgeo.pipeline.example_taskings import example_taskings

    journal_of(sample.opened).record(example_taskings(sample), BY)


def _hold_event(sample: Sample) -> None:
    """Record the first Saturday night of the last full period, at a place everybody knows."""
    from ilpgeo.pipeline.occasion import middle_of, save_event

    area = sample.busiest[0]
    where, lon, lat = _VENUES.get(sample.opened.workspace.settings.name, (sample.name(area), None, None))
    if lon is None or lat is None:
        lon, lat = middle_of(sample.opened, area)
    first = sample.period.start
    start = datetime.combine(first + timedelta(days=(_SATURDAY - first.weekday()) % 7), _EVENT_START)
    event = Event(
        f"Example: Saturday night, {where}", lon, lat, _EVENT_M, start,
        start + timedelta(hours=_EVENT_HOURS), BY,
        "Example of a plan: patrols at the busiest places inside, from an hour before the doors open.",
        "Example of a review: what came of the night, and what to do otherwise next time, is for its owner to say.",
    )  # fmt: skip
    save_event(sample.opened, event, EVERYONE, BY)


def _fill_room(sample: Sample) -> None:
    from ilpgeo.pipeline.rooms import save_playlist

    text = "Each room has a playlist of its own.\nChange this one on the page Rooms."
    slides = (
        Slide("level", area_type=sample.areas.types_at(Level.LOCAL)[0]), Slide("due"),
        Slide(NOTICE, title="Example of a notice", text=text),
    )  # fmt: skip
    save_playlist(sample.opened, "Example room", slides, EVERYONE, BY)


def _put_out(sample: Sample) -> None:
    """Publish the meeting pack of the local level for the level above."""
    from ilpgeo.pipeline.meeting import meeting_pack
    from ilpgeo.pipeline.meeting_published import publish_pack

    since = sample.today - timedelta(days=28)
    # with its kind of area named, the question is the one that the look for gaps asks too, and is answered once
    query = Query(Level.LOCAL, sample.period, sample.areas.types_at(Level.LOCAL)[0])
    pack = meeting_pack(sample.opened, query, EVERYONE, sample.today, since)
    said = "Example, made by the demonstration"
    publish_pack(sample.opened, pack, EVERYONE, BY, expires=sample.expires, handling=MARK, note=said)
