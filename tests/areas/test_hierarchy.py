"""Hierarchies from boundary files: order, levels, parents by overlap, the national union."""

from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from ilpgeo.areas.files import read_areas, write_areas
from ilpgeo.areas.hierarchy import areas_from_user_files, largest_overlap
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.query import Level

WEST, SOUTH = -79.5, 43.6


def tiles(nx: int, prefix: str, width: float = 0.04) -> gpd.GeoDataFrame:
    """Columns of a strip of 0.04 by 0.01 degrees."""
    edges = WEST + np.linspace(0, width, nx + 1)
    boxes = [shapely.box(a, SOUTH, b, SOUTH + 0.01) for a, b in pairwise(edges)]
    names = [f"{prefix} {chr(65 + k)}" for k in range(nx)]
    return gpd.GeoDataFrame({"name": names}, geometry=boxes, crs="EPSG:4326")


def saved(folder: Path, name: str, frame: gpd.GeoDataFrame) -> str:
    frame.to_file(folder / name)
    return str(folder / name)


def test_one_file_is_local_and_its_union_national(tmp_path: Path):
    found = areas_from_user_files([saved(tmp_path, "wards.gpkg", tiles(4, "Ward"))])
    areas = found.areas
    assert areas.types == ("wards", "whole area")
    assert areas.levels == (Level.LOCAL, Level.NATIONAL)
    assert areas.crs == "EPSG:32617"
    assert areas.parent.tolist() == [4, 4, 4, 4, -1]
    assert shapely.area(areas.geometry[4]) == pytest.approx(shapely.area(areas.geometry[:4]).sum(), rel=1e-9)
    assert found.remarks[0] == (
        "wards.gpkg: 4 areas of type 'wards', local level; names from column 'name', ids made from the names"
    )
    assert "EPSG:32617 suggested" in found.remarks[1]


def test_plain_files_are_ordered_by_number_of_areas(tmp_path: Path):
    options = [
        saved(tmp_path, "city.gpkg", tiles(1, "City")),
        saved(tmp_path, "wards.gpkg", tiles(8, "Ward")),
        saved(tmp_path, "districts.gpkg", tiles(2, "District")),
    ]
    areas = areas_from_user_files(options, "EPSG:26917").areas
    assert areas.crs == "EPSG:26917"
    assert areas.types == ("wards", "districts", "city")
    assert areas.levels == (Level.LOCAL, Level.REGIONAL, Level.NATIONAL)
    assert areas.parent.tolist() == [8, 8, 8, 8, 9, 9, 9, 9, 10, 10, -1]


def test_levels_and_types_by_name(tmp_path: Path):
    fine = saved(tmp_path, "a.gpkg", tiles(4, "Beat"))
    coarse = saved(tmp_path, "b.gpkg", tiles(2, "Area"))
    areas = areas_from_user_files([f"local:sector={coarse}", f"local:beat={fine}"]).areas
    assert areas.types == ("beat", "sector", "whole area")
    assert areas.levels == (Level.LOCAL, Level.LOCAL, Level.NATIONAL)


def test_parents_share_most_ground_and_doubtful_ones_are_named(tmp_path: Path):
    fine, coarse = tiles(3, "Ward"), tiles(2, "District", width=0.024)
    found = areas_from_user_files([saved(tmp_path, "w.gpkg", fine), saved(tmp_path, "d.gpkg", coarse)])
    assert found.areas.parent.tolist()[:3] == [3, 4, 4]
    assert found.remarks[-1].startswith("w.gpkg: row 3: less than half of the area lies in its d")


def test_largest_overlap_by_hand():
    fine = np.array([shapely.box(0, 0, 2, 1), shapely.box(4, 0, 6, 1), shapely.box(20, 0, 21, 1)], object)
    coarse = np.array([shapely.box(1, 0, 4.5, 1), shapely.box(4.5, 0, 9, 1), shapely.box(-1, 0, 1, 1)], object)
    parent, doubtful = largest_overlap(fine, coarse)
    assert parent.tolist() == [0, 1, 1]
    assert doubtful.tolist() == [False, False, True]


