import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from ilpgeo import pipeline
from ilpgeo.cli import main
from ilpgeo.core.errors import InvalidInput, NotAllowed, NotFound
from ilpgeo.core.protocols import Context
from ilpgeo.core.types import Access, Level, Period, Query
from ilpgeo.pipeline.staged import stage_of
from tests.pipeline.city import SOUTH, WEST, make_city, write


def bars(folder: Path, n: int = 12, shift: float = 0.0) -> Path:
    """Write a file of points in the city, with an owner's name that must not be kept."""
    at = np.arange(n)
    frame = gpd.GeoDataFrame(
        {"owner": [f"Person {each}" for each in at]},
        geometry=gpd.points_from_xy(WEST + shift + 0.003 * (at % 4), SOUTH + 0.004 * (at // 4)),
        crs="EPSG:4326",
    )
    path = folder / "bars.geojson"
    frame.to_file(path)
    return path


def lots(folder: Path) -> Path:
    path = folder / "lots.gpkg"
    square = shapely.box(WEST + 0.01, SOUTH + 0.01, WEST + 0.013, SOUTH + 0.012)
    gpd.GeoDataFrame(geometry=[square], crs="EPSG:4326").to_file(path)
    return path


@pytest.fixture
def city(tmp_path):
    return make_city(tmp_path / "city")


def test_a_layer_is_kept_listed_replaced_and_removed(city, tmp_path) -> None:
    factor, _ = pipeline.add_factor(city, " Late  Bars ", bars(tmp_path))
    assert (factor.name, factor.n_features, factor.are_points) == ("late bars", 12, True)
    pipeline.add_factor(city, "lots", lots(tmp_path))
    assert [(each.name, each.n_features, each.are_points) for each in pipeline.known_factors(city)] == [
        ("late bars", 12, True),
        ("lots", 1, False),
    ]
    pipeline.add_factor(city, "late bars", bars(tmp_path, 5))
    assert pipeline.known_factors(city)[0].n_features == 5
    pipeline.remove_factor(city, "Late bars")
    assert [each.name for each in pipeline.known_factors(city)] == ["lots"]
    with pytest.raises(NotFound, match="lots"):
        pipeline.remove_factor(city, "late bars")


def test_only_the_shapes_are_kept(city, tmp_path) -> None:
    pipeline.add_factor(city, "bars", bars(tmp_path))
    kept = list((city.workspace.folder / "factors").iterdir())
    assert [each.name for each in kept] == ["bars.parquet"]
    assert list(gpd.read_parquet(kept[0]).columns) == ["geometry"]
    assert b"Person" not in kept[0].read_bytes()


def test_a_refused_file_leaves_what_was_there(city, tmp_path) -> None:
    pipeline.add_factor(city, "bars", bars(tmp_path))
    with pytest.raises(InvalidInput, match="anywhere near"):
        pipeline.add_factor(city, "bars", bars(tmp_path, shift=40.0))
    assert pipeline.known_factors(city)[0].n_features == 12
    assert len(list((city.workspace.folder / "factors").iterdir())) == 1


@pytest.mark.parametrize("name", ["", "../bars", "a/b", ".bars", "-", "x" * 41, "bars\n"])
def test_a_name_that_is_no_file_s_is_refused(city, tmp_path, name) -> None:
    if name == "bars\n":  # blanks around a name are dropped
        assert pipeline.add_factor(city, name, bars(tmp_path))[0].name == "bars"
        return
    with pytest.raises(InvalidInput, match="up to 40 letters"):
        pipeline.add_factor(city, name, bars(tmp_path))


def test_a_role_that_does_not_manage_data_changes_nothing(city, tmp_path) -> None:
    looking = Access(manages_data=False)
    with pytest.raises(NotAllowed):
        pipeline.add_factor(city, "bars", bars(tmp_path), looking)
    pipeline.add_factor(city, "bars", bars(tmp_path), Access())
    with pytest.raises(NotAllowed):
        pipeline.remove_factor(city, "bars", looking)


def risk_terrain(opened: pipeline.Opened) -> tuple[str, ...]:
    [model] = [each for each in pipeline.model_classes() if each.name == "risk_terrain"]
    return pipeline.lacking(opened, model)


def context(opened: pipeline.Opened) -> tuple[Context, tuple[int, int]]:
    query = Query(Level.LOCAL, Period.parse("2023-03-01..2023-03-31"))
    stage = stage_of(opened, query, Access())
    return stage.context, stage.grid.shape


def with_incidents(opened: pipeline.Opened, folder: Path) -> None:
    rng = np.random.default_rng(0)
    north, east = 0.04 * rng.random((2, 400))
    rows = [
        (f"R{at}", f"2023-03-{1 + at % 28:02d} 12:30", SOUTH + north[at], WEST + east[at], "THEFT", f"Road {at}")
        for at in range(400)
    ]
    pipeline.ingest(opened, write(folder / "march.csv", rows))


def test_a_model_sees_the_layers_on_its_grid(city, tmp_path) -> None:
    with_incidents(city, tmp_path)
    assert risk_terrain(city) == ("factors",)
    empty, _ = context(city)
    assert not empty.factors
    assert len(empty.factors) == 0
    pipeline.add_factor(city, "bars", bars(tmp_path))
    pipeline.add_factor(city, "lots", lots(tmp_path))
    assert risk_terrain(city) == ()
    told, shape = context(city)
    assert list(told.factors) == ["bars distance_m", "lots distance_m", "bars count"]
    assert told.factors["bars count"].sum() == 12
    assert told.factors["lots distance_m"].shape == shape
    assert np.nanmin(told.factors["lots distance_m"]) == 0
    with pytest.raises(KeyError):
        told.factors["lots count"]
    again, _ = context(city)
    assert again.factors["bars distance_m"] is told.factors["bars distance_m"]
    pipeline.add_factor(city, "bars", bars(tmp_path, 3))
    assert context(city)[0].factors["bars count"].sum() == 3


def test_the_command_line_adds_lists_explains_and_removes(city, tmp_path, capsys) -> None:
    with_incidents(city, tmp_path)
    where = ["--workspace", str(city.workspace.folder), "--json"]

    def told(*words: str, status: int = 0) -> dict:
        assert main([*words, *where]) == status
        return json.loads(capsys.readouterr().out)

    explain = ("explain", "--model", "risk_terrain", "--period", "2023-03-01..2023-03-31")
    assert "ilpgeo factors add" in told(*explain, status=1)["error"]
    assert told("factors", "add", "bars", str(bars(tmp_path)))["n_features"] == 12
    assert told("factors", "list") == {"factors": [{"name": "bars", "n_features": 12, "are_points": True}]}
    assert told(*explain)
    assert told("factors", "remove", "bars") == {"removed": "bars"}
    assert told("factors", "list") == {"factors": []}
    assert "a name and a file" in told("factors", "add", "bars", status=1)["error"]
    assert "a name is needed" in told("factors", "remove", status=1)["error"]
