"""The one gate: nothing reaches a map, a table, a report or a download but as `Released`, made here and only here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ilpgeo.core import wording as words
from ilpgeo.core.answers import Answer, Clusters, Zones
from ilpgeo.core.assessment import Assessment
from ilpgeo.core.briefing import AreaPicture, Briefing, Hotspot, HotspotSet, Interval, Released, TrendPoint
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.evaluations import Evaluated, Figure
from ilpgeo.core.event import EventPicture
from ilpgeo.core.explained import Diagnostic
from ilpgeo.core.gaps import ListedGap
from ilpgeo.core.links import LinkPicture
from ilpgeo.core.plans import Plan
from ilpgeo.core.publications import ModelCard, Verdict
from ilpgeo.core.query import Period
from ilpgeo.core.taskings import Board
from ilpgeo.safeguards.assessments import withhold_assessment
from ilpgeo.safeguards.briefings import withhold_small
from ilpgeo.safeguards.events import withhold_event
from ilpgeo.safeguards.gaps import withheld_gaps
from ilpgeo.safeguards.links import without_small_links
from ilpgeo.safeguards.suppression import withhold
from ilpgeo.safeguards.surfaces import withhold_parts

THRESHOLD = 5
_PARTS = ((Clusters, "cluster"), (Zones, "zone"), (Diagnostic, "row"))


def release_briefing(raw: Briefing, threshold: int = THRESHOLD) -> Released[Briefing]:
    """Return a briefing without small counts; see docs/methods/release.md for what goes with them.

    Raises
    ------
    InvalidInput
        The areas' counts, the unplaced and the total do not add up.
    """
    value = withhold_small(raw, threshold)
    hidden = sum(each.suppressed for each in value.priorities)
    unsure = sum(each.rank is not None and each.expected is None for each in value.priorities)
    notes = []
    if hidden:
        notes.append(
            f"Counts under {threshold} are withheld, and those from which one could be worked out: {_areas(hidden)}"
        )
    if unsure:
        notes.append(
            f"{_areas(unsure)} with fewer than {threshold} incidents to go by: no expectation is shown, and they "
            "follow the others by tier and name"
        )
    if value.total is None:
        notes.append(f"Fewer than {threshold} incidents, or one area only: the total is withheld as well")
    return Released(value, tuple(notes))


def release_picture(
    raw: AreaPicture, threshold: int = THRESHOLD, withheld: Period | None = None
) -> Released[AreaPicture]:
    """Return the pictures of one area without small counts.

    Parameters
    ----------
    withheld
        The period, where the briefing withholds this area's count of it: the offence mix and the steps of the trend in
        it would add up to that count.

    Notes
    -----
    The hours of the week are shown in half steps of the average hour, at most three times it: which hours are busy, not
    how many incidents they saw.
    """
    steps = [point.n for point in raw.trend]
    hidden = set(withhold(steps, threshold))
    if withheld is not None:
        hidden |= {at for at, point in enumerate(raw.trend) if withheld.overlap_days(point.period)}
    trend = tuple(
        TrendPoint(point.period, None if at in hidden else point.n, _usual(point.usual, threshold))
        for at, point in enumerate(raw.trend)
    )
    counts = [n for _, n in raw.mix]
    small = frozenset(range(len(counts))) if withheld is not None else withhold(counts, threshold)
    mix = [(offence, n) for at, (offence, n) in enumerate(raw.mix) if at not in small]
    mix += [(offence, None) for offence in sorted(offence for at, (offence, _) in enumerate(raw.mix) if at in small)]
    week = None if raw.week is None or withheld is not None else (2 * raw.week).round().clip(0, 6) / 2
    note = raw.week_note if withheld is None else "too few incidents to show the time of week"
    notes = (f"Counts under {threshold} are withheld",) if hidden or small else ()
    return Released(replace(raw, trend=trend, mix=tuple(mix), week=week, week_note=note), notes)


def _usual(usual: Interval | None, threshold: int) -> Interval | None:
    if usual is None or threshold <= 1:
        return usual
    low, high = usual
    return None if high < threshold else (low if low >= threshold else 0.0, high)


def release_hotspots(raw: HotspotSet, threshold: int = THRESHOLD) -> Released[HotspotSet]:
    """Return the hotspots with at least `threshold` incidents; the others are counted in `withheld`.

    A forecast's count of the period is withheld below the threshold too.
    """
    kept = tuple(_counted(each, threshold) for each in raw.hotspots if each.n >= threshold or threshold <= 1)
    dropped = len(raw.hotspots) - len(kept)
    total = None if raw.total is None or 1 < threshold > raw.total else raw.total
    value = replace(raw, hotspots=kept, withheld=raw.withheld + dropped, total=total)
    note = f"{words.plural(dropped, 'hotspot')} with fewer than {threshold} incidents withheld"
    return Released(value, (note,) if dropped else ())


def _counted(spot: Hotspot, threshold: int) -> Hotspot:
    is_small = spot.n_period is not None and 1 < threshold > spot.n_period
    return replace(spot, n_period=None) if is_small else spot


def release_card(raw: ModelCard, threshold: int = THRESHOLD) -> Released[ModelCard]:
    """Return a model's card without what was tested on fewer than `threshold` incidents."""
    drift = raw.drift
    verdict, notes = (None, ()) if raw.verdict is None else _verdict(raw.verdict, threshold)
    if drift is not None and 1 < threshold > drift.n:
        drift = None
    return Released(replace(raw, verdict=verdict, drift=drift), notes)


