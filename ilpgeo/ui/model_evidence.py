"""The right of the models page: what the map rests on, what it can and cannot say, and the hotspots to take away."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from html import escape
from pathlib import Path

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.publications import Draft
from ilpgeo.core.recipes import Entry
from ilpgeo.core.types import (
    Answer,
    Clusters,
    Contrast,
    Diagnostic,
    Hotspot,
    HotspotSet,
    Period,
    Released,
    RiskSurface,
    Significance,
    Zones,
)
from ilpgeo.pipeline.places import TOP_SHARE, Explored
from ilpgeo.ui import markup, model_findings, model_state, model_words, released
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.model_map import has_history
from ilpgeo.ui.model_view import ModelView, command

N_AT_FIRST = 7
_STEP = 14
_SHOWN, _PART = "ilpgeo-spots-shown", "ilpgeo-model-part"
FORMATS = (
    ("GeoJSON", "geojson", "application/geo+json"),
    ("GeoPackage", "gpkg", "application/geopackage+sqlite3"),
    ("KML", "kml", "application/vnd.google-earth.kml+xml"),
    ("Table (CSV)", "csv", "text/csv"),
)


def evidence(around: Frame, shown: ModelView, explored: Explored) -> None:
    """Draw what goes with the map, one part at a time: hotspots, findings, checks, the method.

    The part that was open stays so over an answer that is waited for, during which there are no parts.
    """
    parts = _parts(around, shown, explored)
    chosen = st.session_state.get(_PART, "")
    if chosen not in parts:
        chosen = next(iter(parts))
    if len(parts) > 1:
        chosen = str(
            st.segmented_control(
                "Show", list(parts), default=chosen, required=True, key=model_state.key(f"model-part-{len(parts)}"),
                label_visibility="collapsed", width="stretch",
            )
        )  # fmt: skip
        st.session_state[_PART] = chosen
    parts.get(chosen, next(iter(parts.values())))()


def _parts(around: Frame, shown: ModelView, explored: Explored) -> dict[str, Callable[[], None]]:
    answer = explored.answer.value
    if isinstance(answer, Diagnostic):
        return {"Method": partial(_about, shown, explored)}
    parts: dict[str, Callable[[], None]] = {"Hotspots": partial(_hotspots, around, shown, explored)}
    if answer.beside is not None or has_history(explored):
        parts["Findings"] = partial(_findings, around, shown, explored)
    if pipeline.diagnostics_beside(shown.model.name):
        parts["Checks"] = partial(model_findings.checks, around, shown)
    if isinstance(answer, RiskSurface | Clusters):
        parts["Publish"] = partial(_publish, around, shown)
    return parts


def _publish(around: Frame, shown: ModelView) -> None:
    from ilpgeo.ui import publish  # the back-test's code, which the other parts do without

    publish.publications(around, key="published")
    if len(shown.query.offences) > 1:
        markup.show('<p class="ilp-prose">A model is published for one offence, or for all: choose on the left.</p>')
        return
    draft = Draft(
        model=Entry(shown.model.name, shown.changed),
        offence="".join(shown.query.offences),
        area="".join(shown.query.areas),
        cell_m=shown.cell_m,
    )
    publish.publishing(around, draft, key="publish")


def _findings(around: Frame, shown: ModelView, explored: Explored) -> None:
    answer = explored.answer.value
    cell = model_findings.chosen_cell(explored)
    if isinstance(answer, Significance) and answer.history is not None:
        told = '<p class="ilp-fine">Point at a cell on the map to see its history.</p>'
        markup.show(told if cell is None else model_findings.cell_history(answer, cell, around.theme))
    model_findings.findings(around, shown, explored.answer, key="beside")


def _about(shown: ModelView, explored: Explored) -> None:
    markup.show(method(shown))
    markup.show(remarks(explored.hotspots.value, explored.answer.notes))


def _hotspots(around: Frame, shown: ModelView, explored: Explored) -> None:
    found = explored.hotspots
    hotspots = found.value.hotspots
    selected = next((each for each in hotspots if each.id == shown.spot), None)
    n_shown = st.session_state.setdefault(_SHOWN, N_AT_FIRST)
    with st.container(key="list-head", horizontal=True, vertical_alignment="center", gap="small"):
        markup.show(f'<h2 class="ilp-list">{heading(found.value)}</h2>')
        if hotspots:
            with st.popover("Download", type="tertiary", key="model-download"):
                _downloads(shown, found)
    with st.container(key="spots", gap=None):
        if not hotspots:
            markup.show(f'<p class="ilp-prose">{escape(nothing(found.value))}</p>')
        if selected is not None and selected not in hotspots[:n_shown]:
            _spot(selected, is_open=True)
        for each in hotspots[:n_shown]:
            _spot(each, is_open=each is selected)
        left = len(hotspots) - n_shown
        if left > 0:
            st.button(f"Show {min(left, _STEP)} more of {left}", key="more", width="stretch", on_click=_more)
    markup.show(remarks(found.value, (told(explored.answer.value), *found.notes, *explored.answer.notes)))
    markup.show(method(shown))
    with st.popover("Repeat on the command line", type="tertiary", key="model-command"):
        st.code(command(shown, around.opened.workspace.folder), language="bash", wrap_lines=True)


def _more() -> None:
    st.session_state[_SHOWN] += _STEP


def _spot(each: Hotspot, *, is_open: bool) -> None:
    with st.container(key=f"spot-{each.id}", gap=None):
        markup.show(row(each, is_open=is_open))
        st.button(f"Show {each.name} on the map", key=f"pick-{each.id}", on_click=model_state.select, args=(each.id,))


def row(each: Hotspot, *, is_open: bool) -> str:
    """Return one hotspot: rank, name, incidents; area, density, share, peak time."""
    density = f"{words.number(each.density_km2)} per km\u00b2"
    facts = f"{words.area(each.area_km2)} \u00b7 {density} \u00b7 {words.share(each.share)} of all"
    peak = words.opening(each.peak) if "unknown" in each.peak else f"Peak {each.peak}"
    return (
        f'<div class="ilp-row{" ilp-on" if is_open else ""}"><span class="ilp-spot">{each.rank}</span>'
        f"<strong>{escape(each.name)}</strong><b>{words.number(each.n)}</b>"
        f"<span>{facts}</span><span>{escape(peak)}</span></div>"
    )


def heading(found: HotspotSet) -> str:
    """Return how many hotspots there are."""
    n = len(found.hotspots)
    return "No hotspots" if n == 0 else f"{words.plural(n, 'hotspot')}, most incidents first"


def nothing(found: HotspotSet) -> str:
    """Return what to do where nothing was found, or nothing that may be shown."""
    if found.total is None:
        return "There are too few incidents to show. Choose a longer period, a larger area or more offences."
    if found.withheld:
        return (
            f"Of {words.plural(found.total, 'incident')} no hotspot holds enough to be shown. Learn from a longer "
            "period, look at a larger area, or ask for more offences."
        )
    return (
        f"Nothing stands out among {words.plural(found.total, 'incident')} with these settings. Ask for less, "
        "learn from a longer period, or look at a larger area."
    )


def basis(found: HotspotSet, place: str, window: Period | None) -> str:
    """Return what the picture rests on, as markup."""
    n = "Fewer incidents than may be shown" if found.total is None else words.plural(found.total, "incident")
    kind = f" of {words.listed(list(found.query.offences))}" if found.query.offences else ""
    ahead = f"; expectation for {words.span(window)}" if window is not None else ""
    chosen = f" with data of {found.query.period.days} chosen" if found.trained_on != found.query.period else ""
    return (
        f'<span class="ilp-facts"><b>{n}</b>{escape(kind)} in {escape(place)}, {words.span(found.trained_on)} '
        f"({words.plural(found.trained_on.days, 'day')}{chosen}){ahead}</span>"
    )


def told(answer: Answer) -> str:
    """Return how hotspots are told from the rest in this kind of answer."""
    if isinstance(answer, Clusters) and answer.geometry is not None:
        return "A hotspot is the outline of one cluster"
    if isinstance(answer, Clusters):
        return "A hotspot is the occupied cells of one cluster"
    if isinstance(answer, Significance) and answer.kind is not None:
        return "A hotspot, outlined, is cells that touch and belong to a hot class"
    if isinstance(answer, Significance):
        return "A hotspot, outlined, is cells that touch and hold significantly more than chance"
    if isinstance(answer, Zones):
        return "A hotspot is a zone whose incidents exceed what chance would bring, after testing every zone"
    if isinstance(answer, Contrast):
        return f"Hotspots, outlined, are the {words.share(TOP_SHARE)} of the ground that stand out most upwards"
    return f"Hotspots, outlined, are the {words.share(TOP_SHARE)} of the ground with the highest expectation"


def remarks(found: HotspotSet, notes: tuple[str, ...]) -> str:
    """Return what is withheld and how a hotspot is told, as markup."""
    lines = "".join(f"<p class='ilp-fine'>{escape(words.opening(note))}.</p>" for note in dict.fromkeys(notes))
    return f"{lines}<p class='ilp-fine'>Places only: nobody is scored. Data version {escape(found.version)}.</p>"


def method(shown: ModelView) -> str:
    """Return what the model answers and when not to use it, as markup."""
    told = model_words.about(shown.model.name)
    rows = (("It answers", told.answers or shown.model.summary), ("Good for", told.use), ("Not for", told.avoid))
    drop = {"Good for": "Use it ", "Not for": "Do not use it "}
    said = "".join(
        f"<dt>{name}</dt><dd>{escape(words.opening(text.removeprefix(drop.get(name, ''))))}</dd>"
        for name, text in rows
        if text
    )
    return f"<h2 class='ilp-h'>About {escape(shown.model.title)}</h2><dl class='ilp-about'>{said}</dl>"


def _downloads(shown: ModelView, found: Released[HotspotSet]) -> None:
    for label, ending, mime in FORMATS:
        name = f"{shown.model.name}-hotspots.{ending}"
        released.download_made(found, partial(as_file, ending=ending), label, name, mime, key=f"download-{ending}")


def as_file(found: Released[HotspotSet], ending: str) -> bytes:
    """Return the hotspots as the content of a file with this ending."""
    from ilpgeo.reports.geofiles import write_hotspots

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"hotspots.{ending}"
        write_hotspots(found, path)
        return path.read_bytes()
