"""A tasking meeting's pack: its sections as markup for the screen, and as one web page that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from ilpgeo.core import wording as words
from ilpgeo.core.briefing import Briefing
from ilpgeo.core.taskings import Due
from ilpgeo.maps.palette import Theme, mark_svg
from ilpgeo.maps.released import value_of
from ilpgeo.pipeline.meeting import MeetingPack
from ilpgeo.reports import sentences

STYLE = Path(__file__).with_name("meeting.css")
N_FIRST, N_LISTED, N_REASONS = 5, 8, 2
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"


def sections(pack: MeetingPack, theme: Theme = Theme.LIGHT) -> tuple[tuple[str, str], ...]:
    """Return what the meeting goes through, in its order: heading and list as markup, every text escaped."""
    return (
        ("Top priorities", _priorities(pack, theme)),
        ("Threats", _threats(pack)),
        ("Taskings due", _due(pack)),
        ("Since the last meeting", _done(pack)),
        ("Did it work?", _evaluated(pack)),
        ("Not known", _gaps(pack)),
        ("Decided", _decided(pack)),
    )


def title(pack: MeetingPack) -> str:
    """Return what the meeting is about."""
    level = pack.settings.label(pack.query.level)
    return f"Tasking meeting, {pack.place}: {level}"


def meeting_page(pack: MeetingPack) -> str:
    """Return the pack as one HTML document with the live map; the same pack gives the same text."""
    parts = [
        f"<section><h2>{escape(name)}</h2>{body}</section>" for name, body in sections(pack)
    ]  # fmt: skip
    under = f"{words.day(pack.today)}; outcomes and decisions since {words.day(pack.since)}; counts {_counts(pack)}"
    frame = (
        f'<iframe class="map" title="Map" sandbox="allow-scripts" srcdoc="{escape(_map(pack), quote=True)}"></iframe>'
    )
    columns = (frame + parts[0], "".join(parts[1:4]), "".join(parts[4:]))
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title(pack))}</title><style>{STYLE.read_text('utf-8')}</style></head><body><main>"
        f'<header><h1>{escape(title(pack))}</h1><p class="under">{escape(under)}</p></header>'
        f'<div class="columns">{"".join(f"<div>{each}</div>" for each in columns)}</div>'
        f'<p class="fine">{escape(pack.settings.attribution)} Data version '
        f"{escape(value_of(pack.briefing, Briefing).version)}.</p></main></body></html>\n"
    )


def _counts(pack: MeetingPack) -> str:
    return words.span(value_of(pack.briefing, Briefing).query.period)


def _map(pack: MeetingPack) -> str:
    from ilpgeo.maps.areas_map import base_map, priority_layer
    from ilpgeo.maps.places import tasking_layer
    from ilpgeo.maps.shapes import area_shapes
    from ilpgeo.maps.standalone import standalone_html

    shapes = area_shapes(pack.areas)
    base = base_map(shapes, attribution=pack.settings.attribution)
    layers = [priority_layer(pack.briefing, shapes), tasking_layer(pack.board, has_view=False)]
    return standalone_html(base, layers, title(pack))


def _list(rows: Sequence[str], none: str, most: int = N_LISTED) -> str:
    if not rows:
        return f'<p class="fine ilp-fine">{escape(none)}</p>'
    more = f'<p class="fine ilp-fine">and {len(rows) - most} more</p>' if len(rows) > most else ""
    return f'<ul class="ilp-log">{"".join(f"<li>{row}</li>" for row in rows[:most])}</ul>{more}'


def _priorities(pack: MeetingPack, theme: Theme) -> str:
    briefing = value_of(pack.briefing, Briefing)
    ranked = [each for each in briefing.priorities if each.rank is not None][:N_FIRST]
    rows = []
    for each in ranked:
        why = "; ".join(reason.text for reason in each.reasons[:N_REASONS])
        expected = ""
        if each.expected is not None and each.expected_interval is not None:
            expected = f"{words.number(each.expected)} expected ({words.interval(each.expected_interval)}); "
        rows.append(
            f"{mark_svg(each.tier, theme, 13)} <b>{each.rank} {escape(each.name)}</b>, {each.tier} "
            f"<span>{escape(expected + why)}</span>"
        )
    told = sentences.remarks_on_sources(briefing)
    said = f'<p class="fine ilp-fine">{escape(told)}</p>' if told else ""
    return said + _list(rows, "No area can be ranked: there are no data for this period.")


def _threats(pack: MeetingPack) -> str:
    if pack.assessment is None:
        return _list([], f"There is no threat assessment. {pack.no_assessment}")
    from ilpgeo.cycle.threat_words import headline

    found = pack.assessment.value
    return _list([f"<b>{escape(headline(found))}</b>", *(escape(each) for each in found.text[:3])], "")


def _due(pack: MeetingPack) -> str:
    rows = []
    for each in pack.due:
        late = ' class="late"' if each.due in {Due.OVERDUE, Due.NOT_STARTED, Due.UNDECIDED} else ""
        tasking = each.followed.value
        rows.append(
            f"<b>{escape(tasking.place.name)}</b> <span{late}>{escape(each.words)};</span> "
            f"<span>{escape(tasking.owner)}: {escape(words.cut(tasking.aim, 90))}</span>"
        )
    return _list(rows, "No tasking is due or overdue.")


def _done(pack: MeetingPack) -> str:
    rows = [
        f"<b>{escape(each.value.place.name)}</b>, {words.day(one.value.on)}: {escape(words.cut(one.value.done, 120))} "
        f"<span>{escape(_then(words.cut(one.value.seen, 120)))}{words.plural(one.value.visits, 'visit')}, "
        f"{words.number(one.value.minutes)} min</span>"
        for each in pack.done
        for one in each.outcomes
    ]
    return _list(rows, f"Nothing was logged since {words.day(pack.since)}.")


def _then(text: str) -> str:
    return f"{text}; " if text else ""


def _evaluated(pack: MeetingPack) -> str:
    rows = [escape(each.value.sentences[0]) for each in pack.evaluations if each.value.sentences]
    return _list(rows, f"Nothing was evaluated since {words.day(pack.since)}.")


def _gaps(pack: MeetingPack) -> str:
    waiting = [each for each in pack.gaps.value if each.gap.state.is_waiting]
    rows = [
        f"{escape(each.gap.text)}{' <span class=late>overdue</span>' if each.is_overdue else ''}" for each in waiting
    ]
    return _list(rows, "No gap is waiting.", 5)


def _decided(pack: MeetingPack) -> str:
    rows = [
        f"<b>{words.day(each.value.on)}</b> {escape(each.value.what)} <span>{escape(each.value.owner)}; because "
        f"{escape(each.value.why)}{f', due {words.day(each.value.due_on)}' if each.value.due_on else ''}</span>"
        for each in pack.decisions
    ]
    return _list(rows, f"Nothing was decided since {words.day(pack.since)}.")
