"""What every store must make of a file: its rows once, a report that adds up, all of it or nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.ingested import Flag
from ilpgeo.core.protocols import IncidentStore, Selection
from tests.contracts.stores import Opener, account, batch, bring, keys_of, row, utc


def test_the_report_is_completed_kept_and_dated(store: IncidentStore, opener: Opener, tmp_path: Path) -> None:
    rows = [row(1, area=None), row(2, precision="day", t_from=utc(2021, 3, 1, 3)), row(3, precision="second")]
    given = account(
        rows_read=5, quarantined=2, reasons={"no coordinates": 2}, dropped_columns=("name",),
        flags=(Flag("pile", "many on one point", 3),), geocoded_share=0.6, mapping={"lat": "y"},
    )  # fmt: skip
    stored = store.append([batch(rows)], lambda: given)
    assert (stored.accepted, stored.duplicates, stored.unplaced, stored.precision) == (3, 0, 1, "day")
    assert (stored.first, stored.last) == (date(2021, 1, 1), date(2021, 2, 28))
    assert stored.adds_up
    assert stored.brought is not None
    assert (stored.reasons, stored.flags, stored.mapping) == (given.reasons, given.flags, given.mapping)
    assert store.files() == (stored,)
    assert opener(tmp_path).files() == (stored,)


def test_the_report_is_asked_for_again_once_the_batches_are_read(store: IncidentStore) -> None:
    state = account(rows_read=0)

    def reading() -> Iterator[pa.RecordBatch]:
        nonlocal state
        yield batch([row(1)])
        state = replace(state, file_id="known at the end", rows_read=2, quarantined=1, reasons={"unreadable date": 1})

    stored = store.append(reading(), lambda: state)
    assert (stored.file_id, stored.quarantined, stored.accepted) == ("known at the end", 1, 1)
    assert stored.adds_up


def test_the_same_file_twice_adds_nothing(store: IncidentStore) -> None:
    bring(store, range(50))
    version = store.version()
    again = bring(store, range(50))
    assert (again.accepted, again.duplicates) == (0, 50)
    assert again.adds_up
    assert store.version() == version
    assert len(store.files()) == 1
    assert len(store.incidents(Selection())) == 50


def test_a_file_without_accepted_rows_is_recorded(store: IncidentStore) -> None:
    stored = store.append([], lambda: account(rows_read=3, quarantined=3, reasons={"(0,0)": 3}))
    assert (stored.accepted, stored.first, stored.last) == (0, None, None)
    assert store.files() == (stored,)
    duplicate = bring(store, [], "f2")
    assert [each.file_id for each in store.files()] == ["f1", "f2"]
    assert duplicate.version == store.version()
    assert len(store.incidents(Selection())) == 0


def test_duplicates_are_told_within_a_file_and_across_files_but_not_across_sources(store: IncidentStore) -> None:
    first = store.append([batch([row(1), row(2), row(1)]), batch([row(2), row(3)])], lambda: account(rows_read=5))
    assert (first.accepted, first.duplicates) == (3, 2)
    second = bring(store, [3, 4, 5], "f2")
    assert (second.accepted, second.duplicates) == (2, 1)
    third = bring(store, [3, 4, 5], "f3", source="ambulance")
    assert (third.accepted, third.duplicates) == (3, 0)
    assert sorted(keys_of(store)) == [1, 2, 3, 3, 4, 4, 5, 5]
    assert sorted(keys_of(store, Selection(sources=("ambulance",)))) == [3, 4, 5]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.lists(st.tuples(st.sampled_from(["p", "q"]), st.lists(st.lists(st.integers(0, 30), max_size=12),
                                                                     max_size=3)), max_size=4))  # fmt: skip
def test_every_candidate_is_accepted_or_a_duplicate(
    opener: Opener, tmp_path_factory: pytest.TempPathFactory, files: list[tuple[str, list[list[int]]]]
) -> None:
    store = opener(tmp_path_factory.mktemp("store"))
    seen: dict[str, list[int]] = {"p": [], "q": []}
    for number, (source, batches) in enumerate(files):
        keys = [key for each in batches for key in each]
        report = account(f"f{number}", source, rows_read=len(keys))
        stored = store.append([batch(map(row, each)) for each in batches], lambda report=report: report)
        fresh = [key for key in dict.fromkeys(keys) if key not in seen[source]]
        seen[source] += fresh
        assert stored.accepted == len(fresh)
        assert stored.adds_up
    for source, keys in seen.items():
        assert keys_of(store, Selection(sources=(source,))) == keys
    assert store.totals().n == sum(map(len, seen.values())) == len(store.incidents(Selection()))


def test_batches_of_another_layout_are_refused(store: IncidentStore) -> None:
    for wrong in (batch([row(1)]).drop_columns(["x"]), pa.record_batch({"key": ["a"]})):
        with pytest.raises(InvalidInput, match="lack the columns"):
            store.append([wrong], account)
    nulls = batch([row(1)]).set_column(2, pa.field("x", pa.float64()), pa.nulls(1, pa.float64()))
    with pytest.raises(InvalidInput, match="empty values in x"):
        store.append([nulls], account)
    assert store.files() == ()


def test_nothing_is_stored_when_the_batches_raise(store: IncidentStore, tmp_path: Path) -> None:
    bring(store, range(5))
    before, files_before = store.version(), _parquet_files(tmp_path)

    def broken() -> Iterator[pa.RecordBatch]:
        yield batch(map(row, range(100, 200)))
        raise InvalidInput("row 201: unreadable")

    with pytest.raises(InvalidInput, match="row 201"):
        store.append(broken(), lambda: account("f2"))
    assert store.version() == before
    assert keys_of(store) == list(range(5))
    assert _parquet_files(tmp_path) == files_before
    assert bring(store, range(100, 200), "f2").accepted == 100


def _parquet_files(folder: Path) -> set[Path]:
    return set(folder.rglob("*.parquet"))
