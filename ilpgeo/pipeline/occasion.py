"""Events: recorded with their plan and review, and the picture of their place at their times."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.errors import InvalidInput, NotAllowed
from ilpgeo.core.event import Event, EventPicture, Spot, Usual
from ilpgeo.core.query import Access, Period
from ilpgeo.core.recorded import Recorded
from ilpgeo.core.taskings import Place
from ilpgeo.core.types import Incidents, Released
from ilpgeo.pipeline.opened import Opened, cube, now
from ilpgeo.pipeline.recorded import journal_of
from ilpgeo.pipeline.scope import covered_days
from ilpgeo.pipeline.source_register import of_reader, withheld_remark
from ilpgeo.pipeline.staged import past_incidents
from ilpgeo.safeguards.release import release_event

SPOT_DAYS = 365
_FEWEST_TIMED = 50
_MOST_SPOTS = 10
_OUTSIDE = "no part of this place lies in an area of this workspace that you may see; choose another"


def events(opened: Opened, access: Access) -> tuple[Recorded[Event], ...]:
    """Return the events a role may see, the next one first, then those that are over, the latest first."""
    moment = opened.workspace.settings.moment()
    seen = [each for each in journal_of(opened).newest(Event) if _touched(opened, each.value, access).any()]
    ahead = sorted((each for each in seen if not each.value.is_over(moment)), key=lambda each: each.value.start)
    over = sorted((each for each in seen if each.value.is_over(moment)), key=lambda each: each.value.end)
    return (*ahead, *reversed(over))


def save_event(
    opened: Opened, event: Event, access: Access, by: str, *, id: str = "", based_on: int = 0
) -> Recorded[Event]:
    """Record an event or another version of it; raise NotAllowed where no part of it lies in what the role may see."""
    if not _touched(opened, event, access).any():
        raise NotAllowed(_OUTSIDE)
    return journal_of(opened).save(event, by=by, id=id, based_on=based_on)


def event_picture(opened: Opened, event: Event, access: Access) -> Released[EventPicture]:
    """Return the picture of an event's place: its window beside the same weekday and hours before and last year.

    Raises
    ------
    NotAllowed
        When no part of its place lies in what the role may see.
    """
    remarks = withheld_remark(opened, access)
    return _picture(opened, opened.store.version(), event, access, of_reader(opened, access), remarks)


def event_place(opened: Opened, event: Event, access: Access) -> Place:
    """Return an event's circle under its name, in the area at its middle or nearest to it; raise NotAllowed."""
    import shapely

    touched = opened.areas.finest[_touched(opened, event, access)]
    if not len(touched):
        raise NotAllowed(_OUTSIDE)
    middle = shapely.Point(*_middle(opened, event))
    nearest = touched[int(np.argmin(shapely.distance(opened.areas.geometry[touched], middle)))]
    outline = shapely.to_wkt(middle.buffer(event.radius_m), rounding_precision=1)
    return Place(event.name, opened.areas.id[int(nearest)], outline)


