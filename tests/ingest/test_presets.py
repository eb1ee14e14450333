from datetime import UTC, date, datetime

import pytest

from ilpgeo.ingest.mapping import Field
from ilpgeo.ingest.presets import preset_for
from ilpgeo.ingest.readers import open_table

UK = """Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context
,2019-06,South Yorkshire Police,South Yorkshire Police,-1.395616,53.052967,On or near Petrol Station,E01019456,Amber Valley 005E,Anti-social behaviour,,
,2019-06,South Yorkshire Police,South Yorkshire Police,-1.395616,53.052967,On or near Petrol Station,E01019456,Amber Valley 005E,Anti-social behaviour,,
1f9d86306955,2019-06,South Yorkshire Police,South Yorkshire Police,-1.449981,53.603074,On or near Arundel Gate,E01007434,Barnsley 001A,Burglary,Under investigation,
2b3c,2019-06,South Yorkshire Police,South Yorkshire Police,,,No Location,,,Burglary,,
"""  # noqa: E501
MCI = """occurrencedate,occurrencehour,premises_type,occurrencemonth,occurrencedayofweek,MCI,Neighbourhood,occurrenceday,occurrencedayofyear,Pub_Id,Park_Id,PS_Id,Lat,Long
2014/03/02 05:00:00+00,8,House,March,Sunday    ,Assault,West Humber-Clairville,2,61,0,0,0,43.73401277,-79.59033164
2014/07/02 04:00:00+00,0,Commercial,July,Wednesday ,Robbery,West Humber-Clairville,2,183,0,0,0,43.73183406,-79.60070124
1966/06/09 05:00:00+00,8,House,June,Thursday  ,Assault,Rustic,9,160,0,0,0,43.70,-79.50
"""  # noqa: E501
CHICAGO = """ID,Case Number,Date,Block,Primary Type,X Coordinate,Y Coordinate,Latitude,Longitude
1,HZ1,05/03/2016 11:40:00 PM,013XX S SAWYER AVE,BATTERY,1154907,1893681,41.864073,-87.706819
2,HZ2,05/03/2016 12:00:00 AM,013XX S SAWYER AVE,THEFT,1154907,1893681,41.864073,-87.706819
"""


def test_police_uk_is_known_to_the_month(write, take_in, rules, jurisdiction):
    london = rules(crs="EPSG:27700", timezone="Europe/London")
    intake, rows = take_in(
        write(UK), rules=london, jurisdiction=jurisdiction((400_000.0, 340_000.0, 500_000.0, 420_000.0))
    )
    assert intake.report.mapping["preset"] == "police.uk"
    assert [row["precision"] for row in rows] == ["month"] * 3
    assert (rows[0]["t_from"], rows[0]["t_to"]) == (
        datetime(2019, 5, 31, 23, tzinfo=UTC),
        datetime(2019, 6, 30, 23, tzinfo=UTC),
    )
    assert rows[0]["key"] != rows[1]["key"]
    assert [row["reference"] for row in rows] == [None, None, "1f9d86306955"]
    assert rows[2]["place"] == "On or near Arundel Gate"
    assert intake.report.reasons == {"no coordinates": 1}
    assert (intake.report.first, intake.report.last) == (date(2019, 6, 1), date(2019, 6, 1))


def test_toronto_days_are_local_and_hours_stand_beside(write, take_in):
    intake, rows = take_in(write(MCI))
    assert intake.report.mapping["preset"] == "toronto-mci"
    assert [(row["t_from"], row["t_to"], row["day"]) for row in rows] == [
        (datetime(2014, 3, 2, 13, tzinfo=UTC), datetime(2014, 3, 2, 14, tzinfo=UTC), date(2014, 3, 2)),
        (datetime(2014, 7, 2, 4, tzinfo=UTC), datetime(2014, 7, 2, 5, tzinfo=UTC), date(2014, 7, 2)),
    ]
    assert {row["precision"] for row in rows} == {"hour"}
    assert intake.report.reasons == {"before the start date": 1}


def test_toronto_files_may_say_when_it_was_reported(write, take_in):
    header, *lines = MCI.splitlines()
    told = ("2014/03/05 05:00:00+00", "2014/07/02 04:00:00+00", "")
    text = "\n".join([f"reporteddate,{header}", *(f"{day},{line}" for day, line in zip(told, lines, strict=True))])
    intake, rows = take_in(write(text))
    assert intake.report.mapping["reported"] == "reporteddate"
    assert [row["t_reported"] for row in rows] == [
        datetime(2014, 3, 5, 5, tzinfo=UTC),
        datetime(2014, 7, 2, 4, tzinfo=UTC),
    ]
    assert intake.report.flags == ()


def test_chicago_midnight_is_an_unknown_time(write, take_in, rules, jurisdiction):
    intake, rows = take_in(
        write(CHICAGO),
        rules=rules(crs="EPSG:32616", timezone="America/Chicago"),
        jurisdiction=jurisdiction((420_000.0, 4_600_000.0, 460_000.0, 4_660_000.0)),
    )
    assert [row["precision"] for row in rows] == ["minute", "day"]
    assert rows[0]["t_from"] == datetime(2016, 5, 4, 4, 40, tzinfo=UTC)
    assert rows[1]["t_to"] == datetime(2016, 5, 4, 5, tzinfo=UTC)
    assert [row["reference"] for row in rows] == ["1", "2"]
    assert intake.report.accepted == 2


def test_chicago_without_id_or_degrees_uses_case_number_and_feet():
    found = preset_for(["Case Number", "Date", "Primary Type", "X Coordinate", "Y Coordinate"])
    assert found is not None
    assert found.mapping.column(Field.REFERENCE) == "Case Number"
    assert (found.mapping.column(Field.X), found.mapping.crs) == ("X Coordinate", "EPSG:3435")
    assert not found.mapping.is_geographic


def test_other_columns_have_no_preset():
    assert preset_for(["lon", "lat", "date"]) is None


@pytest.mark.shared
def test_real_police_uk_month(shared_data, take_in, rules, jurisdiction):
    path = shared_data / "uk_street/raw/2019-06-south-yorkshire-street.csv"
    north = jurisdiction((80_000.0, 0.0, 660_000.0, 660_000.0))
    intake, rows = take_in(path, rules=rules(crs="EPSG:27700", timezone="Europe/London"), jurisdiction=north)
    report = intake.report
    assert report.adds_up
    assert report.rows_read == path.read_bytes().count(b"\n") - 1
    assert set(report.reasons) == {"no coordinates"}
    assert {row["precision"] for row in rows} == {"month"}
    identical = next(flag.n for flag in report.flags if flag.kind == "identical")
    assert 0.03 < identical / report.rows_read < 0.09


@pytest.mark.shared
def test_real_chicago_year_from_parquet(shared_data, take_in, rules, jurisdiction):
    path = shared_data / "chicago/chicago_crimes_2015.parquet"
    box = jurisdiction((420_000.0, 4_600_000.0, 460_000.0, 4_660_000.0))
    intake, _ = take_in(path, rules=rules(crs="EPSG:32616", timezone="America/Chicago"), jurisdiction=box)
    assert intake.report.rows_read == open_table(path).n_rows_hint
    assert intake.report.adds_up
    assert intake.report.geocoded_share > 0.96
    assert intake.report.precision == "day"
