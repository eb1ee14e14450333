"""Weights of a mixture of surfaces, learnt from incidents the surfaces had not seen."""

from __future__ import annotations

import numpy as np

from ilpgeo.core.arrays import FloatArray

_LEAST = 1e-300


def learn_weights(
    density: FloatArray, n: FloatArray, prior: FloatArray, iterations: int = 300, tolerance: float = 1e-6
) -> FloatArray:
    """Return the weights under which the incidents were most likely, non-negative and adding up to one.

    The most likely weights of a mixture of Poisson surfaces of equal mass, with a Dirichlet prior: few incidents hardly
    move the weights away from the prior's.

    Parameters
    ----------
    density
        Shape (k, m): each surface's share of mass in the cell of each incident (or cell with incidents).
    n
        Shape (m,): incidents there.
    prior
        Shape (k,), pseudo-incidents: how many incidents' worth of trust each surface has from the start.

    Returns
    -------
    FloatArray
        Shape (k,).

    Notes
    -----
    Expectation maximisation (Dempster, Laird & Rubin 1977, doi:10.1111/j.2517-6161.1977.tb01600.x): O(k m) for each
    iteration; the penalised likelihood never falls.
    """
    if not n.any():
        return np.asarray(prior / prior.sum(), np.float64)
    # The penalised likelihood has one maximum; from a start near zero a weight would take long to wake.
    weights = 0.5 * prior / max(float(prior.sum()), _LEAST) + 0.5 / len(prior)
    weights /= weights.sum()
    for _ in range(iterations):
        joint = weights[:, None] * density
        share = joint * (n / np.maximum(joint.sum(0), _LEAST))
        moved = share.sum(1) + prior
        moved /= moved.sum()
        is_settled = np.abs(moved - weights).max() < tolerance
        weights = moved
        if is_settled:
            break
    return np.asarray(weights, np.float64)


def penalised_likelihood(density: FloatArray, n: FloatArray, prior: FloatArray, weights: FloatArray) -> float:
    """Return what `learn_weights` maximises."""
    mixed = np.maximum(weights @ density, _LEAST)
    return float((n * np.log(mixed)).sum() + (prior * np.log(np.maximum(weights, _LEAST))).sum())
