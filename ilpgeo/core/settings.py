"""The workspace: a folder with `ilpgeo.toml`, its editable tables, its areas and its store."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from ilpgeo.core.errors import InvalidInput, NotFound, raise_all
from ilpgeo.core.query import Covered, Level, Period

FILE = "ilpgeo.toml"
_HEAVIEST = 1e9


@dataclass(frozen=True, slots=True)
class Settings:
    """What `ilpgeo.toml` says.

    Attributes
    ----------
    name
        The workspace's name, on every screen.
    crs, timezone
        Projected CRS (``EPSG:32617``) and IANA time zone.
    start
        First day kept; older rows are quarantined.
    labels
        The local word for each level (``{"local": "Neighbourhoods"}``).
    small_count
        Counts below it are not released.
    cell_m
        Default cell size, metres.
    harm_source
        Where the harm weights come from, named on screen.
    attribution
        The licence line that every map and product carries.
    handling
        The handling mark of products where none is named; empty means none is set, and products say so.
    declared
        Declared coverage; empty means it is found at ingest.
    tiles_url, tiles_attribution
        An own tile server; empty means none.
    agency
        The agency whose people read this server; sources not given to it are left out. Empty: not said, none is.
    agency_header
        Header of the request in which a sign-in in front of the server names each reader's agency; empty: none does.
    records_url
        Database of the records (``postgresql+psycopg://host/name``); empty means SQLite in the workspace.
    """

    name: str
    crs: str
    timezone: str
    start: date
    labels: Mapping[str, str] = field(default_factory=dict)
    small_count: int = 5
    cell_m: float = 150.0
    harm_source: str = "every offence counts the same"
    attribution: str = ""
    handling: str = ""
    declared: tuple[Covered, ...] = ()
    tiles_url: str = ""
    tiles_attribution: str = ""
    records_url: str = ""
    agency: str = ""
    agency_header: str = ""

    @property
    def zone(self) -> ZoneInfo:
        """The time zone as an object."""
        return ZoneInfo(self.timezone)

    def moment(self) -> datetime:
        """Return the time by the clock where the workspace is, without a time zone."""
        return datetime.now(self.zone).replace(tzinfo=None)

    def today(self) -> date:
        """Return the day by that clock."""
        return self.moment().date()

    def label(self, level: Level) -> str:
        """Return the local word for a level."""
        return self.labels.get(level, level.capitalize())


def _epsg_fault(crs: str) -> str | None:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        known = CRS.from_user_input(crs)
    except CRSError:
        return f"crs {crs!r} is not known; write it as EPSG:n"
    if not known.is_projected or known.axis_info[0].unit_conversion_factor != 1.0:
        return f"crs {crs!r} is not a projected CRS in metres"
    return None


def parse_settings(document: Mapping[str, Any], where: str) -> Settings:
    """Return the settings of a parsed `ilpgeo.toml`; raise InvalidInput listing every fault."""
    known = {
        "name",
        "crs",
        "timezone",
        "start",
        "labels",
        "small_count",
        "cell_m",
        "harm_source",
        "attribution",
        "handling",
        "coverage",
        "tiles_url",
        "tiles_attribution",
        "records_url",
        "agency",
        "agency_header",
    }
    faults = [f"unknown setting {name!r}" for name in document if name not in known]
    faults += [f"setting {name!r} is missing" for name in ("name", "crs", "timezone", "start") if name not in document]
    raise_all(faults, subject=where)
    texts = (
        "name", "crs", "timezone", "harm_source", "attribution", "handling",
        "tiles_url", "tiles_attribution", "records_url", "agency", "agency_header",
    )  # fmt: skip
    faults += [f"{key} must be a text in quotes" for key in texts if not isinstance(document.get(key, ""), str)]
    if not isinstance(document.get("labels", {}), dict):
        faults.append('labels must be a table such as [labels] with local = "Wards"')
    if document["timezone"] not in available_timezones():
        faults.append(f"timezone {document['timezone']!r} is not an IANA name such as Europe/London")
    if not isinstance(document["start"], date) or isinstance(document["start"], datetime):
        faults.append("start must be a date such as 2014-01-01 (without quotes)")
    small_count = document.get("small_count", 5)
    if not isinstance(small_count, int) or isinstance(small_count, bool) or small_count < 1:
        faults.append("small_count must be a whole number of at least 1")
    if not isinstance(document.get("cell_m", 150), int | float) or not 10 <= document.get("cell_m", 150) <= 100_000:
        faults.append("cell_m must lie between 10 and 100000 metres")
    crs_fault = _epsg_fault(str(document["crs"]))
    faults += [crs_fault] if crs_fault else []
    declared = _declared(document.get("coverage", []), faults)
    raise_all(faults, subject=where)
    plain = {name: value for name, value in document.items() if name != "coverage"}
    return Settings(**plain, declared=declared)


def _declared(entries: object, faults: list[str]) -> tuple[Covered, ...]:
    """Return the declared coverage; what is wrong with it is added to `faults`."""
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        faults.append("coverage must be a list of tables such as [[coverage]] with source, from and to")
        return ()
    declared = []
    for number, each in enumerate(entries, start=1):
        start, end = each.get("from"), each.get("to")
        days = [day for day in (start, end) if isinstance(day, date) and not isinstance(day, datetime)]
        if not each.get("source") or len(days) < 2:
            faults.append(f"coverage {number} needs a source, and from and to as dates such as 2014-01-01 (no quotes)")
        elif days[1] < days[0]:
            faults.append(f"coverage {number} ends before it starts")
        else:
            declared.append(Covered(str(each["source"]), str(each.get("area", "")), Period(*days)))
    return tuple(declared)


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace's folder and the places of things in it."""

    folder: Path
    settings: Settings

    @classmethod
    def open(cls, folder: Path) -> Workspace:
        """Return the workspace in `folder`, or raise NotFound or InvalidInput."""
        path = folder / FILE
        if not path.is_file():
            raise NotFound(f"{folder} is not a workspace (it has no {FILE}); make one with: ilpgeo init or ilpgeo demo")
        try:
            document = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InvalidInput(f"{path} cannot be read: {error}") from error
        return cls(folder, parse_settings(document, str(path)))

    @property
    def areas_file(self) -> Path:
        """GeoParquet of the area hierarchy (see `ilpgeo.areas.files`)."""
        return self.folder / "areas.parquet"

    @property
    def lake(self) -> Path:
        """Folder of the embedded store."""
        return self.folder / "lake"

    def table(self, name: str) -> dict[str, dict[str, str]]:
        """Return an editable CSV table of the workspace by its first column; an absent file is an empty table.

        Tables: ``offences`` (label, offence), ``harm`` (offence, weight, source).
        """
        path = self.folder / f"{name}.csv"
        if not path.is_file():
            return {}
        try:
            with path.open(encoding="utf-8-sig", newline="") as lines:
                reader = csv.DictReader(lines)
                key = (reader.fieldnames or [""])[0]
                return {row[key].strip(): {k: (v or "").strip() for k, v in row.items() if k} for row in reader}
        except (UnicodeDecodeError, csv.Error) as error:
            raise InvalidInput(f"{path} cannot be read: {error}; save it as CSV in UTF-8, with commas") from error

    def weights(self, name: str) -> dict[str, float]:
        """Return the ``weight`` column of a table by offence; raise InvalidInput for one not from 0 to 1e9."""
        weights: dict[str, float] = {}
        faults = []
        for row, (offence, columns) in enumerate(self.table(name).items(), start=2):
            try:
                weights[offence] = float(columns.get("weight", ""))
                if not 0 <= weights[offence] <= _HEAVIEST:
                    raise ValueError
            except ValueError:
                faults.append(
                    f"row {row}, {offence}: weight {columns.get('weight', '')!r} is not a number from 0 to 1e9"
                )
        raise_all(faults, subject=str(self.folder / f"{name}.csv"))
        return weights
