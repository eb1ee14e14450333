"""What a released ranking says, in plain sentences: the same on the screens and in every product."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ilpgeo.core import wording as words
from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.types import Briefing, Period, Priority, Quality, Tier, TrendPoint

LEAST_GEOCODED = 0.85  # Ratcliffe 2004, doi:10.1080/13658810310001596076
N_NAMED = 3
N_OFFENCES = 6
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NO_DATA = "No data for this period: the area is not ranked, and that does not mean it is safe."


def lead(briefing: Briefing) -> str:
    """Return where to look, how sure that is, and for when, in one sentence."""
    ranked = [each for each in briefing.priorities if each.rank is not None]
    if not ranked:
        return "No area can be ranked: there are no data for this period."
    if len(ranked) == 1:
        return f"Only {ranked[0].name} can be ranked: there is nothing to set it against"
    for tier in (Tier.CRITICAL, Tier.HIGH):
        names = [each.name for each in ranked if each.tier is tier]
        if names:
            named = names[:N_NAMED]
            if len(names) > N_NAMED:
                named = [*names[: N_NAMED - 1], f"{len(names) - N_NAMED + 1} more"]
            verb = "is" if len(names) == 1 else "are"
            first = "" if tier is Tier.CRITICAL else "Nothing is critical; "
            return f"{first}{words.listed(named)} {verb} {tier} for {words.span(briefing.window)}"
    return f"Nothing is critical or high for {words.span(briefing.window)}; {ranked[0].name} ranks first"


def against(period: Period, *, is_year: bool) -> str:
    """Return the period compared with in words: the one before, or the same a year earlier."""
    if is_year:
        return "a year earlier" if period.is_whole_months else "the same days last year"
    if not period.is_whole_months:
        return "the day before" if period.days == 1 else f"the {period.days} days before"
    months = words.months(period)
    return "the month before" if months == 1 else f"the {months} months before"


def expectation(priority: Priority, briefing: Briefing) -> str:
    """Return for which days the expectation is, how sure it is, and from which days it was learned."""
    if priority.tier is Tier.NO_DATA:
        return NO_DATA
    if priority.expected is None or priority.expected_interval is None:
        return "The expectation is withheld: it rests on too few incidents."
    rests = "" if priority.trained_n is None else f"{words.plural(priority.trained_n, 'incident')} of "
    likely = ""
    if priority.likely is not None:
        likely = f" The count itself will most likely be {words.interval(priority.likely)}."
    return (
        f"Expected {words.span(briefing.window)}: {words.number(priority.expected)} incidents "
        f"(90 % interval {words.interval(priority.expected_interval)}), "
        f"learned from {rests}{words.span(briefing.trained_on)}.{likely}"
    )


def quality(about: Quality) -> tuple[tuple[str, str], ...]:
    """Return how good the data are: what, and how large a share."""
    return (
        ("Rows with usable coordinates", words.share(about.geocoded_share)),
        ("Incidents of the period in no area", words.share(about.unplaced_share)),
        ("Times known to the day or coarser", words.share(about.coarse_share)),
    )


def account(briefing: Briefing, small_count: int) -> tuple[tuple[str, str], ...]:
    """Return what was counted and what was not, so that the lines add up to the total, which is the last."""
    ranked = sum(each.n or 0 for each in briefing.priorities)
    withheld = sum(1 for each in briefing.priorities if each.suppressed)
    under = f"Withheld in {words.plural(withheld, 'area')} (counts under {small_count})"
    return (
        ("In the areas shown", words.number(ranked)),
        ("In no area, or in one without data", words.known(briefing.unplaced)),
        (under, words.known(briefing.suppressed_total)),
        (f"All incidents, {words.span(briefing.query.period)}", words.known(briefing.total)),
    )


def gaps(briefing: Briefing) -> str:
    """Return which areas have no data."""
    blank = [each.name for each in briefing.priorities if each.tier is Tier.NO_DATA]
    some = ", ".join(blank[:N_NAMED]) + (f" and {len(blank) - N_NAMED} more" if len(blank) > N_NAMED else "")
    told = f"No data, not ranked (not the same as safe): {some}." if blank else "Every area has data in this period."
    return f"{told} {remarks_on_sources(briefing)}".rstrip()


def left_out(briefing: Briefing) -> str:
    """Return which sources a picture leaves out and why; empty where it leaves none out."""
    names, said = briefing.sources_left_out, []
    if names:
        rule = "its handling rule keeps it" if len(names) == 1 else "their handling rules keep them"
        said.append(f"Not in this picture: {words.listed(list(names))}; {rule} below the {briefing.query.level} level.")
    if briefing.n_not_given:
        said.append(f"{words.not_given_words(briefing.n_not_given, briefing.readers)}.")
    return " ".join(said)


def made_for(briefing: Briefing) -> str:
    """Return for which agency a picture is made; empty where none is named."""
    return f"Made for {briefing.query.made_for}." if briefing.query.made_for else ""


def weighted(briefing: Briefing) -> str:
    """Return that the order is weighted by grading, and how; empty where it is not."""
    weights = briefing.query.weights
    if weights is None:
        return ""
    return (
        f"The order is weighted by the grading of sources ({weights.words}); numbers of incidents, counted or "
        "expected, are not."
    )


def marks_of_sources(briefing: Briefing) -> tuple[str, ...]:
    """Return the same in a few words each, for a line under a title."""
    n, weights = len(briefing.sources_left_out) + briefing.n_not_given, briefing.query.weights
    return words.marks_of_sources(briefing.query.made_for, n, is_weighted=weights is not None)


def remarks_on_sources(briefing: Briefing) -> str:
    """Return what must be said of the sources: for whom it is made, which are left out, how they are weighted."""
    return " ".join(each for each in (made_for(briefing), left_out(briefing), weighted(briefing)) if each)


def method(briefing: Briefing, harm_source: str) -> str:
    """Return how the ranking comes about."""
    return (
        f"By the incidents expected {words.span(briefing.window)}, weighted by harm"
        f"{' and by the grading of their sources' if briefing.query.weights else ''}; "
        f"learned from {words.span(briefing.trained_on)} (Gamma-Poisson: the counts of a year, those of small areas "
        "drawn towards the others'). Hotspots inside an area come from the forecast that its card names. "
        "Intervals (90 %) are those of the expectation and of the "
        "rank; the incidents themselves will scatter more widely. "
        f"Harm weights: {harm_source}. This is about places: nobody is scored, and no place is "
        "certain to see an incident."
    )


def origin(attribution: str, derived: Sequence[tuple[str, str]]) -> str:
    """Return where data and boundaries come from."""
    boundaries = "".join(f" {words.opening(name)} boundaries: {remark}." for name, remark in derived)
    return f"{attribution}{boundaries}".strip()


def trend(points: Sequence[TrendPoint]) -> str:
    """Return the newest step beside its usual range in one sentence."""
    counted = [point for point in points if point.n is not None]
    if not counted:
        return "No counts to show"
    newest = counted[-1]
    sentence = f"{words.number(newest.n or 0)} in {words.span(newest.period)}"
    if newest.usual is None or newest.n is None:
        return f"{sentence}; no usual range yet"
    place = "above" if newest.n > newest.usual[1] else "below" if newest.n < newest.usual[0] else "within"
    return f"{sentence}, {place} the usual {words.interval(newest.usual)}"


def busiest(busy: FloatArray) -> str:
    """Return the busiest hour of the week."""
    day, hour = divmod(int(np.argmax(busy)), 24)
    return f"Busiest {DAYS[day]} {hour:02d}\u2013{hour + 1:02d}, {float(busy[day, hour]):.1f} times the average hour"


def week(busy: FloatArray | None, note: str) -> str:
    """Return what stands under the 24 x 7 picture; nothing where the picture itself says why there is none."""
    return "" if busy is None else f"{busiest(busy)}. {words.opening(note)}"


def mix(offences: Sequence[tuple[str, int | None]]) -> str:
    """Return the offence mix in words."""
    said = [f"{offence}: {'withheld' if n is None else words.number(n)}" for offence, n in offences[:N_OFFENCES]]
    more = len(offences) - N_OFFENCES
    return ", ".join(said) + (f", and {more} more" if more > 0 else "")


def warning(about: Quality) -> str:
    """Return that too few rows could be placed for a map to be trusted; empty where enough could."""
    if about.geocoded_share >= LEAST_GEOCODED:
        return ""
    return (
        f"Only {words.share(about.geocoded_share)} of the rows have usable coordinates, fewer than the 85\u202f% a map "
        "needs: read this one with care."
    )
