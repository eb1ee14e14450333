"""A file on its way in: chosen, looked at, its columns confirmed, brought in with its progress shown."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.types import Access
from ilpgeo.pipeline.previewed import Preview, PreviewColumn
from ilpgeo.ui import data_account, data_state, data_words, last_act, markup, presses
from ilpgeo.ui.submit import pressed

_PREVIEW, _SOURCE, _PATH, _STOPPED = "ilpgeo-data-preview", "data-source", "data-path", "ilpgeo-data-stopped"
N_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen to be brought in: an upload, or files on the server."""

    token: str
    upload: Any = None
    files: tuple[Path, ...] = ()

    @contextmanager
    def on_disk(self, opened: pipeline.Opened) -> Iterator[tuple[Path, ...]]:
        """Give the files; an upload is written into the workspace and removed afterwards."""
        if self.upload is None:
            yield self.files
            return
        with pipeline.incoming(opened, self.upload.name) as place:
            self.upload.seek(0)
            with place.open("wb") as stream:
                shutil.copyfileobj(self.upload, stream)
            yield (place,)


def chooser() -> Chosen | None:
    """Draw the ways to choose a file; return what was chosen."""
    shown = data_state.showing()
    limit = int(st.get_option("server.maxUploadSize"))
    markup.show(data_account.titled("Bring a file in"))
    upload = st.file_uploader(
        f"From this computer, up to {limit} MB", help="CSV (also .gz), Excel, Parquet, GeoJSON, GeoPackage, KML, or a "
        "shapefile zipped with all its parts", key=f"data-upload-{shown.upload}",
    )  # fmt: skip
    with st.form("data-server", border=False):
        path = st.text_input(
            "Or a file or folder on the server", key=f"{_PATH}-{shown.upload}",
            placeholder="/data/incidents.csv",
            help="The path is read on the machine that runs ilpgeo, not on yours. CSV and Parquet may be of any size.",
        )  # fmt: skip
        if pressed("Look at it", key="data-look", in_form=True, width="stretch"):
            data_state.show(replace(shown, path=path.strip()))
    if upload is not None:
        return Chosen(f"upload {upload.file_id}", upload)
    path = data_state.showing().path
    if not path:
        return None
    files = pipeline.files_in([Path(path).expanduser()])
    stamps = "/".join(f"{each.stat().st_mtime_ns}" for each in files[:100])
    return Chosen(f"path {path} {stamps}", files=files)


def let_go() -> None:
    """Forget the file that is looked at."""
    now = data_state.showing()
    st.session_state.pop(_PREVIEW, None)
    data_state.show(replace(now, upload=now.upload + 1, path=""))


def _looked_at(opened: pipeline.Opened, version: str, chosen: Chosen, source: str, access: Access) -> Preview:
    key = (chosen.token, source, version)
    kept = st.session_state.get(_PREVIEW)
    if kept is None or kept[0] != key:
        with st.spinner("Looking at the file"), chosen.on_disk(opened) as files:
            kept = (key, pipeline.preview(opened, files[0], source, access))
        st.session_state[_PREVIEW] = kept
    preview: Preview = kept[1]
    return preview


def confirmation(opened: pipeline.Opened, version: str, chosen: Chosen, access: Access) -> None:
    """Show how the file is understood, let it be changed, and bring it in."""
    if st.session_state.pop(_STOPPED, False):
        st.info("Stopped. Nothing of the file was stored.", icon=":material/stop_circle:")
    source_key = f"{_SOURCE}-{chosen.token}"
    source = " ".join(str(st.session_state.get(source_key, "")).split())
    preview = _looked_at(opened, version, chosen, source, access)
    n_files = max(1, len(chosen.files))
    markup.show(data_words.preview_heading(preview, n_files))
    if preview.stored is not None:
        when = words.day(preview.stored.brought.date()) if preview.stored.brought else "earlier"
        st.info(
            f"This very file is in already, since {when}. Bringing it again adds nothing. To read it in another way, "
            "withdraw it first.",
            icon=":material/inventory_2:",
        )  # fmt: skip
    notes = st.container(key="data-notes", gap="small")
    choices = _columns(preview, chosen.token)
    missing = _missing(preview, choices)
    with notes:
        _notes(preview, missing)
    written = _writing(opened, preview, choices, chosen.token, source_key)
    place = st.container(key="data-actions", horizontal=True, gap="small")
    many = "this file" if n_files == 1 else f"these {n_files} files"
    with place:
        is_asked = pressed(f"Bring {many} in", key="data-bring", type="primary", disabled=bool(missing))
        st.button("Leave it", key="data-leave", on_click=let_go)
    if is_asked:
        _bring(opened, chosen, preview, choices, written, place)


def _columns(preview: Preview, token: str) -> dict[str, str]:
    """Draw a selector for each column, those in use first; return the field chosen for each column."""
    used = [each for each in preview.columns if each.field]
    rest = [each for each in preview.columns if not each.field]
    choices: dict[str, str] = {}
    with st.container(key="data-columns", gap="small"):
        markup.show('<div class="ilp-colhead"><span>Column</span><span>What it holds</span><span>Values</span></div>')
        for each in used:
            choices[each.name] = _selector(each, token)
        if rest:
            is_needed = bool(preview.missing) or not used
            with st.expander(f"{words.plural(len(rest), 'column')} not used", expanded=is_needed):
                for each in rest[:N_SHOWN]:
                    choices[each.name] = _selector(each, token)
                if len(rest) > N_SHOWN:
                    st.caption(f"and {len(rest) - N_SHOWN} more: name them with ilpgeo ingest --map COLUMN=FIELD")
        with st.expander("First rows"):
            markup.show(data_words.first_rows(preview))
    return choices


