"""Near repeats in words and as a table."""

from __future__ import annotations

import numpy as np

from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.core.incidents import Incidents
from ilpgeo.models.near_repeat import Knox

_ALPHA = 0.05
# Fewer pairs than this expected, and a ratio is mostly luck.
_LEAST_EXPECTED = 5.0
TITLE = "Near repeats"


def explain(found: Knox, dated: Incidents, undated: float, band_days: int) -> Diagnostic:
    """Return the table of pairs with what it says in plain words.

    Parameters
    ----------
    found
        The table.
    dated
        The incidents it rests on.
    undated
        Incidents left out because their time is not known to `band_days`.
    """
    if len(dated) < 2:
        # What is said rests on all incidents, and tells nothing of the one that is known better.
        total = undated + len(dated)
        why = f"the days of {total:,.0f} incidents are not known to {_days(band_days)}"
        if total < 2:
            why = "there are fewer than two incidents"
        return Diagnostic(TITLE, (f"Near repeats cannot be looked for: {why}",), (), total)
    thing = _thing(dated)
    findings = [_sentence(found, row, thing) for row in range(len(found.observed)) if row < 2]
    findings.append(_reach(found))
    if undated:
        share = undated / (undated + len(dated))
        findings.append(
            f"{undated:,.0f} incidents ({share:.0%}) are left out: their time is not known to {_days(band_days)}"
        )
    return Diagnostic(TITLE, tuple(findings), (_table(found),), float(len(dated)))


def _days(n: int) -> str:
    return "1 day" if n == 1 else f"{n} days"


def _thing(past: Incidents) -> str:
    """Return what one incident is called: its offence where there is one offence only."""
    present = np.unique(past.offence)
    name = past.offences[present[0]].lower() if len(present) == 1 else "incident"
    return f"{'an' if name[:1] in 'aeiou' else 'a'} {name}"


def _sentence(found: Knox, row: int, thing: str) -> str:
    where = "at the same place" if row == 0 else f"within {found.distance_m[1]:g} m but not at the same place"
    when = f"in less than {found.days[1]:g} days"
    expected = found.expected[row, 0]
    if expected < _LEAST_EXPECTED:
        n = found.observed[row, 0]
        pairs = "1 pair is" if n == 1 else f"{n:,} pairs are"
        return f"{pairs} {where} {when}, {expected:.1f} by chance: too few for a ratio to mean much"
    ratio, p = found.ratio[row, 0], found.p[row, 0]
    low, high = found.low[row, 0] / expected, found.high[row, 0] / expected
    sure = f"chance alone gives {low:.2f} to {high:.2f} times, p {p:.3g}"
    if p > _ALPHA:
        return f"After {thing}, another {where} {when} is no more likely than by chance ({ratio:.2f} times; {sure})"
    return f"After {thing}, another {where} {when} is {ratio:.3g} times as likely as by chance ({sure})"


def _reach(found: Knox) -> str:
    """Return how far and how long the excess goes on without a gap, from the nearest and soonest on."""
    excess = (found.p <= _ALPHA) & (found.ratio > 1)
    far = _unbroken(excess[1:, 0])
    long = _unbroken(excess[1, :])
    if not far:
        return "Beyond the same place there is no excess in the nearest band that chance would not explain"
    return (
        f"The excess goes on to {found.distance_m[far]:g} m in the first {found.days[1]:g} days, and to "
        f"{found.days[long]:g} days within {found.distance_m[1]:g} m (each band by itself at p {_ALPHA:g})"
    )


def _unbroken(excess: np.ndarray) -> int:
    return int(np.argmin(np.append(excess, False)))


def _table(found: Knox) -> Table:
    days = [f"{a:g}\u2013{b:g}" for a, b in zip(found.days[:-1], found.days[1:] - 1, strict=True)]
    nearest = [f"under {found.distance_m[1]:g} m"]
    farther = [f"{a:g} to {b:g} m" for a, b in zip(found.distance_m[1:-1], found.distance_m[2:], strict=True)]
    places = ["same place", *nearest, *farther]
    return Table(
        "How many times as likely as by chance, by distance and days apart",
        {
            "Days apart": np.tile(days, len(places)),
            "Distance": np.repeat(places, len(days)),
            "Times chance": found.ratio.ravel(),
            "p": found.p.ravel(),
            "Observed (pairs)": found.observed.ravel(),
            "Expected (mean of permutations)": found.expected.ravel(),
            "Median of permutations": found.median.ravel(),
            "Observed / median": found.median_ratio.ravel(),
            "By chance from": found.low.ravel(),
            "By chance to": found.high.ravel(),
        },
        "heat",
        mark=1.0,
    )
