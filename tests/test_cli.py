"""The command line through its front door: JSON keys, exit status, messages."""

import json
from pathlib import Path

import pytest

from ilpgeo.cli import main


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_status_and_priorities_carry_the_keys_others_rely_on(toronto: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = _json(capsys, "status", "--workspace", str(toronto))
    assert {"incidents", "unplaced", "sources", "version", "first", "last"} <= set(status)
    ranked = _json(capsys, "priorities", "--workspace", str(toronto), "--level", "local")
    assert {"level", "period", "areas", "unplaced", "suppressed_total", "total"} <= set(ranked)
    keys = {"id", "name", "rank", "tier", "n", "expected", "expected_interval", "rank_interval", "score", "reasons"}
    assert keys <= set(ranked["areas"][0])
    assert (
        ranked["total"] == sum(a["n"] or 0 for a in ranked["areas"]) + ranked["unplaced"] + ranked["suppressed_total"]
    )
    assert all(area["suppressed"] == (area["n"] is None) for area in ranked["areas"] if area["rank"])


@pytest.mark.parametrize("ending", [".geojson", ".gpkg", ".kml", ".csv"])
def test_hotspots_come_as_files(toronto: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str) -> None:
    import pandas as pd
    import pyogrio

    output = tmp_path / f"spots{ending}"
    told = _json(
        capsys, "hotspots", "--workspace", str(toronto), "--model", "dbscan", "--set", "min_samples=20",
        "--period", "2019-01-01..2019-12-31", "--output", str(output),
    )  # fmt: skip
    frame = pd.read_csv(output) if ending == ".csv" else pyogrio.read_dataframe(output)
    assert len(frame) == len(told["hotspots"]) > 0
    if ending in {".geojson", ".gpkg"}:
        assert {"id", "rank", "n", "area_km2", "share"} <= set(frame.columns)
        west, south, east, north = frame.total_bounds
        assert -80 < west < east < -79
        assert 43 < south < north < 44
    assert list(tmp_path.iterdir()) == [output]


@pytest.mark.parametrize(
    "arguments",
    [
        ("status", "--workspace", "nowhere"),
        ("hotspots", "--workspace", "nowhere", "--model", "oracle"),
        ("hotspots", "--workspace", "nowhere", "--model", "kde", "--set", "bandwidth_m=-1"),
        ("ingest", "missing.csv", "--workspace", "nowhere"),
    ],
)
def test_a_refusal_says_why_and_exits_with_1(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    assert capsys.readouterr().err.startswith("ilpgeo: ")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [(), ("rank",), ("priorities", "--workspace", "w", "--level", "galactic"),
     ("priorities", "--workspace", "w", "--level", "local", "--period", "2020-02-30")],
)  # fmt: skip
def test_wrong_usage_exits_with_2(arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


def test_a_workspace_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    west = {"type": "Polygon", "coordinates": [[[13.0, 52.0], [13.1, 52.0], [13.1, 52.1], [13.0, 52.1], [13.0, 52.0]]]}
    east = {"type": "Polygon", "coordinates": [[[13.1, 52.0], [13.2, 52.0], [13.2, 52.1], [13.1, 52.1], [13.1, 52.0]]]}
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": shape}
        for name, shape in (("West", west), ("East", east))
    ]
    (tmp_path / "districts.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    rows = ["latitude,longitude,date,offence"]
    rows += [f"52.05,13.0{k % 9 + 1},2021-03-{k % 28 + 1:02},Burglary" for k in range(40)]
    rows += ["52.05,13.15,2021-03-05,Burglary"] * 7 + [",,2021-03-05,Burglary", "0,0,2021-03-05,Burglary"]
    rows += ["13.15,52.05,2021-03-05,Burglary", "48,2,2021-03-05,Burglary", "52.05,13.15,31/02/2021,Burglary"]
    (tmp_path / "rows.csv").write_text("\n".join(rows))
    workspace = str(tmp_path / "mine")
    made = _json(
        capsys, "init", workspace, "--areas", str(tmp_path / "districts.geojson"), "--timezone", "Europe/Berlin"
    )
    assert made["crs"] == "EPSG:32633"
    assert made["areas"] == {"districts": 2, "whole area": 1}
    brought = _json(capsys, "ingest", str(tmp_path / "rows.csv"), "--workspace", workspace)
    assert (brought["rows_read"], brought["accepted"], brought["quarantined"], brought["duplicates"]) == (52, 47, 5, 0)
    assert set(brought["reasons"]) == {
        "no coordinates", "coordinates (0, 0)", "swapped latitude and longitude", "outside the jurisdiction",
        "unreadable date",
    }  # fmt: skip
    ranked = _json(
        capsys, "priorities", "--workspace", workspace, "--level", "local", "--period", "2021-03-01..2021-03-31"
    )
    assert [(area["name"], area["n"]) for area in ranked["areas"]] == [("West", 40), ("East", 7)]
    again = _json(capsys, "ingest", str(tmp_path / "rows.csv"), "--workspace", workspace)
    assert (again["accepted"], again["duplicates"]) == (0, 47)
    files = _json(capsys, "status", "--workspace", workspace)["files"]
    _json(capsys, "withdraw", files[0]["file_id"], "--workspace", workspace)
    assert _json(capsys, "status", "--workspace", workspace)["incidents"] == 0
