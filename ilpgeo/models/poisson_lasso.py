"""Poisson regression on groups of alike cells: with a lasso penalty along a path, and without."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ilpgeo.core.arrays import FloatArray

_MOST_STEPS = 100
_TOLERANCE = 1e-10
_OPTIMAL = 1e-8
# Keeps the quadratic of terms that say nearly the same from being flat.
_RIDGE = 1e-10
_MOST_ROUNDS = 1000


class PoissonFit(NamedTuple):
    """A fit without penalty.

    Attributes
    ----------
    coefficient
        Shape (p + 1,): the intercept (log of the rate per cell), then the log rate ratios.
    covariance
        Shape (p + 1, p + 1), for Poisson counts.
    log_likelihood
        Up to what depends on the counts alone.
    """

    coefficient: FloatArray
    covariance: FloatArray
    log_likelihood: float


def fit_poisson(design: FloatArray, cells: FloatArray, total: FloatArray) -> PoissonFit | None:
    """Return the maximum likelihood fit by Newton's method; None where the terms cannot be told apart.

    Parameters
    ----------
    design
        Shape (m, p): the terms of each group of cells.
    cells, total
        Shape (m,): cells in the group, and incidents in them; some incidents in all.
    """
    x = np.column_stack([np.ones(len(cells)), design])
    beta = np.zeros(x.shape[1])
    beta[0] = np.log(total.sum() / cells.sum())
    now = _log_likelihood(x, beta, cells, total)
    for _ in range(_MOST_STEPS):
        mean = cells * np.exp(x @ beta)
        gradient = x.T @ (total - mean)
        information = (x * mean[:, None]).T @ x
        if np.linalg.cond(information) > 1e12:
            return None
        step = np.linalg.solve(information, gradient)
        after = _log_likelihood(x, beta + step, cells, total)
        while not after >= now - 1e-9 * abs(now):
            step *= 0.5
            after = _log_likelihood(x, beta + step, cells, total)
        beta, now = beta + step, after
        if float(gradient @ step) < _TOLERANCE * max(1.0, float(total.sum()) * 1e-3):
            return PoissonFit(beta, np.linalg.inv(information), now)
    return None


def rate_alone(cells: FloatArray, total: FloatArray) -> PoissonFit:
    """Return the fit without any term: one rate everywhere."""
    n, log_rate = float(total.sum()), float(np.log(total.sum() / cells.sum()))
    return PoissonFit(np.array([log_rate]), np.array([[1.0 / n]]), n * log_rate - n)


def _log_likelihood(x: FloatArray, beta: FloatArray, cells: FloatArray, total: FloatArray) -> float:
    linear = x @ beta
    with np.errstate(over="ignore"):
        return float(total @ linear - cells @ np.exp(linear))


def penalties(design: FloatArray, cells: FloatArray, total: FloatArray, n: int, least: float = 0.01) -> FloatArray:
    """Return `n` penalties falling evenly on the log scale from the least that keeps every term out."""
    share = cells / cells.sum()
    pull = np.abs(design.T @ (total / total.sum() - share)) / _spread(design, cells)
    return np.asarray(float(pull.max()) * least ** (np.arange(n) / max(n - 1, 1)), np.float64)


def _spread(design: FloatArray, cells: FloatArray) -> FloatArray:
    """Return the standard deviation of each term over the cells: what makes penalties comparable between terms."""
    share = cells @ design / cells.sum()
    return np.asarray(np.sqrt(share * (1.0 - share)), np.float64)


def fit_lasso(
    design: FloatArray,
    cells: FloatArray,
    total: FloatArray,
    penalty: float,
    *,
    may_lower: bool,
    start: FloatArray | None = None,
) -> FloatArray:
    """Return the log rate ratios, shape (p,), that minimise the mean negative log likelihood plus the penalty.

    The intercept is not penalised and is profiled out; the objective per incident is
    -sum(t x b) / T + log(sum(c exp(x b))) + penalty * sum(s |b|), s being each term's standard deviation over the
    cells. Newton's method, the penalised quadratic of each step by coordinate descent over the terms that are in or
    want in.

    Parameters
    ----------
    may_lower
        Whether coefficients may be negative.
    start
        Shape (p,): where to begin, the neighbouring solution of a path.

    Notes
    -----
    O(groups x (terms + terms in^2)) a step, some four steps. Tibshirani (1996),
    doi:10.1111/j.2517-6161.1996.tb02080.x; Friedman, Hastie & Tibshirani (2010), doi:10.18637/jss.v033.i01.
    """
    from ilpgeo.models.lasso_kernel import descend

    weight = penalty * _spread(design, cells)
    pull = design.T @ (total / total.sum())
    beta = np.zeros(design.shape[1]) if start is None else start.copy()
    now = _tilted(design, cells, beta)
    for _ in range(_MOST_STEPS):
        pushed = design.T @ now.share
        slope = pushed - pull
        off = _off_optimum(beta, slope, weight, may_lower)
        if off.max(initial=0.0) < _OPTIMAL:
            break
        active = np.flatnonzero((beta != 0) | (off > 0))
        some = design[:, active]
        curvature = (some * now.share[:, None]).T @ some - np.outer(pushed[active], pushed[active])
        curvature[np.diag_indices(len(active))] += _RIDGE
        step = descend(curvature, slope[active], beta[active], weight[active], may_lower, _MOST_ROUNDS) - beta[active]
        height = now.log_mass - pull @ beta + weight @ np.abs(beta)
        taken = 1.0
        while True:
            after = beta.copy()
            after[active] += taken * step
            then = _tilted(design, cells, after)
            if then.log_mass - pull @ after + weight @ np.abs(after) <= height + 1e-14 * abs(height) or taken < 1e-6:
                break
            taken *= 0.5
        beta, now = after, then
    return beta


class _Tilted(NamedTuple):
    """Shares of the expected incidents of each group, and the log of their sum at an intercept of 0."""

    share: FloatArray
    log_mass: float


def _tilted(design: FloatArray, cells: FloatArray, beta: FloatArray) -> _Tilted:
    within = np.flatnonzero(beta)
    linear = design[:, within] @ beta[within]
    top = float(linear.max(initial=0.0))
    mean = cells * np.exp(linear - top)
    mass = float(mean.sum())
    return _Tilted(mean / mass, float(np.log(mass)) + top)


def _off_optimum(beta: FloatArray, slope: FloatArray, weight: FloatArray, may_lower: bool) -> FloatArray:
    """Return how far each coefficient is from the condition that holds at the minimum."""
    wants_in = np.maximum((np.abs(slope) if may_lower else -slope) - weight, 0.0)
    return np.where(beta == 0, wants_in, np.abs(slope + np.sign(beta) * weight))


def held_out_deviance(
    design: FloatArray,
    coefficient: FloatArray,
    kept: tuple[FloatArray, FloatArray],
    left_out: tuple[FloatArray, FloatArray],
) -> float:
    """Return the Poisson deviance (up to what depends on the counts alone) of groups left out of a fit.

    Parameters
    ----------
    coefficient
        Shape (p,): log rate ratios; the intercept is the maximum likelihood one of what was kept.
    kept, left_out
        (cells, total) of each group.
    """
    within = np.flatnonzero(coefficient)
    linear = design[:, within] @ coefficient[within]
    (cells, total), (cells_out, total_out) = kept, left_out
    linear = linear + np.log(total.sum() / (cells @ np.exp(linear)))
    return float(2.0 * (cells_out @ np.exp(linear) - total_out @ linear))
