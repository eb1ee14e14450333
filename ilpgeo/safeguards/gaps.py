"""The release of intelligence gaps: evidence without small counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ilpgeo.core.gaps import Fact, ListedGap


def withhold_facts(facts: Sequence[Fact], threshold: int) -> tuple[Fact, ...]:
    """Return evidence without what gives away a count under the threshold."""
    return tuple(
        replace(each, text=f"fewer than {threshold}", n=None) if each.n is not None and 1 < threshold > each.n else each
        for each in facts
    )


def withheld_gaps(raw: Sequence[ListedGap], threshold: int) -> tuple[ListedGap, ...]:
    """Return gaps whose evidence carries no small count."""
    return tuple(replace(each, facts=withhold_facts(each.facts, threshold)) for each in raw)
