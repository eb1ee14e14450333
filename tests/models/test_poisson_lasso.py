import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize
from sklearn.linear_model import PoissonRegressor

from ilpgeo.models.lasso_kernel import descend
from ilpgeo.models.poisson_lasso import fit_lasso, fit_poisson, held_out_deviance, penalties, rate_alone


def groups(seed: int, m: int = 40, p: int = 6) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Groups of cells, their yes-or-no terms, and incidents of which some terms raise and one lowers the rate."""
    rng = np.random.default_rng(seed)
    design = (rng.random((m, p)) < rng.uniform(0.2, 0.8, p)).astype(float)
    design[0], design[1] = 0, 1
    cells = rng.integers(1, 60, m).astype(float)
    effect = np.array([1.0, 0.6, -0.8, 0.0, 0.0, 0.3])[:p]
    return design, cells, rng.poisson(cells * np.exp(design @ effect - 1)).astype(float)


def objective(beta, design, cells, total, penalty) -> float:
    share = cells @ design / cells.sum()
    linear = design @ beta
    return (
        -(total @ linear) / total.sum()
        + np.log(cells @ np.exp(linear))
        + penalty * (np.sqrt(share * (1 - share)) @ np.abs(beta))
    )


def by_lbfgs(design, cells, total, penalty, *, may_lower: bool) -> float:
    """The least objective, found by scipy within bounds; a free coefficient is the difference of two."""
    p = design.shape[1]
    fold = (lambda free: free[:p] - free[p:]) if may_lower else (lambda free: free)
    share = cells @ design / cells.sum()
    weight = penalty * np.sqrt(share * (1 - share))

    def smooth(free):
        return objective(fold(free), design, cells, total, 0.0) + np.tile(weight, 1 + may_lower) @ free

    found = optimize.minimize(
        smooth, np.full(p * (1 + may_lower), 0.1), method="L-BFGS-B", bounds=[(0, None)] * (p * (1 + may_lower)),
        options={"maxiter": 5000, "maxfun": 10**6, "ftol": 1e-15, "gtol": 1e-10},
    )  # fmt: skip
    return float(found.fun)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**31), share=st.floats(0.01, 0.9), may_lower=st.booleans())
def test_the_lasso_reaches_scipy_s_minimum(seed, share, may_lower) -> None:
    design, cells, total = groups(seed)
    penalty = penalties(design, cells, total, 1)[0] * share
    beta = fit_lasso(design, cells, total, penalty, may_lower=may_lower)
    least = by_lbfgs(design, cells, total, penalty, may_lower=may_lower)
    assert objective(beta, design, cells, total, penalty) <= least + 1e-9
    assert may_lower or (beta >= 0).all()


@pytest.mark.parametrize("may_lower", [False, True])
def test_a_path_begins_where_nothing_is_in_and_a_start_changes_nothing(may_lower) -> None:
    design, cells, total = groups(1)
    path = penalties(design, cells, total, 10)
    assert not fit_lasso(design, cells, total, path[0], may_lower=may_lower).any()
    assert fit_lasso(design, cells, total, path[1] if may_lower else path[4], may_lower=may_lower).any()
    cold = fit_lasso(design, cells, total, path[6], may_lower=may_lower)
    warm = fit_lasso(
        design, cells, total, path[6], may_lower=may_lower,
        start=fit_lasso(design, cells, total, path[5], may_lower=may_lower),
    )  # fmt: skip
    np.testing.assert_allclose(cold, warm, atol=1e-6)
    assert path[-1] == pytest.approx(0.01 * path[0])


def test_terms_that_say_the_same_do_not_stop_it() -> None:
    design, cells, total = groups(2)
    twice = np.column_stack([design, design])
    penalty = penalties(design, cells, total, 1)[0] * 0.1
    alone = objective(fit_lasso(design, cells, total, penalty, may_lower=True), design, cells, total, penalty)
    both = fit_lasso(twice, cells, total, penalty, may_lower=True)
    assert objective(both, twice, cells, total, penalty) == pytest.approx(alone, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_without_a_penalty_it_is_scikit_learn_s(seed) -> None:
    design, cells, total = groups(seed)
    found = fit_poisson(design, cells, total)
    peer = PoissonRegressor(alpha=0, solver="newton-cholesky", tol=1e-10).fit(design, total / cells, cells)
    np.testing.assert_allclose(found.coefficient, [peer.intercept_, *peer.coef_], atol=1e-6)


def test_one_term_by_hand() -> None:
    """30 incidents on 10 cells where it holds, 20 on 40 where not: rate ratio 6, variance 1/30 + 1/20."""
    found = fit_poisson(np.array([[1.0], [0.0]]), np.array([10.0, 40.0]), np.array([30.0, 20.0]))
    assert np.exp(found.coefficient) == pytest.approx([0.5, 6.0])
    assert found.covariance[1, 1] == pytest.approx(1 / 30 + 1 / 20)
    assert found.log_likelihood == pytest.approx(30 * np.log(3) + 20 * np.log(0.5) - 50)


def test_terms_that_cannot_be_told_apart_have_no_fit() -> None:
    design, cells, total = groups(3)
    assert fit_poisson(np.column_stack([design, design[:, 0]]), cells, total) is None


def test_a_rate_alone_is_the_fit_without_terms() -> None:
    _, cells, total = groups(4)
    alone, fitted = rate_alone(cells, total), fit_poisson(np.empty((len(cells), 0)), cells, total)
    assert alone.coefficient == pytest.approx(fitted.coefficient)
    assert alone.covariance == pytest.approx(fitted.covariance)
    assert alone.log_likelihood == pytest.approx(fitted.log_likelihood)


def test_deviance_left_out_by_hand() -> None:
    """Kept: 6 on 10 cells; the other half's 10 cells then expect 6 and saw 3: 2 (6 - 3 log 0.6)."""
    one = np.array([10.0]), np.array([6.0])
    other = np.array([10.0]), np.array([3.0])
    assert held_out_deviance(np.zeros((1, 1)), np.zeros(1), one, other) == pytest.approx(2 * (6 - 3 * np.log(0.6)))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**31), may_lower=st.booleans())
def test_descent_ends_where_no_coordinate_can_gain(seed, may_lower) -> None:
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(8, 5))
    curvature, slope, weight = root.T @ root + 0.1 * np.eye(5), rng.normal(size=5) * 3, rng.uniform(0, 2, 5)
    begin = np.abs(rng.normal(size=5))
    b = descend(curvature, slope, begin, weight, may_lower, 10_000)
    push = slope + curvature @ (b - begin)
    for at in range(5):
        if b[at] != 0:
            assert push[at] + np.sign(b[at]) * weight[at] == pytest.approx(0, abs=1e-6)
        else:
            assert -push[at] <= weight[at] + 1e-6
            assert not may_lower or push[at] <= weight[at] + 1e-6
    assert may_lower or (b >= 0).all()
