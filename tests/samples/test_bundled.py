"""The bundled samples are what their SOURCE.md says they are."""

import csv
import gzip
import re
from itertools import pairwise
from pathlib import Path

import geopandas
import numpy as np
import pandas
import pytest
import shapely

from ilpgeo.core.settings import Workspace

DATA = Path(__file__).resolve().parents[2] / "data"
COLUMNS = ["id", "name", "area_type", "level", "parent", "population", "remark", "geometry"]
TYPES = {
    "toronto": {"neighbourhood": ("local", 140), "municipality": ("regional", 6), "city": ("national", 1)},
    "england-wales": {
        "MSOA": ("local", 7201),
        "district": ("local", 348),
        "police force": ("regional", 43),
        "region": ("regional", 10),
        "country": ("national", 2),
    },
}
ROWS = {
    "toronto/incidents.csv.gz": 240_992,
    "england-wales/2016-07-west-yorkshire-street.csv.gz": 27_176,
    "england-wales/2017-07-west-yorkshire-street.csv.gz": 28_537,
    "england-wales/2018-07-west-yorkshire-street.csv.gz": 31_635,
}
LABEL = {"toronto": "MCI", "england-wales": "Crime type"}


@pytest.fixture(scope="module", params=sorted(TYPES))
def sample(request):
    return request.param


@pytest.fixture(scope="module")
def areas(sample):
    return geopandas.read_parquet(DATA / sample / "areas.parquet")


@pytest.fixture(scope="module")
def rows(sample):
    found = {}
    for name in ROWS:
        if name.startswith(sample):
            with gzip.open(DATA / name, "rt", encoding="utf-8", newline="") as lines:
                found[name] = list(csv.DictReader(lines))
    return found


def test_every_raw_row_is_there(rows):
    assert {name: len(each) for name, each in rows.items()} == {name: ROWS[name] for name in rows}


def test_every_raw_label_has_an_offence_group(sample, rows):
    labels = {row[LABEL[sample]] for each in rows.values() for row in each}
    assert labels == set(Workspace.open(DATA / sample).table("offences"))


def test_every_offence_group_has_a_harm_weight_with_its_source(sample):
    workspace = Workspace.open(DATA / sample)
    groups = {row["offence"] for row in workspace.table("offences").values()}
    assert groups == set(workspace.weights("harm"))
    assert all(row["source"] for row in workspace.table("harm").values())
    assert max(workspace.weights("harm").values()) > 0


def test_what_police_discover_themselves_carries_no_harm():
    table = Workspace.open(DATA / "england-wales").table("harm")
    left_out = {offence for offence, row in table.items() if row["source"].startswith("left out")}
    assert left_out == {"Drugs", "Possession of weapons", "Public order"}
    assert all(float(table[offence]["weight"]) == 0 for offence in left_out)


def test_the_settings_open_as_a_workspace(sample):
    settings = Workspace.open(DATA / sample).settings
    assert set(settings.labels) == {"local", "regional", "national"}
    assert "Open Government Licence" in settings.attribution
    assert settings.crs == {"toronto": "EPSG:32617", "england-wales": "EPSG:27700"}[sample]


def test_the_area_file_has_its_columns_in_order(areas):
    assert list(areas.columns) == COLUMNS
    assert areas.crs.to_epsg() == 4326
    assert areas["id"].is_unique
    assert areas[["id", "name", "area_type", "level"]].notna().all(axis=None)


def test_the_types_come_finest_first_in_full_number_sorted_by_id(sample, areas):
    assert list(dict.fromkeys(areas["area_type"])) == list(TYPES[sample])
    for area_type, (level, count) in TYPES[sample].items():
        own = areas[areas["area_type"] == area_type]
        assert len(own) == count
        assert set(own["level"]) == {level}
        assert list(own["id"]) == sorted(own["id"])
        assert own.index.max() - own.index.min() == count - 1


def test_every_area_lies_in_one_of_the_next_coarser_type(sample, areas):
    type_of = dict(zip(areas["id"], areas["area_type"], strict=True))
    kinds = [*TYPES[sample], None]
    for area_type, coarser in pairwise(kinds):
        parents = areas.loc[areas["area_type"] == area_type, "parent"]
        if coarser is None:
            assert parents.isna().all()
        else:
            assert {type_of[parent] for parent in parents} == {coarser}
            assert set(parents) == {each for each, kind in type_of.items() if kind == coarser}  # no empty parent


def test_geometries_are_valid_polygons(areas):
    assert areas.geometry.is_valid.all()
    assert not areas.geometry.is_empty.any()
    assert set(areas.geometry.geom_type) <= {"Polygon", "MultiPolygon"}


def test_neighbours_share_their_borders_without_overlap_or_sliver(areas):
    for area_type, own in areas.groupby("area_type"):
        assert shapely.coverage_is_valid(own.geometry.to_numpy()), area_type


def test_a_coarser_area_is_the_union_of_its_parts(areas):
    children = areas.groupby("parent").indices
    geometry = areas.geometry.to_numpy()
    for parent, parts in children.items():
        whole = geometry[np.flatnonzero(areas["id"] == parent)[0]]
        union = shapely.coverage_union_all(geometry[parts])
        assert shapely.area(shapely.symmetric_difference(whole, union)) <= 1e-6 * shapely.area(whole), parent
        assert shapely.area(geometry[parts]).sum() == pytest.approx(shapely.area(whole), rel=1e-6)


