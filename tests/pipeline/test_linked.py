"""Links across areas on a real workspace: seen by those who see both ends, under the sources' handling rules."""

from zlib import crc32

import pyarrow.parquet as pq
import pytest

from ilpgeo import pipeline
from ilpgeo.core.query import Level, Period
from ilpgeo.core.sources import Source
from ilpgeo.core.types import Access
from ilpgeo.pipeline.series_secret import VARIABLE
from tests.pipeline.city import SOUTH, WEST, make_city, write

MARCH = Period.parse("2023-03-01..2023-03-31")
HEADER = "id,when,lat,lon,offence,place,series id"
ANYONE = Access()


def of_series(series: str, area: int, n: int):
    west, south = WEST + 0.02 * (area % 2) + 0.01, SOUTH + 0.02 * (area // 2) + 0.01
    return [
        (
            f"{crc32(series.encode())}-{area}-{k}",
            f"2023-03-{1 + k:02d} 12:00",
            south,
            west + 1e-5 * k,
            "THEFT",
            "Road",
            series,
        )
        for k in range(n)
    ]


@pytest.fixture
def city(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "a key of these tests, long enough to be one")
    made = make_city(tmp_path / "city")
    rows = [*of_series("Op Heron", 0, 4), *of_series("op  heron", 1, 3), *of_series("Op Kite", 0, 1),
            *of_series("Op Kite", 2, 2), *of_series("Op Owl", 3, 6), *of_series("", 1, 5)]  # fmt: skip
    pipeline.ingest(made, write(tmp_path / "first.csv", rows, HEADER), "calls")
    return made


def kind(city) -> str:
    return city.areas.types[0]


def told(city, access=ANYONE, period=MARCH):
    return pipeline.links(city, access, kind(city), period).value


def test_areas_that_share_a_series_are_linked_and_small_links_withheld(city):
    picture = told(city)
    assert [(each.one, each.other, each.n_series, each.n, each.level) for each in picture.links] == [
        ("a0", "a1", 1, 7, Level.NATIONAL)
    ]
    assert (picture.n_small, picture.n_series, picture.n_elsewhere) == (1, 3, 0)
    assert "1 link with fewer than 5" in pipeline.links(city, ANYONE, kind(city), MARCH).notes[0]


def test_no_reference_is_stored_as_it_was_written(city):
    stored = b"".join(file.read_bytes() for file in city.workspace.folder.rglob("*") if file.is_file())
    assert b"Heron" not in stored and b"heron" not in stored
    for file in city.workspace.lake.rglob("*.parquet"):
        assert {each is None or each.startswith("s1-") for each in pq.read_table(file)["series"].to_pylist()} == {True}


def test_a_row_that_waits_in_quarantine_keeps_no_reference_and_joins_its_series_later(city, tmp_path):
    rows = [(f"U{k}", f"2023-03-0{k} 10:00", SOUTH + 0.03, WEST + 0.03, "ARSON", "x", "OP HERON") for k in range(1, 6)]
    report = pipeline.ingest(city, write(tmp_path / "second.csv", rows, HEADER), "calls")
    assert report.quarantined == 5
    stored = b"".join(file.read_bytes() for file in city.workspace.folder.rglob("*.parquet"))
    assert b"HERON" not in stored
    pipeline.save_offences(city, {"THEFT": "Theft", "ARSON": "Arson"})
    pipeline.bring_known(pipeline.open_workspace(city.workspace.folder))
    assert {(each.one, each.other) for each in told(city).links} == {("a0", "a1"), ("a0", "a3"), ("a1", "a3")}


def test_who_sees_one_end_learns_that_it_goes_on_and_not_where(city):
    narrow = told(city, Access(areas=("a1", "a3")))
    assert narrow.links == () and narrow.n_elsewhere is None  # three incidents: too few to tell
    one = told(city, Access(areas=("a0",)))
    assert one.links == () and one.n_elsewhere == 5
    both = told(city, Access(areas=("a0", "a1")))
    assert [(each.one, each.other) for each in both.links] == [("a0", "a1")]
    lower = told(city, Access(levels=frozenset({Level.LOCAL})))
    assert lower.links == ()


def test_a_source_kept_local_makes_no_link_at_the_level_above(city):
    assert len(told(city).links) == 1
    pipeline.register_source(city, Source("calls", "P", "O", "B", reach=Level.LOCAL), ANYONE, "A")
    picture = told(city)
    assert picture.links == () and picture.n_series == 0


def test_another_period_has_its_own_links(city):
    assert told(city, period=Period.parse("2022-01-01..2022-12-31")).links == ()


def test_the_alert_to_a_level_is_about_the_areas_below_it(city):
    assert pipeline.alert_type(city, Level.NATIONAL) == kind(city)
    assert pipeline.alert_type(city, Level.LOCAL) == ""


def test_a_workspace_without_series_has_none(tmp_path):
    made = make_city(tmp_path / "plain")
    assert told(made).n_series == 0
