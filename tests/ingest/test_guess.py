from datetime import date, timedelta

import numpy as np
import pytest

from ilpgeo.ingest.guess import guess_mapping
from ilpgeo.ingest.mapping import Field
from ilpgeo.ingest.moments import DateOrder, Precision
from ilpgeo.ingest.readers import open_table

TORONTO = (609_000.0, 4_826_000.0, 652_000.0, 4_858_000.0)


def guess(path, timezone="America/Toronto", crs="EPSG:32617", extent=TORONTO):
    return guess_mapping(open_table(path), crs, timezone, extent)


def rows(n, of):
    return "".join(of(number) + "\n" for number in range(n))


def test_plain_names_with_reasons_in_words(write):
    text = "Incident Number,Longitude,Latitude,Occurred Date,Occurred Time,Offence,Street Name,Division,Reported Date\n"
    text += rows(
        30, lambda n: f"A{n},-79.4,43.7,2020-05-{n % 28 + 1:02},08:1{n % 10},Theft,King St,D{n % 3},2020-06-01"
    )
    found = guess(write(text))
    assert dict(found.mapping.columns) == {
        Field.LONGITUDE: ("Longitude",),
        Field.LATITUDE: ("Latitude",),
        Field.DATE: ("Occurred Date",),
        Field.TIME: ("Occurred Time",),
        Field.REPORTED: ("Reported Date",),
        Field.OFFENCE: ("Offence",),
        Field.REFERENCE: ("Incident Number",),
        Field.PLACE: ("Street Name",),
        Field.AREA: ("Division",),
    }
    assert "Longitude and Latitude are longitude and latitude: by name, and all in range" in found.reasons
    assert found.doubts == ()


def test_a_window_in_from_and_to_columns(write):
    text = "lon,lat,date_from,date_to,crime type\n" + rows(9, lambda n: "-79.4,43.7,2020-05-01,2020-05-03,Burglary")
    found = guess(write(text)).mapping
    assert (found.column(Field.DATE), found.column(Field.TO_DATETIME)) == ("date_from", "date_to")


def test_projected_coordinates_get_the_crs_that_puts_them_into_the_workspace(write):
    text = "Easting,Northing,date,offence\n" + rows(20, lambda n: f"{530_000 + n},{180_000 + n},2020-05-01,Theft")
    london = (-0.5, 51.3, 0.3, 51.7)
    from pyproj import Transformer

    extent = Transformer.from_crs(4326, 32630, always_xy=True).transform_bounds(*london)
    found = guess(write(text), "Europe/London", "EPSG:32630", extent)
    assert found.mapping.crs == "EPSG:27700"
    assert any("EPSG:27700" in reason and "100%" in reason for reason in found.reasons)


def london_places(path, with_geometry=True):
    """Write incidents in the British grid whose table holds longitude and latitude (and x, y of a plan) too."""
    import geopandas as gpd
    import shapely

    places = shapely.points([[530_000 + n, 180_000 + n] if with_geometry else [np.nan, np.nan] for n in range(20)])
    told = {"longitude": -0.128, "latitude": 51.504, "x": 7.0, "y": 8.0, "date": "2020-05-01", "offence": "Theft"}
    gpd.GeoDataFrame([told] * 20, geometry=places, crs="EPSG:27700").to_file(path)
    return path


def test_the_places_of_a_file_that_declares_a_crs_come_before_columns_of_its_table(tmp_path):
    found = guess(london_places(tmp_path / "a.gpkg"), "Europe/London", "EPSG:32630", None)
    assert (found.mapping.column(Field.X), found.mapping.column(Field.Y)) == ("x_coordinate", "y_coordinate")
    assert found.mapping.crs == "EPSG:27700"
    assert not found.mapping.is_geographic


def test_longitude_and_latitude_of_a_file_without_places_are_not_taken_in_the_crs_it_declares(tmp_path):
    path = london_places(tmp_path / "a.gpkg", with_geometry=False)
    found = guess(path, "Europe/London", "EPSG:32630", None)
    assert found.mapping.is_geographic
    assert (found.mapping.column(Field.LONGITUDE), found.mapping.crs) == ("longitude", "")


