"""A square city of four areas, rules for it, and files written on the spot."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from ilpgeo.ingest.intake import Intake, read_candidates
from ilpgeo.ingest.mapping import ColumnMapping, Field
from ilpgeo.ingest.presets import preset_for
from ilpgeo.ingest.readers import open_table
from ilpgeo.ingest.rules import Jurisdiction, Rules

# Kernels are compiled within the first example of a test.
settings.register_profile("ingest", deadline=None)
settings.load_profile("ingest")

TORONTO = (609_000.0, 4_826_000.0, 652_000.0, 4_858_000.0)
PLAIN = ColumnMapping.of(
    {
        Field.LONGITUDE: "lon",
        Field.LATITUDE: "lat",
        Field.DATETIME: "when",
        Field.OFFENCE: "offence",
        Field.REFERENCE: "id",
    }
)


@pytest.fixture(scope="session")
def plain() -> ColumnMapping:
    return PLAIN


@pytest.fixture(scope="session")
def jurisdiction() -> Callable[..., Jurisdiction]:
    return box_jurisdiction


@pytest.fixture(scope="session")
def rules() -> Callable[..., Rules]:
    return toronto_rules


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def written(text: str | bytes, name: str = "file.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return written


@pytest.fixture(scope="session")
def take_in() -> Callable[..., tuple[Intake, list[dict]]]:
    """Bring a file in; return the intake and its candidate rows."""

    def taken(path, mapping=None, rules=None, jurisdiction=None, **more):
        if mapping is None:
            preset = preset_for(open_table(path).columns)
            mapping = PLAIN if preset is None else preset.mapping
        where = jurisdiction or box_jurisdiction()
        intake = read_candidates(path, mapping, rules or toronto_rules(), where, **more)
        return intake, [row for batch in intake.batches() for row in batch.to_pylist()]

    return taken


@pytest.fixture(scope="session")
def quarantined() -> Callable[[Intake], list[dict]]:
    return lambda intake: [row for batch in intake.quarantine.batches() for row in batch.to_pylist()]


def box_jurisdiction(bounds: tuple[float, float, float, float] = TORONTO) -> Jurisdiction:
    """Four areas: the quarters of a box, half-open."""
    west, south, east, north = bounds
    middle_x, middle_y = (west + east) / 2, (south + north) / 2

    def locate(x, y):
        inside = (x >= west) & (x < east) & (y >= south) & (y < north)
        return np.where(inside, (x >= middle_x) + 2 * (y >= middle_y), -1).astype(np.int32)

    return Jurisdiction(("sw", "se", "nw", "ne"), bounds, locate)


def toronto_rules(**changed) -> Rules:
    known = {"crs": "EPSG:32617", "timezone": "America/Toronto", "start": date(2014, 1, 1), "today": date(2022, 1, 1)}
    return Rules(**known | changed)
