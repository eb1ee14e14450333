"""What every store must be: the contract, run over each of them."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ilpgeo.core.errors import InvalidInput, NotAllowed, NotFound
from ilpgeo.core.ingested import FileReport, Flag
from ilpgeo.core.protocols import IncidentStore, Selection
from ilpgeo.core.types import Totals
from tests.contracts.stores import CRS, STORES, ZONE, Opener, batch, bring_in_another, row, utc


@pytest.fixture(params=STORES.values(), ids=STORES.keys())
def opener(request: pytest.FixtureRequest) -> Opener:
    return request.param


@pytest.fixture
def store(opener: Opener, tmp_path: Path) -> IncidentStore:
    return opener(tmp_path)


def account(file_id: str = "f1", source: str = "police", **changes: object) -> FileReport:
    return replace(FileReport(file_id, f"{file_id}.csv", source), **changes)


def bring(store: IncidentStore, keys: Iterable[int], file_id: str = "f1", source: str = "police") -> FileReport:
    rows = [row(key) for key in keys]
    report = account(file_id, source, rows_read=len(rows))
    return store.append([batch(rows)] if rows else [], lambda: report)


def keys_of(store: IncidentStore, selection: Selection | None = None) -> list[int]:
    """Return the keys of the rows, known by their whole time and place (see `row`)."""
    found = store.incidents(selection or Selection())
    by_place = {(row(k)["x"], row(k)["y"], row(k)["t_from"]): k for k in range(3000)}
    moments = found.t_from.astype(object)
    return [by_place[x, y, t.replace(tzinfo=UTC)] for x, y, t in zip(found.x, found.y, moments, strict=True)]


# ---- one process -------------------------------------------------------------------------------------------------


def test_an_empty_store_answers_every_call(store: IncidentStore) -> None:
    found = store.incidents(Selection(utc(2020, 1, 1), utc(2021, 1, 1), frozenset({"A1"}), ("x",), ("y",)))
    assert len(found) == 0
    assert (found.crs, found.timezone, found.version) == (CRS, ZONE, store.version())
    assert store.daily_counts(Selection()).num_rows == 0
    assert store.daily_counts(Selection()).column_names == ["day", "area", "offence", "source", "n"]
    assert store.files() == ()
    assert store.totals() == Totals()
    assert len(store.versions()) == 1
    assert store.remap({"a": "b"}.get) == store.version()
    with pytest.raises(NotFound):
        store.withdraw("f1")


def test_when_it_was_reported_comes_out_and_is_optional(store: IncidentStore) -> None:
    bring(store, range(5))
    assert store.incidents(Selection()).t_reported is None
    told = [row(3, t_reported=utc(2022, 1, 1)), row(7, t_reported=utc(2022, 1, 2, 3, 4, 5)), row(8)]
    stored = store.append([batch(told)], lambda: account("f2", rows_read=3))
    assert (stored.accepted, stored.duplicates) == (2, 1)
    found = store.incidents(Selection())
    assert found.t_reported is not None
    said = {x: moment for x, moment in zip(found.x, found.t_reported.astype(object), strict=True) if moment}
    assert said == {row(7)["x"]: datetime(2022, 1, 2, 3, 4, 5)}
    assert store.incidents(Selection(offences=("offence 1",))).t_reported is not None
    assert store.at(store.versions()[1][0]).incidents(Selection()).t_reported is None


def test_what_went_in_comes_out(store: IncidentStore) -> None:
    rows = [row(3, t_from=utc(2019, 12, 31, 23, 59, 59)), row(1, t_from=utc(1999, 6, 1)), row(14), row(2**64 - 1)]
    report = account(rows_read=4)
    stored = store.append([batch(rows[:1]), batch(rows[1:])], lambda: report)
    found = store.incidents(Selection())
    assert (np.diff(found.row_id) > 0).all()
    assert found.x.tolist() == [each["x"] for each in rows]
    assert found.y.tolist() == [each["y"] for each in rows]
    assert [t.replace(tzinfo=UTC) for t in found.t_from.astype(object)] == [each["t_from"] for each in rows]
    assert [t.replace(tzinfo=UTC) for t in found.t_to.astype(object)] == [each["t_to"] for each in rows]
    assert [found.offences[c] for c in found.offence] == [each["offence"] for each in rows]
    assert [found.areas[c] if c >= 0 else None for c in found.area] == [each["area"] for each in rows]
    assert found.place is not None
    assert [found.places[c] if c >= 0 else None for c in found.place] == [each["place"] for each in rows]
    assert {found.sources[c] for c in found.source} == {"police"}
    assert found.weight.tolist() == [1.0] * 4
    assert list(found.offences) == sorted(found.offences)
    assert list(found.areas) == sorted(found.areas)
    assert not found.x.flags.writeable
    assert not found.place.flags.writeable
    assert (stored.accepted, stored.duplicates, stored.version) == (4, 0, store.version())
    assert found.version == stored.version


def test_rows_without_places_have_none(store: IncidentStore) -> None:
    store.append([batch([row(1, place=None)])], account)
    found = store.incidents(Selection())
    assert found.place is None
    assert found.places == ()


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


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    hours=st.tuples(st.integers(-5, 1100), st.integers(-5, 1100)),
    areas=st.none() | st.frozensets(st.sampled_from([f"A{n}" for n in range(6)])),
    offences=st.sets(st.sampled_from([f"offence {n}" for n in range(4)])),
    sources=st.sets(st.sampled_from(["police", "ambulance", "nobody"])),
)
def test_a_selection_is_half_open_and_exact(
    full: IncidentStore,
    hours: tuple[int, int],
    areas: frozenset[str] | None,
    offences: set[str],
    sources: set[str],
) -> None:
    begin = utc(2021, 1, 1, 12)
    lower, upper = (begin + timedelta(hours=hour) for hour in hours)
    selection = Selection(lower, upper, areas, tuple(sorted(offences)), tuple(sorted(sources)))

    def wanted(key: int, source: str) -> bool:
        each = row(key)
        return (
            lower <= each["t_from"] < upper
            and (areas is None or each["area"] in areas)
            and (not offences or each["offence"] in offences)
            and (not sources or source in sources)
        )

    expected = [k for k in range(1000) if wanted(k, "police")] + [k for k in range(500) if wanted(k, "ambulance")]
    assert keys_of(full, selection) == expected
    counts: dict[tuple[object, ...], int] = {}
    for key in range(1000):
        for source in ["police", *(["ambulance"] if key < 500 else [])]:
            if wanted(key, source):
                cell = (row(key)["day"], row(key)["area"], row(key)["offence"], source)
                counts[cell] = counts.get(cell, 0) + 1
    table = full.daily_counts(selection).to_pylist()
    assert {(r["day"], r["area"], r["offence"], r["source"]): r["n"] for r in table} == counts
    assert len(table) == len(counts)


@pytest.fixture(scope="module", params=STORES.values(), ids=STORES.keys())
def full(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> IncidentStore:
    store = request.param(tmp_path_factory.mktemp("full"))
    bring(store, range(1000))
    bring(store, range(500), "f2", "ambulance")
    return store


def test_totals_are_those_of_the_rows(store: IncidentStore) -> None:
    store.append([batch([row(1, precision="month"), row(2, area=None), row(3)])], account)
    bring(store, [900], "f2", "ambulance")
    assert store.totals() == Totals(
        4, 1, 1, date(2021, 1, 1), date(2021, 2, 7), {"ambulance": 1, "police": 3}, {"police": 1}
    )
    store.withdraw("f1")
    assert store.totals() == Totals(1, 0, 0, date(2021, 2, 7), date(2021, 2, 7), {"ambulance": 1})


def test_a_withdrawn_file_is_gone_but_its_version_opens(store: IncidentStore) -> None:
    bring(store, range(10))
    before = bring(store, range(5, 20), "f2").version
    after = store.withdraw("f1")
    assert after == store.version() != before
    assert sorted(keys_of(store)) == list(range(10, 20))
    assert [each.file_id for each in store.files()] == ["f2"]
    old = store.at(before)
    assert sorted(keys_of(old)) == list(range(20))
    assert [each.file_id for each in old.files()] == ["f1", "f2"]
    with pytest.raises(NotFound):
        store.withdraw("f1")
    assert bring(store, range(10)).accepted == 10
    assert sorted(keys_of(store)) == list(range(20))
    ids = store.incidents(Selection()).row_id
    assert len(np.unique(ids)) == 20


def test_remap_gives_labels_another_offence(store: IncidentStore) -> None:
    bring(store, range(40))
    bring(store, range(60, 80), "f2")
    before = store.version()
    old = store.incidents(Selection())
    version = store.remap({"Label 1": "burglary", "Label 2": "offence 0", "label 3": "not this one"}.get)
    new = store.incidents(Selection())
    assert version == store.version() != before
    assert new.row_id.tolist() == old.row_id.tolist()
    assert new.x.tolist() == old.x.tolist()
    wanted = [{1: "burglary", 2: "offence 0"}.get(k % 4, f"offence {k % 3}") for k in keys_of(store)]
    assert [new.offences[c] for c in new.offence] == wanted
    assert keys_of(store, Selection(offences=("burglary",))) == [k for k in keys_of(store) if k % 4 == 1]
    assert [store.at(before).incidents(Selection()).offences[c] for c in old.offence] == [
        old.offences[c] for c in old.offence
    ]
    assert store.remap({"Label 1": "burglary"}.get) == version
    assert len(store.files()) == 2
    assert bring(store, range(40), "f3").duplicates == 40


def test_an_old_version_is_read_only_and_stays_as_it_was(store: IncidentStore) -> None:
    first = bring(store, range(5)).version
    second = bring(store, range(5, 9), "f2").version
    names = [version for version, _, _ in store.versions()]
    assert names[:2] == [second, first]
    whens = [when for _, when, _ in store.versions()]
    assert whens == sorted(whens, reverse=True)
    assert all(what for _, _, what in store.versions())
    old = store.at(first)
    assert old.version() == first
    assert keys_of(old) == list(range(5))
    assert old.totals().n == 5
    assert [version for version, _, _ in old.versions()] == names[1:]
    for change in (lambda: bring(old, [77], "f9"), lambda: old.withdraw("f1"), lambda: old.remap({"a": "b"}.get)):
        with pytest.raises(NotAllowed):
            change()
    assert store.version() == second
    for unknown in ("", "1", "99-abcdefabcdef", first + "0"):
        with pytest.raises(NotFound):
            store.at(unknown)


def test_two_stores_share_a_version_only_when_their_content_is_the_same(
    opener: Opener, tmp_path_factory: pytest.TempPathFactory
) -> None:
    a, b, c = (opener(tmp_path_factory.mktemp(name)) for name in "abc")
    assert bring(a, range(10)).version == bring(b, range(10)).version
    assert bring(c, range(1, 11)).version != a.version()


def test_a_second_opening_sees_changes_at_once(store: IncidentStore, opener: Opener, tmp_path: Path) -> None:
    other = opener(tmp_path)
    bring(store, range(4))
    assert other.version() == store.version()
    assert keys_of(other) == list(range(4))


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


# ---- several processes -------------------------------------------------------------------------------------------


class Crew:
    """Processes that bring files into one store at the same time."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder, self.go = name, folder, folder / "go"
        self.processes: list[multiprocessing.process.BaseProcess] = []

    def start(self, *files: tuple[list[list[int]], str]) -> None:
        """Start one process per file (its batches of keys, its id); return when each waits with its last batch."""
        waiting = [self._start(keys, file_id) for keys, file_id in files]
        deadline = time.monotonic() + 90
        while not all(started.exists() for started in waiting):
            assert time.monotonic() < deadline, "the processes did not start"
            time.sleep(0.01)

    def _start(self, keys: list[list[int]], file_id: str) -> Path:
        started = self.folder / f"process{len(self.processes)}"
        process = multiprocessing.get_context("spawn").Process(
            target=bring_in_another, args=(self.name, self.folder, keys, file_id, started, self.go)
        )
        process.start()
        self.processes.append(process)
        return started

    def finish(self) -> list[tuple[int, int]]:
        """Let all go on; return (accepted, duplicates) of each."""
        self.go.touch()
        for process in self.processes:
            process.join(60)
            assert process.exitcode == 0
        done = (self.folder / f"process{n}.done" for n in range(len(self.processes)))
        return [tuple(map(int, file.read_text().split())) for file in done]


