"""What an evaluation says, in plain sentences, from figures that were released."""

from __future__ import annotations

from ilpgeo.core.evaluations import Evaluated, Figure, LongerRun
from ilpgeo.core.wording import span

_PEAK_P = 0.1
NOT_TOLD_APART = "no change can be told apart from chance"


def told(found: Evaluated) -> tuple[str, ...]:
    """Return what came of an evaluation, the answer first, then what it rests on and what limits it."""
    said = [verdict(found), _counted(found)]
    if found.harm is not None:
        said.append(f"Weighted by harm ({found.harm_source}): {_beside(found.harm, 'units of harm')}")
    if found.longer is not None and found.sides[0].before is not None:
        said += _longer(found.longer, found.sides[0].before)
    return (*said, *found.cautions)


def verdict(found: Evaluated) -> str:
    """Return the answer in one sentence: how much more than its comparison a place changed, and how sure that is."""
    figure, treated = found.figure, found.sides[0]
    name, days = found.design.treated.name, _days(found.design.after.days)
    about = "about " if figure.is_coarse else ""
    by = f"{about}{_number(abs(figure.value))} {'incident' if abs(figure.value) == 1 else 'incidents'}"
    fell = treated.before is not None and treated.after is not None and (
        treated.after / treated.after_weight < treated.before / treated.before_weight
    )  # fmt: skip
    if not figure.value:
        head = f"{name} changed by {'about ' if figure.is_coarse else ''}as much as its comparison"
    elif figure.value < 0 and fell:
        head = f"{name} fell by {by} more than its comparison"
    elif figure.value > 0 and treated.before is not None and not fell:
        head = f"{name} rose by {by} more than its comparison"
    else:
        side = "below" if figure.value < 0 else "above"
        head = f"{name} ended {by} {side} what its comparison leads one to expect"
    return f"{head} in {days} ({_interval(figure)}): {_judged(figure)}"


def _judged(figure: Figure) -> str:
    if not figure.is_told_apart:
        return NOT_TOLD_APART
    way = "fall" if figure.value < 0 else "rise"
    return f"a {way} that chance alone hardly explains"


def _beside(figure: Figure, unit: str) -> str:
    way = "below" if figure.value < 0 else "above"
    return (
        f"{_number(abs(figure.value))} {unit} {way} what the comparison leads one to expect ({_interval(figure)}), "
        f"{_judged(figure)}"
    )


def _interval(figure: Figure) -> str:
    return f"95 % interval: from {_signed(figure.low)} to {_signed(figure.high)}"


def _signed(value: float) -> str:
    return f"{_number(abs(value))} {'fewer' if value < 0 else 'more'}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 9.95 or value == round(value) else f"{value:.1f}"


def _days(n: int) -> str:
    return "1 day" if n == 1 else f"{n} days"


def _counted(found: Evaluated) -> str:
    treated, design = found.sides[0], found.design
    if treated.before is None or treated.after is None:
        return "Too few incidents at the place to tell how many"
    return (
        f"It had {treated.before:,} incidents in the {_days(design.before.days)} before and {treated.after:,} in the "
        f"{_days(design.after.days)} after"
    )


def _longer(longer: LongerRun, before: int) -> list[str]:
    usual = f"at its rate of {span(longer.period)} it would have had {_number(longer.expected)} in the days before"
    if longer.peak_p < _PEAK_P:
        peak = f"The days before were a peak: {usual}, not {before:,}. Part of a fall would have come by itself"
    else:
        peak = f"The days before were no peak: {usual}; it had {before:,}"
    return [peak, f"Beside its longer run: {_beside(longer.figure, 'incidents')}"]
