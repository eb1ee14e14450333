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


SQUARES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[west, 52.0], [west + wide, 52.0], [west + wide, 52.1], [west, 52.1], [west, 52.0]]],
            },
        }
        for name, west, wide in (("West", 13.0, 0.1), ("East", 13.1, 0.1))
    ],
}


@pytest.fixture
def own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    (tmp_path / "districts.geojson").write_text(json.dumps(SQUARES))
    folder = tmp_path / "own"
    _json(capsys, "init", str(folder), "--areas", str(tmp_path / "districts.geojson"), "--timezone", "Europe/Berlin")
    rows = [f"52.05,13.0{k % 9 + 1},2021-03-{k % 28 + 1:02},Burglary,R{k}" for k in range(40)]
    (tmp_path / "rows.csv").write_text("\n".join(["latitude,longitude,date,offence,reference", *rows]))
    _json(capsys, "ingest", str(tmp_path / "rows.csv"), "--workspace", str(folder))
    return folder


def test_a_question_whose_total_is_withheld_is_answered(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("priorities", "--workspace", str(own), "--level", "local", "--period", "2031-01-01..2031-01-31")
    assert main(asked) == 0
    assert "number of incidents withheld" in capsys.readouterr().out
    assert _json(capsys, *asked)["total"] is None


@pytest.mark.parametrize("period", ["0001-01-01..0001-01-31", "9999-12-01..9999-12-31", "1900-01-01..2200-01-01"])
def test_periods_out_of_reach_are_wrong_usage(period: str) -> None:
    for command in (("--period", period), ("--as-of", period[:10]) if period[0] != "1" else ("--seed", "-1")):
        with pytest.raises(SystemExit) as stopped:
            main(["hotspots", "--workspace", "nowhere", "--model", "kde", *command])
        assert stopped.value.code == 2


def test_one_refused_file_keeps_no_other_out(own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")
    (tmp_path / "more.csv").write_text("latitude,longitude,date,offence\n52.05,13.05,2021-03-01,Robbery\n")
    files = [str(tmp_path / name) for name in ("bad.csv", "more.csv")]
    assert main(["ingest", *files, "--workspace", str(own), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["accepted"], [each["name"] for each in told["refused"]]) == (1, ["bad.csv"])


def test_a_file_of_one_offence_is_named_on_the_command_line_or_by_the_file(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("night_burglary", "other"):
        rows = [f"52.05,13.0{k % 9 + 1},2021-03-{k % 28 + 1:02},{name}{k}" for k in range(30)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["latitude,longitude,date,uid", *rows]))
    _json(capsys, "ingest", str(tmp_path / "night_burglary.csv"), "--workspace", str(own))
    _json(capsys, "ingest", str(tmp_path / "other.csv"), "--workspace", str(own), "--map", "=arson=offence")
    for offence in ("night burglary", "arson"):
        asked = ("priorities", "--workspace", str(own), "--level", "local", "--offence", offence)
        assert _json(capsys, *asked, "--period", "2021-03-01..2021-03-31")["total"] == 30


@pytest.mark.parametrize("command", ["hotspots", "priorities"])
@pytest.mark.parametrize("asked", [("--offence", "Piracy"), ("--source", "nobody")])
def test_what_the_workspace_does_not_have_is_refused(
    own: Path, command: str, asked: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    needed = ("--model", "kde") if command == "hotspots" else ("--level", "local")
    assert main([command, "--workspace", str(own), *needed, *asked]) == 1
    assert f"there is no {asked[0][2:]} {asked[1]}; this workspace has" in capsys.readouterr().err


def test_nothing_is_withdrawn_without_a_name(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["withdraw", "", "--workspace", str(own)]) == 1
    assert _json(capsys, "status", "--workspace", str(own))["incidents"] == 40


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [("--crs", "EPSG:99999999", "is not known"), ("--timezone", "Mars/Base", "init: timezone 'Mars/Base'")],
)
def test_init_says_what_is_wrong_with_its_options(
    tmp_path: Path, option: str, value: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "districts.geojson").write_text(json.dumps(SQUARES))
    assert main(["init", str(tmp_path / "w"), "--areas", str(tmp_path / "districts.geojson"), option, value]) == 1
    assert said in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["districts.geojson"]


def test_any_name_will_do_for_a_workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "districts.geojson").write_text(json.dumps(SQUARES))
    name = 'North "N"\nback\\slash\tétoile\x7f'
    made = str(tmp_path / "w")
    _json(capsys, "init", made, "--areas", str(tmp_path / "districts.geojson"), "--name", name)
    assert _json(capsys, "status", "--workspace", made)["name"] == name


def _backtest(capsys: pytest.CaptureFixture[str], workspace: Path, *options: str) -> str:
    assert main(["backtest", "--workspace", str(workspace), *options, "--json"]) == 0
    return capsys.readouterr().out


def test_a_recipe_gives_the_same_numbers_again_byte_for_byte(
    toronto: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe, table = tmp_path / "made" / "recipe.toml", tmp_path / "tables.csv"
    asked = (
        "--model", "kde:bandwidth_m=200,kernel=gaussian", "--model", "dbscan", "--horizon", "14d", "--folds", "4",
        "--learn", "120", "--flag-area", "2%", "--flag-area", "5km2", "--cell", "300", "--shift", "100,50",
        "--offence", "Robbery", "--seed", "7", "--last", "2021-06-30",
    )  # fmt: skip
    first = _backtest(capsys, toronto, *asked, "--save-recipe", str(recipe), "--output", str(table))
    assert _backtest(capsys, toronto, "--recipe", str(recipe)) == first
    assert _backtest(capsys, toronto, *asked) == first
    told = json.loads(first)
    assert told["windows"] == 4
    assert (told["first_window"], told["last_window"]) == ("2021-05-06..2021-05-19", "2021-06-17..2021-06-30")
    keys = {"name", "flagged_km2", "n", "total", "hit_rate", "hit_rate_interval", "pai", "pei_star"}
    assert all(keys <= set(row) for row in told["models"])
    names = [row["name"] for row in told["models"] if row["flagged"] == "2%"]
    assert names[:3] == ["prior_count", "kde:bandwidth_m=200.0,kernel=gaussian", "dbscan"]
    for row in told["models"]:
        assert row["hit_rate"] == pytest.approx(row["n"] / row["total"])
        assert 0 <= row["pei_star"] <= 1
        assert row["flagged"] != "5 km2" or 0 < row["flagged_km2"] <= 5
    metrics = {"rri_levine", "rri_expected_over_observed", "ser_per_km2", "clumpiness", "kept", "pai", "pei_star"}
    for row in told["models"]:
        for name in metrics:
            low, high = row[f"{name}_interval"]
            assert None in (row[name], low) or low <= row[name] <= high, (row["name"], name)
    assert [row["name"] for row in told["surfaces"]] == names
    assert all(len(row["came_per_expected_by_tenth"]) == 10 for row in told["surfaces"])
    grounds, caught = zip(*told["surfaces"][1]["caught_by_ground"], strict=True)
    assert list(grounds) == sorted(grounds) and list(caught) == sorted(caught)
    assert table.read_text("utf-8").startswith("Metrics\nModel,Ground,Hit rate")
    assert _backtest(capsys, toronto, "--recipe", str(recipe), "--folds", "3") != first


def test_the_spread_over_cells_and_grid_shifts_is_told_and_written(
    toronto: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "spread.csv"
    asked = (
        "--model", "kde", "--spread", "--folds", "2", "--cell", "600", "--offence", "Robbery", "--output", str(table),
    )  # fmt: skip
    told = json.loads(_backtest(capsys, toronto, *asked))
    varied = {row["What was varied"]: row["Choices"] for row in told["tables"][0]["rows"]}
    assert varied == {"Cell size": 5, "Grid shift": 9, "Bandwidth": 5}
    assert told["recipe"]["cell_m"] == 600 and len(told["findings"]) == 3
    assert table.read_text("utf-8").startswith("Spread\nWhat was varied")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "name a model with --model NAME or a recipe"),
        (("--model", "oracle"), "there is no model 'oracle'"),
        (("--model", "gi_star", "--folds", "2"), "answers with no expectation"),
        (("--model", "kde:bandwidth_m"), "is not of the form NAME:KEY=VALUE"),
        (("--model", "kde", "--flag-area", "half"), "flagged area 'half'"),
        (("--model", "kde", "--horizon", "9y"), "horizon '9y'"),
        (("--model", "kde", "--from", "2021-12-01", "--folds", "9"), "4 windows of 7d fit from 2021-12-01"),
        (("--model", "kde", "--from", "2021-12-01", "--folds", "9" * 12), "4 windows of 7d fit from 2021-12-01"),
        (("--model", "kde", "--folds", "9" * 12), "the data start on"),
        (("--model", "kde", "--source", "nobody"), "there is no source nobody; this workspace has"),
        (("--model", "kde", "--output", "tables.txt"), "a back-test is written as .csv"),
        (("--recipe", "nowhere.toml"), "ilpgeo: nowhere.toml: No such file or directory"),
        (("--recipe", "/"), "ilpgeo: /: Is a directory"),
    ],
)
def test_a_back_test_that_cannot_be_followed_says_why(
    toronto: Path, options: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backtest", "--workspace", str(toronto), *options]) == 1
    assert said in capsys.readouterr().err


def test_from_a_day_on_as_many_windows_as_fit(toronto: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--model", "prior_count", "--offence", "Robbery", "--flag-area", "2%", "--from", "2021-12-01")
    told = json.loads(_backtest(capsys, toronto, *asked))
    assert (told["windows"], told["first_window"], told["last_window"]) == (
        4, "2021-12-04..2021-12-10", "2021-12-25..2021-12-31",
    )  # fmt: skip
    told = json.loads(_backtest(capsys, toronto, *asked, "--folds", "2"))
    assert (told["windows"], told["first_window"]) == (2, "2021-12-01..2021-12-07")
    told = json.loads(_backtest(capsys, toronto, *asked[:-1], "2021-09-15", "--horizon", "1m"))
    assert (told["windows"], told["first_window"]) == (3, "2021-10-01..2021-10-31")


def test_a_model_is_published_listed_followed_and_withdrawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from ilpgeo import pipeline
    from tests.pipeline.city import make_city, write
    from tests.pipeline.test_published import rows

    opened = make_city(tmp_path / "city")
    pipeline.ingest(opened, write(tmp_path / "a.csv", rows(200)))
    at = ("--workspace", str(tmp_path / "city"))
    recipe = tmp_path / "recipe.toml"
    recipe.write_text('horizon = "7d"\nwindows = 8\nlearn_days = 100\ncell_m = 400.0\n', "utf-8")
    asked = ("publish", *at, "--model", "kde:bandwidth_m=300", "--note", "Steady", "--recipe", str(recipe))
    assert main([*asked, "--json"]) == 1
    assert "owner is needed" in json.loads(capsys.readouterr().out)["error"]
    assert main([*asked, "--owner", "A", "--expires", "soon"]) == 1
    assert "neither a date" in capsys.readouterr().err
    made = _json(capsys, *asked, "--owner", "A. Analyst", "--offence", "Theft", "--area", "a0", "--level", "local")
    assert made["state"] == "valid" and made["windows"] == 8 and made["hit_rate_interval"][0] <= made["hit_rate"]
    listed = _json(capsys, "publications", *at, "--test")
    assert [each["id"] for each in listed["publications"]] == [made["id"]]
    assert listed["publications"][0]["drift"] == {
        "windows": 0, "hit_rate": None, "prior_hit_rate": None, "is_outside": False, "has_drifted": False,
    }  # fmt: skip
    assert listed["default"]["hit_rate"] > 0 or listed["default"]["untested"]
    out = ("publications", *at, "--withdraw", made["id"])
    assert main([*out]) == 1
    assert _json(capsys, *out, "--by", "B", "--why", "done")["state"] == "withdrawn"
    capsys.readouterr()
    assert main(["publications", *at]) == 0
    assert "nothing is published" in capsys.readouterr().out
    assert _json(capsys, "publications", *at, "--all")["publications"][0]["withdrawn_why"] == "done"


@pytest.mark.parametrize("ending", [".pdf", ".pptx", ".html", ".xlsx", ".csv", ".gpkg", ".kml", ".geojson"])
def test_a_briefing_comes_in_every_form(
    toronto: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    output = tmp_path / "new folder" / f"briefing{ending}"
    told = _json(
        capsys, "report", "--workspace", str(toronto), "--level", "local", "--handling", "OFFICIAL",
        "--made", "2026-11-27", "--expires", "14d", "--output", str(output),
    )  # fmt: skip
    assert told["bytes"] == output.stat().st_size > 5000
    assert (told["made"], told["expires"], told["handling"]) == ("2026-11-27", "2026-12-11", "OFFICIAL")
    assert (told["level"], told["area"], told["areas"]) == ("local", None, 140)
    assert list(output.parent.iterdir()) == [output]


def test_the_command_a_briefing_names_makes_it_again(
    toronto: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import shlex
    from csv import DictReader
    from json import loads

    first, second = tmp_path / "a.geojson", tmp_path / "b.geojson"
    assert main(["report", "--workspace", str(toronto), "--level", "local", "--area", "neighbourhood:075",
                 "--offence", "Break and enter", "--output", str(first)]) == 0  # fmt: skip
    command = loads(first.read_text("utf-8"))["about"]["To make it again"]
    words = shlex.split(command.replace("DIR", str(toronto)).replace("FILE", str(second)))
    assert words[0] == "ilpgeo"
    assert main(words[1:]) == 0
    assert first.read_bytes() == second.read_bytes()
    capsys.readouterr()
    table = tmp_path / "c.csv"
    assert main([*words[1:-1], str(table)]) == 0
    with table.open(encoding="utf-8-sig", newline="") as lines:
        assert len(list(DictReader(lines))) == 140


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--output", "a.doc"), "a briefing is written as .pdf, .pptx"),
        (("--output", "a.pdf", "--area", "nowhere"), "there is no area 'nowhere'"),
        (("--output", "a.pdf", "--expires", "soon"), "neither a date of the form YYYY-MM-DD nor days"),
        (("--output", "a.pdf", "--made", "2026-11-27", "--expires", "2026-11-01"), "before it is made"),
        (("--output", "a.pdf", "--data-version", "99-none"), "99-none"),
        (("--output", "a.pdf", "--offence", "Piracy"), "there is no offence Piracy"),
        (("--output", "a.pdf", "--handling", "x" * 99), "at most 80 letters"),
    ],
)
def test_a_briefing_that_cannot_be_made_says_why_and_leaves_nothing(
    toronto: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...], said: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["report", "--workspace", str(toronto), "--level", "local", *arguments]) == 1
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