def test_population_adds_up_to_the_census():
    areas = geopandas.read_parquet(DATA / "england-wales" / "areas.parquet")
    totals = areas.groupby("area_type")["population"].sum()
    assert set(totals) == {56_075_912.0}
    by_id = areas.set_index("id")["population"]
    assert by_id["E92000001"] == 53_012_456
    assert by_id["W92000004"] == 3_063_456


def test_places_of_england_and_wales_lie_where_they_belong():
    areas = geopandas.read_parquet(DATA / "england-wales" / "areas.parquet").set_index("id")
    leeds = areas[(areas["area_type"] == "district") & (areas["name"] == "Leeds")].iloc[0]
    assert leeds["parent"] == "police-force:west-yorkshire"
    assert leeds.geometry.contains(shapely.Point(-1.5491, 53.7997))  # Leeds town hall
    assert areas.loc["police-force:west-yorkshire", "parent"] == "E12000003"
    assert areas.loc["region:wales", "parent"] == "W92000004"
    assert areas.loc["W92000004"].geometry.contains(shapely.Point(-3.1791, 51.4816))  # Cardiff


def test_derived_boundaries_say_so_and_the_figure_is_the_one_in_the_source_note():
    areas = geopandas.read_parquet(DATA / "toronto" / "areas.parquet")
    assert areas["remark"].str.contains("derived from incident labels").all()
    text = (DATA / "toronto" / "SOURCE.md").read_text("utf-8")
    for area_type in ("neighbourhood", "municipality"):
        (remark,) = areas.loc[areas["area_type"] == area_type, "remark"].unique()
        figure = re.search(r"([\d.]+)%", remark).group(1)
        assert f"{figure} %" in text


@pytest.mark.parametrize(
    ("sample", "area_type", "stated"), [("toronto", "neighbourhood", 0.939), ("england-wales", "MSOA", 0.945)]
)
def test_the_stated_agreement_is_what_the_incidents_show(sample, area_type, stated):
    raw = pandas.concat([pandas.read_csv(DATA / name) for name in ROWS if name.startswith(sample)], ignore_index=True)
    if sample == "toronto":
        own, lon, lat = raw["Neighbourhood"], raw["Long"], raw["Lat"]
    else:
        raw = raw.dropna(subset=["Longitude"]).reset_index(drop=True)
        own, lon, lat = raw["LSOA name"].str[:-1], raw["Longitude"], raw["Latitude"]
    areas = geopandas.read_parquet(DATA / sample / "areas.parquet")
    fine = areas[areas["area_type"] == area_type]
    polygon, point = shapely.STRtree(shapely.points(lon, lat)).query(fine.geometry.to_numpy(), predicate="contains")
    fallen = pandas.Series(fine["name"].to_numpy()[polygon], index=point)
    assert fallen.index.is_unique
    assert len(fallen) / len(raw) > 0.999
    assert (fallen.reindex(raw.index) == own).mean() == pytest.approx(stated, abs=0.0005)
    assert fine["remark"].str.contains(f"{stated:.1%}", regex=False).all()


def test_neighbourhoods_are_whole():
    areas = geopandas.read_parquet(DATA / "toronto" / "areas.parquet")
    fine = areas[areas["area_type"] == "neighbourhood"].to_crs("EPSG:32617")
    parts = fine.explode()
    assert len(parts) <= len(fine) + 4  # what is left lies apart from every neighbour
    assert parts.area.min() > 5e4  # m2: no specks
    assert shapely.get_num_interior_rings(parts.geometry.to_numpy()).sum() == 0


def test_the_base_map_covers_both_samples():
    for layer in ("land", "countries"):
        frame = geopandas.read_parquet(DATA / "basemap" / f"{layer}.parquet")
        assert frame.crs.to_epsg() == 4326
        assert frame.geometry.is_valid.all()
        for place in (shapely.Point(-79.6, 44.0), shapely.Point(-1.55, 53.8)):
            assert frame.geometry.contains(place).sum() == 1
    assert {"Canada", "United Kingdom"} <= set(frame["name"])


def test_everything_stays_small_and_has_its_source():
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) < 15e6
    for folder in filter(Path.is_dir, DATA.iterdir()):
        assert re.search("Licence|public domain", (folder / "SOURCE.md").read_text("utf-8")), folder.name


@pytest.mark.shared
def test_derived_neighbourhoods_overlap_the_citys_own(shared_data):
    official = geopandas.read_file(shared_data / "toronto_boundaries" / "Neighbourhoods.geojson").to_crs("EPSG:32617")
    number = official["AREA_NAME"].str.extract(r"\((\d+)\)")[0].astype(int)
    official.index = [f"neighbourhood:{each:03d}" for each in number]
    areas = geopandas.read_parquet(DATA / "toronto" / "areas.parquet")
    ours = areas[areas["area_type"] == "neighbourhood"].set_index("id").to_crs("EPSG:32617").geometry
    theirs = official.geometry.reindex(ours.index)
    overlap = ours.intersection(theirs).area / ours.union(theirs).area
    assert overlap.median() == pytest.approx(0.79, abs=0.01)
    assert overlap.quantile(0.1) > 0.6
    assert (ours.intersection(theirs).area / theirs.area).median() > 0.85
