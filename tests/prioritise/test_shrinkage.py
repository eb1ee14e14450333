import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.special import gammaln
from scipy.stats import gamma, nbinom, poisson

from ilpgeo.core.errors import InvalidInput
from ilpgeo.prioritise.shrinkage import GammaPosterior, fit_prior, shrink, weighted_sum


def test_the_prior_of_a_simulation_is_recovered():
    rng = np.random.default_rng(1)
    exposure = rng.choice([90.0, 180.0, 365.0], 4000)
    counts = rng.poisson(rng.gamma(2.5, 1 / 50.0, 4000) * exposure).astype(float)
    shape, rate = fit_prior(counts, exposure)
    assert shape == pytest.approx(2.5, rel=0.1)
    assert shape / rate == pytest.approx(2.5 / 50.0, rel=0.03)


def test_the_fit_is_the_maximum_of_the_penalised_likelihood():
    rng = np.random.default_rng(2)
    exposure = rng.choice([60.0, 365.0], 300)
    counts = rng.poisson(rng.gamma(1.3, 1 / 20.0, 300) * exposure).astype(float)

    def loss(point: np.ndarray) -> float:
        a, mean = np.exp(point)
        typical = counts.sum() / exposure.sum() * np.median(exposure)
        likelihood = nbinom.logpmf(counts, a, a / (a + mean * exposure)).sum()
        return -(likelihood + np.log(a) - 2 * np.log(a + typical))

    a, mean = np.exp(minimize(loss, [0.5, -2.5], method="Powell").x)
    shape, rate = fit_prior(counts, exposure)
    assert 1 / shape == pytest.approx((1 + 1 / 300) / a + 1 / counts.sum(), rel=0.01)
    assert shape / rate == pytest.approx(mean, rel=0.01)


def test_the_posterior_is_the_integral_of_prior_times_likelihood():
    counts, exposure = np.array([0.0, 3.0, 9.0, 40.0, 12.0]), np.array([30.0, 365.0, 365.0, 365.0, 180.0])
    shape, rate = fit_prior(counts, exposure)
    posterior = shrink(counts, exposure)
    for at in range(5):

        def joint(x: float, at: int = at) -> float:
            return float(gamma.pdf(x, shape, scale=1 / rate) * poisson.pmf(counts[at], x * exposure[at]))

        mass = quad(joint, 0, 1, points=[0.01, 0.1], limit=200)[0]
        mean = quad(lambda x: x * joint(x), 0, 1, points=[0.01, 0.1], limit=200)[0] / mass
        assert posterior.expected(28)[at] == pytest.approx(28 * mean, rel=1e-6)
    low, high = posterior.interval(28)
    assert np.allclose(low, 28 * gamma.ppf(0.05, posterior.shape, scale=1 / posterior.rate))
    assert np.allclose(high, 28 * gamma.ppf(0.95, posterior.shape, scale=1 / posterior.rate))


@pytest.mark.parametrize("counts", [[12, 30, 21, 8, 15, 40], [20, 20, 20, 20, 20, 20], [3, 0, 1, 2, 0, 6]])
def test_few_areas_are_as_uncertain_as_under_the_full_bayesian_model(counts):
    """Brute force over the mean and the shape, both unknown, with the same uniform-shrinkage prior."""
    n = np.array(counts, float)
    typical = n.mean()
    mean, shape = np.meshgrid(
        np.linspace(0.02, 4, 160) * typical, np.exp(np.linspace(np.log(0.05), np.log(3000), 200)), indexing="ij"
    )
    log = np.log(shape) - 2 * np.log(shape + typical)
    for each in n:
        log += gammaln(each + shape) - gammaln(shape) - shape * np.log1p(mean / shape)
        log += each * np.log(mean / (shape + mean))
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    ours = shrink(n, np.ones(6))
    for at, each in enumerate(n):
        a, b = shape + each, shape / mean + 1
        expected = (weight * a / b).sum()
        spread = np.sqrt((weight * (a / b**2 + (a / b) ** 2)).sum() - expected**2)
        assert ours.expected(1)[at] == pytest.approx(expected, rel=0.2, abs=0.3)
        assert np.sqrt(ours.shape[at]) / ours.rate[at] == pytest.approx(spread, rel=0.35)


def test_a_small_area_with_three_incidents_does_not_lead_by_noise():
    counts, exposure = np.full(100, 60.0), np.full(100, 365.0)
    counts[:50] += np.arange(50)
    counts[99], exposure[99] = 3, 7  # the highest plain rate of all: 156 a year
    expected = shrink(counts, exposure).expected(28)
    assert (counts / exposure).argmax() == 99
    assert expected.argmax() == 49
    assert expected[99] < np.quantile(expected, 0.95)