@lru_cache(maxsize=32)
def _picture(
    opened: Opened, version: str, event: Event, access: Access, sources: tuple[str, ...], remarks: tuple[str, ...]
) -> Released[EventPicture]:
    from ilpgeo.cycle.occasions import YEAR, earlier_windows, usual

    finest = _touched(opened, event, access)
    if not finest.any():
        raise NotAllowed(_OUTSIDE)
    length = event.end - event.start
    today = now(opened)
    until = datetime.combine(today, time())
    first = datetime.combine(opened.workspace.settings.start, time())
    windows = tuple(
        each for each in earlier_windows(event.start, event.end, first, until)
        if _is_covered(opened, each, length, finest, sources)
    )  # fmt: skip
    has_data = event.end <= until and _is_covered(opened, event.start, length, finest, sources)
    year_before = event.start - YEAR
    has_year = year_before + length <= until and _is_covered(opened, year_before, length, finest, sources)
    starts = [*windows, *[event.start] * has_data, *[year_before] * has_year]
    near, begun = _near(opened, event, finest, sources, [_days(each, length) for each in starts])
    coarse = (near.t_to - near.t_from) > np.timedelta64(int(length.total_seconds()), "s")
    near, begun = near.select(~coarse), begun[~coarse]
    offences = cube(opened).offences

    def counted(window: datetime) -> IntArray:
        rows = _inside(begun, window, length)
        by_offence = np.bincount(near.offence[rows], near.weight[rows], len(near.offences))
        held = dict(zip(near.offences, by_offence.round().astype(int).tolist(), strict=True))
        return np.array([held.get(each, 0) for each in offences], np.int64)

    earlier = sum((counted(each) for each in windows), start=np.zeros(len(offences), np.int64))
    own = counted(event.start) if has_data else None
    last = counted(year_before) if has_year else None

    def line(offence: str, at: slice | int) -> Usual:
        n, before = (None if each is None else int(each[at].sum()) for each in (own, last))
        return usual(offence, n, int(earlier[at].sum()), len(windows), before)

    raw = EventPicture(
        total=line("", slice(None)),
        groups=tuple(line(offence, at) for at, offence in enumerate(offences)),
        hours=_hours(begun, windows, event),
        spots=_spots(opened, event, finest, sources, today),
        windows=windows,
        has_data=has_data,
        coarse=float(coarse.mean()) if len(coarse) else 0.0,
        remarks=(*remarks, *_remarks(event, windows, until, has_data=has_data)),
        version=version,
    )
    return release_event(raw, opened.workspace.settings.small_count)


def _days(start: datetime, length: timedelta) -> Period:
    return Period(start.date(), (start + length - timedelta(seconds=1)).date())


def _is_covered(
    opened: Opened, start: datetime, length: timedelta, finest: BoolArray, sources: tuple[str, ...]
) -> bool:
    days = _days(start, length)
    return bool((covered_days(opened, days, sources)[finest] == days.days).all())


def _inside(begun: IntArray, window: datetime, length: timedelta) -> BoolArray:
    start = int(np.datetime64(window, "s").astype(np.int64))
    return np.asarray((begun >= start) & (begun < start + int(length.total_seconds())))


def _middle(opened: Opened, event: Event) -> tuple[float, float]:
    from pyproj import Transformer

    to_metres = Transformer.from_crs("EPSG:4326", opened.workspace.settings.crs, always_xy=True)
    x, y = to_metres.transform(event.lon, event.lat)
    if not (np.isfinite(x) and np.isfinite(y)):
        raise InvalidInput(f"event: {event.lat:g}, {event.lon:g} is out of reach of this workspace's map")
    return float(x), float(y)


def _touched(opened: Opened, event: Event, access: Access) -> BoolArray:
    """Return which finest areas the circle touches and the role may see, shape (n_finest,)."""
    import shapely

    circle = shapely.Point(*_middle(opened, event)).buffer(event.radius_m)
    areas = opened.areas
    seen = areas.within(access.areas)[areas.finest]
    return np.asarray(shapely.intersects(areas.geometry[areas.finest], circle) & seen)


def _near(
    opened: Opened, event: Event, finest: BoolArray, sources: tuple[str, ...], days: list[Period]
) -> tuple[Incidents, IntArray]:
    """Return the incidents in the circle on some days, and when each began by the local clock, seconds."""
    from ilpgeo.models.localtime import local_seconds

    last = max((each.end for each in days), default=date(1970, 1, 1))
    period = Period(min((each.start for each in days), default=last), last)
    past = _in_circle(opened, event, past_incidents(opened, period, finest, (), sources))
    begun = local_seconds(past.t_from, past.timezone)
    kept = np.zeros(len(past), np.bool_)
    for each in days:
        kept |= _inside(begun, datetime.combine(each.start, time()), timedelta(days=each.days))
    return past.select(kept), begun[kept]


def _in_circle(opened: Opened, event: Event, past: Incidents) -> Incidents:
    x, y = _middle(opened, event)
    return past.select((past.x - x) ** 2 + (past.y - y) ** 2 <= event.radius_m**2)


