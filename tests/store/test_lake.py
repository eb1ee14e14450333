import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from ilpgeo.core.errors import InvalidInput, StoreBusy
from ilpgeo.core.ingested import FileReport
from ilpgeo.core.protocols import IncidentStore, Selection
from ilpgeo.store import lake as lake_module
from ilpgeo.store.lake import Lake
from ilpgeo.store.lock import locked
from tests.store.rows import CRS, ZONE, batch, bring, open_lake

ALL = Selection()


def xs(lake: Lake, selection: Selection = ALL) -> list[int]:
    return sorted(lake.incidents(selection).x.astype(int).tolist())


def rooms(lake: Lake) -> list[str]:
    return sorted(folder.name for folder in (lake.folder / "rows").iterdir())


def test_the_lake_is_a_store(tmp_path: Path) -> None:
    store: IncidentStore = open_lake(tmp_path)
    assert store.version().startswith("0-")


def test_a_lake_of_another_crs_or_time_zone_is_refused(tmp_path: Path) -> None:
    open_lake(tmp_path)
    with pytest.raises(InvalidInput, match="was made for EPSG:32617 and UTC"):
        Lake(tmp_path, crs="EPSG:27700", timezone=ZONE)
    with pytest.raises(InvalidInput, match="Europe/London"):
        Lake(tmp_path, crs=CRS, timezone="Europe/London")


def test_a_lake_whose_making_was_cut_short_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "_delta_log").mkdir()
    assert bring(open_lake(tmp_path), range(3)).accepted == 3


def test_threads_that_open_a_new_lake_make_one(tmp_path: Path) -> None:
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.append(open_lake(tmp_path / "new").version())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len(set(made)) == 1


def test_a_change_waits_and_then_says_busy(tmp_path: Path) -> None:
    lake = open_lake(tmp_path, timeout_s=0.05)
    bring(lake, range(3))
    with locked(tmp_path / ".lock", 1):
        for change in (
            lambda: bring(lake, [9], "f2"),
            lambda: lake.withdraw("f1"),
            lambda: lake.remap({"l1": "z"}.get),
        ):
            with pytest.raises(StoreBusy):
                change()
        assert xs(lake) == [0, 1, 2]  # reading waits for nobody
    assert bring(lake, [9], "f2").accepted == 1