def test_one_area_learns_from_itself_alone():
    posterior = shrink([40], [365])
    assert (posterior.shape[0], posterior.rate[0]) == (40.5, 365.0)
    assert 0 < shrink([0], [365]).expected(28)[0] < 0.1


def test_identical_counts_stay_uncertain():
    low, high = shrink([100] * 6, [365] * 6).interval(365)
    assert shrink([100] * 6, [365] * 6).expected(365) == pytest.approx(100, rel=0.01)
    assert (high - low > 10).all()
    assert (high - low < 33).all()  # narrower than from 100 incidents alone


def test_zero_everywhere_is_small_but_not_certain():
    posterior = shrink(np.zeros(10), np.full(10, 100.0))
    low, high = posterior.interval(100)
    assert posterior.expected(100) == pytest.approx(0.5 / 11, rel=1e-9)
    assert (low < high).all()


def test_without_exposure_there_is_no_estimate():
    posterior = shrink([5, 0, 7], [365, 0, 365])
    assert np.isnan(posterior.shape).tolist() == [False, True, False]
    assert np.isnan(shrink([0, 0], [0, 0]).rate).all()
    assert len(shrink([], []).shape) == 0


@pytest.mark.parametrize(("n", "days"), [([-1], [3]), ([np.nan], [3]), ([1], [np.inf]), ([1, 2], [3]), ([1], [-3])])
def test_unusable_counts_are_refused(n, days):
    with pytest.raises(InvalidInput, match="shrinkage"):
        shrink(n, days)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 10_000_000), st.sampled_from([0.0, 1.0, 28.0, 365.0, 3650.0])), min_size=1, max_size=30
    )
)
def test_every_estimate_is_finite_positive_and_between_area_and_mean(rows):
    n, days = np.array([row[0] for row in rows], float), np.array([row[1] for row in rows])
    posterior = shrink(n, days)
    known = days > 0
    assert np.isnan(posterior.shape[~known]).all()
    expected = posterior.expected(28)[known]
    low, high = (end[known] for end in posterior.interval(28))
    assert (np.isfinite(expected) & (expected > 0) & (low <= expected * (1 + 1e-9)) & np.isfinite(high)).all()
    if known.sum() > 1 and n[known].sum() > 0:
        a, b = fit_prior(n[known], days[known])
        raw = n[known] / days[known] * 28
        mean = a / b * 28
        assert (expected <= np.maximum(raw, mean) * (1 + 1e-6)).all()
        assert (expected >= np.minimum(raw, mean) * (1 - 1e-6)).all()


@given(
    st.lists(st.tuples(st.floats(0.05, 5e4), st.floats(0.5, 2e3)), min_size=1, max_size=8),
    st.integers(1, 400),
    st.sampled_from([0.5, 0.9, 0.98]),
)
@settings(max_examples=60, deadline=None)
def test_the_likely_count_is_the_negative_binomial_range(rows, window_days, level):
    shape, rate = np.array(rows).T
    low, high = GammaPosterior(np.append(shape, np.nan), np.append(rate, np.nan)).likely(window_days, level)
    known = nbinom(shape, rate / (rate + window_days))
    for end, aim in ((low[:-1], (1 - level) / 2), (high[:-1], (1 + level) / 2)):
        # equal to rounding: where the chance of k is the aim itself, either k may be the quantile
        assert (known.cdf(end) >= aim - 1e-9).all()
        assert ((end == 0) | (known.cdf(end - 1) < aim + 1e-9)).all()
    assert np.isnan([low[-1], high[-1]]).all()


def test_the_likely_count_is_wider_than_the_expectation_and_holds_what_a_simulation_draws():
    rng = np.random.default_rng(5)
    posterior = GammaPosterior(np.full(20_000, 40.0), np.full(20_000, 365.0))
    low, high = posterior.likely(28)
    narrow = posterior.interval(28)
    assert low[0] < narrow[0][0] < narrow[1][0] < high[0]
    drawn = rng.poisson(rng.gamma(40.0, 28 / 365.0, 20_000))
    assert 0.88 < np.mean((drawn >= low) & (drawn <= high)) < 0.97


def test_a_weighted_sum_has_the_mean_and_variance_of_its_parts():
    one, two = shrink([4, 9, 2], [10, 10, 10]), shrink([1, 0, 5], [10, 10, 10])
    total = weighted_sum([one, two], np.array([3.0, 0.5]))
    assert np.allclose(total.expected(1), 3 * one.expected(1) + 0.5 * two.expected(1))
    variance = 9 * one.shape / one.rate**2 + 0.25 * two.shape / two.rate**2
    assert np.allclose(total.shape / total.rate**2, variance)
