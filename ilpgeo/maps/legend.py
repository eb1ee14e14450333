"""The legend as HTML, the same on the map and beside it."""

from __future__ import annotations

from html import escape

from ilpgeo.core.briefing import Tier
from ilpgeo.maps.palette import Theme, mark_svg, scheme_of

_WORDS = {
    Tier.CRITICAL: "Critical",
    Tier.HIGH: "High",
    Tier.ELEVATED: "Elevated",
    Tier.ROUTINE: "Routine",
    Tier.NO_DATA: "No data (not ranked)",
}
_UNCERTAIN = "Outlined: tier uncertain"
_SHORT = {_UNCERTAIN: "Tier uncertain", _WORDS[Tier.NO_DATA]: "No data"}


def _outlined(theme: Theme) -> str:
    mark = scheme_of(theme).marks[Tier.HIGH]
    return (
        '<svg width="20" height="20" viewBox="0 0 24 24" aria-hidden="true">'
        f'<rect x="3" y="3" width="18" height="18" fill="none" stroke="{mark.edge}" stroke-width="3"/></svg>'
    )


def _silent(theme: Theme) -> str:
    scheme = scheme_of(theme)
    return (
        '<svg width="20" height="20" viewBox="0 0 24 24" aria-hidden="true">'
        f'<rect x="3" y="3" width="18" height="18" fill="{scheme.marks[Tier.NO_DATA].fill}" '
        f'stroke="{scheme.marks[Tier.HIGH].edge}" stroke-width="3"/>'
        f'<path d="M5 12 12 5M5 19 19 5M12 19 19 12" stroke="{scheme.hatch}" stroke-width="2"/></svg>'
    )


def _selected(theme: Theme) -> str:
    scheme = scheme_of(theme)
    return (
        '<svg width="20" height="20" viewBox="0 0 24 24" aria-hidden="true">'
        f'<rect x="3" y="3" width="18" height="18" fill="none" stroke="{scheme.selected}" stroke-width="5"/></svg>'
    )


def _tiers(theme: Theme) -> list[tuple[str, str]]:
    items = [(mark_svg(tier, theme, 20), words) for tier, words in _WORDS.items()]
    items.insert(4, (_outlined(theme), _UNCERTAIN))
    return items


def tier_line(theme: Theme) -> str:
    """Return the legend of the ranked areas as one line under a picture."""
    items = "".join(f"<span>{mark}{_SHORT.get(words, words)}</span>" for mark, words in _tiers(theme))
    return f'<div class="wall-legend">{items}</div>'


def tier_legend(theme: Theme = Theme.LIGHT, *, has_silent: bool = False, has_part: bool = False) -> str:
    """Return the legend of ranked areas: tiers, uncertain rank, no data, data fallen silent or for part, selected."""
    items = _tiers(theme)
    if has_silent:
        items.append((_silent(theme), "Data fell silent (not safe)"))
    if has_part:
        items.append((_silent(theme), "Data for part of it"))
    items.append((_selected(theme), "Selected"))
    rows = "".join(f"<li>{mark}<span>{words}</span></li>" for mark, words in items)
    return f"<summary>Risk tier</summary><ul>{rows}</ul>"


def intensity_legend(title: str, low: str, high: str, theme: Theme = Theme.LIGHT, *, middle: str = "") -> str:
    """Return the legend of a surface: the palette, labels under its ends, and one under its middle where given."""
    return _ramp(title, scheme_of(theme).ramp, (low, middle, high))


def contrast_legend(title: str, least: str, same: str, most: str, theme: Theme = Theme.LIGHT) -> str:
    """Return the legend of a comparison: less on the cool side, more on the warm one."""
    scheme = scheme_of(theme)
    return _ramp(title, (*reversed(scheme.cool), *scheme.ramp[::2]), (least, same, most))


def _ramp(title: str, colours: tuple[str, ...], labels: tuple[str, ...]) -> str:
    steps = "".join(f'<i style="background:{colour}"></i>' for colour in colours)
    under = "".join(f"<span>{escape(label)}</span>" for label in labels)
    return f'<summary>{escape(title)}</summary><div class="ilp-ramp">{steps}</div><div class="ilp-ends">{under}</div>'


def class_legend(title: str, classes: tuple[tuple[str, str], ...]) -> str:
    """Return a legend of (colour, words)."""
    rows = "".join(
        '<li><svg width="20" height="14" aria-hidden="true">'
        f'<rect width="20" height="14" fill="{colour}"/></svg><span>{escape(words)}</span></li>'
        for colour, words in classes
    )
    return f"<summary>{escape(title)}</summary><ul>{rows}</ul>"
