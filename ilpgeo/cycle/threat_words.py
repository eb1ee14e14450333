"""The assessment in sentences: made from what is released, and never more than the intervals allow."""

from __future__ import annotations

from collections.abc import Sequence

from ilpgeo.core.assessment import Assessment, Compared, Confidence, Course, Direction, Threat
from ilpgeo.core.wording import areas, counted, listed, number, plural, share, span

_MOST_NAMED = 4
_TELLING = 1.25
_BEFORE, _LAST_YEAR = "the period before", "the same period last year"


def headline(assessment: Assessment) -> str:
    """Return the one sentence over an assessment: what is emerging, and what carries the most harm."""
    emerging = [each for each in assessment.threats if each.course is Course.EMERGING]
    first = next((each.offence for each in assessment.threats if each.harm_share), "")
    harm = f"; {first} carries the most harm" if first else ""
    if emerging:
        return f"Emerging: {_named(emerging)}{harm}"
    if all(each.course is Course.UNKNOWN for each in assessment.threats):
        return f"Whether anything is emerging cannot be told{harm}"
    return f"No offence group is emerging{harm}"


def told(assessment: Assessment) -> tuple[str, ...]:
    """Return what the numbers of a released assessment support, most important first."""
    sentences = [
        _volume(assessment),
        _harm(assessment),
        *_changed(assessment, Course.EMERGING, Direction.RISE),
        *_changed(assessment, Course.FADING, Direction.FALL),
        *_in_part(assessment),
        *_unchanged(assessment),
        *_incomparable(assessment),
        *_concentrated(assessment),
        *_spread(assessment),
        *_doubtful(assessment),
    ]
    return tuple(each for each in sentences if each)


def ratio_words(compared: Compared) -> str:
    """Return a ratio with its interval, ``1.4 times, 95 % interval 1.1 to 1.8``; empty where it is withheld."""
    if compared.low is None:
        return ""
    high = "no upper bound" if compared.high is None else f"{compared.high:.2f}"
    point = "" if compared.ratio is None else f"{compared.ratio:.2f} times, "
    return f"{point}95\u202f% interval {compared.low:.2f} to {high}"


def _named(threats: Sequence[Threat]) -> str:
    names = [each.offence for each in threats[:_MOST_NAMED]]
    more = len(threats) - len(names)
    return listed([*names, f"{more} more"] if more else names)


def _volume(assessment: Assessment) -> str:
    if assessment.total is None:
        return f"In {span(assessment.period)} the number of incidents in {assessment.place} is withheld: it is small"
    shown = [each for each in assessment.threats if each.n]
    if not shown:
        return f"{counted(assessment.total, 'incident').capitalize()} in {assessment.place}, {span(assessment.period)}"
    most = max(shown, key=lambda each: each.n or 0)
    return (
        f"{plural(assessment.total, 'incident')} in {assessment.place}, {span(assessment.period)}; most often "
        f"{most.offence}, with {number(most.n or 0)} ({share((most.n or 0) / assessment.total)})"
    )


def _harm(assessment: Assessment) -> str:
    shown = [each for each in assessment.threats if each.harm_share]
    if not shown:
        return ""
    first = shown[0]
    n = first.n if assessment.total else None
    part = "" if n is None or not assessment.total else f", with {share(n / assessment.total)} of the incidents"
    return f"{first.offence} carries the most harm: {share(first.harm_share or 0)} of it{part}"


def _changed(assessment: Assessment, course: Course, direction: Direction) -> list[str]:
    found = []
    for each in assessment.threats:
        if each.course is not course:
            continue
        ratios = [words for words in (ratio_words(each.before), ratio_words(each.last_year)) if words]
        how = f" ({'; '.join(ratios)})" if ratios else ""
        found.append(f"{each.offence} is {course}: {direction} than in {_BEFORE} and than in {_LAST_YEAR}{how}")
    return found


def _in_part(assessment: Assessment) -> list[str]:
    found = []
    for each in assessment.threats:
        if each.course is not Course.MIXED:
            continue
        parts = []
        for compared, days in ((each.before, _BEFORE), (each.last_year, _LAST_YEAR)):
            if compared.direction in {Direction.RISE, Direction.FALL}:
                how = ratio_words(compared)
                parts.append(f"{compared.direction} than in {days}{f' ({how})' if how else ''}")
            elif compared.direction is Direction.NONE:
                parts.append(f"no clear change against {days}")
            else:
                parts.append(f"not comparable with {days}")
        found.append(f"{each.offence}: {'; '.join(parts)}")
    return found


def _unchanged(assessment: Assessment) -> list[str]:
    found = [each for each in assessment.threats if each.course is Course.STEADY]
    if not found:
        return []
    return [f"No clear change in {_named(found)}: both intervals include no change"]


def _incomparable(assessment: Assessment) -> list[str]:
    found = [each for each in assessment.threats if each.course is Course.UNKNOWN]
    if not found:
        return []
    is_small = any(each.n is None for each in found)
    why = "counts too small to show, or no data throughout" if is_small else "no data throughout the days compared with"
    return [f"Whether {_named(found)} changed cannot be told: {why}"]


def _concentrated(assessment: Assessment) -> list[str]:
    shown = [each for each in assessment.threats if each.top5 is not None and each.chance5]
    telling = [each for each in shown if (each.top5 or 0) >= _TELLING * (each.chance5 or 1)]
    if not telling:
        return []
    first = max(telling, key=lambda each: (each.top5 or 0) - (each.chance5 or 0))
    return [
        f"Most concentrated is {first.offence}: the busiest 5\u202f% of {number(assessment.n_places)} places held "
        f"{share(first.top5 or 0)} of it in {span(assessment.year)} (by chance alone {share(first.chance5 or 0)})"
    ]


def _spread(assessment: Assessment) -> list[str]:
    shown = [each for each in assessment.threats if each.areas_with is not None]
    if not shown or assessment.n_areas < 2:
        return []
    widest, narrowest = max(shown, key=_areas), min(shown, key=_areas)
    of_all = f"of {areas(assessment.n_areas, assessment.area_type)}"
    words = f"{widest.offence} reached {number(widest.areas_with or 0)} {of_all}"
    if _areas(narrowest) == _areas(widest):
        return [words]
    return [f"{words}, {narrowest.offence} {number(narrowest.areas_with or 0)}"]


def _areas(threat: Threat) -> int:
    return threat.areas_with or 0


def _doubtful(assessment: Assessment) -> list[str]:
    found = [each for each in assessment.threats if each.confidence is Confidence.LOW]
    if not found:
        return []
    why = dict.fromkeys(doubt for each in found for doubt in each.doubts)
    return [f"Low confidence in {_named(found)}: {'; '.join(why)}"]
