import pyarrow as pa
import pytest

from ilpgeo.ingest.personal import personal_columns, personal_name, personal_values
from ilpgeo.ingest.readers import open_table


@pytest.mark.parametrize(
    "name",
    ["Name", "first_name", "LastName", "Full Name", "Surname", "victim", "Victim Name", "VICTIM_AGE", "Suspect Race",
     "Date of Birth", "DOB", "victimDOB", "birth_year", "Age", "age_group", "Age Range", "Ethnicity",
     "Officer-defined ethnicity", "Race", "Gender", "Sex", "VIC_SEX", "Phone", "telephone_no", "Mobile", "email",
     "E-mail address", "Home address", "licence plate", "Plate", "VRM", "VIN", "SSN", "social security", "national id",
     "National Insurance Number", "Passport no", "driver licence number", "person_id", "Suspect ID", "Officer badge",
     "sexo", "edad", "Nombre", "Geburtsdatum", "Vorname", "Witness statement", "Narrative", "victim number",
     "nationality", "religion", "vehicle registration", "Naissance"],
)  # fmt: skip
def test_columns_about_persons_are_recognised_by_name(name):
    assert personal_name(name)


@pytest.mark.parametrize(
    "name",
    ["Neighbourhood name", "LSOA name", "street name", "Case Number", "offence name", "Crime ID", "Location", "Month",
     "Reported by", "Falls within", "Primary Type", "Description", "Location Description", "Arrest", "Domestic", "Beat",
     "Community Area", "FBI Code", "X Coordinate", "occurrencedate", "premises_type", "Pub_Id", "Park_Id", "PS_Id",
     "Ward name", "District Name", "block", "uid", "HUNDRED_BLOCK", "murder", "incident_no", "Address", "Road name",
     "n_victims", "number of victims", "sex offence type", "Last outcome category", "suffix", "number", "lat", "long",
     "ilpgeo_file", "ilpgeo_row", "premise", "Stage", "police station", "cell", "postcode", "Context"],
)  # fmt: skip
def test_columns_about_places_and_incidents_are_kept(name):
    assert personal_name(name) == ""


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["a@b.org", "x.y@z.co.uk"] * 5, "e-mail addresses"),
        (["416-555-0199", "(416) 555-0123"] * 5, "telephone numbers"),
        (["+44 7700 900123"] * 6, "telephone numbers"),
        (["123-45-6789"] * 6, "social security numbers"),
        (["QQ 12 34 56 C"] * 6, "national insurance numbers"),
        (["AB12 CDE"] * 6, "number plates"),
        (["Smith, John", "O'Neil, Mary J."] * 4, "names of persons"),
        (["2021-05-01"] * 9, ""),
        (["HZ170962", "HV100028"] * 5, ""),
        (["026XX N MC VICKER AVE"] * 9, ""),
        (["2019-123456"] * 9, ""),
        (["-79.40123", "43.7"] * 5, ""),
        (["1234567890"] * 9, ""),
        (["a@b.org"], ""),
    ],
)
def test_columns_about_persons_are_recognised_by_value(cells, reason):
    assert personal_values(pa.array(cells)) == reason
    assert personal_values(pa.array(cells).dictionary_encode()) == reason


def test_nothing_of_a_personal_column_goes_farther(write, take_in, quarantined):
    text = (
        "id,lon,lat,when,offence,Victim name,c9\n"
        "1,-79.4,43.7,2020-05-01,Robbery,Jane Doe,jane@doe.org\n"
        "2,,43.7,2020-05-01,Robbery,John Roe,john@roe.org\n" + "3,-79.4,43.7,2020-05-01,Robbery,J,x@roe.org\n" * 4
    )
    intake, rows = take_in(write(text))
    assert intake.report.dropped_columns == ("Victim name", "c9")
    assert "Doe" not in str(rows)
    (rejected,) = quarantined(intake)
    assert not {"Victim name", "c9"} & set(rejected)
    assert "roe" not in str(rejected).lower()


def test_a_mapped_personal_column_is_refused(write, take_in, plain):
    path = write("id,lon,lat,when,offence,Name\n1,-79.4,43.7,2020-05-01,Robbery,Jane\n")
    with pytest.raises(ValueError, match=r"column Name describes persons \(name\) and is never read"):
        take_in(path, plain.changed({"Name": "place"}))


@pytest.mark.shared
def test_the_preset_formats_lose_nothing(shared_data):
    for name in ("uk_street/raw/2019-06-south-yorkshire-street.csv", "chicago/chicago_crimes_2012.parquet",
                 "oddities/vancouver_thefts.csv.gz", "houston_2010/houston_crime_2010.csv.gz"):  # fmt: skip
        assert personal_columns(open_table(shared_data / name)) == {}
    found = personal_columns(open_table(shared_data / "oddities/medellin_homicides.csv"))
    assert set(found) == {"sexo", "edad"}
