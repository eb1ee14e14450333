"""Which counts to withhold, so that neither they nor what a published sum leaves over tells a small one."""

from __future__ import annotations

from collections.abc import Sequence


def withhold(counts: Sequence[int | None], threshold: int, groups: Sequence[str] = ()) -> frozenset[int]:
    """Return the positions of the counts to withhold.

    Every count under the threshold is withheld, 0 included. Then, within each group and over all, the next smallest
    follow until what is withheld there is `is_protected`. None counts take no part. A threshold of 1 or less withholds
    nothing.

    Parameters
    ----------
    counts
        Counts of disjoint things whose sum is published, or can be had by another question.
    groups
        The group of each count, whose sum is public too (the area it lies in); empty means no groups.

    Notes
    -----
    The answer depends on the counts and their order alone, so the same counts asked for twice give the same answer.
    Cost: O(n log n).
    """
    if threshold <= 1:
        return frozenset()
    values = [n or 0 for n in counts]
    known = [at for at, n in enumerate(counts) if n is not None]
    withheld = {at for at in known if values[at] < threshold}
    if not withheld:
        return frozenset()
    members: dict[str, list[int]] = {}
    ordered = sorted(known, key=values.__getitem__)
    for at in ordered:
        members.setdefault(groups[at] if groups else "", []).append(at)
    families = [ordered] if len(members) < 2 else [*members.values(), ordered]
    before = -1
    while len(withheld) != before:  # the sum over all can reach into a group that was at peace
        before = len(withheld)
        for family in families:
            _extend(withheld, family, values, threshold)
    return frozenset(withheld)


def is_protected(n_withheld: int, total: int, smallest_shown: int | None, threshold: int) -> bool:
    """Return whether the sum of the withheld counts keeps each of them uncertain.

    It does when nothing is withheld, or when there are at least two, their sum is not small itself, and any one of them
    could be 0 though none is above the smallest count shown.
    """
    if n_withheld == 0:
        return True
    has_room = smallest_shown is None or total <= (n_withheld - 1) * smallest_shown
    return n_withheld >= 2 and total >= threshold and has_room


def _extend(withheld: set[int], family: Sequence[int], values: Sequence[int], threshold: int) -> None:
    inside = [values[at] for at in family if at in withheld]
    n, total = len(inside), sum(inside)
    for at in family:
        if at in withheld:
            continue
        if is_protected(n, total, values[at], threshold):
            return
        withheld.add(at)
        n, total = n + 1, total + values[at]