def release_verdict(raw: Verdict, threshold: int = THRESHOLD, *, kept_back: str = "") -> Released[Verdict | None]:
    """Return what a back-test said; None, with the reason, where it rests on fewer than `threshold` incidents.

    Parameters
    ----------
    kept_back
        Why its readers may not see it at all; empty: they may.
    """
    return Released(None, (kept_back,)) if kept_back else Released(*_verdict(raw, threshold))


def _verdict(raw: Verdict, threshold: int) -> tuple[Verdict | None, tuple[str, ...]]:
    if 1 < threshold > raw.n:
        return None, (f"Tested on fewer than {threshold} incidents: the result is withheld",)
    return raw, ()


def release_gaps(raw: tuple[ListedGap, ...], threshold: int = THRESHOLD) -> Released[tuple[ListedGap, ...]]:
    """Return intelligence gaps whose evidence carries no small count."""
    return Released(withheld_gaps(raw, threshold))


def release_links(raw: LinkPicture, threshold: int = THRESHOLD) -> Released[LinkPicture]:
    """Return the links that rest on at least `threshold` incidents; the others are counted."""
    value = without_small_links(raw, threshold)
    hidden = value.n_small
    note = f"{words.plural(hidden, 'link')} with fewer than {threshold} incidents withheld"
    return Released(value, (note,) if hidden else ())


def release_assessment(
    raw: Assessment, threshold: int = THRESHOLD, tell: Callable[[Assessment], tuple[str, ...]] | None = None
) -> Released[Assessment]:
    """Return a threat assessment without small counts.

    Parameters
    ----------
    tell
        What makes its sentences; it sees only what is released. None keeps those it has.
    """
    value = withhold_assessment(raw, threshold)
    hidden = sum(each.n is None for each in value.threats)
    note = f"Counts under {threshold} are withheld, and those from which one could be worked out: {_groups(hidden)}"
    return Released(replace(value, text=tell(value)) if tell else value, (note,) if hidden else ())


def _groups(n: int) -> str:
    return "1 offence group" if n == 1 else f"{n} offence groups"


def release_event(raw: EventPicture, threshold: int = THRESHOLD) -> Released[EventPicture]:
    """Return an event's picture without small counts."""
    value = withhold_event(raw, threshold)
    hidden = sum(each.earlier is None and each.windows > 0 for each in value.groups)
    note = f"Counts under {threshold} are withheld, and those from which one could be worked out"
    return Released(value, (note,) if hidden or value.total.earlier is None else ())


def release_answer(raw: Answer, threshold: int = THRESHOLD) -> Released[Answer]:
    """Return a model's answer without what rests on fewer than `threshold` incidents.

    Raises
    ------
    NotAllowed
        A kind of answer without a rule.
    """
    value, withheld = withhold_parts(raw, threshold)
    thing = next((word for kind, word in _PARTS if isinstance(value, kind)), "cell")
    note = f"{withheld:,} {thing}{'' if withheld == 1 else 's'} resting on fewer than {threshold} incidents withheld"
    return Released(value, (note,) if withheld else ())


def release_board(raw: Board) -> Released[Board]:
    """Return taskings and what was done on them; they hold no count of incidents but what was released before."""
    return Released(raw)


def release_evaluation(raw: Evaluated, threshold: int = THRESHOLD) -> Released[Evaluated]:
    """Return an evaluation without small counts.

    A place with one is told without its counts; the difference and its interval, from which they could be worked out,
    are then told in steps of `threshold`, and neither in harm nor beside the longer run.
    """
    small = [any(n is not None and n < threshold for n in (side.before, side.after)) for side in raw.sides]
    if threshold <= 1 or not any(small):
        longer = raw.longer
        if longer is not None and 1 < threshold > longer.expected:
            return Released(replace(raw, longer=None), ("The longer run rests on too few incidents and is withheld",))
        return Released(raw)
    sides = tuple(
        replace(side, before=None, after=None) if hidden else side
        for side, hidden in zip(raw.sides, small, strict=True)
    )
    value = replace(raw, sides=sides, figure=_in_steps(raw.figure, threshold), harm=None, longer=None)
    note = f"Counts under {threshold} are withheld; the difference is told in steps of {threshold}"
    return Released(value, (note,))


def release_plan(raw: Plan, threshold: int = THRESHOLD) -> Released[Plan]:
    """Return a patrol plan whose places each rest on at least `threshold` incidents, and its test where it does too.

    Raises
    ------
    InvalidInput
        A place rests on fewer: it must be left out before the plan is made, for its visits would tell of it.
    """
    if any(spot.n < threshold for spot in raw.spots if threshold > 1):
        raise InvalidInput(
            "release: a place of the plan rests on too few incidents (a fault of the program: report it)"
        )
    notes = []
    if raw.withheld:
        notes.append(f"{raw.withheld} of the places with fewer than {threshold} incidents to go by are left out")
    if raw.tested is not None and raw.tested.n < threshold:
        notes.append(f"Tested on fewer than {threshold} incidents: the result is withheld")
        raw = replace(raw, tested=None)
    return Released(raw, tuple(notes))


def _in_steps(figure: Figure, step: int) -> Figure:
    low, value, high = (float(step * round(each / step)) for each in (figure.low, figure.value, figure.high))
    return Figure(value, low, high, is_coarse=True)


def _areas(n: int) -> str:
    return "1 area" if n == 1 else f"{n} areas"
