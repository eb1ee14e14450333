"""Intelligence gaps as markup. Pure: value in, text out, every name escaped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, tzinfo
from html import escape

from ilpgeo.core import wording as words
from ilpgeo.core.gaps import SYSTEM, Gap, GapState, ListedGap
from ilpgeo.core.recorded import Recorded
from ilpgeo.core.settings import Settings
from ilpgeo.core.space import Areas

_STATES = {
    GapState.OPEN: "Open: nobody has it yet",
    GapState.ASSIGNED: "Assigned",
    GapState.ANSWERED: "Answered",
    GapState.CLOSED: "Closed",
    GapState.ACCEPTED: "Accepted: known, and lived with",
}


def lead(listed: Sequence[ListedGap]) -> str:
    """Return how many gaps wait, and how badly, as the head of the page."""
    waiting = [each for each in listed if each.gap.state.is_waiting]
    overdue = sum(each.is_overdue for each in waiting)
    lone = sum(not each.gap.owner for each in waiting)
    if not waiting:
        head, facts = "No gap waits: what the rules look for is there", ""
    else:
        head = f"{words.plural(len(waiting), 'intelligence gap')} {'waits' if len(waiting) == 1 else 'wait'}"
        facts = f"{lone} without an owner" if lone else "each has an owner"
        late = f'<span class="ilp-gap-late">{words.plural(overdue, "gap")} overdue</span>, ' if overdue else ""
        facts = f'<span class="ilp-facts">{late}{facts}</span>'
    return f'<header class="ilp-lead"><h1>{head}</h1>{facts}</header>'


def row(each: ListedGap, areas: Areas, today: date, *, is_open: bool) -> str:
    """Return one gap of the list: what is not known, where, who has it."""
    gap = each.gap
    late = " ilp-gap-overdue" if each.is_overdue else ""
    opened = " ilp-gap-open" if is_open else ""
    return (
        f'<article class="ilp-gap{late}{opened}"><div class="ilp-gap-kind">{escape(words.opening(gap.kind))}</div>'
        f"<div><strong>{escape(gap.text)}</strong><p>{escape(place(gap, areas))} \u00b7 "
        f"{escape(standing(each, today))}</p></div></article>"
    )


def place(gap: Gap, areas: Areas) -> str:
    """Return where a gap is, in words."""
    where = areas.name[areas.at(gap.area)] if gap.area in areas.position else gap.area
    return ", ".join(filter(None, [where, gap.source])) or "everywhere"


def standing(each: ListedGap, today: date) -> str:
    """Return how far a gap has come, in words."""
    gap = each.gap
    if each.closed_itself:
        return f"closed by itself {words.day(each.made_at.date())}: its cause is gone"
    state = f"{gap.state} by {each.made_by}" if not gap.state.is_waiting else gap.state
    who = f", {gap.owner}" if gap.owner and gap.state.is_waiting else ""
    if gap.due is None or not gap.state.is_waiting:
        return f"{state}{who}"
    if each.is_overdue:
        return f"{state}{who}, OVERDUE by {words.plural((today - gap.due).days, 'day')} ({words.day(gap.due)})"
    return f"{state}{who}, due {words.day(gap.due)}"


def sheet(each: ListedGap, areas: Areas, settings: Settings, today: date) -> str:
    """Return a gap opened: what is not known, the evidence, the rule, how far it has come."""
    gap = each.gap
    facts = "".join(f"<div><dt>{escape(fact.name)}</dt><dd>{escape(fact.text)}</dd></div>" for fact in each.facts)
    told = f"<dl class='ilp-account'>{facts}</dl>" if facts else ""
    rule = f'<p class="ilp-fine">Rule: {escape(gap.rule)}.</p>' if gap.rule else ""
    begun = "Found by the system" if each.begun_by == SYSTEM else f"Asked by {each.begun_by}"
    still = (
        '<p class="ilp-fine">Its cause is still there.</p>'
        if each.is_found and gap.state in {GapState.CLOSED, GapState.ANSWERED}
        else ""
    )
    note = f'<p class="ilp-prose ilp-gap-note">{escape(gap.note)}</p>' if gap.note else ""
    late = '<p class="ilp-alarm" role="alert">Overdue.</p>' if each.is_overdue else ""
    return (
        f'<div class="ilp-head"><h2 class="ilp-h">{escape(gap.text)}</h2></div>'
        f'<p class="ilp-fine">{escape(words.opening(gap.kind))}, {escape(place(gap, areas))}, '
        f"{escape(settings.label(gap.level))}. {escape(begun)} {words.day(each.begun_at.date())}; "
        f"{escape(standing(each, today))}.</p>{late}{told}{rule}{still}{note}"
    )


def state_words(state: GapState) -> str:
    """Return what a state means."""
    return _STATES[state]


def history(revisions: Sequence[Recorded[Gap]], zone: tzinfo) -> str:
    """Return what was done about a gap by the clock of a time zone, newest first."""
    rows = "".join(
        f"<li><b>{words.moment(each.made_at, zone)}</b>, "
        f"{escape('the system' if each.made_by == SYSTEM else each.made_by)}: {escape(_step(each.value))}</li>"
        for each in reversed(revisions)
    )
    return f'<h3 class="ilp-h3">History</h3><ul class="ilp-reasons">{rows}</ul>'


def _step(gap: Gap) -> str:
    who = f" to {gap.owner}" if gap.state is GapState.ASSIGNED else ""
    due = f", due {words.day(gap.due)}" if gap.due and gap.state.is_waiting else ""
    note = f". {gap.note}" if gap.note else ""
    return f"{gap.state}{who}{due}{note}"
