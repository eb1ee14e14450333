"""data/toronto: the raw incidents as one file, and areas derived from the incidents' own labels."""

from __future__ import annotations

import io
from pathlib import Path

import geopandas
import numpy as np
import pandas
import shapely
from pyproj import Transformer

from ilpgeo.areas.derived import derive_areas, measure_agreement
from samples.files import dissolve, rounded, write_areas, write_gzip
from samples.sources import TORONTO

CRS = "EPSG:32617"
PARTS = ("train.csv", "test.csv")
BUFFER_M = 500.0
SPECK_SHARE = 0.1
SIMPLIFY_M = 20.0


def build(archives: Path, data: Path) -> None:
    """Write the incidents and the areas of the Toronto sample."""
    folder = data / "toronto"
    header, _, rows = TORONTO.member(archives, f"mci_model/datasets/{PARTS[0]}").partition(b"\n")
    second, _, more = TORONTO.member(archives, f"mci_model/datasets/{PARTS[1]}").partition(b"\n")
    if header != second:
        raise ValueError(f"{PARTS[0]} and {PARTS[1]} differ in their columns")
    incidents = header + b"\n" + rows + more
    write_gzip(folder / "incidents.csv.gz", incidents)
    raw = pandas.read_csv(io.BytesIO(incidents), usecols=["Neighbourhood", "Lat", "Long"])
    facts = pandas.read_csv(folder / "neighbourhoods.csv")
    write_areas(folder / "areas.parquet", _areas(raw, facts))


def _areas(raw: pandas.DataFrame, facts: pandas.DataFrame) -> list[geopandas.GeoDataFrame]:
    to_metres = Transformer.from_crs("EPSG:4326", CRS, always_xy=True)
    x, y = to_metres.transform(raw["Long"].to_numpy(), raw["Lat"].to_numpy())
    label = raw["Neighbourhood"].to_numpy(dtype=np.str_)
    derived = derive_areas(x, y, label, BUFFER_M, SPECK_SHARE, SIMPLIFY_M)
    facts = facts.set_index("neighbourhood").loc[list(derived.names)]
    degrees = shapely.transform(
        derived.polygons,
        lambda metres: np.column_stack(to_metres.transform(metres[:, 0], metres[:, 1], direction="INVERSE")),
    )
    fine = geopandas.GeoDataFrame(
        {
            "id": [f"neighbourhood:{number:03d}" for number in facts["neighbourhood_number"]],
            "name": derived.names,
            "area_type": "neighbourhood",
            "level": "local",
            "parent": [_municipality_id(name) for name in facts["former_municipality"]],
            "population": np.nan,
            "remark": "derived from incident labels: "
            f"{derived.agreement:.1%} of incidents fall in the area named in their own row",
        },
        geometry=rounded(degrees),
        crs="EPSG:4326",
    )
    names = sorted(set(facts["former_municipality"]))
    unions = dissolve(fine, "parent")
    own = facts["former_municipality"].loc[label].to_numpy(dtype=np.str_)
    metres = np.array(
        [
            shapely.coverage_union_all(derived.polygons[(facts["former_municipality"] == name).to_numpy()])
            for name in names
        ]
    )
    agreement = measure_agreement(x, y, own, names, metres)
    middle = geopandas.GeoDataFrame(
        {
            "id": [_municipality_id(name) for name in names],
            "name": names,
            "area_type": "municipality",
            "level": "regional",
            "parent": "city:toronto",
            "population": np.nan,
            "remark": "union of neighbourhoods derived from incident labels: "
            f"{agreement:.1%} of incidents fall in the former municipality of their own row's neighbourhood",
        },
        geometry=[unions[_municipality_id(name)] for name in names],
        crs="EPSG:4326",
    )
    city = geopandas.GeoDataFrame(
        {
            "id": ["city:toronto"],
            "name": ["Toronto"],
            "area_type": "city",
            "level": "national",
            "parent": [None],
            "population": np.nan,
            "remark": f"union of neighbourhoods derived from incident labels: reaches {BUFFER_M:.0f} m beyond the "
            "outermost incidents, not to the city limits",
        },
        geometry=[shapely.coverage_union_all(fine.geometry.to_numpy())],
        crs="EPSG:4326",
    )
    return [fine, middle, city]


def _municipality_id(name: str) -> str:
    return "municipality:" + name.lower().replace(" ", "-")
