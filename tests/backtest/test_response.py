"""What a sweep's points say, on numbers small enough to check by hand."""

import numpy as np
import pytest

from ilpgeo.backtest.plan import Flag
from ilpgeo.backtest.response import Tried, best_of, explain_sweep
from ilpgeo.backtest.spread import Variant, explain_spread
from ilpgeo.core.params import params_of
from ilpgeo.models.blend import Blend
from ilpgeo.models.kde import Kde

KNOWN = {each.name: each for each in params_of(Kde)}
TOTAL, PRIOR = np.full(8, 10.0), np.full(8, 3.0)


def tried(bandwidth: float, hits: float, kernel: str | None = None, fault: str = "") -> Tried:
    point = (("bandwidth_m", bandwidth), *((("kernel", kernel),) if kernel else ()))
    return Tried(point, np.zeros(0) if fault else np.full(8, hits), PRIOR, TOTAL, fault)


def test_the_best_point_its_margin_and_the_range_are_told() -> None:
    points = [tried(100.0, 4), tried(200.0, 5), tried(400.0, 2), tried(800.0, 0, fault="too wide")]
    found = explain_sweep(points, 6, [KNOWN["bandwidth_m"]], "2%", 0)
    said = " / ".join(found.findings)
    assert found.title == "4 of 6 settings tried"
    assert "The best of 3, with bandwidth 200 m, catches 50.0%" in said
    assert "+20.0 points (+20.0 to +20.0), surely more" in said
    assert "from 20.0% to 50.0%" in said
    assert "All others are surely worse" in said
    assert "1 could not be tried: too wide" in said
    curve = found.tables[0]
    assert (curve.chart, curve.mark) == ("line", 200.0)
    assert curve.columns["This model"].tolist() == [40.0, 50.0, 20.0]
    assert curve.columns["Prior count"].tolist() == [30.0, 30.0, 30.0]
    assert found.tables[-1].columns["Bandwidth (m)"].tolist() == [200.0, 100.0, 400.0]


def test_two_settings_give_a_map_and_equals_stay_in_order() -> None:
    points = [tried(a, 4, kernel) for a in (100.0, 200.0) for kernel in ("quartic", "gaussian")]
    found = explain_sweep(points, 4, [KNOWN["bandwidth_m"], KNOWN["kernel"]], "2%", 0)
    assert found.tables[0].chart == "heat"
    assert len(found.tables[0]) == 4
    assert best_of(points) is points[0]
    assert "Not one of the 4 is surely worse than the best" in " ".join(found.findings)


def test_nothing_happened_or_nothing_tried_is_said() -> None:
    empty = Tried((("bandwidth_m", 100.0),), np.zeros(8), np.zeros(8), np.zeros(8))
    assert "nothing to judge by" in explain_sweep([empty], 1, [KNOWN["bandwidth_m"]], "2%", 0).findings[0]
    assert explain_sweep([], 3, [KNOWN["bandwidth_m"]], "2%", 0).tables == ()


def test_the_spread_is_set_beside_the_interval() -> None:
    rng = np.random.default_rng(3)
    noisy = rng.poisson(4, 12).astype(float)
    group = [
        Variant(
            "Cell size", f"{size} m", float(size), np.minimum(noisy + shift, 10), np.full(12, 3.0), np.full(12, 10.0)
        )
        for size, shift in ((100, 0), (200, 0), (300, 6))
    ]
    found = explain_spread(group, "Kernel density", "2%")
    low = group[0].rate().value
    assert f"from {low:.1%} (100 m)" in found.findings[0]
    assert "more than chance does" in found.findings[0]
    assert "little beside its interval" in explain_spread(group[:2], "Kernel density", "2%").findings[0]
    assert [table.title for table in found.tables] == ["Spread", "Hit rate (%) by cell size", "Every choice"]
    assert found.tables[0].columns["highest (%)"].tolist() == pytest.approx([100 * group[2].rate().value])


@pytest.mark.parametrize(
    ("hits", "said"),
    [
        ((1, 1), "in every choice it is surely behind the prior count"),
        ((5, 5), "in every choice it is surely ahead of the prior count"),
        ((3, 3), "in no choice is it surely ahead of the prior count or behind it"),
        ((5, 3), "in 1 of 2 choices it is surely ahead of the prior count, in none surely behind"),
    ],
)
def test_how_often_a_model_beats_the_prior_count_is_said_without_a_nought(hits: tuple[int, int], said: str) -> None:
    group = [Variant("Bandwidth", f"{at} m", at, np.full(8, each), PRIOR, TOTAL) for at, each in enumerate(hits)]
    assert explain_spread(group, "Kernel density", "2%").findings[0].endswith(said)


def test_a_setting_counted_in_its_own_word_names_it_once() -> None:
    (known,) = params_of(Blend)
    points = [Tried((("learn_windows", 4),), np.full(8, 4.0), PRIOR, TOTAL)]
    found = explain_sweep(points, 1, [known], Flag.parse("0.65km2").spoken, 0)
    assert "one point tried, with 4 windows to learn from, catches 40.0%" in found.findings[0]
    assert "on 0.65 km\u00b2 of the ground" in found.findings[0]
