"""The sentence over the map, the data's age and quality, the account of what is counted. Pure: value in, text out."""

from __future__ import annotations

from datetime import date, timedelta
from html import escape

from ilpgeo.core.settings import Settings
from ilpgeo.core.types import Briefing, Quality, Tier
from ilpgeo.ui import cards, words
from ilpgeo.ui.view import Comparison

N_NAMED = 3
LEAST_GEOCODED = 0.85  # Ratcliffe 2004, doi:10.1080/13658810310001596076
LIGHTS = {"good": ":material/check_circle:", "fair": ":material/warning:", "poor": ":material/report:"}


def sentence(briefing: Briefing) -> str:
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


def facts(briefing: Briefing, comparison: Comparison) -> str:
    """Return what was counted, when, and against what, as markup."""
    before = briefing.previous_total if comparison is Comparison.PREVIOUS else briefing.last_year_total
    change = words.change(briefing.total, before, cards.against(briefing, comparison))
    offences = briefing.query.offences
    kind = f" of {words.listed(list(offences))}" if offences else ""
    return (
        f'<span class="ilp-facts">{words.counted(briefing.total, "incident")}{escape(kind)} in '
        f"{words.span(briefing.query.period)}, {cards.change_html(change)}</span>"
    )


def lead(briefing: Briefing, comparison: Comparison) -> str:
    """Return headline and facts as markup, with a red warning where too few rows could be placed."""
    warning = (
        f'<p class="ilp-warning" role="alert">Only {words.share(briefing.quality.geocoded_share)} of the rows have '
        "usable coordinates, fewer than the 85\u202f% a map needs: read this one with care.</p>"
        if briefing.quality.geocoded_share < LEAST_GEOCODED
        else ""
    )
    head = f"<h1>{escape(sentence(briefing))}</h1>{facts(briefing, comparison)}"
    return f'<header class="ilp-lead">{head}{warning}</header>'


def freshness(now: date, today: date, light: str) -> str:
    """Return the label of the quality light: data age, and the light as a shape and a word."""
    last = now - timedelta(days=1)
    return f"{LIGHTS[light]} Data to {words.day(last)}, {words.age(last, today)} \u00b7 quality {light}"


def quality(about: Quality) -> str:
    """Return how good the data are, as markup."""
    remarks = "".join(f"<li>{escape(remark)}</li>" for remark in about.remarks)
    return (
        "<dl class='ilp-account'>"
        f"<div><dt>Rows with usable coordinates</dt><dd>{words.share(about.geocoded_share)}</dd></div>"
        f"<div><dt>Incidents of the period in no area</dt><dd>{words.share(about.unplaced_share)}</dd></div>"
        f"<div><dt>Times known to the day or coarser</dt><dd>{words.share(about.coarse_share)}</dd></div></dl>"
        f"<ul class='ilp-reasons'>{remarks}</ul>"
    )


def account(briefing: Briefing, settings: Settings) -> str:
    """Return what was counted and what was not, each on a line, so that the lines add up to the total."""
    ranked = sum(each.n or 0 for each in briefing.priorities)
    blank = [each.name for each in briefing.priorities if each.tier is Tier.NO_DATA]
    withheld = sum(1 for each in briefing.priorities if each.suppressed)
    under = f"Withheld in {words.plural(withheld, 'area')} (counts under {settings.small_count})"
    lines = [
        ("In the areas shown", words.number(ranked)),
        ("In no area, or in one without data", words.known(briefing.unplaced)),
        (under, words.known(briefing.suppressed_total)),
        (f"All incidents, {words.span(briefing.query.period)}", words.known(briefing.total)),
    ]
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{value}</dd></div>" for name, value in lines)
    some = ", ".join(blank[:N_NAMED]) + (f" and {len(blank) - N_NAMED} more" if len(blank) > N_NAMED else "")
    no_data = f"No data, not ranked (not the same as safe): {some}." if blank else "Every area has data in this period."
    return f"<h2>What is counted</h2><dl class='ilp-account'>{rows}</dl><p class='ilp-fine'>{escape(no_data)}</p>"


def method(briefing: Briefing, settings: Settings) -> str:
    """Return how the ranking comes about, in words."""
    return (
        "<h2>How it is ranked</h2><p class='ilp-fine'>"
        f"By the incidents expected {words.span(briefing.window)}, weighted by harm; "
        f"learned from {words.span(briefing.trained_on)} (Gamma-Poisson: the counts of a year, those of small areas "
        "drawn towards the others'). Hotspots inside an area come from the forecast that its card names. "
        "Intervals (90 %) are those of the expectation and of the "
        "rank; the incidents themselves will scatter more widely. "
        f"Harm weights: {escape(settings.harm_source)}. This is about places: nobody is scored, and no place is "
        "certain to see an incident.</p>"
    )


def origin(briefing: Briefing, settings: Settings, derived: tuple[tuple[str, str], ...], notes: tuple[str, ...]) -> str:
    """Return where data and boundaries come from, and what the release gate remarked, as markup."""
    boundaries = "".join(f" {escape(words.opening(name))} boundaries: {escape(remark)}." for name, remark in derived)
    remarks = "".join(f"<p class='ilp-fine'>{escape(note)}</p>" for note in notes)
    return (
        f"<h2>Where it comes from</h2><p class='ilp-fine'>{escape(settings.attribution)}{boundaries} "
        f"Data version {escape(briefing.version)}.</p>{remarks}"
    )
