"""Colours and marks: one sequential palette for intensity, one mark per tier, in two themes.

The palette is the project's own: sixteen steps of even OKLab lightness (Ottosson 2020, "A perceptual color space for
image processing"), hue from straw over orange to deep red. Lightness alone orders it, so it reads the same for viewers
with protanopia or deuteranopia and in grey print. In the dark theme the order of lightness turns round (most is
brightest), the hues keep their meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from ilpgeo.core.briefing import Tier
from ilpgeo.core.errors import InvalidInput


class Theme(StrEnum):
    """The two looks of every picture."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Mark:
    """How a tier looks: shape and colour, never colour alone.

    Attributes
    ----------
    fill
        Of the shape and of the area; a step of the palette.
    edge
        Of the shape and of an outlined area; at least 3:1 against the ground.
    text
        For the tier's name; at least 4.5:1 against the page.
    shape
        The shape in words, for titles and tests.
    path
        The shape as an SVG path in a box of 24 by 24.
    """

    fill: str
    edge: str
    text: str
    shape: str
    path: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """Every colour of a theme.

    Attributes
    ----------
    page, ink
        The page behind a map or a card, and the text on it.
    water, land, ground
        The base map: sea, land, and the workspace's own jurisdiction.
    line
        Borders of areas on the base map.
    hatch
        Lines over areas without data.
    selected, casing
        The outline of the selected area and the line behind it.
    cold
        Significantly less than chance would place there: a hue of its own, for it is no risk.
    cool
        Less than what is compared with, and classes that are no risk: the hue of `cold`, least first.
    ramp
        Intensity, least first.
    marks
        One mark per tier.
    """

    page: str
    ink: str
    water: str
    land: str
    ground: str
    line: str
    hatch: str
    selected: str
    casing: str
    cold: str
    cool: tuple[str, ...]
    ramp: tuple[str, ...]
    marks: Mapping[Tier, Mark]


_LIGHT_RAMP = (
    "#f6eec4", "#f1dfa7", "#edcf88", "#eabd69", "#e8ab4a", "#e59833", "#e1841c", "#dc7003",
    "#d35d04", "#c94a05", "#c03305", "#b41910", "#a20a1e", "#8e0526", "#7a0329", "#670228",
)  # fmt: skip
_DARK_RAMP = (
    "#3f3b29", "#4c4326", "#5b4a21", "#6c501b", "#7e5514", "#905a0f", "#a45e0d", "#b76113",
    "#c96523", "#d96b37", "#e9714a", "#f8785c", "#fe8674", "#fe988e", "#fea9a4", "#feb9b8",
)  # fmt: skip

_DIAMOND = "M12 1 23 12 12 23 1 12Z"
_TRIANGLE = "M12 2.5 22.5 21H1.5Z"
_CIRCLE = "M12 4a8 8 0 1 1 0 16a8 8 0 1 1 0-16Z"
_DOT = "M12 8a4 4 0 1 1 0 8a4 4 0 1 1 0-8Z"
_SQUARE = "M4 4H20V20H4Z"

LIGHT = Scheme(
    page="#ffffff",
    ink="#1b2026",
    water="#dbe1e6",
    land="#eceae6",
    ground="#f7f6f3",
    line="#8b9097",
    hatch="#868d96",
    selected="#11151a",
    casing="#ffffff",
    cold="#2f6690",
    cool=("#d3e3ef", "#b0cbe1", "#8db3d2", "#6a9cc3", "#4e84af", "#3a6c96", "#26557e", "#123f66"),
    ramp=_LIGHT_RAMP,
    marks=MappingProxyType({
        Tier.CRITICAL: Mark(_LIGHT_RAMP[13], "#4d0014", "#7a0329", "diamond", _DIAMOND),
        Tier.HIGH: Mark(_LIGHT_RAMP[8], "#7d3300", "#963f00", "triangle", _TRIANGLE),
        Tier.ELEVATED: Mark(_LIGHT_RAMP[3], "#7a5200", "#7a5200", "circle", _CIRCLE),
        Tier.ROUTINE: Mark(_LIGHT_RAMP[0], "#6b6450", "#5d5742", "dot", _DOT),
        Tier.NO_DATA: Mark("#e2e4e7", "#5f6670", "#565d66", "hatched square", _SQUARE),
    }),
)  # fmt: skip

DARK = Scheme(
    page="#0e1117",
    ink="#eef1f4",
    water="#141a21",
    land="#1f262e",
    ground="#272f38",
    line="#77818c",
    hatch="#78818c",
    selected="#ffffff",
    casing="#0b0e12",
    cold="#7fb2d9",
    cool=("#2a3f52", "#36546e", "#426a8b", "#4e80a9", "#6497c1", "#82aed1", "#a0c5e2", "#bfdcf2"),
    ramp=_DARK_RAMP,
    marks=MappingProxyType({
        Tier.CRITICAL: Mark(_DARK_RAMP[15], "#fff1f0", "#fed1d1", "diamond", _DIAMOND),
        Tier.HIGH: Mark(_DARK_RAMP[11], "#ffc2ab", "#ff9f7f", "triangle", _TRIANGLE),
        Tier.ELEVATED: Mark(_DARK_RAMP[4], "#e0ab5c", "#d9a24a", "circle", _CIRCLE),
        Tier.ROUTINE: Mark(_DARK_RAMP[0], "#a59d7e", "#b5ad8f", "dot", _DOT),
        Tier.NO_DATA: Mark("#303842", "#98a1ac", "#a3abb5", "hatched square", _SQUARE),
    }),
)  # fmt: skip


def scheme_of(theme: Theme) -> Scheme:
    """Return the colours of a theme."""
    return DARK if theme == Theme.DARK else LIGHT


def step_of(share: float) -> int:
    """Return the palette step, 0 to 15, of a share from 0 (least) to 1 (most)."""
    if not 0 <= share <= 1:
        raise InvalidInput(f"a share of the palette lies between 0 and 1, not {share!r}")
    return min(int(share * len(_LIGHT_RAMP)), len(_LIGHT_RAMP) - 1)


def colour_of(share: float, theme: Theme = Theme.LIGHT) -> str:
    """Return the intensity colour (``#rrggbb``) of a share from 0 (least) to 1 (most).

    Examples
    --------
    >>> colour_of(0.0), colour_of(1.0)
    ('#f6eec4', '#670228')
    """
    return scheme_of(theme).ramp[step_of(share)]


def mark_svg(tier: Tier, theme: Theme = Theme.LIGHT, size_px: int = 16, *, halo: bool = False) -> str:
    """Return the tier's mark as inline SVG with a title, for cards, tables and the map (there with a `halo`)."""
    scheme = scheme_of(theme)
    mark = scheme.marks[tier]
    behind = (
        f'<path d="{mark.path}" fill="{scheme.casing}" stroke="{scheme.casing}" stroke-width="7" '
        'stroke-linejoin="round"/>'
        if halo
        else ""
    )
    stripes = (
        f'<path d="M4 12 12 4M4 20 20 4M12 20 20 12" stroke="{scheme.hatch}" stroke-width="2"/>'
        if tier == Tier.NO_DATA
        else ""
    )
    return (
        f'<svg class="ilp-mark" xmlns="http://www.w3.org/2000/svg" width="{size_px}" height="{size_px}" '
        f'viewBox="-3 -3 30 30" role="img" aria-label="{tier.value}"><title>{tier.value}</title>{behind}'
        f'<path d="{mark.path}" fill="{mark.fill}" stroke="{mark.edge}" stroke-width="2" stroke-linejoin="round"/>'
        f"{stripes}</svg>"
    )
