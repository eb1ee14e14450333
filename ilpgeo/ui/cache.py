"""The only place results are kept: bounded, keyed by data version, question, model, access and as-of day.

Everything kept is frozen, so that sessions share one object and nothing is copied on a hit. No data frame is kept.
Arguments that a function does not use are there to be part of its key; those with an underscore are not part of it.
"""
# ruff: noqa: ARG001

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core.assessment import Assessment
from ilpgeo.core.gaps import ListedGap
from ilpgeo.core.links import LinkPicture
from ilpgeo.core.notices import FromLevels
from ilpgeo.core.plans import Plan
from ilpgeo.core.publications import ModelCard, Publication, Verdict
from ilpgeo.core.recorded import Recorded
from ilpgeo.core.strategy import Emphasis
from ilpgeo.core.taskings import Board
from ilpgeo.core.types import (
    Access,
    Answer,
    AreaPicture,
    Briefing,
    FileReport,
    HotspotSet,
    Level,
    Period,
    Query,
    Released,
    Selection,
)
from ilpgeo.ui.jobs import Kept

if TYPE_CHECKING:
    from ilpgeo.maps.shapes import AreaShapes

FOLDER_VARIABLE = "ILPGEO_WORKSPACE"
DEMO = "toronto"
TABLES = (
    "ilpgeo.toml",
    "areas.parquet",
    "offences.csv",
    "harm.csv",
    "sources.csv",
    "roles.toml",
    "factors",
)


@dataclass(frozen=True, slots=True)
class Key:
    """What every kept result depends on besides its question.

    Attributes
    ----------
    folder
        The workspace.
    tables
        Stamp of its settings, areas, editable tables and factor layers.
    version
        Version of its store.
    rules
        Stamp of its register of sources: how far and to whom they may be shown, how they are graded.
    """

    folder: str
    tables: str
    version: str
    rules: str = ""


def folder() -> Path:
    """Return the workspace to open: the one the environment names, else the demo beside the app."""
    return Path(os.environ.get(FOLDER_VARIABLE) or f"workspace/{DEMO}").resolve()


def make_demo() -> bool:
    """Make the demo workspace where none is named and none is there; return whether it was made."""
    if os.environ.get(FOLDER_VARIABLE) or folder().exists():
        return False
    pipeline.make_demo(DEMO, folder(), None)
    return True


def _stamp(where: Path) -> str:
    files = [path.stat() for path in map(where.joinpath, TABLES) if path.exists()]
    return "-".join(f"{file.st_mtime_ns:x}.{file.st_size:x}" for file in files)


def workspace() -> tuple[Key, pipeline.Opened]:
    """Return the open workspace and the key of what it holds now."""
    where = folder()
    stamp = _stamp(where)
    opened = _opened(str(where), stamp)
    return Key(str(where), stamp, opened.store.version(), pipeline.register_stamp(opened)), opened


@st.cache_resource(max_entries=2, show_spinner=False)
def _opened(where: str, stamp: str) -> pipeline.Opened:
    return pipeline.open_workspace(Path(where))


@st.cache_resource(max_entries=64, show_spinner=False)
def now(key: Key, _opened: pipeline.Opened, as_of: date | None) -> date:
    """Return the day after the last complete day of data."""
    return pipeline.now(_opened, as_of)


@st.cache_resource(max_entries=8, show_spinner=False)
def offences(key: Key, _opened: pipeline.Opened) -> tuple[str, ...]:
    """Return the offence groups that occur in the store."""
    counts = _opened.store.daily_counts(Selection())
    return tuple(sorted({str(each) for each in counts["offence"].unique().to_pylist()}))


@st.cache_resource(max_entries=8, show_spinner=False)
def files(key: Key, _opened: pipeline.Opened) -> tuple[FileReport, ...]:
    """Return the reports of the files in the store."""
    return _opened.store.files()


def brief(key: Key, opened: pipeline.Opened, query: Query, access: Access, as_of: date | None) -> Released[Briefing]:
    """Return the ranked areas of a question, under the control strategy as it stands."""
    strategy = pipeline.strategy_entries(opened)
    return _brief(key, strategy, pipeline.strategy_day(opened, as_of), opened, query, access, as_of)


