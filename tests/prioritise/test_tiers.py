import numpy as np

from ilpgeo.core.briefing import Tier
from ilpgeo.prioritise.ranking import rank, top_count
from ilpgeo.prioritise.shrinkage import GammaPosterior, shrink
from ilpgeo.prioritise.tiers import rule_text, tiers


def test_the_rule():
    top = np.array(
        [[0.8, 0.9, 1.0], [0.79, 0.8, 0.9], [0.1, 0.79, 0.8], [0.0, 0.2, 0.5], [0.0, 0.1, 0.49], [np.nan] * 3]
    )
    assert tiers(top) == (Tier.CRITICAL, Tier.HIGH, Tier.ELEVATED, Tier.ELEVATED, Tier.ROUTINE, Tier.NO_DATA)


def test_every_share_is_at_least_one_area():
    assert [top_count(n, 5) for n in (1, 6, 19, 20, 39, 40, 158)] == [1, 1, 1, 1, 1, 2, 7]
    assert top_count(7201, 25) == 1800


def test_the_text_names_every_tier_and_its_share():
    text = rule_text(158)
    for part in ("critical", "high", "elevated", "routine", "80%", "50%", "7 areas", "15 areas", "39 areas"):
        assert part in text
    assert "(1 area)" in rule_text(6)


def test_equal_exposure_and_one_offence_keep_tiers_in_rank_order_within_noise():
    rng = np.random.default_rng(0)
    posterior = shrink(rng.poisson(rng.gamma(2, 20, 150)), np.full(150, 365.0))
    ranking = rank([posterior], np.ones(1), [str(at) for at in range(150)], 28, np.random.default_rng(0), draws=8000)
    by_rank = ranking.top[np.argsort(ranking.rank)]
    assert (np.diff(by_rank, axis=0) <= 0.02).all()


def test_an_uncertain_area_may_stand_above_a_higher_tier_and_neither_is_changed():
    shape = np.array([0.1, *np.linspace(900, 1000, 3), *np.linspace(50, 200, 36)])
    rate = np.array([0.1 / 1100, *np.ones(39)])  # the first expects most, and hardly anything is known of it
    ranking = rank([GammaPosterior(shape, rate)], np.ones(1), [f"{at:02}" for at in range(40)], 1,
                   np.random.default_rng(0))  # fmt: skip
    found = tiers(ranking.top)
    assert ranking.rank[0] == 1
    assert found[0] == Tier.ROUTINE
    assert found[3] == Tier.CRITICAL
