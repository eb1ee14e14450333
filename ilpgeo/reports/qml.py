"""A layer's style as QGIS keeps it in a GeoPackage: one symbol for each look, with the words of its legend."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from ilpgeo.reports.layers import Layer, Look

_STRONG_MM = 0.3


def style_qml(layer: Layer) -> str:
    """Return the style as QML, a categorised renderer over the column ``look``."""
    used = [name for name in layer.looks if name in set(layer.look)] or list(layer.looks)
    categories = "".join(
        f'<category render="true" symbol="{at}" value={quoteattr(name)} label={quoteattr(layer.looks[name].words)}/>'
        for at, name in enumerate(used)
    )
    symbols = "".join(_symbol(at, layer.looks[name]) for at, name in enumerate(used))
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
        '<qgis version="3.22.0" styleCategories="Symbology|Fields|MapTips">'
        '<renderer-v2 type="categorizedSymbol" attr="look" forceraster="0" symbollevels="1" enableorderby="0">'
        f"<categories>{categories}</categories><symbols>{symbols}</symbols></renderer-v2>"
        "<previewExpression>name</previewExpression><blendMode>0</blendMode><featureBlendMode>0</featureBlendMode>"
        "<layerGeometryType>2</layerGeometryType></qgis>"
    )


def _symbol(at: int, look: Look) -> str:
    level = int(look.width_mm > _STRONG_MM)  # a strong outline is drawn over the neighbours' fills
    inside = _fill(look.fill, look.opacity, look.stroke, look.width_mm, "solid", level)
    if look.is_hatched:
        inside += _fill(look.stroke, 0.8, look.stroke, look.width_mm, "b_diagonal", level)
    return f'<symbol type="fill" name="{at}" alpha="1" clip_to_extent="1" force_rhr="0">{inside}</symbol>'


def _fill(colour: str, opacity: float, line: str, width_mm: float, style: str, level: int) -> str:
    options = {
        "color": _rgba(colour, opacity),
        "style": style,
        "outline_color": _rgba(line, 1.0),
        "outline_style": "solid",
        "outline_width": f"{width_mm:g}",
        "outline_width_unit": "MM",
        "joinstyle": "round",
    }
    told = "".join(f'<Option type="QString" name="{name}" value="{value}"/>' for name, value in options.items())
    props = "".join(f'<prop k="{name}" v="{value}"/>' for name, value in options.items())
    head = f'<layer class="SimpleFill" enabled="1" locked="0" pass="{level}">'
    return f'{head}<Option type="Map">{told}</Option>{props}</layer>'


def _rgba(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},{round(255 * opacity)}"
