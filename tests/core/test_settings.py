import datetime as dt

import pytest

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.settings import Settings, Workspace, parse_settings

GOOD = {"name": "Here", "crs": "EPSG:32633", "timezone": "Europe/Berlin", "start": dt.date(2014, 1, 1)}
DAYS = {"from": dt.date(2020, 1, 1), "to": dt.date(2020, 12, 31)}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"coverage": 3}, "coverage must be a list"),
        ({"coverage": [{"source": "a"}]}, "coverage 1 needs a source, and from and to"),
        ({"coverage": [{"source": "a", **DAYS}, {"source": "a", "from": "x", "to": "y"}]}, "coverage 2 needs"),
        ({"coverage": [{"source": "a", "from": DAYS["to"], "to": DAYS["from"]}]}, "coverage 1 ends before"),
        ({"labels": 3}, "labels must be a table"),
        ({"name": 7}, "name must be a text"),
        ({"small_count": True}, "small_count must be a whole number"),
        ({"start": dt.datetime(2014, 1, 1, tzinfo=dt.UTC)}, "start must be a date"),
    ],
)
def test_what_is_wrong_with_the_settings_is_said(changed: dict, said: str):
    with pytest.raises(InvalidInput, match=said):
        parse_settings({**GOOD, **changed}, "ilpgeo.toml")


def test_today_is_the_day_by_the_clock_of_the_workspace():
    """These two clocks are 26 hours apart: their days never agree."""
    east, west = (parse_settings({**GOOD, "timezone": zone}, "x") for zone in ("Pacific/Kiritimati", "Etc/GMT+12"))
    assert (east.today() - west.today()).days in {1, 2}
    assert abs((east.moment() - west.moment()) - dt.timedelta(hours=26)) < dt.timedelta(minutes=1)


def test_declared_coverage_is_read():
    (entry,) = parse_settings({**GOOD, "coverage": [{"source": "a", "area": "north", **DAYS}]}, "x").declared
    assert (entry.source, entry.area, str(entry.period)) == ("a", "north", "2020-01-01..2020-12-31")


def test_a_table_in_another_encoding_is_named(tmp_path):
    (tmp_path / "harm.csv").write_bytes("offence,weight\nÜberfall,3\n".encode("latin-1"))
    with pytest.raises(InvalidInput, match=r"harm\.csv cannot be read.*UTF-8"):
        Workspace(tmp_path, Settings(**GOOD)).weights("harm")


@pytest.mark.parametrize("weight", ["nan", "inf", "-1", "1e308", ""])
def test_weights_out_of_bounds_are_named(tmp_path, weight: str):
    (tmp_path / "harm.csv").write_text(f"offence,weight\nTheft,{weight}\n")
    with pytest.raises(InvalidInput, match="row 2, Theft"):
        Workspace(tmp_path, Settings(**GOOD)).weights("harm")
