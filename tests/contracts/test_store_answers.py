"""What every store must answer: rows as they went in, exact selections, counts, totals, series."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ilpgeo.core.errors import NotFound
from ilpgeo.core.protocols import IncidentStore, Selection
from ilpgeo.core.types import Totals
from tests.contracts.stores import CRS, STORES, ZONE, account, batch, bring, keys_of, row, utc


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