def _hours(begun: IntArray, windows: tuple[datetime, ...], event: Event) -> tuple[tuple[int, float], ...]:
    """Return how busy each hour of the window is beside its average hour, from the earlier windows."""
    length = event.end - event.start
    if length > timedelta(days=1) or length < timedelta(hours=2):
        return ()
    rows = np.zeros(len(begun), np.bool_)
    for each in windows:
        rows |= _inside(begun, each, length)
    if int(rows.sum()) < _FEWEST_TIMED:
        return ()
    hours = [(event.start.hour + at) % 24 for at in range(int(-(-length.total_seconds() // 3600)))]
    counts = np.bincount((begun[rows] // 3600) % 24, minlength=24)[hours]
    busy: FloatArray = counts / counts.mean()
    return tuple(zip(hours, busy.tolist(), strict=True))


def _spots(opened: Opened, event: Event, finest: BoolArray, sources: tuple[str, ...], today: date) -> tuple[Spot, ...]:
    """Return the busiest places in the circle over the year to the last day of data."""
    from pyproj import Transformer

    from ilpgeo.models.naming import kinds_of_place
    from ilpgeo.models.points import collapse

    around = past_incidents(opened, Period.ending(today - timedelta(days=1), SPOT_DAYS), finest, (), sources)
    kinds = kinds_of_place(around)
    past = _in_circle(opened, event, around)
    if not len(past):
        return ()
    places = collapse(past.x, past.y, past.weight)
    busiest = np.argsort(-places.weight, kind="stable")[:_MOST_SPOTS]
    to_degrees = Transformer.from_crs(past.crs, "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(places.x[busiest], places.y[busiest])
    names = [_name(past, places.of_point == at, kinds) for at in busiest]
    counts = places.weight[busiest].round().astype(int).tolist()
    return tuple(
        Spot(name or f"Map point {rank}", float(a), float(b), n)
        for rank, (name, a, b, n) in enumerate(zip(names, lon, lat, counts, strict=True), start=1)
    )


def _name(past: Incidents, rows: BoolArray, kinds: frozenset[str]) -> str:
    """Return the most frequent label of the rows that tells a place; empty where there is none."""
    from ilpgeo.models.naming import tells_place

    if past.place is None:
        return ""
    codes = past.place[rows & (past.place >= 0)]
    known = [int(each) for each in codes if tells_place(past.places[each]) and past.places[each] not in kinds]
    return past.places[int(np.bincount(known).argmax())] if known else ""


def _remarks(event: Event, windows: tuple[datetime, ...], until: datetime, *, has_data: bool) -> tuple[str, ...]:
    told = []
    if not has_data and event.end > until:
        told.append(f"The data end before the event does ({until - timedelta(days=1):%d %B %Y} is their last day)")
    if windows and event.start - windows[0] > timedelta(weeks=9):
        told.append(f"The newest earlier window is of {windows[0]:%d %B %Y}: much may have changed since")
    if not windows:
        told.append("There are no data for the same weekday and hours before: nothing can be expected from them")
    return tuple(told)


def busiest_of(opened: Opened, area: str, access: Access) -> tuple[float, float]:
    """Return where in an area most happened in the year to the last day of data, longitude and latitude.

    One map point; where so few incidents lie on it that they would be withheld, a point well inside the area.
    """
    from pyproj import Transformer

    from ilpgeo.models.points import collapse

    areas, last = opened.areas, now(opened) - timedelta(days=1)
    finest = (areas.within((area,)) & areas.within(access.areas))[areas.finest]
    past = past_incidents(opened, Period.ending(last, SPOT_DAYS), finest, (), of_reader(opened, access))
    places = collapse(past.x, past.y, past.weight)
    if not len(places.weight) or places.weight.max() < opened.workspace.settings.small_count:
        return middle_of(opened, area)
    at = int(np.argmax(places.weight))
    lon, lat = Transformer.from_crs(past.crs, "EPSG:4326", always_xy=True).transform(places.x[at], places.y[at])
    return float(lon), float(lat)


def middle_of(opened: Opened, area: str) -> tuple[float, float]:
    """Return a point well inside an area, longitude and latitude."""
    import shapely
    from pyproj import Transformer

    inside = shapely.point_on_surface(opened.areas.geometry[opened.areas.at(area)])
    to_degrees = Transformer.from_crs(opened.areas.crs, "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(inside.x, inside.y)
    return float(lon), float(lat)
