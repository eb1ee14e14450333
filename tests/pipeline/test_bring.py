"""Files in, out, and in again: every row stands in exactly one place, whatever is done."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from ilpgeo import pipeline
from ilpgeo.core.errors import InvalidInput, NotAllowed, NotFound
from ilpgeo.core.types import Access, Selection
from ilpgeo.pipeline.waiting import SWAPPED, UNKNOWN_OFFENCE
from tests.pipeline.city import dirty, good, make_city, make_l_shaped_city, write

MANAGER = Access()
READER = Access(role="reader", manages_data=False)


@pytest.fixture
def city(tmp_path: Path) -> pipeline.Opened:
    return make_city(tmp_path / "city")


def _waiting(city: pipeline.Opened) -> dict[str, int]:
    total: dict[str, int] = {}
    for each in pipeline.accounts(city):
        assert each.report.adds_up
        assert each.n_waiting + each.n_settled == each.report.quarantined
        for reason, n in each.waiting.items():
            total[reason] = total.get(reason, 0) + n
    return total


def _account(city: pipeline.Opened, file_id: str) -> pipeline.FileAccount:
    return next(each for each in pipeline.accounts(city) if each.report.file_id == file_id)


def _downloaded(city: pipeline.Opened, file_id: str) -> list[dict[str, str]]:
    content = pipeline.quarantine_file(city, file_id, MANAGER).read().decode()
    return list(csv.DictReader(io.StringIO(content)))


def _saved(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_dirty_file_is_accounted_for_row_by_row(city: pipeline.Opened, tmp_path: Path) -> None:
    report = pipeline.ingest(city, write(tmp_path / "dirty.csv", dirty()), "police")
    assert (report.rows_read, report.accepted, report.quarantined, report.duplicates) == (13, 6, 7, 0)
    expected = {SWAPPED: 2, "no coordinates": 1, "unreadable date": 1, UNKNOWN_OFFENCE: 3}
    assert report.reasons == expected
    assert _waiting(city) == expected
    assert not list((city.workspace.folder).glob("**/*.part"))


def test_swapped_coordinates_are_exchanged_and_leave_the_quarantine(city: pipeline.Opened, tmp_path: Path) -> None:
    first = pipeline.ingest(city, write(tmp_path / "dirty.csv", dirty(), named=False), "police")
    second = pipeline.bring_corrected(city, first.file_id, SWAPPED)
    assert (second.rows_read, second.accepted, second.source) == (2, 2, "police")
    assert second.name == "dirty, coordinates exchanged.csv"
    assert SWAPPED not in _waiting(city)
    assert _account(city, first.file_id).n_settled == 2
    assert pipeline.status(city).incidents == 8
    assert pipeline.status(city).unplaced == 0
    with pytest.raises(NotFound, match="no rows"):
        pipeline.bring_corrected(city, first.file_id, SWAPPED)


def test_what_was_brought_in_again_waits_again_once_it_is_withdrawn(city: pipeline.Opened, tmp_path: Path) -> None:
    first = pipeline.ingest(city, write(tmp_path / "dirty.csv", dirty(), named=False), "police")
    before = _waiting(city)
    second = pipeline.bring_corrected(city, first.file_id, SWAPPED)
    pipeline.withdraw(city, second.file_id)
    assert _waiting(city) == before
    third = pipeline.bring_corrected(city, first.file_id, SWAPPED)
    assert third.accepted == 2


def test_a_corrected_quarantine_is_known_by_its_columns(city: pipeline.Opened, tmp_path: Path) -> None:
    first = pipeline.ingest(city, write(tmp_path / "dirty.csv", dirty(), named=False), "police")
    rows = _downloaded(city, first.file_id)
    assert len(rows) == 7
    mended = [row for row in rows if row["ilpgeo_reason"] in {"unreadable date", "no coordinates"}]
    for row in mended:
        row["when"] = row["when"].replace("02-31", "02-28")
    again = pipeline.ingest(city, _saved(tmp_path / "mended.csv", mended))
    assert again.source == "police"
    assert (again.rows_read, again.accepted, again.quarantined) == (2, 1, 1)
    waits = _waiting(city)
    assert sum(waits.values()) == 6, "the mended row waits nowhere, the one still without a place waits once"
    assert waits["no coordinates"] == 1
    assert _account(city, first.file_id).waiting == {SWAPPED: 2, UNKNOWN_OFFENCE: 3}
    assert _account(city, again.file_id).waiting == {"no coordinates": 1}
    [left] = _downloaded(city, again.file_id)
    assert (left["ilpgeo_file"], left["ilpgeo_row"]) == (first.file_id, "9"), "it keeps where it first stood"


def test_a_row_corrected_twice_is_one_incident(city: pipeline.Opened, tmp_path: Path) -> None:
    first = pipeline.ingest(city, write(tmp_path / "dirty.csv", dirty(), named=False), "police")
    [row] = [row for row in _downloaded(city, first.file_id) if row["ilpgeo_reason"] == "unreadable date"]
    one = pipeline.ingest(city, _saved(tmp_path / "one.csv", [row | {"when": "2023-02-28 12:00"}]))
    two = pipeline.ingest(city, _saved(tmp_path / "two.csv", [row | {"when": "2023-02-27 12:00"}]))
    assert (one.accepted, two.accepted, two.duplicates) == (1, 0, 1)
    pipeline.withdraw(city, one.file_id)
    assert pipeline.status(city).incidents == 6


def test_rows_added_to_a_corrected_file_are_rows_of_their_own(city: pipeline.Opened, tmp_path: Path) -> None:
    first = pipeline.ingest(city, write(tmp_path / "dirty.csv", dirty(), named=False), "police")
    [row] = [row for row in _downloaded(city, first.file_id) if row["ilpgeo_reason"] == "unreadable date"]
    row["when"] = "2023-02-28 12:00"
    new = row | {"ilpgeo_file": "", "ilpgeo_row": ""}
    again = pipeline.ingest(city, _saved(tmp_path / "more.csv", [row, new, new]))
    assert again.accepted == 3
    assert sum(_waiting(city).values()) == 6


def test_rows_of_another_source_are_not_mixed_in(city: pipeline.Opened, tmp_path: Path) -> None:
    first = pipeline.ingest(city, write(tmp_path / "dirty.csv", dirty()), "police")
    other = pipeline.ingest(city, write(tmp_path / "other.csv", dirty()), "transit")
    rows = _downloaded(city, first.file_id)
    with pytest.raises(InvalidInput, match="quarantine for police"):
        pipeline.ingest(city, _saved(tmp_path / "mended.csv", rows), "transit")
    mixed = [*rows, *_downloaded(city, other.file_id)]
    with pytest.raises(InvalidInput, match="several sources"):
        pipeline.ingest(city, _saved(tmp_path / "mixed.csv", mixed))


def test_the_same_file_twice_changes_neither_store_nor_quarantine(city: pipeline.Opened, tmp_path: Path) -> None:
    file = write(tmp_path / "dirty.csv", dirty(), named=False)
    first = pipeline.ingest(city, file, "police")
    before, version = _waiting(city), city.store.version()
    again = pipeline.ingest(city, file, "police", {"offence": "", "=Theft": "offence"})
    assert (again.accepted, again.adds_up) == (0, True)
    assert city.store.version() == version
    assert _waiting(city) == before, "a second reading with another mapping does not touch what the first one rejected"
    assert pipeline.preview(city, file, "police").stored == first


def test_two_sources_may_report_the_same_rows(city: pipeline.Opened, tmp_path: Path) -> None:
    file = write(tmp_path / "good.csv", good(20))
    assert pipeline.ingest(city, file, "police").accepted == 20
    assert pipeline.ingest(city, file, "transit").accepted == 20
    assert pipeline.status(city).sources == {"police": 20, "transit": 20}


def test_a_withdrawn_file_is_gone_with_its_quarantine_and_can_come_again(city: pipeline.Opened, tmp_path: Path) -> None:
    file = write(tmp_path / "dirty.csv", dirty(), named=False)
    first = pipeline.ingest(city, file, "police")
    version = city.store.version()
    pipeline.withdraw(city, first.file_id[:8])
    assert pipeline.accounts(city) == ()
    assert pipeline.status(city).incidents == 0
    assert pipeline.open_workspace(city.workspace.folder, version).store.totals().n == 6
    with pytest.raises(NotFound, match="withdrawn"):
        pipeline.quarantine_file(city, first.file_id, MANAGER)
    assert pipeline.ingest(city, file, "police").accepted == 6
    assert sum(_waiting(city).values()) == 7


def test_a_file_brought_again_does_not_ask_for_rows_that_were_mended_meanwhile(
    city: pipeline.Opened, tmp_path: Path
) -> None:
    file = write(tmp_path / "dirty.csv", dirty(), named=False)
    first = pipeline.ingest(city, file, "police")
    pipeline.bring_corrected(city, first.file_id, SWAPPED)
    pipeline.withdraw(city, first.file_id)
    pipeline.ingest(city, file, "police")
    assert SWAPPED not in _waiting(city)
    assert pipeline.status(city).incidents == 8


def test_a_new_group_maps_stored_rows_and_lets_waiting_rows_in(city: pipeline.Opened, tmp_path: Path) -> None:
    pipeline.ingest(city, write(tmp_path / "dirty.csv", dirty(), named=False), "police")
    table = pipeline.offence_table(city)
    assert dict(table.groups) == {"THEFT": "Theft", "ASSAULT": "Assault"}
    assert dict(table.unknown) == {"ARSON": 2, "MISCHIEF": 1}
    assert table.n_ready == 0
    with pytest.raises(NotFound):
        pipeline.bring_corrected(city, pipeline.accounts(city)[0].report.file_id, UNKNOWN_OFFENCE)
    pipeline.save_offences(city, {**table.groups, "THEFT": "Stealing", "Arson": "Fire"})
    before = city.store.version()
    assert pipeline.remap(city) != before
    assert pipeline.offence_table(city).n_ready == 2
    [brought] = pipeline.bring_known(city)
    assert (brought.rows_read, brought.accepted) == (2, 2)
    assert dict(pipeline.offence_table(city).unknown) == {"MISCHIEF": 1}
    assert _waiting(city)[UNKNOWN_OFFENCE] == 1
    stored = city.store.daily_counts(Selection())["offence"].to_pylist()
    assert set(stored) == {"Stealing", "Fire"}
    assert pipeline.bring_known(city) == ()


def test_an_offences_table_with_faults_is_refused_whole(city: pipeline.Opened) -> None:
    path = city.workspace.folder / "offences.csv"
    before = path.read_text("utf-8")
    with pytest.raises(InvalidInput) as caught:
        pipeline.save_offences(city, {"THEFT": "", "Assault": "A", "ASSAULT ": "B"})
    assert len(caught.value.faults) == 2
    assert path.read_text("utf-8") == before
    assert sorted(each.name for each in city.workspace.folder.glob("offences.csv*")) == ["offences.csv"]


def test_without_a_table_labels_stored_stay_known_when_the_first_one_is_added(
    city: pipeline.Opened, tmp_path: Path
) -> None:
    (city.workspace.folder / "offences.csv").unlink()
    pipeline.ingest(city, write(tmp_path / "good.csv", good(5)), "police")
    pipeline.save_offences(city, {"ARSON": "Fire"})
    assert dict(pipeline.offence_table(city).groups) == {"THEFT": "THEFT", "ARSON": "Fire"}


def test_the_confirmed_mapping_is_remembered_for_its_source(city: pipeline.Opened, tmp_path: Path) -> None:
    header = "id,seen,lat,lon,was,spot"
    file = write(tmp_path / "odd.csv", good(12), header)
    told = pipeline.preview(city, file, "wardens")
    assert told.understood.told_by == "guess"
    assert told.missing
    with pytest.raises(InvalidInput, match="columns cannot be used"):
        pipeline.ingest(city, file, "wardens")
    named = {"seen": "datetime", "was": "offence", "spot": "place"}
    assert pipeline.ingest(city, file, "wardens", named).accepted == 12
    later = write(tmp_path / "odd-2.csv", good(8, 13), header)
    again = pipeline.preview(city, later, "wardens")
    assert again.understood.told_by == "remembered"
    assert again.missing == ()
    assert pipeline.ingest(city, later, "wardens").accepted == 8
    assert pipeline.preview(city, later, "others").understood.told_by == "guess"
    moved = write(tmp_path / "new.csv", good(8, 30), "id,moment,lat,lon,was,spot")
    told = pipeline.preview(city, moved, "wardens").understood
    assert told.told_by == "guess"
    assert "seen" in told.doubts[0]


def test_a_preview_shows_no_person_and_says_who_was_left_out(city: pipeline.Opened, tmp_path: Path) -> None:
    rows = [(*row, f"Doe, Jane {at}") for at, row in enumerate(good(9))]
    file = write(tmp_path / "persons.csv", rows, "id,when,lat,lon,offence,place,victim_name")
    told = pipeline.preview(city, file, "police", MANAGER)
    assert list(told.personal) == ["victim_name"]
    assert "victim_name" not in [each.name for each in told.columns]
    assert "Doe" not in repr(told)
    assert len(told.first_rows) == 5
    assert {each.name: each.field for each in told.columns}["lat"] == "latitude"
    with pytest.raises(NotAllowed):
        pipeline.preview(city, file, "police", READER)
    report = pipeline.ingest(city, file, "police")
    assert report.dropped_columns == ("victim_name",)


def test_only_those_who_manage_data_see_rejected_rows(city: pipeline.Opened, tmp_path: Path) -> None:
    report = pipeline.ingest(city, write(tmp_path / "dirty.csv", dirty()), "police")
    with pytest.raises(NotAllowed, match="reader"):
        pipeline.quarantine_file(city, report.file_id, READER)
    with pytest.raises(NotAllowed):
        pipeline.desk(city, READER)


def test_no_downloaded_text_is_a_formula(city: pipeline.Opened, tmp_path: Path) -> None:
    rows = [("F1", "2023-02-31 12:00", 43.65, -79.39, "THEFT", '=HYPERLINK("x")'), *good(9)]
    report = pipeline.ingest(city, write(tmp_path / "formula.csv", rows), "police")
    [row] = _downloaded(city, report.file_id)
    assert row["place"].startswith("'=")
    assert row["lon"] == "-79.39"


def test_a_folder_comes_in_file_by_file(city: pipeline.Opened, tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.csv", good(5))
    write(tmp_path / "in" / "deep" / "b.csv", good(5, 4))
    (tmp_path / "in" / "notes.doc").write_text("not a table", "utf-8")
    brought = pipeline.ingest_each(city, pipeline.files_in([tmp_path / "in"]), "police")
    assert [(each.name, each.accepted, each.duplicates) for each in brought.reports] == [
        ("a.csv", 5, 0),
        ("b.csv", 3, 2),
    ]
    [(name, why)] = brought.refused
    assert name == "notes.doc"
    assert "no reader" in why


def test_a_folder_with_a_shapefile_comes_in(city: pipeline.Opened, tmp_path: Path) -> None:
    import geopandas as gpd
    import shapely

    folder = tmp_path / "in"
    folder.mkdir()
    told = {"id": ["S1", "S2"], "when": ["2023-03-01 10:30"] * 2, "offence": ["THEFT", "ASSAULT"]}
    places = shapely.points([[-79.39, 43.65], [-79.38, 43.66]])
    gpd.GeoDataFrame(told, geometry=places, crs="EPSG:4326").to_crs("EPSG:32617").to_file(folder / "crimes.shp")
    for suffix in ("qmd", "sbn", "sbx", "qix", "qpj", "shp.xml", "xml"):
        (folder / f"crimes.{suffix}").write_bytes(b"beside a shapefile")
    write(folder / "good.csv", good(5))
    found = pipeline.files_in([folder])
    assert [each.name for each in found] == ["crimes.shp", "good.csv"]
    assert pipeline.files_in(sorted(folder.iterdir())) == found
    brought = pipeline.ingest_each(city, found, "police")
    assert [(each.name, each.accepted) for each in brought.reports] == [("crimes.shp", 2), ("good.csv", 5)]
    assert brought.refused == ()
    assert pipeline.files_in([folder / "crimes.dbf"]) == (folder / "crimes.dbf",), "one named alone is refused aloud"


def test_near_is_near_the_areas_and_not_the_box_around_them(tmp_path: Path) -> None:
    city = make_l_shaped_city(tmp_path / "city")
    rows = [
        ("in", "2023-03-01 10:30", 43.65, -79.39, "THEFT", "in the south"),
        ("near", "2023-03-01 10:30", 43.73, -79.36, "THEFT", "2.4 km east of the northern arm"),
        ("corner", "2023-03-01 10:30", 43.73, -79.23, "THEFT", "in the box, over 10 km from both arms"),
        ("beyond", "2023-03-01 10:30", 43.65, -78.90, "THEFT", "outside the box"),
    ]
    report = pipeline.ingest(city, write(tmp_path / "l.csv", rows), "police")
    assert (report.accepted, report.unplaced) == (2, 1)
    assert report.reasons == {"outside the jurisdiction": 2}
    waiting = {row["id"] for row in _downloaded(city, report.file_id)}
    assert waiting == {"corner", "beyond"}


def test_a_file_stopped_half_way_leaves_nothing(city: pipeline.Opened, tmp_path: Path) -> None:
    def stop(done: int, in_all: int | None) -> None:
        raise KeyboardInterrupt

    version = city.store.version()
    with pytest.raises(KeyboardInterrupt):
        pipeline.ingest(city, write(tmp_path / "dirty.csv", dirty()), "police", progress=stop)
    assert city.store.version() == version
    assert pipeline.accounts(city) == ()
    assert not (city.workspace.folder / "mappings.json").exists()


def test_a_file_on_its_way_in_is_removed_whatever_happens(city: pipeline.Opened) -> None:
    with pipeline.incoming(city, "../../escape.csv") as place:
        place.write_text("x", "utf-8")
        assert place.name == "escape.csv"
        assert city.workspace.folder in place.parents
    assert not place.parent.exists()
    with pytest.raises(RuntimeError), pipeline.incoming(city, "") as place:
        raise RuntimeError
    assert not place.parent.exists()


def test_the_order_of_day_and_month_can_be_set(city: pipeline.Opened, tmp_path: Path) -> None:
    rows = [("1", "03/04/2023", 43.65, -79.39, "THEFT", "x")]
    report = pipeline.ingest(city, write(tmp_path / "us.csv", rows), "a", date_order="month-day-year")
    assert str(report.first) == "2023-03-04"
    report = pipeline.ingest(city, write(tmp_path / "uk.csv", rows), "b", date_order="day-month-year")
    assert str(report.first) == "2023-04-03"
    with pytest.raises(InvalidInput, match="date order"):
        pipeline.ingest(city, tmp_path / "uk.csv", "b", date_order="year first")


def test_the_desk_says_what_is_covered(city: pipeline.Opened, tmp_path: Path) -> None:
    pipeline.ingest(city, write(tmp_path / "good.csv", good(200)), "police")
    desk = pipeline.desk(city, MANAGER)
    assert desk.n_waiting == 0
    [found] = desk.coverage["police"]
    assert (found.period.start.isoformat(), found.period.end.month) == ("2023-03-01", 3)
    assert desk.version == city.store.version()


def test_a_shapefile_in_a_folder_is_one_file(tmp_path: Path) -> None:
    for name in ("a.shp", "a.dbf", "a.shx", "a.prj", "b.dbf", "c.csv", ".hidden.csv"):
        (tmp_path / name).write_text("x", "utf-8")
    assert [each.name for each in pipeline.files_in([tmp_path])] == ["a.shp", "b.dbf", "c.csv"]


def test_swapped_points_of_another_format_are_exchanged_too(city: pipeline.Opened, tmp_path: Path) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"when": row[1], "offence": row[4]},
            "geometry": {"type": "Point", "coordinates": [row[3], row[2]]},
        }
        for row in [*good(40), *dirty()[6:8]]
    ]
    file = tmp_path / "points.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    first = pipeline.ingest(city, file, "mobile")
    assert (first.accepted, first.reasons) == (40, {SWAPPED: 2})
    second = pipeline.bring_corrected(city, first.file_id, SWAPPED)
    assert (second.accepted, second.quarantined) == (2, 0)
    assert pipeline.status(city).unplaced == 0
