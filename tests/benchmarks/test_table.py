"""The table of the benchmarks: what is measured, compared, demanded and skipped."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import bench_ingest
from benchmarks.measuring import Row, Timing, interleaved, peak_mb
from benchmarks.table import as_record, keep, seconds, table

ROW = Row("Sorting", Timing(0.05, 0.04), "the peer", Timing(0.2, 0.2), "below 0.1 s", True, 812.4, note="same order")


def test_a_row_says_who_takes_how_long_and_whether_the_demand_is_met():
    head, _, line, note = table([as_record(ROW)]).splitlines()
    assert head.split() == ["work", "ours", "cpu", "peak", "peer", "takes", "ratio", "demand"]
    assert line.split("  ")[0] == "Sorting"
    for part in ("50 ms", "40 ms", "812 MB", "the peer", "0.2 s", "4.0 x", "below 0.1 s", "met"):
        assert part in line
    assert note == "    same order"


def test_a_missed_demand_cannot_be_overlooked():
    missed = as_record(Row("Sorting", Timing(0.5, 0.4), demand="below 0.1 s", met=False))
    assert "NOT MET" in table([missed])


def test_without_the_shared_data_the_row_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("ILPGEO_SHARED", str(tmp_path))
    [row] = bench_ingest.run(1)
    assert row.ours is None
    assert row.met is None
    assert row.note.startswith("skipped")
    assert "skipped" in table([as_record(row)])


def test_all_ways_are_run_in_turn_unmeasured_in_each_round_and_for_their_memory():
    order: list[str] = []
    found = interleaved({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, rounds=3)
    assert order == ["a", "b"] * 5
    assert set(found) == {"a", "b"}


def test_memory_is_what_a_way_holds_above_what_was_held():
    kept = bytearray(200 << 20)
    found = interleaved({"much": lambda: bytearray(100 << 20), "little": lambda: None}, rounds=1)
    assert 90 < found["much"].extra_mb < 150
    assert found["little"].extra_mb < 20
    assert len(kept) == 200 << 20


def test_peak_memory_sees_what_was_held():
    code = "from benchmarks.measuring import peak_mb; held = bytearray(300 << 20); print(peak_mb())"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert 300 < float(told.stdout) < 500
    assert peak_mb() > 0


def test_a_suite_replaces_its_own_rows_only(tmp_path: Path):
    path = tmp_path / "results.json"
    keep("models", [ROW], path)
    keep("areas", [ROW, ROW], path)
    keep("models", [ROW, ROW, ROW], path)
    kept = json.loads(path.read_text("utf-8"))
    assert {suite: len(each["rows"]) for suite, each in kept.items()} == {"areas": 2, "models": 3}
    assert set(kept["areas"]["machine"]) == {"cores", "architecture", "system", "load_per_core", "python", "versions"}


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (0.0123, "12.3 ms"), (0.5, "0.5 s"), (12.34, "12.3 s"), (123.4, "123 s")]
)
def test_seconds(value: float | None, text: str):
    assert seconds(value) == text