@pytest.fixture(params=STORES)
def crew(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Crew]:
    crew = Crew(request.param, tmp_path)
    yield crew
    for process in crew.processes:
        process.kill()
        process.join()


def test_two_processes_with_different_files_lose_nothing(crew: Crew) -> None:
    store = STORES[crew.name](crew.folder)
    crew.start(([[*range(100)], [*range(100, 200)]], "f1"), ([[*range(150, 300)], [*range(300, 400)]], "f2"))
    assert bring(store, range(2000, 2010), "f3").accepted == 10  # nobody waits for a file being read
    (a, a_twice), (b, b_twice) = crew.finish()
    assert (a + a_twice, b + b_twice) == (200, 250)
    assert a + b == 400
    assert sorted(keys_of(store)) == [*range(400), *range(2000, 2010)]
    assert {each.file_id: each.accepted for each in store.files()} == {"f1": a, "f2": b, "f3": 10}
    assert store.totals().n == 410
    assert len(np.unique(store.incidents(Selection()).row_id)) == 410


def test_two_processes_with_the_same_file_store_it_once(crew: Crew) -> None:
    store = STORES[crew.name](crew.folder)
    crew.start(*[([[*range(100)], [*range(100, 200)]], "f1")] * 2)
    assert sorted(crew.finish()) == [(0, 200), (200, 0)]
    assert keys_of(store) == list(range(200))
    assert len(store.files()) == 1


