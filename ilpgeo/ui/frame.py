"""What every screen needs before it draws: the open workspace, the view, the choices; or an empty state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.errors import NotFound
from ilpgeo.core.settings import Settings
from ilpgeo.core.types import Access, Areas, Query
from ilpgeo.maps.palette import Theme
from ilpgeo.ui import cache, markup, periods, scope, state
from ilpgeo.ui.access import current_access
from ilpgeo.ui.errors import not_followed
from ilpgeo.ui.view import Comparison, Known, View, from_address

if TYPE_CHECKING:
    from ilpgeo.maps.shapes import AreaShapes


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One run's surroundings.

    Attributes
    ----------
    key, opened
        The workspace and what its results are kept under.
    records
        Stamp of what was published and tested.
    view
        What is shown, as of the start of the run.
    now
        The first day without data.
    presets, is_monthly
        The periods on offer, and whether they are whole months because the data know no better.
    offences
        The offence groups on offer.
    access
        Who is looking.
    theme
        Light or dark.
    """

    key: cache.Key
    opened: pipeline.Opened
    records: str
    view: View
    now: date
    presets: tuple[periods.Preset, ...]
    is_monthly: bool
    offences: tuple[str, ...]
    access: Access
    theme: Theme

    @property
    def areas(self) -> Areas:
        """The workspace's areas."""
        return self.opened.areas

    @property
    def settings(self) -> Settings:
        """The workspace's settings."""
        return self.opened.workspace.settings

    @property
    def shapes(self) -> AreaShapes:
        """The boundaries drawn on every map."""
        return cache.shapes(self.key.folder, self.key.tables, self.opened)


def theme() -> Theme:
    """Return the theme the browser shows."""
    return Theme.DARK if st.context.theme.type == "dark" else Theme.LIGHT


def empty(title: str, todo: str) -> None:
    """Show an empty state: what is missing and what to do next."""
    with st.container(key="empty"):
        markup.show(f'<div class="ilp-empty"><h1>{escape(title)}</h1><p>{escape(todo)}</p></div>')


def workspace() -> tuple[cache.Key, pipeline.Opened]:
    """Return the open workspace and the key of what it holds now; the demo is made where there is none.

    Raises
    ------
    NotFound
        When the workspace that is named is not there.
    """
    with st.spinner("Opening the workspace; the demo is made on the first start, from real incidents"):
        cache.make_demo()
    return cache.workspace()


def frame() -> Frame | None:
    """Return the surroundings of this run; None after an empty state was shown instead."""
    try:
        key, opened = workspace()
    except NotFound as error:
        empty("No workspace yet", f"{words.refused(error)} Start with `ilpgeo demo`, then reload this page.")
        return None
    reports = cache.files(key, opened)
    if not reports:
        empty(
            "No incidents yet",
            "This workspace has its areas but no data. Bring a file in on the Data page, or with: "
            f"ilpgeo ingest FILE --workspace {opened.workspace.folder.name}",
        )
        return None
    now = cache.now(key, opened, None)
    offences, sources = cache.offences(key, opened), cache.sources(reports)
    access = current_access()

    def read(address: Mapping[str, Sequence[str]]) -> tuple[View, tuple[str, ...]]:
        return from_address(address, start_view(key, opened, access), Known(opened.areas, offences, sources, now))

    view, notes = state.load(read)
    if view.as_of is not None:
        now = cache.now(key, opened, view.as_of)
    not_followed(notes)
    is_monthly = cache.is_monthly(reports, view.query.sources)
    choices = periods.presets(now, is_monthly=is_monthly)
    return Frame(key, opened, cache.records(opened), view, now, choices, is_monthly, offences, access, theme())


def start_view(key: cache.Key, opened: pipeline.Opened, access: Access) -> View:
    """Return what the first page shows where the address asks for nothing."""
    areas, now = opened.areas, cache.now(key, opened, None)
    area_type = scope.first_type(areas)
    allowed = [name for name, level in zip(areas.types, areas.levels, strict=True) if level in access.levels]
    if allowed and area_type not in allowed:
        area_type = allowed[0]
    is_monthly = cache.is_monthly(cache.files(key, opened), ())
    period = periods.presets(now, is_monthly=is_monthly)[0].period
    view = View(Query(scope.level_of(areas, area_type), period, area_type))
    first = cache.brief(key, opened, view.query, access, None).value
    if first.previous_total is None and first.last_year_total is not None:
        return replace(view, comparison=Comparison.YEAR)
    return view
