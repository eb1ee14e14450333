"""Tiers by the published rule, which looks at how sure a rank is, not at the rank alone."""

from __future__ import annotations

import numpy as np

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.briefing import Tier
from ilpgeo.prioritise.ranking import SHARES_PERCENT, top_count

_RULE = ((Tier.CRITICAL, 0.8), (Tier.HIGH, 0.8), (Tier.ELEVATED, 0.5))


def tiers(top: FloatArray) -> tuple[Tier, ...]:
    """Return the tier of each area from its probabilities to rank in the top 5, 10 and 25 %.

    Parameters
    ----------
    top
        Shape (areas, 3), as in `Ranking.top`; NaN rows are areas without data.

    Notes
    -----
    A tier says how sure it is that an area belongs to the top; a rank says how much is expected. An uncertain area can
    therefore stand above one with a higher tier. It is neither raised (it did not earn the mark) nor are those below it
    lowered (they did); the area carries the remark that its rank is uncertain. Areas counted over the same days for one
    offence cannot cross, but for the noise of the simulation. One area alone stands above nothing and is routine.
    """
    answer = []
    is_ranked = ~np.isnan(top[:, 0])
    is_alone = int(is_ranked.sum()) == 1
    for row, ranked in zip(top.tolist(), is_ranked.tolist(), strict=True):
        if not ranked:
            answer.append(Tier.NO_DATA)
            continue
        if is_alone:
            answer.append(Tier.ROUTINE)
            continue
        answer.append(
            next((tier for (tier, least), chance in zip(_RULE, row, strict=True) if chance >= least), Tier.ROUTINE)
        )
    return tuple(answer)


def rule_text(n_areas: int) -> str:
    """Return the rule in plain words, for the screen, with the number of areas each share comes to."""
    shares = [
        f"{tier} = at least {least:.0%} sure to be in the top {percent} % ({_areas(top_count(n_areas, percent))})"
        for (tier, least), percent in zip(_RULE, SHARES_PERCENT, strict=True)
    ]
    if n_areas < 2:
        return "Tiers compare areas; with fewer than two areas with data there is nothing to compare."
    return (
        f"Tiers by how sure the rank is: {'; '.join(shares)}; otherwise routine. "
        "The rank follows the expected harm-weighted incidents, so an uncertain area can rank above a higher tier. "
        "Areas without data are not ranked."
    )


def _areas(n: int) -> str:
    return "1 area" if n == 1 else f"{n} areas"
