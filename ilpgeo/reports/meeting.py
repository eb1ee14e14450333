"""A tasking meeting's pack: its sections as markup for the screen, and as one web page that needs nothing else."""

from __future__ import annotations

from html import escape
from pathlib import Path

from ilpgeo.core import wording as words
from ilpgeo.core.briefing import Briefing
from ilpgeo.core.products import Marking
from ilpgeo.maps.palette import Theme, mark_svg
from ilpgeo.maps.released import value_of
from ilpgeo.pipeline.meeting import MeetingPack
from ilpgeo.reports import meeting_text
from ilpgeo.reports.meeting_text import Item, Section
from ilpgeo.reports.text import MOST_LETTERS, plain

STYLE = Path(__file__).with_name("meeting.css")
N_LISTED = 8
_LONGEST = 240
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"


def sections(
    pack: MeetingPack, theme: Theme = Theme.LIGHT, *, is_whole: bool = False
) -> tuple[tuple[str, str], ...]:  # fmt: skip
    """Return what the meeting goes through, in its order: heading and list as markup, every text escaped.

    Parameters
    ----------
    is_whole
        Whether long lists and long words are whole; else they are cut, for a screen.
    """
    return tuple((each.heading, _list(each, theme, is_whole=is_whole)) for each in meeting_text.agenda(pack))


def meeting_page(pack: MeetingPack, stamp: Marking) -> str:
    """Return the pack as one HTML document with the live map; the same pack and stamp give the same text."""
    parts = [
        f"<section><h2>{escape(name)}</h2>{body}</section>" for name, body in sections(pack, is_whole=True)
    ]  # fmt: skip
    title = plain(meeting_text.title(pack))
    frame = (
        f'<iframe class="map" title="Map" sandbox="allow-scripts" srcdoc="{escape(_map(pack), quote=True)}"></iframe>'
    )
    columns = (frame + parts[0], "".join(parts[1:4]), "".join(parts[4:]))
    mark = f'<p class="mark">{escape(plain(stamp.shown))}</p>'
    made = f"Made {words.day(stamp.made_on)}; expires {words.day(stamp.expires_on)}"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE.read_text('utf-8')}</style></head><body><main>{mark}"
        f'<header><h1>{escape(title)}</h1><p class="under">{escape(meeting_text.under(pack))}</p></header>'
        f'<div class="columns">{"".join(f"<div>{each}</div>" for each in columns)}</div>'
        f'<p class="fine">{made}. {escape(plain(pack.settings.attribution))} Data version '
        f"{escape(value_of(pack.briefing, Briefing).version)}.</p>{mark}</main></body></html>\n"
    )


def _map(pack: MeetingPack) -> str:
    from ilpgeo.maps.areas_map import base_map, priority_layer
    from ilpgeo.maps.places import tasking_layer
    from ilpgeo.maps.shapes import area_shapes
    from ilpgeo.maps.standalone import standalone_html

    shapes = area_shapes(pack.areas)
    base = base_map(shapes, attribution=pack.settings.attribution)
    layers = [priority_layer(pack.briefing, shapes), tasking_layer(pack.board, has_view=False)]
    return standalone_html(base, layers, meeting_text.title(pack))


def _list(section: Section, theme: Theme, *, is_whole: bool) -> str:
    rows, most = section.items, len(section.items) if is_whole else N_LISTED
    note = f'<p class="fine ilp-fine">{escape(plain(section.note))}</p>' if section.note else ""
    if not rows:
        return f'{note}<p class="fine ilp-fine">{escape(plain(section.none))}</p>'
    more = f'<p class="fine ilp-fine">and {len(rows) - most} more</p>' if len(rows) > most else ""
    longest = MOST_LETTERS if is_whole else _LONGEST
    told = "".join(f"<li>{_item(row, theme, longest)}</li>" for row in rows[:most])
    return f'{note}<ul class="ilp-log">{told}</ul>{more}'


def _item(each: Item, theme: Theme, longest: int) -> str:
    parts = [
        mark_svg(each.tier, theme, 13) if each.tier is not None else "",
        f"<b>{escape(plain(each.head))}</b>" if each.head else "",
        escape(words.cut(plain(each.said), longest)),
        f'<span class="late">{escape(plain(each.late))}</span>' if each.late else "",
        f"<span>{escape(words.cut(plain(each.fine), longest))}</span>" if each.fine else "",
    ]
    return " ".join(filter(None, parts))