def test_a_process_killed_half_way_stores_nothing(crew: Crew) -> None:
    store = STORES[crew.name](crew.folder)
    bring(store, range(10))
    before = store.version()
    crew.start(([[*range(1000, 2000)], [*range(2000, 2100)]], "f2"))
    os.kill(crew.processes[0].pid or 0, signal.SIGKILL)
    crew.processes[0].join()
    assert crew.processes[0].exitcode == -signal.SIGKILL
    reopened = STORES[crew.name](crew.folder)
    assert reopened.version() == before
    assert keys_of(reopened) == list(range(10))
    stored = bring(reopened, [*range(1000, 2100)], "f2")
    assert (stored.accepted, stored.duplicates) == (1100, 0)
    assert sorted(keys_of(reopened)) == [*range(10), *range(1000, 2100)]


def test_series_are_counted_by_key_area_and_source_and_plain_references_are_not(store: IncidentStore) -> None:
    key, other = "s1-" + "a" * 24, "s1-" + "b" * 24
    rows = [row(1, series=key), row(6, series=key), row(2, series=key), row(3, series=other), row(4, series="Op Heron"),
            row(5), row(7, series=other)]  # fmt: skip
    store.append([batch(rows)], lambda: account(rows_read=7))
    found = store.series_counts(Selection()).to_pylist()
    assert found == [
        {"series": key, "area": "A1", "source": "police", "n": 2},
        {"series": key, "area": "A2", "source": "police", "n": 1},
        {"series": other, "area": None, "source": "police", "n": 1},
        {"series": other, "area": "A3", "source": "police", "n": 1},
    ]
    assert store.series_counts(Selection(areas=frozenset({"A3"}))).num_rows == 1
    assert store.series_counts(Selection(sources=("other",))).num_rows == 0
