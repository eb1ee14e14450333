"""Products for other maps: read back by the tools they are for, with their layers, styles and words."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pyogrio
import pytest
import shapely

from ilpgeo.reports.formats import FORMATS
from tests.reports import products
from tests.reports.products import made

KML = "{http://www.opengis.net/kml/2.2}"


def ranked_in(content: bytes, ending: str, tmp_path: Path):
    path = products.save(tmp_path / f"x{ending}", content)
    layer = None if ending == ".geojson" else "areas"
    frame = pyogrio.read_dataframe(path, layer=layer)
    return frame[frame["layer"] == "areas"] if ending == ".geojson" else frame


@pytest.mark.parametrize("ending", [".gpkg", ".kml", ".geojson"])
def test_map_files_are_read_back_whole(ending: str, tmp_path: Path) -> None:
    product = products.product(subject="first")
    frame = ranked_in(FORMATS[ending].make(product), ending, tmp_path)
    told = product.briefing.value.priorities
    assert list(frame["place_id" if ending == ".kml" else "id"]) == [each.id for each in told]
    ranked = frame[frame["rank"].notna()]
    assert [int(each) for each in ranked["rank"]] == [each.rank for each in told if each.rank]
    [suppressed] = [at for at, each in enumerate(told) if each.suppressed]
    assert str(frame["n"].iloc[suppressed]) in {"nan", "None", "<NA>"}
    assert frame.crs.to_epsg() == 4326
    whole = shapely.union_all(product.areas.geometry[[product.areas.at(each.id) for each in told]])
    metres = frame.to_crs(product.areas.crs).union_all()
    assert metres.symmetric_difference(whole).area < 1e-4 * whole.area


def test_a_geopackage_has_a_style_for_each_layer_and_says_what_it_rests_on(tmp_path: Path) -> None:
    path = products.save(tmp_path / "x.gpkg", made(".gpkg", subject="first"))
    with closing(sqlite3.connect(path)) as file:
        styles = dict(file.execute("SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault = 1"))
        about = dict(file.execute("SELECT name, value FROM about"))
        looks = {row[0] for row in file.execute("SELECT DISTINCT look FROM areas")}
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert set(styles) == {"areas", "hotspots"}
    style = ElementTree.fromstring(re.sub("<!DOCTYPE[^>]*>", "", styles["areas"]))
    categories = style.findall(".//category")
    assert {each.get("value") for each in categories} == looks
    symbols = {each.get("name") for each in style.findall(".//symbol")}
    assert {each.get("symbol") for each in categories} == symbols
    fills = [each.get("v") for each in style.findall(".//prop[@k='color']")]
    assert "234,189,105,217" in fills  # elevated, sure
    assert about["Data version"] == "v1"
    assert {"areas", "hotspots", "about", "layer_styles"} <= set(pyogrio.list_layers(path)[:, 0])


def test_kml_has_a_folder_for_each_layer_and_styles_that_exist() -> None:
    tree = ElementTree.fromstring(made(".kml", subject="first"))
    assert [each.findtext(f"{KML}name") for each in tree.iter(f"{KML}Folder")] == ["areas", "hotspots"]
    styles = {f"#{each.get('id')}" for each in tree.iter(f"{KML}Style")}
    used = {each.text for each in tree.iter(f"{KML}styleUrl")}
    assert used <= styles
    colours = {each.text for each in tree.iter(f"{KML}color")}
    assert "d926058e" in colours  # critical, sure: opacity, blue, green, red
    hole = list(tree.iter(f"{KML}innerBoundaryIs"))
    assert len(hole) == 1


def test_kml_balloons_show_markup_as_words() -> None:
    tree = ElementTree.fromstring(made(".kml", name=products.HOSTILE))
    said = [each.text for each in tree.iter(f"{KML}description")]
    assert not [each for each in said if "<script" in each]
    assert any("&lt;script&gt;" in each for each in said)
    assert {each.text for each in tree.iter(f"{KML}text")} == {"$[description]"}


def test_geojson_turns_its_rings_as_the_standard_asks_and_carries_colours() -> None:
    document = json.loads(made(".geojson", subject="first"))
    assert document["about"]["Data version"] == "v1"
    for feature in document["features"]:
        shape = shapely.geometry.shape(feature["geometry"])
        for part in getattr(shape, "geoms", [shape]):
            assert part.exterior.is_ccw
            assert not any(ring.is_ccw for ring in part.interiors)
        assert feature["properties"]["fill"].startswith("#")
