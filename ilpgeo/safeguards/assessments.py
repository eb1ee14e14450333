"""What a threat assessment may still say once small counts are withheld."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ilpgeo.core.assessment import Assessment, Compared, Course, Direction, Threat
from ilpgeo.safeguards.suppression import is_protected, withhold


def withhold_assessment(raw: Assessment, threshold: int) -> Assessment:
    """Return the assessment without small counts and without what would give them away.

    A count goes with its harm and comparisons; a count compared with goes with its ratio, while the direction stays.
    Spread is withheld where there are hardly more incidents than areas they are in, for that would tell most areas'
    counts; concentration where the busiest places, or all others, hold few. Small groups follow the others by name, for
    the order by harm would tell a count. Withholding twice changes nothing.
    """
    if threshold <= 1:
        return raw
    small, small_before, small_year = (
        withhold(counts, threshold)
        for counts in (
            [each.n for each in raw.threats],
            [each.before.n for each in raw.threats],
            [each.last_year.n for each in raw.threats],
        )
    )
    lines = [
        _kept(each, threshold, at in small, at in small_before, at in small_year) for at, each in enumerate(raw.threats)
    ]
    shown = [each for each in lines if each.n is not None]
    hidden = sorted((each for each in lines if each.n is None), key=lambda each: each.offence)
    total = raw.total if _is_sum_safe([each.n for each in raw.threats], small, threshold) else None
    return replace(raw, threats=(*shown, *hidden), total=None if total is not None and total < threshold else total)


def _is_sum_safe(counts: Sequence[int | None], withheld: frozenset[int], threshold: int) -> bool:
    shown = [n for at, n in enumerate(counts) if n is not None and at not in withheld]
    return is_protected(len(withheld), sum(counts[at] or 0 for at in withheld), min(shown, default=None), threshold)


def _kept(line: Threat, threshold: int, is_small: bool, is_small_before: bool, is_small_year: bool) -> Threat:
    is_small = is_small or line.n is None
    before = _compared(line.before, is_small, is_small_before)
    last_year = _compared(line.last_year, is_small, is_small_year)
    n_year = None if line.n_year is None or line.n_year < threshold else line.n_year
    has_spread = line.n is not None and line.areas_with is not None and line.n >= line.areas_with + threshold
    return replace(
        line,
        n=None if is_small else line.n,
        harm=None if is_small else line.harm,
        harm_share=None if is_small or line.harm_share is None else round(line.harm_share, 2),
        before=before,
        last_year=last_year,
        course=Course.UNKNOWN if is_small else line.course,
        areas_with=line.areas_with if has_spread and not is_small else None,
        top1=_share(line.top1, n_year, threshold),
        top5=_share(line.top5, n_year, threshold),
        chance1=None if _share(line.top1, n_year, threshold) is None else line.chance1,
        chance5=None if _share(line.top5, n_year, threshold) is None else line.chance5,
        n_year=n_year,
    )


def _compared(compared: Compared, is_small: bool, is_small_there: bool) -> Compared:
    if is_small:
        nothing = replace(compared, ratio=None, low=None, high=None, direction=Direction.UNKNOWN)
        return replace(nothing, n=None) if is_small_there else nothing
    if is_small_there:
        return replace(compared, n=None, ratio=None, low=None, high=None)
    return compared


def _share(share: float | None, n_year: int | None, threshold: int) -> float | None:
    if share is None or n_year is None:
        return None
    held = share * n_year
    rest = n_year - held
    return None if held < threshold or 0.5 < rest < threshold else round(share, 2)
