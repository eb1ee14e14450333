from collections.abc import Callable, Sequence
from datetime import date

import pytest

from ilpgeo.core.briefing import Briefing, Priority, Quality, Reason, Tier
from ilpgeo.core.query import Level, Period, Query

PERIOD = Period(date(2024, 5, 1), date(2024, 5, 28))


def priority(at: int, n: int, trained: int, parent: str, previous: int | None, last_year: int | None) -> Priority:
    half = trained // 2
    return Priority(
        id=f"id{at}",
        name=f"area {at:03d}",
        parent=parent,
        rank=at + 1,
        rank_interval=(at + 1, at + 2),
        tier=Tier.ROUTINE,
        score=trained * 0.31 + 0.07,
        expected=trained * 0.07 + 0.013,
        expected_interval=(trained * 0.05, trained * 0.1 + 0.1),
        n=n,
        previous=previous,
        last_year=last_year,
        trained_n=trained,
        components={"robbery": 0.75, "theft": 0.25},
        reasons=(
            Reason("volume", f"{n} incidents in 28 days", n),
            Reason("change", f"{n} after {previous}", None if previous is None else min(n, previous)),
            Reason("significance", "above the average", trained),
            Reason("last_year", f"{n} after {last_year}", None if last_year is None else min(n, last_year)),
            Reason("harm", "robbery makes 75% of the score", min(half, trained - half)),
        ),
        trained_by_offence={"robbery": half, "theft": trained - half},
    )


@pytest.fixture
def make_briefing() -> Callable[..., Briefing]:
    """Return a maker of raw briefings from counts, in rank order."""

    def make(
        counts: Sequence[int],
        unplaced: int = 0,
        *,
        trained: Sequence[int] | None = None,
        parents: Sequence[str] | None = None,
        previous: Sequence[int | None] | None = None,
        last_year: Sequence[int | None] | None = None,
    ) -> Briefing:
        n = len(counts)
        earlier, older = previous or [20] * n, last_year or [20] * n
        areas = tuple(
            priority(at, counts[at], (trained or [500] * n)[at], (parents or ["city"] * n)[at], earlier[at], older[at])
            for at in range(n)
        )
        return Briefing(
            query=Query(Level.LOCAL, PERIOD),
            ranked_level=Level.LOCAL,
            ranked_type="neighbourhood",
            now=date(2024, 5, 29),
            window=PERIOD.shifted(28),
            trained_on=Period.ending(PERIOD.end, 365),
            priorities=areas,
            total=sum(counts) + unplaced,
            unplaced=unplaced,
            suppressed_total=0,
            previous_total=sum(each or 0 for each in earlier),
            last_year_total=sum(each or 0 for each in older),
            tier_rule="the rule",
            quality=Quality(0.99, unplaced / max(1, sum(counts) + unplaced), 0.1, ()),
            version="v1",
        )

    return make
