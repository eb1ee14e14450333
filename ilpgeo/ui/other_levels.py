"""The panel of what other levels have published, and the form to put something out for them."""

from __future__ import annotations

from datetime import date, timedelta
from html import escape

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.notices import FromLevel, FromLevels, Notice, ProductKind
from ilpgeo.core.products import KEPT_DAYS
from ilpgeo.core.recorded import Recorded
from ilpgeo.core.settings import Settings
from ilpgeo.core.types import Level
from ilpgeo.ui import cache, last_act, markup, person
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.submit import submit

MOST_SHOWN = 6
LINES_SHOWN = 2
_TOLD = "other levels"
_OWN_KINDS = (ProductKind.BRIEFING, ProductKind.PACK, ProductKind.REQUEST)


def other_levels(around: Frame) -> None:
    """Draw what the levels above and below have published, and a way to publish for them."""
    query = around.view.query
    last_act.show(_TOLD)
    found = FromLevels((), (), 0)
    if around.records:
        found = cache.from_other_levels(
            around.key, around.records, around.opened, query.level, query.areas, around.access, around.settings.today()
        )
    with st.container(key="levels"):
        markup.show(panel(found, around.settings, query.level))
        if around.access.publishes:
            with st.popover("Put something out", type="tertiary", key="put-out"):
                _form(around, query.level, query.areas)
                if around.records:
                    _own(around, query.level)


def panel(found: FromLevels, settings: Settings, level: Level) -> str:
    """Return the panel as markup."""
    parts = []
    for name, products in (("above", found.above), ("below", found.below)):
        rows = "".join(f"<li>{row(each, settings)}</li>" for each in products[:MOST_SHOWN])
        more = len(products) - MOST_SHOWN
        rest = f'<p class="ilp-fine">{words.number(more)} older ones.</p>' if more > 0 else ""
        if rows:
            parts.append(f'<div><h3>From the level {name}</h3><ul class="ilp-reasons">{rows}</ul>{rest}</div>')
    if found.kept_from and found.n_kept_back:
        n = words.plural(found.n_kept_back, "product")
        parts.append(
            f'<p class="ilp-fine">{n} of other levels not shown: what they say may rest on a source that is not given '
            f"to {escape(found.kept_from)}.</p>"
        )
    elif found.n_kept_back:
        parts.append(
            f'<p class="ilp-fine">{words.plural(found.n_kept_back, "product")} of the level below not shown: a source '
            "may not be shown at this level.</p>"
        )
    told = "".join(parts) or (
        f'<p class="ilp-fine">The levels above and below {escape(settings.label(level))} have published nothing that '
        "still holds.</p>"
    )
    return f'<h2 class="ilp-h">From other levels</h2><div class="ilp-levels">{told}</div>'


def row(each: FromLevel, settings: Settings) -> str:
    """Return one product: what it is, of whom, what it says, how long it holds, how it is to be handled."""
    until = f"to {words.day(each.expires)}" if each.expires else "until the next one"
    mark = each.handling or "no handling mark set"
    return (
        f"<strong>{escape(words.opening(each.kind))}: {escape(each.title)}</strong> "
        f'<span class="ilp-muted">{escape(settings.label(each.level))}, {escape(each.place)}</span>'
        f"<br>{_said(each.text)}"
        f'<p class="ilp-fine"><b class="ilp-mark">{escape(mark)}</b> \u00b7 {escape(each.version)} \u00b7 '
        f"{escape(each.made_by)}, {words.day(each.made_at.date())} \u00b7 {until}</p>"
    )


def _said(text: str) -> str:
    """Return what a product says: its first lines, the others when they are asked for."""
    lines = [escape(line) for line in text.splitlines() if line.strip()]
    first = "<br>".join(lines[:LINES_SHOWN])
    if len(lines) <= LINES_SHOWN:
        return first
    rest = "<br>".join(lines[LINES_SHOWN:])
    return f"{first}<details><summary>The rest of it</summary>{rest}</details>"


def _form(around: Frame, level: Level, scope: tuple[str, ...]) -> None:
    areas, today = around.areas, around.settings.today()
    area = scope[0] if len(scope) == 1 else ""
    place = areas.name[areas.at(area)] if area else around.settings.name
    markup.show(
        f'<p class="ilp-fine">For the levels above and below: from {escape(around.settings.label(level))}, '
        f"{escape(place)}.</p>"
    )
    with st.form("put-out-form", border=False):
        kind = st.selectbox("What it is", _OWN_KINDS, key="put-out-kind", format_func=words.opening)
        title = st.text_input("Title", key="put-out-title")
        text = st.text_area("What it says", key="put-out-text", height=90)
        left, right = st.columns(2, gap="small")
        until = left.date_input(
            "Last day it holds", today + timedelta(days=KEPT_DAYS), key="put-out-expires", format="YYYY-MM-DD"
        )
        mark = right.text_input("Handling mark", around.settings.handling, key="put-out-mark", max_chars=80)
        by = person.ask_person(key="put-out")
        pressed = submit("Put it out", key="put-out-form", about=(level, scope), icon=":material/publish:")
        if pressed is None:
            return
    with pressed:
        expires = until if isinstance(until, date) else today
        notice = Notice(kind, level, title.strip(), text.strip(), expires, area, mark.strip())
        pipeline.put_out(around.opened, notice, around.access, by, today)
        last_act.tell(_TOLD, "It is out: the levels above and below see it from now on.")
        st.rerun()


def _own(around: Frame, level: Level) -> None:
    """Draw what this level has put out, each with a way to take it back."""
    for each in pipeline.notices(around.opened, level, around.access)[:MOST_SHOWN]:
        _taking_back(around, each)


def _taking_back(around: Frame, each: Recorded[Notice]) -> None:
    with st.form(f"take-back-{each.id}", border=False):
        markup.show(
            f'<p class="ilp-fine">Out: <b>{escape(each.value.title)}</b>, to {words.day(each.value.expires)}, '
            f"{escape(each.made_by)}</p>"
        )
        why = st.text_input("Why it is taken back", key=f"take-back-why-{each.id}")
        by = person.ask_person(key=f"take-back-{each.id}")
        pressed = submit("Take it back", key=f"take-back-{each.id}", is_main=False)
        if pressed is None:
            return
    with pressed:
        pipeline.take_back(around.opened, each, around.access, by, why)
        last_act.tell(_TOLD, "Taken back.")
        st.rerun()