def _selector(column: PreviewColumn, token: str) -> str:
    fields = list(data_words.FIELDS)
    with st.container(key=f"data-column-{abs(hash((column.name, token)))}"):
        name, choice, values = st.columns([3, 4, 5], gap="small", vertical_alignment="center")
        with name:
            markup.show(data_words.column_name(column))
        with choice:
            field = st.selectbox(
                f"What {column.name} holds", fields, fields.index(column.field),
                key=f"data-field-{column.name}-{token}", format_func=data_words.FIELDS.__getitem__,
                label_visibility="collapsed",
            )  # fmt: skip
        with values:
            markup.show(data_words.column_values(column))
    return field or ""


def _missing(preview: Preview, choices: dict[str, str]) -> tuple[str, ...]:
    if st.session_state.get(_offence_key(preview), preview.understood.mapping.offence):
        choices = {**choices, "=": "offence"}
    return data_words.missing(choices)


def _notes(preview: Preview, missing: tuple[str, ...]) -> None:
    told = preview.understood
    persons = tuple(f"column {name}: {what}" for name, what in preview.personal.items())
    for kind, title, lines in (
        ("missing", "Still needed before it can be brought in", missing),
        ("doubt", "Please look at this before confirming", told.doubts),
        ("calm", "About persons: dropped at the door, never stored", persons),
    ):
        if lines:
            markup.show(data_words.listed(kind, title, lines))
    if told.reasons:
        with st.expander("Why the columns are taken like this"):
            markup.show(data_words.listed("plain", "", told.reasons))


def _offence_key(preview: Preview) -> str:
    return f"data-offence-{preview.name}"


def _writing(
    opened: pipeline.Opened, preview: Preview, choices: dict[str, str], token: str, source_key: str
) -> dict[str, str]:
    """Draw how the file is written: source, order of dates, time zone, CRS; return what was chosen."""
    mapping, settings = preview.understood.mapping, opened.workspace.settings
    fixed = preview.understood.told_by == "again"
    with st.container(key="data-writing"):
        source, order, zone, crs = st.columns([3, 3, 3, 2], gap="small")
        source.text_input(
            "Source", preview.understood.source, key=source_key, disabled=fixed,
            help="Files of one source are read alike, and a row is stored once per source.",
        )  # fmt: skip
        date_order = order.selectbox(
            "Dates are written", list(data_words.ORDERS), list(data_words.ORDERS).index(str(mapping.date_order)),
            key=f"data-order-{token}", format_func=data_words.ORDERS.__getitem__,
            help="For dates that do not begin with the year.",
        )  # fmt: skip
        timezone = zone.text_input(
            "Times are in", mapping.timezone or settings.timezone, key=f"data-zone-{token}", help="IANA time zone"
        )
        is_projected = {"x", "y"} <= set(choices.values())
        code = crs.text_input(
            "Coordinates are in", (mapping.crs or settings.crs) if is_projected else "EPSG:4326",
            key=f"data-crs-{token}", disabled=not is_projected,
            help="EPSG code of easting and northing; degrees need none.",
        )  # fmt: skip
        offence = ""
        if "offence" not in choices.values():
            offence = st.text_input(
                "Every row of this file is this one offence", mapping.offence, key=_offence_key(preview)
            )
    return {
        "timezone": timezone.strip() if timezone.strip() != (mapping.timezone or settings.timezone) else "",
        "crs": code.strip() if is_projected and code.strip() != (mapping.crs or settings.crs) else "",
        "date_order": date_order or "",
        "offence": offence.strip(),
    }


def _bring(
    opened: pipeline.Opened,
    chosen: Chosen,
    preview: Preview,
    choices: dict[str, str],
    written: dict[str, str],
    place: Any,
) -> None:
    columns = preview.confirmed(choices)
    if written["offence"]:
        columns[f"={written['offence']}"] = "offence"
    place.button("Stop", key="data-stop", icon=":material/stop_circle:", on_click=_stop)
    with chosen.on_disk(opened) as files:
        brought = pipeline.ingest_each(
            opened, files, preview.understood.source, columns, written["crs"], written["timezone"],
            progress_bar("Bringing it in. Stay on this page; nothing is stored before all of it is read."),
            written["date_order"],
        )  # fmt: skip
    finish(brought)


def _stop() -> None:
    st.session_state[_STOPPED] = True


def progress_bar(title: str) -> Callable[[int, int | None], None]:
    """Draw a progress bar; return what to call with (rows done, rows in all or None). Any click stops the work."""
    bar = st.progress(0.0, title)

    def show(done: int, in_all: int | None) -> None:
        bar.progress(*data_words.progress(title, done, in_all))

    return show


def finish(brought: pipeline.Brought) -> None:
    """Open the report of what was brought in and say what became of it."""
    with presses.undisturbed():
        st.session_state.pop(_PREVIEW, None)
        if brought.reports:
            data_state.open_report(brought.reports[-1].file_id)
        told = [data_account.outcome(each) for each in brought.reports]
        told += [("refused", f"{name} was not brought in: {why}") for name, why in brought.refused]
        last_act.tell_all(data_state.TOLD, *told)
    st.rerun()
