"""Layers as map files with their styles: GeoPackage, KML, GeoJSON."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from ilpgeo.core.briefing import HotspotSet, Released
from ilpgeo.core.errors import InvalidInput
from ilpgeo.reports.files import hotspot_records
from ilpgeo.reports.layers import Layer, Look, Row, hotspot_layer
from ilpgeo.reports.qml import style_qml
from ilpgeo.reports.saving import save
from ilpgeo.reports.text import csv_text

About = Mapping[str, str]
_STILL = "2000-01-01T00:00:00.000Z"  # so that the same layers give the same bytes
_KML_MM_TO_PX = 3.0
_KML_NAMES = {"id": "place_id"}  # a field `id` is taken for the id of the XML element


def write_hotspots(released: Released[HotspotSet], path: Path) -> None:
    """Write the hotspots to `path` (.geojson, .gpkg, .kml in longitude and latitude; .csv without polygons).

    The file appears whole or not at all.

    Raises
    ------
    InvalidInput
        For another ending.
    """
    ending = path.suffix.lower()
    if ending not in {".geojson", ".gpkg", ".kml", ".csv"}:
        raise InvalidInput(
            f"{path}: hotspots are written as .geojson, .gpkg, .kml or .csv, not {ending or 'no ending'}"
        )
    if ending == ".csv":
        save(path, lambda made: made.write_text(csv_text(hotspot_records(released)), "utf-8"))
        return
    layers, about = [hotspot_layer(released)], {"data version": released.value.version}
    if ending == ".gpkg":
        save(path, lambda made: write_geopackage(layers, {}, made))
        return
    text = kml(layers, about) if ending == ".kml" else geojson_text(layers, about)
    save(path, lambda made: made.write_text(text, "utf-8"))


def geojson_text(layers: Sequence[Layer], about: About) -> str:
    """Return layers as one GeoJSON text (RFC 7946), colours as in the simplestyle convention.

    Each feature says its layer; what holds for all of them stands under ``about``.
    """
    features = []
    for layer in layers:
        for at, row in enumerate(layer.rows):
            look = layer.looks[layer.look[at]]
            style = {
                "fill": look.fill,
                "fill-opacity": look.opacity,
                "stroke": look.stroke,
                "stroke-width": round(look.width_mm * _KML_MM_TO_PX, 1),
            }
            features.append({
                "type": "Feature",
                "properties": {"layer": layer.name, **row, "look": layer.look[at], **style},
                "geometry": layer.shape_json(at),
            })  # fmt: skip
    document = {"type": "FeatureCollection", "about": dict(about), "features": features}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


def kml(layers: Sequence[Layer], about: About) -> str:
    """Return layers as KML: one folder each, shared styles; words show as they are, never as markup."""
    styles = [
        _kml_style(f"{layer.name}-{at}", look) for layer in layers for at, look in enumerate(layer.looks.values())
    ]
    schemas, folders = [_schema(layer) for layer in layers], [_folder(layer) for layer in layers]
    said = _readable(about.items())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>{escape(about.get('title', layers[0].title if layers else ''))}</name><open>1</open>"
        f"<description>{said}</description>{''.join((*styles, *schemas, *folders))}</Document></kml>\n"
    )


def _readable(pairs: Any) -> str:
    """Return pairs as a description; viewers take it for HTML: markup is escaped once for them, once for XML."""
    return escape("<br>".join(f"{escape(str(name))}: {escape(str(value))}" for name, value in pairs))


def _kml_style(name: str, look: Look) -> str:
    return (
        f"<Style id={quoteattr(name)}><LineStyle><color>{_kml_colour(look.stroke, 1.0)}</color>"
        f"<width>{look.width_mm * _KML_MM_TO_PX:.1f}</width></LineStyle>"
        f"<PolyStyle><color>{_kml_colour(look.fill, look.opacity)}</color></PolyStyle>"
        "<BalloonStyle><text>$[description]</text></BalloonStyle></Style>"
    )


def _kml_colour(colour: str, opacity: float) -> str:
    red, green, blue = colour[1:3], colour[3:5], colour[5:7]
    return f"{round(255 * opacity):02x}{blue}{green}{red}"


def _folder(layer: Layer) -> str:
    order = list(layer.looks)
    places = []
    for at, row in enumerate(layer.rows):
        known = {_KML_NAMES.get(name, name): _kml_value(value) for name, value in row.items() if value is not None}
        data = "".join(
            f"<SimpleData name={quoteattr(name)}>{escape(value)}</SimpleData>" for name, value in known.items()
        )
        places.append(
            f"<Placemark><name>{escape(known['name'])}</name><description>{_readable(known.items())}</description>"
            f"<styleUrl>#{layer.name}-{order.index(layer.look[at])}</styleUrl>"
            f'<ExtendedData><SchemaData schemaUrl="#{layer.name}">{data}</SchemaData></ExtendedData>'
            f"{_kml_shape(layer.shape_json(at))}</Placemark>"
        )
    return f"<Folder><name>{escape(layer.name)}</name>{''.join(places)}</Folder>"


def _schema(layer: Layer) -> str:
    fields = "".join(
        f'<SimpleField type="{_kind(layer.rows, name)}" name={quoteattr(_KML_NAMES.get(name, name))}/>'
        for name in (layer.rows[0] if layer.rows else ())
    )
    return f'<Schema name="{layer.name}" id="{layer.name}">{fields}</Schema>'


def _kind(rows: Sequence[Row], name: str) -> str:
    kinds = frozenset(type(row[name]) for row in rows if row[name] is not None)
    if kinds and kinds <= {int, float}:
        return "int" if kinds == {int} else "double"
    return "bool" if kinds == {bool} else "string"


def _kml_value(value: Any) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def _kml_shape(shape: Mapping[str, Any]) -> str:
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    drawn = []
    for rings in polygons:
        outer, *inner = (
            f"<LinearRing><coordinates>{' '.join(f'{lon},{lat}' for lon, lat in ring)}</coordinates></LinearRing>"
            for ring in rings
        )
        holes = "".join(f"<innerBoundaryIs>{hole}</innerBoundaryIs>" for hole in inner)
        drawn.append(f"<Polygon><outerBoundaryIs>{outer}</outerBoundaryIs>{holes}</Polygon>")
    return f"<MultiGeometry>{''.join(drawn)}</MultiGeometry>"


def write_geopackage(layers: Sequence[Layer], about: About, path: Path) -> None:
    """Write layers to a GeoPackage, each with a style that QGIS takes up by itself, and a table of what holds for all.

    The same layers give the same bytes. Without anything to say of all (`about` is empty) the file holds the layers and
    nothing else, so that a reader that asks for no layer by name finds the only one.
    """
    import pyogrio.raw
    import shapely

    for number, layer in enumerate(layers):
        columns = {name: [row[name] for row in layer.rows] for name in (layer.rows[0] if layer.rows else ())}
        columns["look"] = list(layer.look)
        arrays, masks = zip(*(_column(values) for values in columns.values()), strict=True)
        pyogrio.raw.write(
            path,
            shapely.to_wkb(layer.geometry) if len(layer.geometry) else np.array([], dtype=object),
            list(arrays),
            list(columns),
            field_mask=list(masks),
            layer=layer.name,
            driver="GPKG",
            geometry_type="MultiPolygon",
            crs="EPSG:4326",
            promote_to_multi=True,
            append=number > 0,
            dataset_options={"VERSION": "1.2"},  # what every QGIS in use reads without a warning
            layer_options={"IDENTIFIER": layer.title},
        )
    if about:
        _style(layers, about, path)


def _column(values: Sequence[Any]) -> tuple[Any, Any]:
    """Return a column as an array, and which of its values are missing."""
    known = [value for value in values if value is not None]
    kinds = {type(value) for value in known}
    missing = np.array([value is None for value in values], np.bool_)
    if kinds == {bool}:
        return np.array([bool(value) for value in values]), missing
    if kinds == {int}:
        return np.array([value or 0 for value in values], np.int64), missing
    if kinds and kinds <= {int, float}:
        return np.array([value or 0.0 for value in values], np.float64), missing
    return np.array([None if value is None else str(value) for value in values], dtype=object), None


def _style(layers: Sequence[Layer], about: About, path: Path) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(
            "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), "
            "f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), "
            "styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT(256), owner TEXT(30), ui TEXT(30), "
            "update_time DATETIME DEFAULT CURRENT_TIMESTAMP)"
        )
        file.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
            "styleQML, styleSLD, useAsDefault, description, owner, update_time) "
            "VALUES ('', '', ?, 'geom', ?, ?, '', 1, ?, '', ?)",
            [(layer.name, layer.name, style_qml(layer), layer.title[:256], _STILL) for layer in layers],
        )
        file.execute("CREATE TABLE about (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, name TEXT, value TEXT)")
        file.executemany("INSERT INTO about (name, value) VALUES (?, ?)", list(about.items()))
        file.executemany(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
            "VALUES (?, 'attributes', ?, '', ?)",
            [(name, name, _STILL) for name in ("layer_styles", "about")],
        )
        file.execute("UPDATE gpkg_contents SET last_change = ?", (_STILL,))
    with closing(sqlite3.connect(path)) as file:
        file.execute("VACUUM")
