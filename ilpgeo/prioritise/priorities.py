"""Counts in, ranked areas out."""

from __future__ import annotations

import numpy as np

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.briefing import Priority
from ilpgeo.prioritise.inputs import RankingInputs
from ilpgeo.prioritise.ranking import rank
from ilpgeo.prioritise.reasons import gather, reasons
from ilpgeo.prioritise.shrinkage import GammaPosterior, shrink, weighted_sum
from ilpgeo.prioritise.tiers import tiers


def prioritise(inputs: RankingInputs) -> tuple[Priority, ...]:
    """Return the areas by rank, then those without data by name; raw counts, to be released by the gate.

    Notes
    -----
    Cost: about half a second for 7,200 areas and 14 offences.
    """
    if not inputs.id:
        return ()
    posteriors = [shrink(counts, inputs.exposure_days) for counts in inputs.trained.T]
    rng = np.random.default_rng(inputs.seed)
    ranking = rank(posteriors, inputs.weights, inputs.name, inputs.window_days, rng)
    tier = tiers(ranking.top)
    total = weighted_sum(posteriors, np.ones(len(posteriors)))
    expected, (low, high) = total.expected(inputs.window_days), total.interval(inputs.window_days)
    share, plain_share = _shares(posteriors, inputs.weights), _shares(posteriors, np.ones(len(posteriors)))
    evidence = gather(inputs, ranking, total, share, plain_share)
    rows = sorted(range(len(inputs.id)), key=lambda at: (ranking.rank[at] == 0, ranking.rank[at], inputs.name[at]))
    answer = []
    for at in rows:
        is_ranked = bool(ranking.rank[at] > 0)
        trained = dict(zip(inputs.offences, inputs.trained[at].tolist(), strict=True))
        shares = zip(inputs.offences, share[at].tolist(), strict=True)
        answer.append(
            Priority(
                id=inputs.id[at],
                name=inputs.name[at],
                parent=inputs.parent[at],
                rank=int(ranking.rank[at]) if is_ranked else None,
                rank_interval=(int(ranking.low[at]), int(ranking.high[at])) if is_ranked else None,
                tier=tier[at],
                score=float(ranking.score[at]) if is_ranked else None,
                expected=float(expected[at]) if is_ranked else None,
                expected_interval=(float(low[at]), float(high[at])) if is_ranked else None,
                n=int(inputs.n[at]),
                previous=int(inputs.previous[at]) if inputs.previous_covered[at] else None,
                last_year=int(inputs.last_year[at]) if inputs.last_year_covered[at] else None,
                trained_n=sum(trained.values()),
                components={offence: each for offence, each in shares if each > 0} if is_ranked else {},
                trained_by_offence=trained,
                reasons=reasons(at, evidence),
            )
        )
    return tuple(answer)


def _shares(posteriors: list[GammaPosterior], weights: FloatArray) -> FloatArray:
    each = np.stack([weight * one.expected(1.0) for one, weight in zip(posteriors, weights, strict=True)], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(each / each.sum(axis=1, keepdims=True), np.float64)
