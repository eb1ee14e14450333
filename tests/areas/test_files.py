"""The workspace's area file: round trip, and every fault named with its rows."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from ilpgeo.areas.files import COLUMNS, read_areas, write_areas
from ilpgeo.areas.locate import Locator
from ilpgeo.core.errors import InvalidInput, NotFound
from ilpgeo.core.query import Level
from ilpgeo.core.space import Areas

UTM = "EPSG:32617"


def four_and_one() -> Areas:
    """Four neighbourhoods in a row in one city."""
    boxes = [shapely.box(630_000 + 1000 * k, 4_830_000, 631_000 + 1000 * k, 4_831_000) for k in range(4)]
    return Areas(
        id=("a", "b", "c", "d", "z"),
        name=("Ash", "Beech", "Cedar", "Dale", "Zed"),
        type=np.array([0, 0, 0, 0, 1]),
        parent=np.array([4, 4, 4, 4, -1]),
        population=np.array([10, 20, np.nan, 0, 50.0]),
        geometry=np.array([*boxes, shapely.union_all(boxes)], object),
        types=("neighbourhood", "city"),
        levels=(Level.LOCAL, Level.NATIONAL),
        crs=UTM,
        derived=(("neighbourhood", "derived from incident labels"),),
    )


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "new" / "areas.parquet"
    write_areas(four_and_one(), path)
    return path


def test_what_is_written_is_read(written: Path):
    before, after = four_and_one(), read_areas(written, UTM)
    for name in ("id", "name", "types", "levels", "crs", "derived"):
        assert getattr(after, name) == getattr(before, name)
    for name in ("type", "parent", "population"):
        assert np.array_equal(getattr(after, name), getattr(before, name), equal_nan=True)
    assert shapely.area(shapely.symmetric_difference(after.geometry, before.geometry)).max() < 0.01


def test_on_disk_it_is_geoparquet_in_degrees_and_nothing_else_is_left(written: Path):
    frame = gpd.read_parquet(written)
    assert tuple(frame.columns) == COLUMNS
    assert frame.crs.to_epsg() == 4326
    assert [each.name for each in written.parent.iterdir()] == ["areas.parquet"]


def test_neighbours_still_share_their_border_after_the_round_trip(written: Path):
    areas = read_areas(written, UTM)
    corners = shapely.get_coordinates(areas.geometry[areas.finest])
    placed = Locator.of(areas.geometry[areas.finest])
    between = corners[np.abs(corners[:, 0] - 632_000) < 1]
    middle = between.mean(axis=0)
    x, y = np.full(9, middle[0]) + np.linspace(-1e-7, 1e-7, 9), np.full(9, middle[1])
    assert set(placed.locate(x, y).tolist()) <= {1, 2}


def spoil(path: Path, column: str, rows: list[int], value: object) -> None:
    frame = gpd.read_parquet(path)
    values = list(frame[column])
    for row in rows:
        values[row - 1] = value
    frame[column] = gpd.GeoSeries(values, crs=frame.crs) if column == "geometry" else values
    frame.to_parquet(path, index=False)


BOWTIE = shapely.Polygon([(-79, 43), (-78, 44), (-78, 43), (-79, 44)])


@pytest.mark.parametrize(
    ("column", "rows", "value", "message"),
    [
        ("id", [3], "a", "row 3: id 'a' is used before"),
        ("id", [2], None, "row 2: id is empty"),
        ("name", [1, 4], " ", "rows 1, 4: name is empty"),
        ("area_type", [2], "city", "'neighbourhood' is not contiguous"),
        ("level", [5], "world", "row 5: level 'world' is not local"),
        ("level", [1], "regional", "'neighbourhood' has the levels local and regional"),
        ("level", [1, 2, 3, 4], "national", None),
        ("level", [5], "local", None),
        ("parent", [2], "nobody", "row 2: parent 'nobody' is no id"),
        ("parent", [2], "a", "row 2: parent 'a' is not in the next coarser type"),
        ("parent", [4], None, "row 4: parent is empty"),
        ("parent", [5], "a", "row 5: parent 'a' given for an area of the coarsest type"),
        ("population", [3], -5.0, "row 3: population is negative"),
        ("geometry", [3], shapely.Point(0, 0), "row 3: not a polygon"),
        ("geometry", [3], None, "row 3: no geometry"),
        ("geometry", [3], BOWTIE, r"row 3: the polygon is not valid \(Self-intersection"),
    ],
)
def test_every_fault_is_named(written: Path, column, rows, value, message):
    spoil(written, column, rows, value)
    if message is None:
        assert len(read_areas(written, UTM)) == 5
        return
    with pytest.raises(InvalidInput, match=message) as caught:
        read_areas(written, UTM)
    assert str(written) in str(caught.value)


def test_all_faults_come_at_once(written: Path):
    spoil(written, "parent", [2], "nobody")
    spoil(written, "geometry", [3], BOWTIE)
    with pytest.raises(InvalidInput, match=r"row 2: parent.*row 3: the polygon"):
        read_areas(written, UTM)


def test_coarse_before_fine_is_refused(written: Path):
    spoil(written, "level", [1, 2, 3, 4], "national")
    spoil(written, "level", [5], "local")
    with pytest.raises(InvalidInput, match="do not run from local to national"):
        read_areas(written, UTM)


def test_files_that_are_not_area_files(tmp_path: Path):
    with pytest.raises(NotFound, match="no area file"):
        read_areas(tmp_path / "none.parquet", UTM)
    rubbish = tmp_path / "rubbish.parquet"
    rubbish.write_bytes(b"\x00\x01rubbish")
    with pytest.raises(InvalidInput, match="cannot be read as GeoParquet"):
        read_areas(rubbish, UTM)
    other = tmp_path / "other.parquet"
    gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.box(0, 0, 1, 1)], crs="EPSG:4326").to_parquet(other)
    with pytest.raises(InvalidInput, match="column name, area_type, level, parent, population, remark is missing"):
        read_areas(other, UTM)
    plain = tmp_path / "plain.parquet"
    gpd.pd.DataFrame({"id": ["a"]}).to_parquet(plain)
    with pytest.raises(InvalidInput, match="cannot be read as GeoParquet"):
        read_areas(plain, UTM)
    nothing = tmp_path / "nothing.parquet"
    full = tmp_path / "full.parquet"
    write_areas(four_and_one(), full)
    gpd.read_parquet(full).iloc[:0].to_parquet(nothing)
    with pytest.raises(InvalidInput, match="holds no area"):
        read_areas(nothing, UTM)
