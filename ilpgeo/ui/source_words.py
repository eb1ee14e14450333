"""The register of sources as markup. Pure: value in, text out, every name escaped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape

from ilpgeo.core.query import Level
from ilpgeo.core.settings import Settings
from ilpgeo.core.sources import Source, agencies, share_of
from ilpgeo.pipeline import SourceLine
from ilpgeo.ui import words

_NONE = "\u2013"


def lead(lines: Sequence[SourceLine], today: date) -> str:
    """Return how many sources there are and what is wrong with them, as the head of the page."""
    bare = sum(each.entry is None for each in lines)
    late = sum(is_late(each, today) for each in lines)
    faults = [f"{bare} not registered"] * bool(bare) + [f"{late} late"] * bool(late)
    facts = words.listed(faults) if faults else "all registered, none late" if lines else "bring a file in first"
    return (
        f'<header class="ilp-lead"><h1>{words.plural(len(lines), "source")}</h1>'
        f'<span class="ilp-facts">{facts}</span></header>'
    )


def is_late(line: SourceLine, today: date) -> bool:
    """Return whether new data should have come by now."""
    if line.entry is None or line.last is None or not line.entry.source.refresh_days:
        return False
    return line.last + timedelta(days=line.entry.source.refresh_days) < today


def row(line: SourceLine, settings: Settings, today: date, *, is_open: bool) -> str:
    """Return one source of the list."""
    source = line.entry.source if line.entry else None
    if source is None:
        told = '<span class="ilp-gap-late">not registered: owner, grading and handling rule not known</span>'
    else:
        told = f"{escape(source.agency)} \u00b7 {escape(_graded(source))} \u00b7 {escape(reach(source, settings))}"
    data = f"{words.plural(line.n, 'incident')}, to {words.day(line.last)}" if line.n and line.last else "no incidents"
    late = ' <span class="ilp-gap-late">late</span>' if is_late(line, today) else ""
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


def matrix(sources: tuple[Source, ...], settings: Settings) -> str:
    """Return who gives what to whom under which rule, a row for each source and a column for each agency."""
    names = agencies(sources)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
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
        "pictures of a higher level are made without it and say so. To whom it is given is written down here; people "
        "of other agencies get products, and each carries its handling mark.</p>"
    )
