"""Order, contrast and colour blindness, measured."""

import numpy as np
import pytest

from ilpgeo.core.briefing import Tier
from ilpgeo.core.errors import InvalidInput
from ilpgeo.maps.palette import Scheme, Theme, colour_of, mark_svg, scheme_of, step_of

# Machado, Oliveira, Fernandes 2009, doi:10.1109/TVCG.2009.113, severity 1.0, on linear RGB
SIGHT = {
    "full": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
TIERS = (Tier.ROUTINE, Tier.ELEVATED, Tier.HIGH, Tier.CRITICAL)


def linear(colour: str) -> np.ndarray:
    value = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(colour: str, sight: str) -> np.ndarray:
    seen = np.clip(SIGHT[sight] @ linear(colour), 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ seen
    ratio = xyz / [0.95047, 1.0, 1.08883]
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(one: str, other: str, sight: str) -> float:
    return float(np.linalg.norm(lab(one, sight) - lab(other, sight)))


@pytest.fixture(params=list(Theme))
def scheme(request: pytest.FixtureRequest) -> Scheme:
    return scheme_of(request.param)


def test_contrast_of_black_and_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("sight", SIGHT)
def test_the_ramp_is_ordered_by_lightness_for_every_sight(scheme: Scheme, sight: str):
    steps = np.diff([lab(colour, sight)[0] for colour in scheme.ramp])
    assert (steps < 0).all() or (steps > 0).all()
    assert np.abs(steps).min() > 1.0
    assert abs(steps.sum()) > 45


def test_more_stands_out_more_from_the_ground(scheme: Scheme):
    against = [contrast(colour, scheme.ground) for colour in scheme.ramp]
    assert against == sorted(against)


@pytest.mark.parametrize("sight", SIGHT)
def test_tiers_differ_for_every_sight(scheme: Scheme, sight: str):
    fills = [scheme.marks[tier].fill for tier in TIERS]
    apart = [difference(one, other, sight) for at, one in enumerate(fills) for other in fills[at + 1 :]]
    assert min(apart) > 20


def test_tiers_differ_in_shape_too(scheme: Scheme):
    assert len({mark.shape for mark in scheme.marks.values()}) == len(Tier)
    assert len({mark.path for mark in scheme.marks.values()}) == len(Tier)


def test_contrast_is_wcag_aa(scheme: Scheme):
    assert contrast(scheme.ink, scheme.page) >= 7
    for mark in scheme.marks.values():
        assert contrast(mark.text, scheme.page) >= 4.5
        assert contrast(mark.text, scheme.ground) >= 4.5
        for behind in (scheme.page, scheme.ground, scheme.land):
            assert contrast(mark.edge, behind) >= 3
    for under in (scheme.ground, scheme.land):
        assert contrast(scheme.selected, under) >= 3
    assert contrast(scheme.hatch, scheme.marks[Tier.NO_DATA].fill) >= 2.5
    assert contrast(scheme.line, scheme.ground) >= 2.9


def test_the_base_map_is_desaturated(scheme: Scheme):
    for colour in (scheme.water, scheme.land, scheme.ground):
        _, a, b = lab(colour, "full")
        assert np.hypot(a, b) < 8


@pytest.mark.parametrize(("share", "step"), [(0.0, 0), (0.0624, 0), (0.0626, 1), (0.5, 8), (1.0, 15)])
def test_step_of(share: float, step: int):
    assert step_of(share) == step
    assert colour_of(share) == scheme_of(Theme.LIGHT).ramp[step]


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan")])
def test_a_share_outside_the_palette_is_an_error(share: float):
    with pytest.raises(InvalidInput, match="between 0 and 1"):
        colour_of(share)


def test_a_mark_says_its_tier_in_words():
    assert "<title>no data</title>" in mark_svg(Tier.NO_DATA)
    assert mark_svg(Tier.HIGH, halo=True).count("<path") == 2
