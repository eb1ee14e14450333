"""The sentence over the map, the data's age and quality, the account of what is counted. Pure: value in, text out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape

from ilpgeo.core import wording as words
from ilpgeo.core.settings import Settings
from ilpgeo.core.types import Briefing, Quality
from ilpgeo.reports import sentences
from ilpgeo.ui import cards
from ilpgeo.ui.view import Comparison

LIGHTS = {"good": ":material/check_circle:", "fair": ":material/warning:", "poor": ":material/report:"}


def facts(briefing: Briefing, comparison: Comparison) -> str:
    """Return what was counted, when, and against what, as markup."""
    before = briefing.previous_total if comparison is Comparison.PREVIOUS else briefing.last_year_total
    change = words.change(briefing.total, before, cards.against(briefing, comparison))
    offences = briefing.query.offences
    kind = f" of {words.listed(list(offences))}" if offences else ""
    if briefing.query.sources:
        kind += f" from {words.listed(list(briefing.query.sources))}"
    return (
        f'<span class="ilp-facts">{words.counted(briefing.total, "incident")}{escape(kind)} in '
        f"{words.span(briefing.query.period)}, {cards.change_html(change)}</span>"
    )


def lead(briefing: Briefing, comparison: Comparison) -> str:
    """Return headline and facts as markup, with a red warning where too few rows could be placed."""
    alarm = sentences.warning(briefing.quality)
    warning = f'<p class="ilp-warning" role="alert">{escape(alarm)}</p>' if alarm else ""
    absent = sentences.remarks_on_sources(briefing)
    without = f'<p class="ilp-left-out">{escape(absent)}</p>' if absent else ""
    head = f"<h1>{escape(sentences.lead(briefing))}</h1>{facts(briefing, comparison)}"
    return f'<header class="ilp-lead">{head}{without}{warning}</header>'


def freshness(now: date, today: date, light: str) -> str:
    """Return the label of the quality light: data age, and the light as a shape and a word."""
    last = now - timedelta(days=1)
    return f"{LIGHTS[light]} Data to {words.day(last)}, {words.age(last, today)} \u00b7 quality {light}"


def quality(about: Quality) -> str:
    """Return how good the data are, as markup."""
    remarks = "".join(f"<li>{escape(remark)}</li>" for remark in about.remarks)
    return f"{_rows(sentences.quality(about))}<ul class='ilp-reasons'>{remarks}</ul>"


def account(briefing: Briefing, settings: Settings) -> str:
    """Return what was counted and what was not, each on a line, so that the lines add up to the total."""
    rows = _rows(sentences.account(briefing, settings.small_count))
    return f"<h2>What is counted</h2>{rows}<p class='ilp-fine'>{escape(sentences.gaps(briefing))}</p>"


def _rows(lines: Sequence[tuple[str, str]]) -> str:
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{value}</dd></div>" for name, value in lines)
    return f"<dl class='ilp-account'>{rows}</dl>"


def method(briefing: Briefing, settings: Settings) -> str:
    """Return how the ranking comes about, in words."""
    said = sentences.method(briefing, settings.harm_source)
    strategy = "".join(f"<p class='ilp-fine'>Control strategy: {escape(each)}</p>" for each in briefing.strategy)
    return f"<h2>How it is ranked</h2><p class='ilp-fine'>{escape(said)}</p>{strategy}"


def origin(briefing: Briefing, settings: Settings, derived: tuple[tuple[str, str], ...], notes: tuple[str, ...]) -> str:
    """Return where data and boundaries come from, and what the release gate remarked, as markup."""
    remarks = "".join(f"<p class='ilp-fine'>{escape(note)}</p>" for note in notes)
    return (
        f"<h2>Where it comes from</h2><p class='ilp-fine'>{escape(sentences.origin(settings.attribution, derived))} "
        f"Data version {escape(briefing.version)}.</p>{remarks}"
    )
