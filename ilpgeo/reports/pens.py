"""Drawings as SVG, for the web page."""

from __future__ import annotations

from html import escape

from ilpgeo.reports.drawing import Drawing, Ink, Label, Shape

_MM_PER_PT = 25.4 / 72


def svg(drawing: Drawing, name: str) -> str:
    """Return a drawing as an SVG element that fills the width it is given."""
    said = escape(drawing.title)
    body = "".join(_label(part) if isinstance(part, Label) else _shape(part) for part in drawing.parts)
    return (
        f'<svg class="{name}" role="img" aria-label="{said}" viewBox="0 0 {drawing.width_mm:g} {drawing.height_mm:g}" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{said}</title>{body}</svg>'
    )


def _label(part: Label) -> str:
    weight = ' font-weight="600"' if part.is_bold else ""
    return (
        f'<text x="{part.x:.2f}" y="{part.y:.2f}" font-size="{part.size_pt * _MM_PER_PT:.2f}" fill="{part.colour}" '
        f'text-anchor="{part.anchor}"{weight}>{escape(part.text)}</text>'
    )


def _shape(part: Shape) -> str:
    path = "".join(_ring(ring.round(2).tolist(), is_closed=part.is_closed) for ring in part.rings)
    title = f"<title>{escape(part.name)}</title>" if part.name else ""
    return f'<path d="{path}"{_dress(part.ink, is_closed=part.is_closed)}>{title}</path>'


def _ring(points: list[list[float]], *, is_closed: bool) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + ("Z" if is_closed else "")


def _dress(ink: Ink, *, is_closed: bool) -> str:
    fill = f'fill="{ink.fill}" fill-rule="evenodd"' if ink.fill and is_closed else 'fill="none"'
    seen = f' fill-opacity="{ink.opacity:g}"' if ink.opacity < 1 else ""
    line = f' stroke="{ink.stroke}" stroke-width="{ink.width_mm:g}" stroke-linejoin="round"' if ink.stroke else ""
    return f" {fill}{seen}{line}"
