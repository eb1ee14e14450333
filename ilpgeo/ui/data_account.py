"""What became of files, in words: accounts, reasons, coverage, offence labels. Value in, markup out, all escaped."""

from __future__ import annotations

from html import escape

from ilpgeo.core import wording as words
from ilpgeo.core.types import FileReport
from ilpgeo.pipeline.managed import Desk, Found, OffenceTable
from ilpgeo.pipeline.waiting import FileAccount, suggestion
from ilpgeo.ui.data_words import FIELDS

N_LINES = 6
FILE_COLUMNS = (
    "File",
    "Source",
    "Rows read",
    "Accepted",
    "Quarantined",
    "Duplicates",
    "Still waiting",
    "Brought in",
    "Version",
)


def lead(desk: Desk) -> str:
    """Return in one sentence whether everything came in, as markup."""
    if not desk.files:
        title, facts = "No file has been brought in yet", "Choose a file; nothing is stored before you confirm it."
    else:
        reports = [each.report for each in desk.files]
        waits = desk.n_waiting
        title = (
            f"{words.plural(waits, 'row waits', 'rows wait')} in quarantine"
            if waits
            else "Everything came in: no row waits in quarantine"
        )
        facts = (
            f"{words.plural(sum(each.held for each in reports), 'incident')} stored from "
            f"{words.plural(len(reports), 'file')}; every row read is accounted for"
        )
    return f'<header class="ilp-lead"><h1>{escape(title)}</h1><span class="ilp-facts">{escape(facts)}</span></header>'


def sum_line(report: FileReport) -> str:
    """Return rows read = accepted + quarantined + duplicates as a bar and as an equation, as markup."""
    parts = (
        ("accepted", report.accepted),
        ("quarantined", report.quarantined),
        ("duplicates", report.duplicates),
    )
    whole = max(report.rows_read, 1)
    bar = "".join(
        f'<span class="ilp-part ilp-{name}" style="flex:{max(n / whole, 0.006):.4f} 0 0"></span>'
        for name, n in parts
        if n
    )
    said = " ".join(
        f'<span class="ilp-term">{"+" if at else "="} <i class="ilp-key ilp-{name}" aria-hidden="true"></i>'
        f"<b>{words.number(n)}</b> {name}</span>"
        for at, (name, n) in enumerate(parts)
    )
    return (
        f'<div class="ilp-sum"><div class="ilp-sumbar" aria-hidden="true">{bar}</div>'
        f"<p><b>{words.number(report.rows_read)}</b> rows read {said}</p></div>"
    )


def verdict(account: FileAccount) -> tuple[str, str]:
    """Return (kind, sentence) that says whether the file came in: ``good``, ``partly`` or ``none``."""
    report = account.report
    if account.n_waiting:
        kind = "partly" if report.accepted else "none"
        return kind, f"{words.plural(account.n_waiting, 'row waits', 'rows wait')} in quarantine: see why below"
    if not report.accepted:
        return "none", "Nothing new: every row was stored already"
    return "good", "Every row came in" if not report.duplicates else "Every new row came in"


def heading(report: FileReport) -> str:
    """Return whose report it is, as markup."""
    when = "" if report.brought is None else f", brought in {words.day(report.brought.date())}"
    return (
        f'<header class="ilp-head"><h2 class="ilp-h">{escape(report.name)}</h2>'
        f'<span class="ilp-fine">source {escape(report.source)}{when}, version {escape(report.version)}</span></header>'
    )


def reason(name: str, n: int) -> str:
    """Return one reason with its count and what to do, as markup."""
    todo = suggestion(name)
    return (
        f'<div class="ilp-reason"><b>{words.number(n)}</b><div><strong>{escape(name.capitalize())}</strong>'
        f"<p>{escape(todo[:1].upper() + todo[1:])}.</p></div></div>"
    )


def settled(account: FileAccount) -> str:
    """Return how many quarantined rows a later file took up, empty for none."""
    n = account.n_settled
    if not n:
        return ""
    rows = words.plural(n, "quarantined row was", "quarantined rows were")
    return f'<p class="ilp-fine">{rows} taken up by a later file.</p>'


def remarks(report: FileReport, coverage: tuple[Found, ...]) -> str:
    """Return what else is to know of a file: persons, suspicions, places, time, coverage, as markup."""
    lines: list[tuple[str, str]] = []
    if report.dropped_columns:
        lines.append(("About persons, never stored", ", ".join(report.dropped_columns)))
    if report.removed:
        said = f"{words.plural(report.removed, 'accepted row')}, for their retention was over"
        lines.append(("Removed for good since", said))
    if report.first and report.last:
        lines.append(
            ("Days", f"{words.day(report.first)} to {words.day(report.last)}, known to the {report.precision}")
        )
    lines.append(("Usable coordinates", f"{words.share(report.geocoded_share)} of the rows read"))
    lines.append(("In no area", f"{words.plural(report.unplaced, 'accepted row')}"))
    shown = [f"{each.area}: {words.span(each.period)}" for each in coverage[:N_LINES]]
    if len(coverage) > N_LINES:
        shown.append(f"and {words.plural(len(coverage) - N_LINES, 'more area and period', 'more areas and periods')}")
    lines.append((f"{report.source} has data for", "; ".join(shown) or "no area yet"))
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in lines)
    return f'<dl class="ilp-account ilp-remarks">{rows}</dl>'


def flags(report: FileReport) -> str:
    """Return what looks suspicious but was kept, as markup; empty for nothing."""
    if not report.flags:
        return ""
    items = "".join(f"<li>{escape(flag.message)}</li>" for flag in report.flags)
    return f'<h3 class="ilp-h3">Kept, but worth a look</h3><ul class="ilp-reasons">{items}</ul>'