def test_feet_are_told_from_metres(write):
    from pyproj import Transformer

    text = "X Coordinate,Y Coordinate,date,offence\n" + rows(20, lambda n: f"{1150568 + n},{1905409 + n},2020-05-01,A")
    extent = Transformer.from_crs(4326, 32616, always_xy=True).transform_bounds(-87.95, 41.64, -87.52, 42.03)
    assert guess(write(text), "America/Chicago", "EPSG:32616", extent).mapping.crs == "EPSG:3435"


def test_coordinates_that_fit_nowhere_are_a_doubt(write):
    text = "x,y,date,offence\n" + rows(20, lambda n: f"{9e8 + n},{9e8 + n},2020-05-01,A")
    found = guess(write(text))
    assert found.mapping.crs == ""
    assert "no known CRS puts x and y into the workspace's area: name it" in found.doubts


def test_evidence_decides_the_order_of_day_and_month(write):
    day_first = guess(write("lon,lat,date,offence\n" + rows(9, lambda n: f"-79.4,43.7,{n + 10}/02/2020,A")))
    assert day_first.mapping.date_order == DateOrder.DMY
    assert any("day-month-year: 6 of the values read no other way" in reason for reason in day_first.reasons)
    month_first = guess(write("lon,lat,date,offence\n" + rows(9, lambda n: f"-79.4,43.7,02/{n + 10}/2020,A"), "b.csv"))
    assert month_first.mapping.date_order == DateOrder.MDY


def test_evidence_far_down_the_file_is_found(write):
    start = date(2020, 1, 1)
    days = [start] * 40_000 + [start + timedelta(days=n) for n in range(20)]
    text = "lon,lat,date,offence\n" + "".join(f"-79.4,43.7,{day:%d/%m/%Y},A\n" for day in days)
    found = guess(write(text))
    assert found.mapping.date_order == DateOrder.DMY
    assert not any("please confirm" in doubt for doubt in found.doubts)


@pytest.mark.parametrize(("zone", "order"), [("America/Toronto", DateOrder.MDY), ("Europe/London", DateOrder.DMY)])
def test_no_evidence_is_a_doubt_settled_by_the_workspace(write, zone, order):
    found = guess(write("lon,lat,date,offence\n" + rows(9, lambda n: f"-79.4,43.7,0{n % 9 + 1}/02/2020,A")), zone)
    assert found.mapping.date_order == order
    assert any("does not tell whether the day or the month comes first" in doubt for doubt in found.doubts)


def test_both_orders_in_one_column_is_a_doubt(write):
    rows_of = "-79,43,13/02/2020,A\n-79,43,14/02/2020,A\n-79,43,02/13/2020,A\n" * 9
    found = guess(write("lon,lat,date,offence\n" + rows_of))
    assert found.mapping.date_order == DateOrder.DMY
    assert any("mixes day-first (18) and month-first (9) dates" in doubt for doubt in found.doubts)


def test_a_personal_column_is_named_and_not_mapped(write):
    found = guess(write("lon,lat,date,offence,Name\n" + rows(9, lambda n: "-79.4,43.7,2020-05-01,A,Jane")))
    assert found.personal == ("Name",)
    assert "Name" not in found.mapping.used


def test_nothing_recognised_is_said_field_by_field(write):
    found = guess(write("a,b\n1,2\n"))
    assert found.mapping.columns == ()
    assert len(found.doubts) == 4
    with pytest.raises(
        ValueError, match=r"no columns for the place.*no column for the time.*no column for the offence"
    ):
        found.mapping.require("f.csv", ["a", "b"])


