"""When in the week: the first areas with their busiest four hours."""

from __future__ import annotations

from html import escape

from ilpgeo.core import wording as words
from ilpgeo.core.types import AreaPicture, Priority, Reason
from ilpgeo.maps.palette import Theme, colour_of
from ilpgeo.reports import charts, sentences
from ilpgeo.ui import cache
from ilpgeo.ui.display.scene import Scene, first_areas, layout, named, ranked_map

_BUSIEST = "busiest "
_CELL = 10
_KEY = "Beside each: a row a day from Monday, an hour a cell; the brighter, the busier"


def draw(scene: Scene) -> str:
    """Return the slide."""
    released = scene.brief()
    briefing = released.value
    first = first_areas(briefing)
    picture = ranked_map(scene, released, first, is_near=True, note=_KEY)
    of_each = [cache.picture(scene.key, scene.opened, briefing.query, each.id, scene.access, None) for each in first]
    rows = [named(each, _under(each), _week(of.value)) for each, of in zip(first, of_each, strict=True)]
    is_timed = any(of.value.week is not None for of in of_each)
    kind = words.opening(words.many(briefing.ranked_type))
    over = f"When in the week \u00b7 {kind} \u00b7 incidents of {words.span(briefing.trained_on)}"
    return layout(over, _sentence(first, is_timed=is_timed), picture, rows, kind="hours")


def _busy(each: Priority) -> Reason | None:
    return next((reason for reason in each.reasons if reason.kind == "time"), None)


def _sentence(first: tuple[Priority, ...], *, is_timed: bool) -> str:
    if not is_timed:
        return "The hours of these incidents are not known"
    told = [(each, busy) for each in first if (busy := _busy(each)) is not None]
    if not told:
        return "In none of the first areas do four hours of the week stand out"
    each, busy = told[0]
    return f"{each.name} is {busy.text}"


def _under(each: Priority) -> str:
    busy = _busy(each)
    if busy is None:
        return "<p>No four hours stand out</p>"
    when, _, beside = busy.text.removeprefix(_BUSIEST).partition(", ")
    return f'<p class="when">{escape(words.opening(when))}</p><p>{escape(beside)}</p>'


def _week(of: AreaPicture) -> str:
    """Return the week as a small picture, a row a day, an hour a cell; nothing where the times are not known."""
    if of.week is None:
        return "<i>times not known</i>"
    cells = "".join(
        f'<rect x="{hour * _CELL}" y="{day * _CELL}" width="{_CELL - 1}" height="{_CELL - 1}" '
        f'fill="{colour_of(min(1.0, float(of.week[day, hour]) / charts.BUSIEST), Theme.DARK)}"/>'
        for day in range(7)
        for hour in range(24)
    )
    said = escape(sentences.busiest(of.week))
    return f'<svg class="week" viewBox="0 0 240 70" role="img" aria-label="{said}">{cells}</svg>'