@st.cache_resource(max_entries=128, show_spinner=False)
def _brief(
    key: Key,
    strategy: tuple[Emphasis, ...],
    today: date,
    _opened: pipeline.Opened,
    query: Query,
    access: Access,
    as_of: date | None,
) -> Released[Briefing]:
    return pipeline.brief(_opened, query, access, as_of)


@st.cache_resource(max_entries=32, show_spinner=False)
def assess(
    key: Key, records: str, _opened: pipeline.Opened, query: Query, access: Access, as_of: date | None
) -> Released[Assessment]:
    """Return the threat assessment of a question's level, scope and period."""
    return pipeline.assess(_opened, query, access, as_of)


@st.cache_resource(max_entries=32, show_spinner=False)
def assessments(
    key: Key, records: str, _opened: pipeline.Opened, query: Query, access: Access
) -> tuple[Recorded[Assessment], ...]:
    """Return the recorded versions of the assessment of a question's level and scope, newest first."""
    return pipeline.assessments(_opened, query, access)


@st.cache_resource(max_entries=512, show_spinner=False)
def picture(
    key: Key, _opened: pipeline.Opened, query: Query, area: str, access: Access, as_of: date | None
) -> Released[AreaPicture]:
    """Return the three small pictures' values for one area."""
    return pipeline.picture(_opened, query, area, access, as_of)


def records(opened: pipeline.Opened) -> str:
    """Return the stamp of a workspace's records: another one after each that is added."""
    return pipeline.records_stamp(opened)


@st.cache_resource(max_entries=256, show_spinner=False)
def model_card(
    key: Key, records: str, _opened: pipeline.Opened, query: Query, access: Access, today: date
) -> Released[ModelCard]:
    """Return which model looks ahead for a question, and what is known of it."""
    return pipeline.model_card(_opened, query, access, today)


@st.cache_resource(max_entries=16, show_spinner="Putting the pack together")
def meeting_pack(
    key: Key,
    records: str,
    _opened: pipeline.Opened,
    query: Query,
    access: Access,
    today: date,
    since: date,
    as_of: date | None,
) -> pipeline.MeetingPack:
    """Return what a tasking meeting looks at."""
    return pipeline.meeting_pack(_opened, query, access, today, since, as_of)


@st.cache_resource(max_entries=16, show_spinner=False)
def tasking_board(
    key: Key, records: str, _opened: pipeline.Opened, access: Access, today: date
) -> Released[Board]:  # fmt: skip
    """Return the taskings that may be seen, with what was done on them."""
    return pipeline.tasking_board(_opened, access, today)


@st.cache_resource(max_entries=8, show_spinner=False)
def publications(key: Key, records: str, _opened: pipeline.Opened, access: Access) -> tuple[Publication, ...]:
    """Return every publication there ever was, newest first."""
    return pipeline.publications(_opened, access)


@st.cache_resource(max_entries=128, show_spinner=False)
def _forecast(
    key: Key,
    _opened: pipeline.Opened,
    _forecaster: pipeline.Forecaster,
    named: str,
    query: Query,
    access: Access,
    as_of: date | None,
    top_share: float,
    most: int,
) -> Released[HotspotSet]:
    return pipeline.forecast(_opened, _forecaster, query, access, as_of, top_share=top_share, most=most)


@st.cache_resource(max_entries=8, show_spinner=False)
def gaps(
    key: Key, records: str, _opened: pipeline.Opened, access: Access, today: date
) -> Released[tuple[ListedGap, ...]]:
    """Look for gaps and return those that a role sees."""
    return pipeline.gaps(_opened, access, today)


@st.cache_resource(max_entries=8, show_spinner=False)
def known_gaps(
    key: Key, records: str, _opened: pipeline.Opened, access: Access, today: date
) -> Released[tuple[ListedGap, ...]]:
    """Return the gaps on record as the last look left them."""
    return pipeline.known_gaps(_opened, access, today)


@st.cache_resource(max_entries=8, show_spinner=False)
def past_retention(key: Key, _opened: pipeline.Opened, today: date) -> tuple[pipeline.PastRetention, ...]:
    """Return what is kept longer than its source allows."""
    return pipeline.past_retention(_opened, today)