def test_what_the_reader_left_out_is_the_first_doubt_with_and_without_a_preset(tmp_path):
    import openpyxl

    for header in (["lon", "lat", "date", "offence", "id"], ["Longitude", "Latitude", "Month", "Crime type", "id"]):
        book = openpyxl.Workbook()
        book.active.title = "January"
        for row in (header, [-79.4, 43.7, "2020-05", "Theft", 1]):
            book.active.append(row)
        book.create_sheet("Codes").append(["code", "means"])
        book.save(tmp_path / "a.xlsx")
        found = guess(tmp_path / "a.xlsx")
        assert found.doubts[0] == "sheet 'January' is read; not read: 'Codes'"


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "crs", "zone", "box", "expected"),
    [
        ("medellin_homicides.csv", "EPSG:3116", "America/Bogota", (-75.7, 6.15, -75.5, 6.35),
         {"decimal": ",", "offence": "modalidad", "datetime": "fecha_hecho"}),
        ("lancashire_asb.tab", "EPSG:27700", "Europe/London", (-3.1, 53.4, -2.0, 54.3),
         {"precision": "month", "date": "month", "place": "location"}),
        ("vancouver_thefts.csv.gz", "EPSG:26910", "America/Vancouver", (-123.27, 49.19, -123.0, 49.32),
         {"x": "X", "crs": "EPSG:26910", "date": "YEAR + MONTH + DAY", "time": "HOUR + MINUTE"}),
        ("nyc_shootings.csv", "EPSG:32618", "America/New_York", (-74.3, 40.5, -73.7, 40.95),
         {"precision": "day", "date": "occur_date", "area": "boro"}),
        ("../houston_2010/houston_crime_2010.csv.gz", "EPSG:32615", "America/Chicago", (-95.8, 29.5, -95.0, 30.1),
         {"date": "date", "hour": "hour", "precision": "hour", "date order": "month-day-year"}),
    ],
)  # fmt: skip
def test_real_files(shared_data, take_in, rules, jurisdiction, name, crs, zone, box, expected):
    from pyproj import Transformer

    extent = Transformer.from_crs(4326, crs, always_xy=True).transform_bounds(*box)
    path = shared_data / "oddities" / name
    mapping = guess(path, zone, crs, extent).mapping
    told = mapping.words()
    assert {key: told.get(key) for key in expected} == expected
    if not mapping.column(Field.OFFENCE):
        mapping = mapping.changed({"=incident": "offence"})
    intake, _ = take_in(path, mapping, rules(crs=crs, timezone=zone, start=date(1990, 1, 1), today=date(2026, 1, 1)),
                        jurisdiction(extent))  # fmt: skip
    assert intake.report.adds_up
    assert intake.report.accepted > 0.9 * intake.report.rows_read


def test_the_exactness_of_times_is_told_from_the_values(write):
    text = "lon,lat,when date,offence\n" + rows(40, lambda n: f"-79.4,43.7,2020-05-0{n % 9 + 1} {n % 24:02}:00:00,A")
    found = guess(write(text))
    assert found.mapping.precision == Precision.HOUR
    text = "lon,lat,when date,offence\n" + rows(40, lambda n: f"-79.4,43.7,2020-05-0{n % 9 + 1}T00:00:00Z,A")
    found = guess(write(text, "b.csv"), "UTC")
    assert (found.mapping.precision, found.mapping.column(Field.DATE)) == (Precision.DAY, "when date")


HEAD = "longitude,latitude,happened_date,offence,uid\n"


def test_dates_written_as_local_midnight_in_utc_are_days(write):
    text = HEAD + rows(
        40, lambda n: f"-79.4,43.7,2020-{n % 12 + 1:02}-05T0{4 if 2 < n % 12 < 10 else 5}:00:00Z,Theft,{n}"
    )
    found = guess(write(text)).mapping
    assert (found.column(Field.DATE), found.precision) == ("happened_date", Precision.DAY)


def test_a_pile_of_utc_midnights_is_doubted(write):
    text = HEAD + rows(
        100, lambda n: f"-79.4,43.7,2020-05-0{n % 9 + 1}T{'00:00' if n < 10 else f'{n % 24:02}:37'}:00Z,Theft,{n}"
    )
    found = guess(write(text))
    assert any("written 00:00 with an offset" in doubt for doubt in found.doubts)
    assert not found.mapping.midnight_unknown


