"""A workspace of four square areas on the ground of Toronto, and files for it written on the spot."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from ilpgeo import pipeline
from ilpgeo.core.sources import Source
from ilpgeo.core.types import Access

WEST, SOUTH, SIDE = -79.40, 43.64, 0.02
HEADER = "id,when,lat,lon,offence,place"
Row = Sequence[object]


def make_city(folder: Path) -> pipeline.Opened:
    """Make the workspace in `folder`; its offences are Theft and Assault."""
    squares = [(WEST + SIDE * (at % 2), SOUTH + SIDE * (at // 2), SIDE, SIDE) for at in range(4)]
    return _made(folder, squares)


def make_city_of_two(folder: Path, thefts: str, assaults: str) -> pipeline.Opened:
    """Make the city with 60 thefts from one source and 40 assaults from another."""
    made = make_city(folder)
    pipeline.ingest(made, write(folder.parent / "thefts.csv", good(60)), thefts)
    pipeline.ingest(made, write(folder.parent / "assaults.csv", good(40, offence="ASSAULT")), assaults)
    return made


def make_registered_city(folder: Path, thefts: Source, assaults: Source) -> pipeline.Opened:
    """Make the city of two sources, both registered."""
    made = make_city_of_two(folder, thefts.name, assaults.name)
    for each in (thefts, assaults):
        pipeline.register_source(made, each, Access(), "A")
    return made


def make_l_shaped_city(folder: Path) -> pipeline.Opened:
    """Make a workspace of two long areas, one to the north and one to the east, 0.2 degrees each."""
    return _made(folder, [(WEST, SOUTH, SIDE / 2, 10 * SIDE), (WEST + SIDE / 2, SOUTH, 10 * SIDE, SIDE)])


def _made(folder: Path, boxes: Sequence[tuple[float, float, float, float]]) -> pipeline.Opened:
    areas = []
    for at, (west, south, width, height) in enumerate(boxes):
        east, north = west + width, south + height
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        areas.append({"type": "Feature", "properties": {"id": f"a{at}", "name": f"Area {at}"}, "geometry": geometry})
    file = folder.parent / f"{folder.name}-areas.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": areas}), "utf-8")
    pipeline.make_workspace(
        folder, (str(file),), name="Square City", crs="EPSG:32617", timezone="America/Toronto", start=date(2020, 1, 1)
    )
    (folder / "offences.csv").write_text("label,offence\nTHEFT,Theft\nASSAULT,Assault\n", "utf-8")
    return pipeline.open_workspace(folder)


def good(n: int, first: int = 1, offence: str = "THEFT") -> list[Row]:
    """Return rows inside the city, each at a place and hour of its own."""
    return [
        (f"R{at}", f"2023-03-{1 + at % 28:02d} {at % 24:02d}:30", 43.645 + 1e-4 * (at % 300), -79.395 + 1e-5 * at,
         offence, f"Road {at}")
        for at in range(first, first + n)
    ]  # fmt: skip


def two_springs() -> list[Row]:
    """Return two springs: ten thefts a month at one corner, thirty in April 2023, ten over the city; a few assaults."""
    made: list[Row] = []
    number = 0
    for year in (2022, 2023):
        for month in range(1, 5):
            n_corner = 30 if (year, month) == (2023, 4) else 10
            for at in range(n_corner + 10):
                number += 1
                lat, lon = (
                    (43.645, -79.395) if at < n_corner else (43.6455 + 0.003 * (at % 10), -79.39 + 0.003 * (at % 10))
                )
                made.append((f"R{number}", f"{year}-{month:02d}-{1 + at % 28:02d} 10:00", lat, lon, "THEFT", "Mill Rd"))
            for at in range(6):
                number += 1
                made.append((f"R{number}", f"{year}-{month:02d}-{1 + at:02d} 11:00", 43.65, -79.39, "ASSAULT", "Inn"))
    made.append(("LAST", "2023-04-30 23:00", 43.65, -79.39, "ASSAULT", "Inn"))
    return made


def dirty() -> list[Row]:
    """Return rows of every kind: 6 good, 2 swapped, 1 without a place, 1 of 31 February, 3 of unknown offences."""
    return [
        *good(6),
        ("S1", "2023-03-05 10:00", -79.39, 43.65, "THEFT", "Swapped Road"),
        ("S2", "2023-03-06 11:00", -79.38, 43.66, "ASSAULT", "Swapped Road"),
        ("N1", "2023-03-07 12:00", "", "", "THEFT", "Nowhere"),
        ("D1", "2023-02-31 12:00", 43.65, -79.39, "THEFT", "Leap Lane"),
        ("U1", "2023-03-08 12:00", 43.65, -79.39, "ARSON", "Fire Street"),
        ("U2", "2023-03-09 12:00", 43.65, -79.38, "ARSON", "Fire Street"),
        ("U3", "2023-03-10 12:00", 43.66, -79.38, "MISCHIEF", "Low Street"),
    ]


def write(path: Path, rows: Sequence[Row], header: str = HEADER, *, named: bool = True) -> Path:
    """Write rows as a CSV; without `named` the reference is left out, so that rows are told by what they say."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerows(row if named else row[1:] for row in (header.split(","), *rows))
    return path