def test_ids_that_repeat_across_files_carry_their_type(tmp_path: Path):
    options = [saved(tmp_path, "w.gpkg", tiles(4, "Area")), saved(tmp_path, "d.gpkg", tiles(2, "Area"))]
    assert areas_from_user_files(options).areas.id == (
        "area-a", "area-b", "area-c", "area-d", "d:area-a", "d:area-b", "whole-area",
    )  # fmt: skip


def test_mixed_options_and_repeated_types_are_refused_together(tmp_path: Path):
    file = saved(tmp_path, "beat.gpkg", tiles(2, "Beat"))
    with pytest.raises(InvalidInput, match=r"either all files .* 'beat' is given twice"):
        areas_from_user_files([file, f"local:beat={file}"])
    with pytest.raises(InvalidInput, match="at least one --areas FILE"):
        areas_from_user_files([])


def test_the_workspace_file_takes_the_hierarchy(tmp_path: Path):
    options = [saved(tmp_path, "w.gpkg", tiles(8, "Ward")), saved(tmp_path, "d.gpkg", tiles(2, "District"))]
    made = areas_from_user_files(options).areas
    write_areas(made, tmp_path / "areas.parquet")
    read = read_areas(tmp_path / "areas.parquet", made.crs)
    assert (read.id, read.parent.tolist()) == (made.id, made.parent.tolist())


@pytest.mark.shared
def test_london_wards_lie_in_the_boroughs_their_codes_say(shared_data: Path):
    folder = shared_data / "oddities"
    found = areas_from_user_files([str(folder / "london_wards.zip"), str(folder / "london_boroughs.gpkg")])
    assert found.areas.crs == "EPSG:27700"
    wards = gpd.read_file(folder / "london_wards.zip")
    assert "BOROUGH" in wards.columns
    parents = [found.areas.name[found.areas.parent[k]] for k in range(len(wards))]
    assert np.mean([a == b for a, b in zip(parents, wards["BOROUGH"], strict=True)]) > 0.99


@pytest.mark.shared
@pytest.mark.parametrize(
    "names",
    [
        ["toronto_boundaries/Neighbourhoods.geojson", "toronto_boundaries/Police_Divisions.geojson"],
        ["chicago/chicago-community-areas.geojson"],
        ["oddities/nyc_precincts.gpkg"],
        ["oddities/medellin_comunas.gpkg"],
        ["oddities/northumbria_wards.gpkg", "oddities/northumbria_districts.geojson"],
    ],
)
def test_real_boundaries_survive_the_workspace_file(shared_data: Path, tmp_path: Path, names: list[str]):
    made = areas_from_user_files([str(shared_data / name) for name in names]).areas
    write_areas(made, tmp_path / "areas.parquet")
    read = read_areas(tmp_path / "areas.parquet", made.crs)
    assert shapely.area(read.geometry) == pytest.approx(shapely.area(made.geometry), rel=1e-7)
    assert shapely.is_valid(read.geometry).all()


def test_areas_that_lie_on_each_other_are_remarked(tmp_path):
    shapes = [shapely.box(10, 50, 10.2, 50.2), shapely.box(10.1, 50, 10.3, 50.2), shapely.box(10.3, 50, 10.5, 50.2)]
    file = tmp_path / "wards.geojson"
    gpd.GeoDataFrame({"name": ["Ash", "Birch", "Cedar"]}, geometry=shapes, crs=4326).to_file(file)
    remarks = areas_from_user_files([str(file)]).remarks
    (said,) = [remark for remark in remarks if "overlap" in remark]
    assert said.startswith("wards.geojson: 1 pairs of areas overlap (Ash and Birch by 1")
