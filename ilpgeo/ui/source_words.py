"""The register of sources as markup. Pure: value in, text out, every name escaped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape
from zoneinfo import ZoneInfo

from ilpgeo.core import wording as words
from ilpgeo.core.grading import GradeWeights, Trust
from ilpgeo.core.ingested import Removal
from ilpgeo.core.query import Level
from ilpgeo.core.recorded import Recorded
from ilpgeo.core.settings import Settings
from ilpgeo.core.sources import Source, agencies, share_of
from ilpgeo.pipeline import PastRetention, SourceLine

_NONE = "\u2013"


_IN_ORDER = ("all registered, none late", "registered, not late")


def lead(lines: Sequence[SourceLine], today: date, n_past: int = 0) -> str:
    """Return how many sources there are and what is wrong with them, as the head of the page.

    Parameters
    ----------
    n_past
        Sources of which something is kept longer than it may be.
    """
    bare = sum(each.entry is None for each in lines)
    late = sum(is_late(each, today) for each in lines)
    faults = [f"{bare} not registered"] * bool(bare) + [f"{late} late"] * bool(late)
    faults += [f"{n_past} past retention"] * bool(n_past)
    facts = words.listed(faults) if faults else _IN_ORDER[len(lines) == 1] if lines else "bring a file in first"
    return (
        f'<header class="ilp-lead"><h1>{words.plural(len(lines), "source")}</h1>'
        f'<span class="ilp-facts">{facts}</span></header>'
    )


def is_late(line: SourceLine, today: date) -> bool:
    """Return whether new data should have come by now."""
    if line.entry is None or line.last is None or not line.entry.source.refresh_days:
        return False
    return line.last + timedelta(days=line.entry.source.refresh_days) < today


def row(line: SourceLine, settings: Settings, today: date, *, is_open: bool, is_past: bool = False) -> str:
    """Return one source of the list; `is_past`: something of it is kept longer than it may be."""
    source = line.entry.source if line.entry else None
    if source is None:
        told = '<span class="ilp-gap-late">not registered: owner, grading and handling rule not known</span>'
    else:
        told = f"{escape(source.agency)} \u00b7 {escape(_graded(source))} \u00b7 {escape(reach(source, settings))}"
    data = f"{words.plural(line.n, 'incident')}, to {words.day(line.last)}" if line.n and line.last else "no incidents"
    late = ' <span class="ilp-gap-late">late</span>' if is_late(line, today) else ""
    late += ' <span class="ilp-gap-late">past retention</span>' if is_past else ""
    opened = " ilp-gap-open" if is_open else ""
    return (
        f'<article class="ilp-gap ilp-source{opened}"><div><strong>{escape(line.name)}</strong><p>{told}</p></div>'
        f'<div class="ilp-gap-kind">{data}{late}</div></article>'
    )


def _graded(source: Source) -> str:
    grading = source.grading
    return f"{grading.code} ({grading.trust})" if grading.code else "not graded"


def reach(source: Source, settings: Settings) -> str:
    """Return how far up a source may be shown."""
    if source.reach is Level.NATIONAL:
        return "shown at every level"
    return f"shown up to: {settings.label(source.reach)}"


def sheet(line: SourceLine, settings: Settings) -> str:
    """Return a source opened: who gives it, why it may be used, how far it is trusted and shown."""
    if line.entry is None:
        return (
            f'<div class="ilp-head"><h2 class="ilp-h">{escape(line.name)}</h2></div><p class="ilp-prose">'
            "Its incidents are counted and nobody has said whose they are. Fill in the entry below.</p>"
        )
    source = line.entry.source
    facts = (
        ("Agency", source.agency),
        ("Owner", source.owner),
        ("Legal basis", source.legal_basis),
        (f"Grading, {source.grading.scale}", f"{source.grading.code or _NONE}: {source.grading.sentence()}"),
        ("How far up", reach(source, settings)),
        ("Given to", ", ".join(source.shared_with) or "nobody else"),
        ("Conditions", source.handling_note or "none"),
        ("New data expected", f"every {words.plural(source.refresh_days, 'day')}" if source.refresh_days else
         "no more: complete"),
        ("Kept for", words.plural(source.retention_days, "day") if source.retention_days else "not limited here"),
    )  # fmt: skip
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
    example = '<p class="ilp-box ilp-doubt">An example that came with the demo: nobody\'s assessment.</p>'
    who = (
        f'<p class="ilp-fine">Recorded by {escape(line.entry.made_by)}, {words.day(line.entry.made_at.date())}.</p>'
        if line.entry.made_at
        else '<p class="ilp-fine">From the workspace\'s table sources.csv.</p>'
    )
    return (
        f'<div class="ilp-head"><h2 class="ilp-h">{escape(source.name)}</h2></div>'
        f"{example if source.is_example else ''}<dl class='ilp-account ilp-remarks'>{rows}</dl>{who}"
    )


def past_retention(found: PastRetention) -> str:
    """Return what of a source is kept longer than it may be, and what removing it does."""
    held = [f"{words.plural(found.n, 'incident')} from before {words.day(found.keep_from)}"] * bool(found.n)
    held += [f"{words.plural(found.old_files, 'file')} of older data versions"] * bool(found.old_files)
    held += [f"rejected rows of {words.plural(found.n_rejected, 'file')}"] * bool(found.n_rejected)
    return (
        f'<div class="ilp-box ilp-past"><strong>Kept longer than it may be</strong> ({words.plural(found.days, "day")} '
        f"from the day of the incident): {words.listed(held)}. Nothing is removed by itself.</div>"
    )


def removed_for_good(removals: Sequence[Removal], source: str, zone: ZoneInfo) -> str:
    """Return what was removed of a source because its retention was over, newest first; empty where nothing was."""
    rows = "".join(
        f"<li>{words.day(each.when.astimezone(zone).date())}, {escape(each.by)}: "
        f"{words.plural(each.rows.get(source, 0), 'incident')} from before {words.day(each.before[source])}; "
        f"{escape(each.why)} <span class='ilp-muted'>(data version {escape(each.version)})</span></li>"
        for each in removals
        if source in each.before
    )
    return f'<h3 class="ilp-h3">Removed for good</h3><ul class="ilp-reasons">{rows}</ul>' if rows else ""


def weights(agreed: Recorded[GradeWeights] | None) -> str:
    """Return what was agreed on how much each grade weighs."""
    if agreed is None:
        return '<p class="ilp-fine">None are agreed: every incident counts the same, however its source is graded.</p>'
    rows = "".join(f"<div><dt>{escape(trust)}</dt><dd>{agreed.value.of(trust):g}</dd></div>" for trust in Trust)
    return (
        f"<dl class='ilp-account ilp-remarks'>{rows}</dl><p class=\"ilp-fine\">Agreed by {escape(agreed.made_by)}, "
        f"{words.day(agreed.made_at.date())}. They are off until somebody switches them on, on Priorities under the "
        "sources; they move the order, never a number of incidents.</p>"
    )


def matrix(sources: tuple[Source, ...], settings: Settings, reader: str = "") -> str:
    """Return who gives what to whom under which rule, a row for each source and a column for each agency.

    Parameters
    ----------
    reader
        The agency that looks at it; empty where it is not known.
    """
    names = agencies(sources)
    head = "".join(
        f'<th scope="col">{escape(name)}<span>{_seen_by(sources, name, reader)}</span></th>' for name in names
    )
    rows = []
    for source in sources:
        cells = []
        for name in names:
            share = share_of(source, name)
            kind = "own" if share.is_owner else "given" if share.is_given else "kept"
            mark = {"own": "\u25cf", "given": "\u25cb", "kept": _NONE}[kind]
            told = "" if kind == "kept" else f" {escape(share.rule)}"
            cells.append(f'<td class="ilp-{kind}"><b aria-hidden="true">{mark}</b>{told}'
                         f'{"<span class=ilp-heard>not shared</span>" if kind == "kept" else ""}</td>')  # fmt: skip
        rows.append(
            f'<tr><th scope="row">{escape(source.name)}<span>{escape(reach(source, settings))}</span></th>'
            f"{''.join(cells)}</tr>"
        )
    return (
        '<div class="ilp-scroll"><table class="ilp-matrix"><caption>Who gives what to whom, under which rule</caption>'
        f"<thead><tr><th scope='col'>Source</th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        '<p class="ilp-fine">\u25cf gives it, \u25cb is given it. How far up a source may be shown is enforced: '
        "pictures of a higher level are made without it and say so. To whom it is given is enforced too: pictures made "
        "for an agency, or read by its people, are made without the sources not given to it, and say how many.</p>"
        f"{_unknown(reader)}"
    )


def _seen_by(sources: tuple[Source, ...], agency: str, reader: str) -> str:
    n = sum(each.is_given_to(agency) for each in sources)
    here = ", reads here" if agency.casefold() == reader.casefold() else ""
    return f"sees {n} of {len(sources)}{here}"


def _unknown(reader: str) -> str:
    if reader:
        return ""
    return (
        '<p class="ilp-fine">Whose people read this server is not set (<code>agency</code> in ilpgeo.toml): the '
        "screens show every source, products made for an agency do not.</p>"
    )
