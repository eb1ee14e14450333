"""What an event's picture may still say once small counts are withheld."""

from __future__ import annotations

from dataclasses import replace

from ilpgeo.core.assessment import Direction
from ilpgeo.core.event import EventPicture, Usual
from ilpgeo.safeguards.suppression import withhold


def withhold_event(raw: EventPicture, threshold: int) -> EventPicture:
    """Return the picture without small counts, and without what would give them away.

    With a count go its comparisons; places under the threshold are left out; the hours are shown in half steps of the
    average hour, at most three times it.
    """
    if threshold <= 1:
        return raw
    columns = ("n", "earlier", "last_year")
    hidden = {name: withhold([getattr(each, name) for each in raw.groups], threshold) for name in columns}
    groups = [
        _kept(each, frozenset(name for name in columns if at in hidden[name])) for at, each in enumerate(raw.groups)
    ]
    small = frozenset(name for name in columns if (getattr(raw.total, name) or 0) < threshold)
    return replace(
        raw,
        total=_kept(raw.total, small),
        groups=tuple(sorted(groups, key=lambda each: (each.earlier is None, -(each.earlier or 0), each.offence))),
        hours=tuple((hour, min(6, round(2 * busy)) / 2) for hour, busy in raw.hours),
        spots=tuple(each for each in raw.spots if each.n >= threshold),
    )


def _kept(group: Usual, withheld: frozenset[str]) -> Usual:
    told = group
    if "n" in withheld or group.n is None:
        told = replace(told, n=None, ratio=None, ratio_low=None, ratio_high=None, direction=Direction.UNKNOWN)
    if "earlier" in withheld:
        told = replace(
            told, earlier=None, expected=None, low=None, high=None, ratio=None, ratio_low=None, ratio_high=None
        )
    return replace(told, last_year=None) if "last_year" in withheld else told
