"""An event's picture as markup: the sentence, the table, the hours, the places. Pure: every name escaped."""

from __future__ import annotations

from html import escape

from ilpgeo.core import wording as words
from ilpgeo.core.assessment import Direction
from ilpgeo.core.event import Event, EventPicture, Usual

_MARKS = {Direction.RISE: "\u25b2", Direction.FALL: "\u25bc", Direction.NONE: "\u25cb", Direction.UNKNOWN: "\u25c7"}
_NOT_TOLD = "<span class='ilp-muted'>not told</span>"
_MOSTLY = 0.5
_TOO_COARSE = "When most incidents here happened is not known well enough to say what is usual at these times"
N_SPOTS = 5
HEADS = ("Offence group", "Usual", "9 of 10 cases", "Last year", "The event", "Against usual")


def when(event: Event) -> str:
    """Return an event's window in words, ``Fri 17 Dec 2021 18:00 to Sat 18 Dec 04:00``."""
    start, end = event.start, event.end
    first = f"{start:%a} {words.day(start.date())} {start:%H:%M}"
    if end.date() == start.date():
        return f"{first} to {end:%H:%M}"
    return f"{first} to {end:%a} {words.day(end.date())} {end:%H:%M}"


def sentence(picture: EventPicture) -> str:
    """Return what to expect, or how it went, in one sentence that claims no more than the interval."""
    total = picture.total
    if not total.windows:
        return "There is nothing to compare with: no data for the same weekday and hours before"
    if total.expected is None and picture.coarse > _MOSTLY:
        return _TOO_COARSE
    if total.expected is None or total.low is None or total.high is None:
        return "Too few incidents at this place and these times to show a number"
    usual = f"{words.number(total.expected)} incidents are usual here at these times ({_range(total)} in 9 of 10 cases)"
    if not picture.has_data:
        return usual
    if total.n is None:
        return f"{usual}; the number of the event itself is withheld: it is small"
    how = {
        Direction.RISE: "more than usual", Direction.FALL: "fewer than usual", Direction.NONE: "no clear difference",
    }.get(total.direction, "not comparable")  # fmt: skip
    return f"{words.plural(total.n, 'incident')}, {how}: {usual}"


def _range(group: Usual) -> str:
    return words.interval((group.low or 0.0, group.high or 0.0))


def table(picture: EventPicture, small_count: int) -> str:
    """Return all offences together and each group beside the same place and times before.

    Groups of which no number may be told are named in one sentence instead of a row of *withheld* each.
    """
    told = [each for each in picture.groups if _is_told(each)]
    shown = [*([picture.total] if _is_told(picture.total) else []), *told]
    rows = "".join(_row(each, picture) for each in shown)
    head = "".join(
        f'<th scope="col"{" class=ilp-n" if 0 < at < 5 else ""}>{each}</th>' for at, each in enumerate(HEADS)
    )
    drawn = (
        f'<div class="ilp-table ilp-threats"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )
    remarks = "".join(f"<li>{escape(each)}.</li>" for each in picture.remarks)
    return (
        (drawn if shown else "")
        + small(picture, small_count)
        + (f"<ul class='ilp-reasons'>{remarks}</ul>" if remarks else "")
        + _fine(picture, has_table=bool(shown))
    )


def small(picture: EventPicture, small_count: int) -> str:
    """Return why numbers are missing and what to do about it; empty where none is, or there are no data."""
    if not picture.total.windows:
        return ""
    hidden = [each.offence for each in picture.groups if not _is_told(each)]
    if _is_told(picture.total) or len(hidden) < len(picture.groups):
        rule = f"Too few to show (under {small_count}, or they would tell such a number)"
        return f'<p class="ilp-prose">{rule}: {escape(words.listed(hidden))}.</p>' if hidden else ""
    why, todo = (
        "Too little happens here at these times to put a number on it",
        "Make the radius larger, or the window longer",
    )
    if picture.coarse > _MOSTLY:
        why, todo = _TOO_COARSE, "Only a window of days can be answered"
    return (
        f'<p class="ilp-prose"><b>{why}:</b> counts under {small_count} are not shown. {todo}. The map and the busiest '
        "places still say where inside the circle most happened over a year.</p>"
    )


def _is_told(group: Usual) -> bool:
    return any(each is not None for each in (group.expected, group.last_year, group.n))


def _fine(picture: EventPicture, *, has_table: bool) -> str:
    n = picture.total.windows
    newest = f", the newest of {words.day(picture.windows[0].date())}" if picture.windows else ""
    coarse = (
        f" {words.share(picture.coarse)} of the incidents near by are left out: their time is not known well enough."
        if picture.coarse
        else ""
    )
    rule = (
        f"Usual: the mean of {words.plural(n, 'earlier window')} on the same weekday and hours{newest}. Last year: "
        "52 weeks before. Ratios with their 95\u202f% interval. Not told: the count is small, or there are no data."
        if has_table
        else f"Looked at: {words.plural(n, 'earlier window')} on the same weekday and hours{newest}."
    )
    return f"<p class='ilp-fine'>{rule}{coarse} Data version {escape(picture.version)}.</p>"


def _row(group: Usual, picture: EventPicture) -> str:
    usual = _NOT_TOLD if group.expected is None else words.number(group.expected)
    spread = _NOT_TOLD if group.low is None else _range(group)
    own = "not yet" if not picture.has_data else _NOT_TOLD if group.n is None else words.number(group.n)
    against = ""
    if picture.has_data and group.n is not None:
        against = f"{_MARKS[group.direction]} {group.direction}"
        if group.ratio_low is not None:
            high = "no upper bound" if group.ratio_high is None else f"{group.ratio_high:.2f}"
            ratio = "" if group.ratio is None else f"{group.ratio:.2f} times, "
            against += f"<br><span class='ilp-fine'>{ratio}{group.ratio_low:.2f} to {high}</span>"
    last = _NOT_TOLD if group.last_year is None else words.number(group.last_year)
    cells = "".join(
        f'<td class="ilp-n" data-name="{name}">{each}</td>'
        for name, each in zip(HEADS[1:5], (usual, spread, last, own), strict=True)
    )
    beside = f'<td data-name="{HEADS[5]}">{against}</td>' if against else "<td></td>"
    return f'<tr><th scope="row">{escape(group.offence or "All offences")}</th>{cells}{beside}</tr>'


def places(picture: EventPicture) -> str:
    """Return the busiest places inside the circle and the hours of the window."""
    rows = "".join(
        f'<li><span class="ilp-spot">{rank}</span><span>{escape(each.name)}: {words.number(each.n)}</span></li>'
        for rank, each in enumerate(picture.spots[:N_SPOTS], start=1)
    )
    spots = f"<ol class='ilp-event-spots'>{rows}</ol>" if rows else "<p class='ilp-fine'>No place stands out.</p>"
    hours = "The hours are not told apart: too few incidents, or a window too long or too short."
    if picture.hours:
        hour, busy = max(picture.hours, key=lambda each: each[1])
        hours = f"Busiest from {hour:02d}:00 to {(hour + 1) % 24:02d}:00, {words.number(busy)} times its average hour."
    return f"<h2 class='ilp-h'>Busiest places inside, a year</h2>{spots}<p class='ilp-fine'>{hours}</p>"
