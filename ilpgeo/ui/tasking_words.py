"""Taskings as markup. Pure: value in, text out, every text of a person escaped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from html import escape

from ilpgeo.core import wording as words
from ilpgeo.core.recorded import Recorded
from ilpgeo.core.taskings import Board, Decision, Due, DueTasking, Followed, State, Tasking
from ilpgeo.reports.tasking_text import duration, hours

_FIELDS = (
    ("place", "place"), ("owner", "owner"), ("aim", "aim"), ("starts_on", "first day"), ("ends_on", "last day"),
    ("visits_per_day", "visits"), ("minutes_per_visit", "minutes a visit"),
)  # fmt: skip
COLUMNS = (State.PROPOSED, State.AGREED, State.RUNNING, State.DONE)


def lead(board: Board, due: Sequence[DueTasking]) -> str:
    """Return the page's sentence: how many need attention and which first, and what is on the board."""
    urgent = [each for each in due if each.due not in {Due.SOON, Due.TODAY}]
    if not board.taskings:
        head = "Nothing is tasked yet"
    elif not urgent:
        head = "Every open tasking is on time"
    else:
        first = urgent[0]
        verb = "needs" if len(urgent) == 1 else "need"
        head = (
            f"{words.plural(len(urgent), 'tasking')} {verb} attention: {first.followed.value.place.name} {first.words}"
        )
    counts = [f"{len(board.in_state(state))} {state.value}" for state in State if board.in_state(state)]
    facts = " \u00b7 ".join([*counts, f"as of {words.day(board.today)}"])
    return f'<header class="ilp-lead"><h1>{escape(head)}</h1><span class="ilp-facts">{escape(facts)}</span></header>'


def card(each: Followed, due: DueTasking | None) -> str:
    """Return a tasking on the board: where, who, when, the dosage given of that asked for, what is due."""
    tasking = each.value
    late = " ilp-late" if due is not None and due.is_late else ""
    note = f'<p class="ilp-due{late}">{escape(words.opening(due.words))}</p>' if due is not None else ""
    return (
        f'<article class="ilp-task"><strong>{escape(tasking.place.name)}</strong>{_example(tasking)}'
        f'<p class="ilp-fine">{escape(tasking.owner)} \u00b7 {words.span(tasking.period)}</p>'
        f"{dosage_bar(each)}{note}</article>"
    )


def dosage_bar(each: Followed) -> str:
    """Return the dosage given beside the dosage asked for, as a bar with its words."""
    asked, given = each.value.minutes_asked, each.minutes_given
    share = min(1.0, given / asked) if asked else 0.0
    said = f"{duration(given)} of {duration(asked)} given"
    return (
        f'<div class="ilp-dose" role="img" aria-label="{said}"><i style="width:{100 * share:.0f}%"></i></div>'
        f'<p class="ilp-fine">{said}</p>'
    )


def facts(each: Followed) -> str:
    """Return everything a tasking says, as a list of terms."""
    tasking = each.value
    lines = [
        ("Owner", tasking.owner),
        ("When", f"{words.span(tasking.period)}, {hours(tasking)}"),
        ("Against", words.listed(list(tasking.offences)) if tasking.offences else "all offences"),
        ("Dosage", f"{tasking.visits_per_day:g} visits a day of {tasking.minutes_per_visit:g} min: "
                   f"{duration(tasking.minutes_asked)} in all"),
        ("Level", tasking.level.capitalize()),
    ]  # fmt: skip
    if tasking.state is State.DROPPED:
        lines.append(("Dropped because", tasking.why_dropped))
    rows = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in lines)
    known = "".join(f"<li>{escape(said)}</li>" for said in tasking.evidence)
    evidence = f'<h3 class="ilp-sub">Known when it was tasked</h3><ul class="ilp-reasons">{known}</ul>' if known else ""
    aim = f'<div class="ilp-head"><p class="ilp-prose"><b>Aim:</b> {escape(tasking.aim)}</p>'
    return f'{aim}<dl class="ilp-account ilp-wide">{rows}</dl>{evidence}</div>'


def head(each: Followed, due: DueTasking | None) -> str:
    """Return a tasking's name and state."""
    tasking = each.value
    late = " ilp-late" if due is not None and due.due is Due.OVERDUE else ""
    note = f' <span class="ilp-due{late}">{escape(due.words)}</span>' if due is not None else ""
    return (
        f'<div class="ilp-head"><h2 class="ilp-title">{escape(tasking.place.name)} '
        f'<span class="ilp-state">{tasking.state.capitalize()}</span>'
        f"{_example(tasking)}{note}</h2></div>"
    )


def outcomes(each: Followed) -> str:
    """Return what was done, newest first."""
    title = '<h3 class="ilp-sub">What was done</h3>'
    if not each.outcomes:
        return f'<div class="ilp-head">{title}<p class="ilp-fine">Nothing is logged yet.</p></div>'
    rows = "".join(
        f"<li><b>{words.day(one.value.on)}</b> {escape(one.value.done)}"
        f"{': ' + escape(one.value.seen) if one.value.seen else ''} "
        f'<span class="ilp-fine">{words.plural(one.value.visits, "visit")}, {duration(one.value.minutes)}; '
        f"{escape(one.made_by)}</span></li>"
        for one in reversed(each.outcomes)
    )
    return f'<div class="ilp-head">{title}<ul class="ilp-log">{rows}</ul></div>'


def history(revisions: Sequence[Recorded[Tasking]], zone: tzinfo) -> str:
    """Return who changed a tasking and when by the clock of a time zone, newest first."""
    rows = "".join(
        f"<li>{words.moment(each.made_at, zone)}, {escape(each.made_by)}: "
        f"{escape(_what(each.value, before.value if before else None))}</li>"
        for each, before in reversed(list(zip(revisions, [None, *revisions[:-1]], strict=True)))
    )
    return f'<ul class="ilp-log ilp-fine">{rows}</ul>'


def _what(tasking: Tasking, before: Tasking | None) -> str:
    if before is None:
        return tasking.state.value
    changed = [] if tasking.state is before.state else [f"{before.state.value} to {tasking.state.value}"]
    others = [word for name, word in _FIELDS if getattr(tasking, name) != getattr(before, name)]
    return "; ".join([*changed, *([f"another {words.listed(others)}"] if others else [])]) or "saved as it was"


def decision(each: Recorded[Decision], place: str) -> str:
    """Return one decision of a meeting."""
    value = each.value
    due = f", due {words.day(value.due_on)}" if value.due_on else ""
    return (
        f'<li><b>{words.day(value.on)}</b> {escape(value.what)} <span class="ilp-fine">{escape(place)}; because '
        f"{escape(value.why)}; {escape(value.owner)}{due}</span></li>"
    )


def _example(tasking: Tasking) -> str:
    return ' <span class="ilp-example">example</span>' if tasking.is_example else ""