def taken(report: FileReport) -> str:
    """Return how a file's columns were taken, as markup."""
    rows = "".join(
        f"<div><dt>{escape(FIELDS.get(name, name.capitalize()))}</dt><dd>{escape(value)}</dd></div>"
        for name, value in report.mapping.items()
    )
    return f'<dl class="ilp-account ilp-remarks">{rows}</dl>'


def file_head() -> str:
    """Return the head of the list of files, as markup."""
    return f'<div class="ilp-frow ilp-fhead">{"".join(f"<span>{each}</span>" for each in FILE_COLUMNS)}</div>'


def file_row(account: FileAccount, *, is_open: bool) -> str:
    """Return one file of the list, as markup."""
    report = account.report
    when = "" if report.brought is None else words.day(report.brought.date())
    numbers = (report.rows_read, report.accepted, report.quarantined, report.duplicates, account.n_waiting)
    cells = [f"<strong>{escape(report.name)}</strong>", escape(report.source), *map(words.number, numbers)]
    cells += [when, escape(report.version.split("-")[0])]
    marks = ["" if not account.n_waiting or name != "Still waiting" else ' class="ilp-waits"' for name in FILE_COLUMNS]
    spans = "".join(
        f'<span data-name="{name}"{mark}>{cell}</span>'
        for name, mark, cell in zip(FILE_COLUMNS, marks, cells, strict=True)
    )
    return f'<div class="ilp-frow{" ilp-fopen" if is_open else ""}">{spans}</div>'


def outcome(report: FileReport) -> tuple[str, str]:
    """Return (kind, sentence) about a file just brought in: ``good``, ``partly`` or ``none``."""
    name, read = report.name, words.plural(report.rows_read, "row")
    if report.quarantined:
        kind = "partly" if report.accepted else "none"
        rest = f"{words.number(report.quarantined)} wait in quarantine"
        twice = f", {words.plural(report.duplicates, 'duplicate')}" if report.duplicates else ""
        return kind, f"{name}: {words.number(report.accepted)} of {read} came in, {rest}{twice}."
    if not report.accepted:
        return "none", f"{name}: nothing new, all {read} were stored already."
    if report.duplicates:
        return "good", (
            f"{name}: {words.number(report.accepted)} of {read} came in, "
            f"the rest: {words.plural(report.duplicates, 'duplicate')}."
        )
    return "good", f"{name}: all {read} came in."


def withdrawal(account: FileAccount) -> str:
    """Return what withdrawing a file does and does not do, as markup."""
    report = account.report
    lines = [
        f"The {words.plural(report.held, 'incident')} of {report.name} leave the map and every count from the next "
        "version on. Older versions of the data still open as they were.",
        "Rows of other files that were duplicates of it are not brought in by themselves: bring those files in again.",
    ]
    if account.n_waiting:
        lines.append(f"Its {words.plural(account.n_waiting, 'row')} in quarantine are no longer asked for.")
    if account.n_settled:
        lines.append("Rows of it that were corrected and brought in since belong to a file of their own and stay.")
    lines.append("The file can be brought in again at any time.")
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<h3 class="ilp-h3">Withdraw {escape(report.name)}?</h3><ul class="ilp-reasons">{items}</ul>'


def titled(title: str, text: str = "", mark: str = "") -> str:
    """Return a small title with a line under it, as markup."""
    under = f'<span class="ilp-fine {mark}">{escape(text)}</span>' if text else ""
    return f'<header class="ilp-head"><h2 class="ilp-h">{escape(title)}</h2>{under}</header>'


def offences_summary(table: OffenceTable) -> str:
    """Return in a line how offence labels stand, as markup."""
    if table.unknown:
        labels, rows = words.plural(len(table.unknown), "label"), words.plural(sum(table.unknown.values()), "row")
        return titled("Offences", f"{labels} in quarantine without a group ({rows}).", "ilp-alert")
    if table.n_ready:
        many = words.plural(table.n_ready, "row waits", "rows wait")
        return titled("Offences", f"{many} whose offence is known now.", "ilp-alert")
    text = (
        f"{words.plural(len(table.groups), 'label')} in {words.plural(len(table.choices), 'group')}."
        if table.groups
        else "No table: every label is a group of its own."
    )
    return titled("Offences", text)


def offences_heading(table: OffenceTable) -> str:
    """Return what the offences table is and what is to be done, as markup."""
    todo = (
        f"{words.plural(len(table.unknown), 'label is', 'labels are')} new: give each a group, or leave it out. "
        if table.unknown
        else ""
    )
    return (
        '<header class="ilp-head"><h2 class="ilp-h">Which group does each offence label belong to?</h2>'
        f'<span class="ilp-fine">{escape(todo)}Saving changes what is stored, as a new version; '
        "a label left out keeps its stored rows and lets no new ones in.</span></header>"
    )


def label(text: str, remark: str) -> str:
    """Return an offence label with what waits for it, as markup."""
    said = f'<span class="ilp-fine ilp-alert">{escape(remark)}</span>' if remark else ""
    return f'<span class="ilp-col">{escape(text)}</span> {said}'


def first_steps() -> str:
    """Return what to do in an empty workspace, as markup."""
    return (
        '<div class="ilp-empty"><h1>Bring your first file in</h1><p>Choose a file with one row for each incident: '
        "where (latitude and longitude, or easting and northing), when, and which offence. You confirm the columns "
        "before anything is stored, and every row is accounted for.</p></div>"
    )