@st.cache_resource(max_entries=16, show_spinner=False)
def links(key: Key, _opened: pipeline.Opened, access: Access, area_type: str, period: Period) -> Released[LinkPicture]:
    """Return which areas of a type share series."""
    return pipeline.links(_opened, access, area_type, period)


@st.cache_resource(max_entries=32, show_spinner=False)
def from_other_levels(
    key: Key,
    records: str,
    _opened: pipeline.Opened,
    level: Level,
    scope: tuple[str, ...],
    access: Access,
    today: date,
) -> FromLevels:
    """Return what the levels above and below have published."""
    return pipeline.from_other_levels(_opened, level, scope, access, today)


def forecast(
    key: Key,
    opened: pipeline.Opened,
    card: ModelCard,
    query: Query,
    access: Access,
    as_of: date | None,
    *,
    top_share: float,
    most: int,
) -> Released[HotspotSet]:
    """Return the hotspots expected inside the question's scope: the first `most` on `top_share` of its ground."""
    forecaster = pipeline.forecaster_of(card)
    return _forecast(key, opened, forecaster, repr(forecaster), query, access, as_of, top_share, most)


@st.cache_resource(max_entries=1, show_spinner=False)
def default_verdicts() -> Kept[tuple[Verdict | None, str]]:
    """Return where the default's verdicts are kept for a moment; they are recorded."""
    return Kept(4)


@st.cache_resource(max_entries=1, show_spinner=False)
def products() -> Kept[bytes]:
    """Return where the last files that people took away are kept, so that one asked for twice is made once."""
    return Kept(12)


@st.cache_resource(max_entries=1, show_spinner=False)
def tested() -> Kept[pipeline.Tested]:
    """Return where back-tests of drafts are kept until they are published."""
    return Kept(8)


@st.cache_resource(max_entries=1, show_spinner=False)
def explored() -> Kept[pipeline.Explored]:
    """Return where models' answers with their hotspots are kept; few, for an answer holds every cell."""
    return Kept(24)


@st.cache_resource(max_entries=1, show_spinner=False)
def differences() -> Kept[Released[Answer]]:
    """Return where the differences between two kept answers are; few, for each holds every cell."""
    return Kept(12)


@st.cache_resource(max_entries=1, show_spinner=False)
def tests() -> Kept[pipeline.Tested]:
    """Return where back-tests are kept."""
    return Kept(24)


@st.cache_resource(max_entries=1, show_spinner=False)
def sweeps() -> Kept[pipeline.Swept]:
    """Return where finished sweeps are kept; their points are in the workspace."""
    return Kept(24)


@st.cache_resource(max_entries=1, show_spinner=False)
def spreads() -> Kept[pipeline.Spread]:
    """Return where tests of sensitivity are kept."""
    return Kept(24)


@st.cache_resource(max_entries=1, show_spinner=False)
def plans() -> Kept[Released[Plan]]:
    """Return where patrol plans are kept."""
    return Kept(24)


@st.cache_resource(max_entries=1, show_spinner=False)
def top_tens() -> Kept[Released[Answer]]:
    """Return where areas ranked by models are kept."""
    return Kept(48)


@st.cache_resource(max_entries=4, show_spinner=False)
def shapes(where: str, tables: str, _opened: pipeline.Opened) -> AreaShapes:
    """Return the boundaries drawn on every map of a workspace."""
    from ilpgeo.maps.shapes import area_shapes
    from ilpgeo.ui import assets

    return area_shapes(_opened.areas, assets.shelf())


@st.cache_resource(max_entries=8, show_spinner=False)
def desk(key: Key, _opened: pipeline.Opened, access: Access) -> pipeline.Desk:
    """Return what was brought in, what waits and why."""
    return pipeline.desk(_opened, access)


def sources(reports: tuple[FileReport, ...]) -> tuple[str, ...]:
    """Return the sources that brought the files."""
    return tuple(sorted({report.source for report in reports}))


def is_monthly(reports: tuple[FileReport, ...], chosen: tuple[str, ...]) -> bool:
    """Return whether a source in question knows its times to the month only."""
    return any(report.precision == "month" for report in reports if not chosen or report.source in chosen)
