"""An assessment as markup: headline, standing, sentences, table. Pure: value in, text out, every name escaped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from ilpgeo.core import wording as words
from ilpgeo.core.assessment import Assessment, Compared, Course, Direction, Threat
from ilpgeo.core.recorded import Recorded
from ilpgeo.cycle.threat_words import headline, ratio_words

_MARKS = {Direction.RISE: "\u25b2", Direction.FALL: "\u25bc", Direction.NONE: "\u25cb", Direction.UNKNOWN: "\u25c7"}
_STYLES = {Direction.RISE: "more", Direction.FALL: "fewer", Direction.NONE: "same", Direction.UNKNOWN: "unknown"}
COLUMNS = (
    "Offence group", "Incidents", "Share of harm", "Against the period before", "Against last year", "Areas reached",
    "At the busiest places", "Confidence",
)  # fmt: skip


def lead(assessment: Assessment, standing: str) -> str:
    """Return the headline and how the assessment stands."""
    return f'<header class="ilp-lead"><h1>{escape(headline(assessment))}</h1>{standing}</header>'


def standing(shown: Recorded[Assessment] | None, newest: Recorded[Assessment] | None, today: date) -> str:
    """Return who stands for what is shown, when the next is due, and whether that day has passed."""
    if shown is None:
        said = "worked out now from the data, not recorded"
    else:
        who = f"signed off by {shown.value.signed_by}" if shown.value.is_signed else f"a draft by {shown.made_by}"
        said = f"version {shown.revision}, {who}, {words.day(shown.made_at.date())}"
        if newest is not None and newest.revision > shown.revision:
            said += f"; the newest is version {newest.revision}"
    return f'<span class="ilp-facts">{escape(words.opening(said))}. {due_words(newest, today)}</span>'


def due_words(newest: Recorded[Assessment] | None, today: date) -> str:
    """Return when the next assessment is due, as markup; loud where that day has passed."""
    if newest is None:
        return "No assessment of this level and area is recorded yet."
    due = newest.value.due
    if due is None:
        return "No day is set for the next one."
    if newest.value.is_overdue(today):
        late = words.plural((today - due).days, "day")
        return f'<strong class="ilp-late">Overdue: the next one was due {words.day(due)}, {late} ago.</strong>'
    return f"The next one is due {words.day(due)}."


def findings(assessment: Assessment, shown: Recorded[Assessment] | None) -> str:
    """Return what the numbers support, the analyst's words, and what it rests on."""
    before, year = _compared_days(assessment)
    lines = "".join(f"<li>{escape(words.opening(each))}.</li>" for each in assessment.text)
    remarks = "".join(f"<li>{escape(each)}.</li>" for each in assessment.remarks)
    said = "".join(
        f"<p class='ilp-comment'><b>{escape(offence or 'The whole')}</b> {escape(text)}</p>"
        for offence, text in assessment.comments.items()
    )
    heard = f"<h2 class='ilp-h'>The analyst says</h2>{said}" if said and shown is not None else ""
    return (
        f"<h2 class='ilp-h'>What the numbers support</h2><ul class='ilp-reasons'>{lines}</ul>{heard}"
        f"<p class='ilp-fine'>{words.span(assessment.period)} beside the period before ({before}) and the same period "
        f"last year ({year}). A change is claimed only where its 95\u202f% interval leaves no change out; "
        "&#8220;emerging&#8221; and &#8220;fading&#8221; need both comparisons. "
        f"Harm weights: {escape(assessment.harm_source)}. Data version {escape(assessment.data_version)}.</p>"
        + (f"<ul class='ilp-reasons'>{remarks}</ul>" if remarks else "")
    )


def _compared_days(assessment: Assessment) -> tuple[str, str]:
    period = assessment.period
    return words.span(period.previous()), words.span(period.year_before())


def table(assessment: Assessment) -> str:
    """Return every offence group as a table."""
    head = "".join(f'<th scope="col"{_numeric(at)}>{name}</th>' for at, name in enumerate(COLUMNS))
    rows = "".join(_row(each, assessment) for each in assessment.threats)
    return (
        f'<div class="ilp-table ilp-threats"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
        f'<p class="ilp-fine">Ratios with their 95\u202f% interval. Areas reached: with at least one incident, of '
        f"{words.number(assessment.n_areas)} with data. Places: the {words.number(assessment.n_places)} map points "
        f"that had any incident in {words.span(assessment.year)}; in brackets what chance alone would put there. "
        "Withheld: the count is small, or a small one could be worked out from it.</p>"
    )


def _numeric(at: int) -> str:
    return ' class="ilp-n"' if at in {1, 2, 5} else ""


def _row(threat: Threat, assessment: Assessment) -> str:
    course = threat.course if threat.course is not Course.MIXED else "changed in part"
    share = "withheld" if threat.harm_share is None and threat.n is None else words.share(threat.harm_share or 0.0)
    reached = "withheld"
    if threat.areas_with is not None:
        reached = f"{words.number(threat.areas_with)} of {words.number(assessment.n_areas)}"
    doubts = f"<br><span class='ilp-fine'>{escape('; '.join(threat.doubts))}</span>" if threat.doubts else ""
    cells = (
        f'<th scope="row">{escape(threat.offence)}<br><span class="ilp-fine">{escape(course)}</span></th>',
        *(
            f'<td{_numeric(at)} data-name="{COLUMNS[at]}">{told}</td>'
            for at, told in enumerate(
                (
                    words.known(threat.n), share, beside(threat.before), beside(threat.last_year), reached,
                    _places(threat), f"{threat.confidence.capitalize()}{doubts}",
                ),
                start=1,
            )
        ),
    )  # fmt: skip
    return f"<tr>{''.join(cells)}</tr>"


def beside(compared: Compared) -> str:
    """Return a comparison as markup: mark, word, ratio with its interval, the count compared with."""
    mark = f'<span aria-hidden="true">{_MARKS[compared.direction]}</span>'
    word = f'<span class="ilp-change ilp-{_STYLES[compared.direction]}">{mark} {compared.direction}</span>'
    how = ratio_words(compared)
    count = "" if compared.n is None else f"; {words.number(compared.n)} then"
    return f'{word}<br><span class="ilp-fine">{escape(how)}{count}</span>' if how else word


def _places(threat: Threat) -> str:
    lines = [
        f"{words.share(held)} at 1 in {part} <span class='ilp-fine'>({words.share(chance)})</span>"
        for held, chance, part in ((threat.top1, threat.chance1, 100), (threat.top5, threat.chance5, 20))
        if held is not None and chance is not None
    ]
    return "<br>".join(lines) or "withheld"


def version_label(version: Recorded[Assessment]) -> str:
    """Return one version in a list of them."""
    standing = f"signed by {version.value.signed_by}" if version.value.is_signed else f"draft by {version.made_by}"
    return f"Version {version.revision}: {words.span(version.value.period)}, {standing}"


def summary(versions: Sequence[Recorded[Assessment]]) -> str:
    """Return how many versions there are, in words."""
    return words.plural(len(versions), "version") if versions else "no version yet"
