"""The ranking as cards: a released priority as markup. Pure: value in, text out, every name escaped."""

from __future__ import annotations

from html import escape

from ilpgeo.core import wording as words
from ilpgeo.core.types import Briefing, Hotspot, HotspotSet, Period, Priority, Tier
from ilpgeo.maps.palette import Theme, mark_svg
from ilpgeo.reports import sentences
from ilpgeo.ui.view import Comparison

N_AT_FIRST = 7
N_HOTSPOTS = 3


def against(briefing: Briefing, comparison: Comparison) -> str:
    """Return the period compared with in words."""
    return sentences.against(briefing.query.period, is_year=comparison is Comparison.YEAR)


def before(priority: Priority, comparison: Comparison) -> int | None:
    """Return the area's incidents in the period compared with."""
    return priority.previous if comparison is Comparison.PREVIOUS else priority.last_year


def change_html(change: words.Change) -> str:
    """Return a change with its mark and its words."""
    mark = f'<span aria-hidden="true">{change.arrow}</span> ' if change.arrow else ""
    return f'<span class="ilp-change ilp-{change.direction}">{mark}{escape(change.text)}</span>'


def card(priority: Priority, briefing: Briefing, comparison: Comparison, theme: Theme, *, is_open: bool) -> str:
    """Return one ranked area: rank with its interval, tier, name, expectation, change, one line of why."""
    change = words.change(priority.n, before(priority, comparison), against(briefing, comparison))
    why = "" if is_open else _why(priority)
    return (
        f'<article class="ilp-card ilp-{priority.tier.replace(" ", "-")}{" ilp-open" if is_open else ""}">'
        f'<div class="ilp-rank">{_rank(priority)}</div>'
        f'<div class="ilp-main"><div class="ilp-name">{mark_svg(priority.tier, theme, 15)}'
        f"<strong>{escape(priority.name)}</strong></div>"
        f'<div class="ilp-tier">{escape(priority.tier.capitalize())}{_parent(priority)}{_moved(priority)}</div>'
        f'<div class="ilp-line">{_counted(priority)}{change_html(change)}</div>{why}</div>'
        f'<div class="ilp-expected">{_expected(priority)}</div>'
        "</article>"
    )


def details(priority: Priority, briefing: Briefing) -> str:
    """Return what the open card adds: every reason, and what the expectation is for and rests on."""
    reasons = "".join(f"<li>{escape(words.opening(reason.text))}</li>" for reason in priority.reasons)
    strategy = f"<li>{escape(moved(priority))}</li>" if priority.plain_rank is not None else ""
    return (
        f'<div class="ilp-details"><ul class="ilp-reasons">{reasons}{strategy}</ul>'
        f'<p class="ilp-fine">{escape(sentences.expectation(priority, briefing))}</p></div>'
    )


def moved(priority: Priority) -> str:
    """Return what the control strategy did to the rank, in words."""
    if priority.plain_rank == priority.rank:
        return f"Rank {priority.rank}, the same without the control strategy"
    return f"Rank {priority.rank}, {priority.plain_rank} without the control strategy"


def _moved(priority: Priority) -> str:
    if priority.rank is None or priority.plain_rank in {None, priority.rank}:
        return ""
    mark = "\u2191" if priority.rank < (priority.plain_rank or 0) else "\u2193"
    return f' <span class="ilp-moved" title="{moved(priority)}">{mark} {priority.plain_rank} without priorities</span>'


def hotspot_list(found: HotspotSet, small_count: int) -> str:
    """Return the first hotspots expected in the selected area: what is expected, what the period saw.

    Parameters
    ----------
    small_count
        Counts under it are withheld.
    """
    window = found.window or found.query.period
    head = f'<h3 class="ilp-ahead">{ahead(window)}</h3>'
    learned = f"Learned from {words.span(found.trained_on)}"
    if not found.hotspots:
        withheld = f" {words.plural(found.withheld, 'hotspot')} withheld (small counts)." if found.withheld else ""
        return f'{head}<p class="ilp-fine">No hotspot stands out inside this area. {learned}.{withheld}</p>'
    rows = "".join(
        f'<li><span class="ilp-spot">{spot.rank}</span><span><strong>{escape(spot.name)}</strong><br>'
        f'<span class="ilp-fine"><b>{words.number(spot.expected or 0.0)}</b> expected; '
        f"{_in_period(spot, found, small_count)}; {escape(spot.peak)}</span></span></li>"
        for spot in found.hotspots[:N_HOTSPOTS]
    )
    more = len(found.hotspots) - N_HOTSPOTS
    rest = f" {words.number(more)} more on the map." if more > 0 else ""
    return (
        f'{head}<ol class="ilp-spots" aria-label="Hotspots expected inside the area">{rows}</ol>'
        f'<p class="ilp-fine">The highest on the tenth of the area where most is expected'
        f"{', places and order weighted by grading' if found.query.weights else ''}. {learned}.{rest}</p>"
    )


def ahead(window: Period) -> str:
    """Return for which days hotspots are expected."""
    if window.is_whole_months:
        return f"Expected hotspots for {words.span(window)}"
    days = "day" if window.days == 1 else f"{window.days} days"
    return f"Expected hotspots for the coming {days}, {words.span(window)}"


def _in_period(spot: Hotspot, found: HotspotSet, small_count: int) -> str:
    n = f"under {small_count}" if spot.n_period is None else words.number(spot.n_period)
    return f"{n} in {words.span(found.query.period)}"


def tier_word(priority: Priority) -> str:
    """Return the card's name for screen readers."""
    rank = "not ranked" if priority.rank is None else f"rank {priority.rank}"
    return f"Select {priority.name}: {rank}, {priority.tier}"


def _rank(priority: Priority) -> str:
    if priority.rank is None:
        return '<b>\u2013</b><span class="ilp-between">no rank</span>'
    if priority.rank_interval is None:
        return f"<b>{priority.rank}</b>"
    low, high = priority.rank_interval
    title = f"90 % interval of the rank: {low} to {high}"
    return f'<b>{priority.rank}</b><span class="ilp-between" title="{title}">{words.interval((low, high))}</span>'


def _parent(priority: Priority) -> str:
    about = [escape(priority.parent)] if priority.parent else []
    if priority.covered_share < 1:
        about.append(f"data for {words.share(priority.covered_share)} of it")
    return "".join(f' <span class="ilp-muted">\u00b7 {each}</span>' for each in about)


def _counted(priority: Priority) -> str:
    if priority.tier is Tier.NO_DATA:
        return "no data, "
    if priority.n is None:
        return "count withheld, "
    return f"{words.plural(priority.n, 'incident')}, "


def _why(priority: Priority) -> str:
    return f'<div class="ilp-why">{escape(words.opening(priority.reasons[0].text))}</div>' if priority.reasons else ""


def _expected(priority: Priority) -> str:
    if priority.expected is None or priority.expected_interval is None:
        return '<b>\u2013</b><span class="ilp-between">expected</span>'
    return (
        f"<b>{words.number(priority.expected)}</b>"
        '<span class="ilp-between" title="90 % interval of the expectation">'
        f"{words.interval(priority.expected_interval)}</span>"
        '<span class="ilp-between">expected</span>'
    )