def test_rows_in_order_of_their_file_whatever_their_year(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    shuffled = np.random.default_rng(5).permutation(400)
    bring(lake, shuffled.tolist(), step_s=86_400 * 7)
    found = lake.incidents(ALL)
    assert len({path.stem.split("-")[0] for path in tmp_path.rglob("*.parquet")}) == 8
    assert found.x.astype(int).tolist() == shuffled.tolist()
    assert (np.diff(found.row_id) == 1).all()


def test_many_rows_are_written_in_several_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ilpgeo.store.intake.ROW_GROUP", 100)
    monkeypatch.setattr("ilpgeo.store.intake.BUFFERED", 150)
    lake = open_lake(tmp_path)
    keys = np.random.default_rng(1).permutation(1000)
    report = FileReport("f1", "f1.csv", "police", 1000)
    stored = lake.append((batch(part, step_s=86_400) for part in np.array_split(keys, 40)), lambda: report)
    assert stored.accepted == 1000
    assert len(list(tmp_path.rglob("*.parquet"))) > 6
    assert lake.incidents(ALL).x.astype(int).tolist() == keys.tolist()


def test_a_year_reads_only_the_parts_of_that_year(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    bring(lake, range(1500), step_s=86_400)
    for part in tmp_path.rglob("*.parquet"):
        if not part.name.startswith("2021"):
            part.write_bytes(b"unreadable")
    year = Selection(datetime(2021, 1, 1, tzinfo=UTC), datetime(2022, 1, 1, tzinfo=UTC))
    assert xs(lake, year) == list(range(366, 731))
    assert lake.daily_counts(year).num_rows == 365


def test_what_others_brought_in_meanwhile_is_looked_at_again(tmp_path: Path) -> None:
    lake, other = open_lake(tmp_path), open_lake(tmp_path)

    def reading() -> Iterator[pa.RecordBatch]:
        yield batch(range(50), step_s=86_400 * 20)
        bring(other, range(40, 60), "f2", step_s=86_400 * 20)
        bring(other, range(50), "f3", "ambulance")
        yield batch(range(50, 80), step_s=86_400 * 20)

    stored = lake.append(reading(), lambda: FileReport("f1", "f1.csv", "police", 80))
    assert (stored.accepted, stored.duplicates) == (60, 20)
    assert stored.last == datetime.fromtimestamp(1577836800 + 79 * 20 * 86_400, UTC).date()
    assert xs(lake, Selection(sources=("police",))) == list(range(80))
    assert lake.totals().by_source == {"ambulance": 50, "police": 80}


def test_a_file_withdrawn_meanwhile_makes_the_append_start_over(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    bring(lake, range(10))

    def reading() -> Iterator[pa.RecordBatch]:
        yield batch(range(20))
        lake.withdraw("f1")

    with pytest.raises(StoreBusy, match="bring the file in again"):
        lake.append(reading(), lambda: FileReport("f2", "f2.csv", "police", 20))
    assert xs(lake) == []
    assert bring(lake, range(20), "f2").accepted == 20


def test_the_source_may_not_change_on_the_way(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    sources = iter(["police", "ambulance"])
    with pytest.raises(InvalidInput, match="changed from police to ambulance"):
        lake.append([batch([1])], lambda: FileReport("f1", "f1.csv", next(sources)))
    assert lake.files() == ()


# ---- cut short ---------------------------------------------------------------------------------------------------


def _die_before_the_commit(folder: Path) -> None:
    def die(*_: object, **__: object) -> str:
        os.kill(os.getpid(), signal.SIGKILL)
        return ""

    Lake._commit = die  # type: ignore[method-assign]
    bring(open_lake(folder), range(100, 200), "f2", step_s=86_400 * 20)


def test_killed_between_the_rows_and_the_commit(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    bring(lake, range(5))
    before = lake.version()
    process = multiprocessing.get_context("spawn").Process(target=_die_before_the_commit, args=(tmp_path,))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert rooms(lake) == ["1", "2"]  # the rows are there, but no commit names them
    assert lake.version() == before
    assert xs(open_lake(tmp_path)) == list(range(5))
    assert bring(lake, range(100, 102), "f2").accepted == 2
    assert rooms(lake) == ["1", "3"]
    assert [path.name for path in (tmp_path / "rows" / "3").iterdir()] == ["2020-0.parquet"]
    assert xs(lake) == [0, 1, 2, 3, 4, 100, 101]


def test_leftovers_go_but_never_what_a_version_or_a_process_needs(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    versions = [bring(lake, range(5)).version, lake.remap({"l0": "other"}.get), lake.withdraw("f1")]
    leftover = tmp_path / "rows" / "77"
    leftover.mkdir()
    (leftover / "2020-0.parquet").write_bytes(b"half a file")

    def reading() -> Iterator[pa.RecordBatch]:
        yield batch(range(10))
        bring(lake, range(3), "f3", "ambulance")  # opens a room while this one is being written
        yield batch(range(10, 12))

    assert lake.append(reading(), lambda: FileReport("f2", "f2.csv", "police", 12)).accepted == 12
    assert not (leftover / "2020-0.parquet").exists()
    assert [len(lake.at(version).incidents(ALL)) for version in versions] == [5, 5, 0]
    assert len(lake.incidents(ALL)) == 15


def test_an_error_after_the_commit_does_not_take_its_rows_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = open_lake(tmp_path)
    commit = Lake._commit

    def commit_and_fail(self: Lake, *given: object, **remarks: str) -> str:
        commit(self, *given, **remarks)  # type: ignore[arg-type]
        raise OSError("the disk went away")

    monkeypatch.setattr(lake_module.Lake, "_commit", commit_and_fail)
    with pytest.raises(OSError, match="went away"):
        bring(lake, range(5))
    monkeypatch.undo()
    assert xs(lake) == list(range(5))
    assert bring(lake, range(5)).duplicates == 5
    assert bring(lake, [8], "f2").accepted == 1
    assert xs(lake) == [0, 1, 2, 3, 4, 8]


def test_an_interrupted_append_leaves_no_room(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)

    def reading() -> Iterator[pa.RecordBatch]:
        yield batch(range(10))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lake.append(reading(), lambda: FileReport("f1", "f1.csv", "police"))
    assert rooms(lake) == []


# ---- threads, many commits, other tools --------------------------------------------------------------------------


def test_threads_share_a_lake(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    threads = [threading.Thread(target=bring, args=(lake, range(n * 50, n * 50 + 60), f"f{n}")) for n in range(6)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        found = lake.incidents(ALL)
        assert len(np.unique(found.x)) == len(found)
    for thread in threads:
        thread.join()
    assert xs(lake) == list(range(310))
    assert len(lake.files()) == 6
    assert sum(report.accepted for report in lake.files()) == 310


def test_the_ledger_survives_checkpoints_and_log_clean_up(tmp_path: Path) -> None:
    from deltalake import DeltaTable

    lake = open_lake(tmp_path)
    for number in range(12):
        bring(lake, range(number * 3, number * 3 + 4), f"f{number}")
    table = DeltaTable(tmp_path)
    table.create_checkpoint()
    table.cleanup_metadata()
    assert list((tmp_path / "_delta_log").glob("*.checkpoint*.parquet"))
    fresh = open_lake(tmp_path)
    assert len(fresh.files()) == 12
    assert fresh.totals().n == 37 == len(fresh.incidents(ALL))
    oldest = fresh.versions()[-2][0]
    assert xs(fresh.at(oldest)) == [0, 1, 2, 3]


def test_vacuum_keeps_every_version(tmp_path: Path) -> None:
    from deltalake import DeltaTable

    lake = open_lake(tmp_path)
    first = bring(lake, range(5)).version
    lake.withdraw("f1")
    DeltaTable(tmp_path).vacuum(dry_run=False)
    assert xs(lake.at(first)) == list(range(5))


def test_other_tools_read_the_table(tmp_path: Path) -> None:
    from deltalake import DeltaTable, QueryBuilder

    lake = open_lake(tmp_path)
    bring(lake, range(30), step_s=86_400 * 30)
    table = DeltaTable(tmp_path)
    plain = table.to_pyarrow_dataset().to_table().sort_by("row_id")
    assert plain["x"].to_pylist() == [float(x) for x in range(30)]
    assert set(plain["source"].to_pylist()) == {"police"}
    assert plain["t_from"].to_pylist()[0] == datetime(2020, 1, 1, tzinfo=UTC)
    counted = (
        QueryBuilder()
        .register("t", table)
        .execute("select year, count(*) as n, min(t_from) as first from t group by year order by year")
    )
    rows = pa.table(counted.read_all()).to_pylist()
    assert [row["year"] for row in rows] == [2020, 2021, 2022]
    assert sum(row["n"] for row in rows) == 30


def test_a_table_compacted_by_another_tool_still_answers(tmp_path: Path) -> None:
    from deltalake import DeltaTable

    lake = open_lake(tmp_path)
    for number in range(4):
        bring(lake, range(number * 10, number * 10 + 10), f"f{number}")
    before = lake.version()
    DeltaTable(tmp_path).optimize.z_order(["x"])
    assert lake.version() != before
    assert "by another tool" in lake.versions()[0][2]
    assert xs(lake) == list(range(40))
    assert lake.totals().n == 40
    assert bring(lake, range(35, 45), "f9").accepted == 5
    lake.withdraw("f0")
    assert xs(lake) == list(range(10, 45))
    assert xs(lake.at(before)) == list(range(40))


def test_the_commit_names_what_was_done(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    bring(lake, range(3))
    lake.remap({"l1": "theft"}.get)
    lake.withdraw("f1")
    assert [what for _, _, what in lake.versions()] == [
        "withdrew f1.csv: 3 rows", "gave 1 rows another offence group", "brought in f1.csv: 3 rows", "made the store",
    ]  # fmt: skip
    first = (tmp_path / "_delta_log" / f"{1:020}.json").read_text("utf-8").splitlines()
    info = next(json.loads(line)["commitInfo"] for line in first if "commitInfo" in line)
    assert json.loads(info["ilpgeo"])["report"]["accepted"] == 3