def test_a_file_without_any_words_is_of_one_offence(write):
    text = "uid,longitude,latitude,date,murder\n" + rows(40, lambda n: f"{n},-79.4,43.7,2020-05-{n % 28 + 1:02},TRUE")
    assert guess(write(text)).is_one_offence
    words = text.replace("murder", "what").replace("TRUE", "Diebstahl")
    found = guess(write(words))
    assert not found.is_one_offence
    assert any("what could be it" in doubt for doubt in found.doubts)


@pytest.mark.parametrize(
    ("happened", "reported"),
    [
        ("occurrencedate", "reporteddate"),
        ("OCC_DATE", "REPORT_DATE"),
        ("DATE OCC", "Date Rptd"),
        ("Date", "Report Date"),
        ("Incident Datetime", "Incident Reported Date"),
        ("occurred_at", "reported_at"),
        ("OccurDate", "DateReported"),
        ("Offence date", "Recorded date"),
    ],
)
@pytest.mark.parametrize("is_reported_first", [False, True])
def test_when_it_happened_and_when_it_was_reported_are_told_apart(write, happened, reported, is_reported_first):
    names = [reported, happened] if is_reported_first else [happened, reported]
    days = ["2020-05-09", "2020-05-01"] if is_reported_first else ["2020-05-01", "2020-05-09"]
    text = f"lon,lat,offence,{names[0]},updatedAt,{names[1]},reportedhour\n"
    text += rows(9, lambda n: f"-79.4,43.7,Theft,{days[0]},2024-01-01,{days[1]},{n}")
    found = guess(write(text)).mapping
    assert found.column(Field.DATE) == happened
    assert found.column(Field.REPORTED) == reported
    assert not found.column(Field.HOUR)
    assert "updatedAt" not in found.used


def test_the_day_a_row_was_last_touched_is_not_the_day_of_the_report(write):
    text = "lon,lat,offence,Date,Updated On,created_date,Report Number\n"
    text += rows(9, lambda n: f"-79.4,43.7,Theft,2020-05-01,2024-01-01,2024-01-01,202005010{n}")
    assert not guess(write(text)).mapping.column(Field.REPORTED)


def test_the_date_of_the_report_stands_in_where_there_is_no_other_and_is_doubted(write):
    text = "lon,lat,offence,updated date,reporteddate\n" + rows(9, lambda n: "-79.4,43.7,Theft,2024-01-01,2020-05-01")
    found = guess(write(text))
    assert found.mapping.column(Field.DATE) == "reporteddate"
    assert not found.mapping.column(Field.REPORTED)
    assert any("reporteddate is taken for it" in doubt for doubt in found.doubts)


def test_a_date_column_that_can_be_read_in_part_is_taken_and_doubted(write):
    days = ["2021-03-01", "31/02/2021", "2021-02-31", "2021-03-05", "tomorrow", "?"]
    text = "lon,lat,date,offence\n" + rows(6, lambda n: f"-79.4,43.7,{days[n]},Theft")
    found = guess(write(text))
    assert found.mapping.column(Field.DATE) == "date"
    assert any("many values of date cannot be read" in doubt for doubt in found.doubts)
    one = "lon,lat,date,offence\n" + rows(6, lambda n: f"-79.4,43.7,{'2021-03-01' if n == 0 else 'no'},Theft")
    assert Field.DATE not in dict(guess(write(one)).mapping.columns)


def test_names_in_other_languages(write):
    text = "Längengrad;Breitengrad;Datum;Uhrzeit;Delikt\n"
    text += rows(30, lambda n: f"-79,4{n % 9};43,65;0{1 + n % 9}.03.2021;{n % 24:02d}:15;Diebstahl")
    found = guess(write(text)).mapping
    assert dict(found.columns) == {
        Field.LONGITUDE: ("Längengrad",),
        Field.LATITUDE: ("Breitengrad",),
        Field.DATE: ("Datum",),
        Field.TIME: ("Uhrzeit",),
        Field.OFFENCE: ("Delikt",),
    }
    assert found.decimal == ","
