"""Workspaces made: the demo from a bundled real sample, or one's own from area files."""

from __future__ import annotations

import json
import math
import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import shapely

from ilpgeo.areas.files import write_areas
from ilpgeo.areas.hierarchy import areas_from_user_files
from ilpgeo.core.errors import InvalidInput, NotFound
from ilpgeo.core.settings import FILE, Settings, Workspace, parse_settings
from ilpgeo.core.types import Areas
from ilpgeo.pipeline.bring import Progress, ingest
from ilpgeo.pipeline.opened import Opened, open_workspace

SAMPLES = Path(__file__).resolve().parents[2] / "data"
_CELLS = 2_000_000
_COPIED = (FILE, "areas.parquet", "offences.csv", "harm.csv", "sources.csv")


def make_demo(sample: str, folder: Path, progress: Progress | None = None) -> Opened:
    """Return the workspace of a bundled sample in `folder`, made where it is not there yet.

    A demo stopped half-way is completed by the next call; one that is complete is left as it is.

    Raises
    ------
    NotFound
        When there is no such sample.
    InvalidInput
        When `folder` holds something else.
    """
    origin = SAMPLES / sample
    if not (origin / FILE).is_file():
        there = ", ".join(sorted(each.parent.name for each in SAMPLES.glob(f"*/{FILE}")))
        raise NotFound(f"there is no bundled sample {sample!r}; there are: {there}")
    if not (folder / FILE).is_file():

        def fill(new: Path) -> None:
            for name in _COPIED:
                if (origin / name).is_file():
                    shutil.copyfile(origin / name, new / name)

        _make_folder(folder, fill)
    opened = open_workspace(folder)
    _require_sample(opened.workspace, sample)
    stored = {each.name for each in opened.store.files()}
    for file in sorted(origin.glob("*.csv.gz")):
        if file.name not in stored:
            ingest(opened, file, progress=progress)
    from ilpgeo.pipeline.examples import add_examples

    add_examples(opened, opened.workspace.settings.today())
    return opened


def make_workspace(
    folder: Path, boundaries: tuple[str, ...], *, name: str, crs: str, timezone: str, start: date
) -> tuple[Opened, tuple[str, ...]]:
    """Return a new workspace and the remarks to show on how its area files were understood.

    Parameters
    ----------
    boundaries
        Area files, each ``path`` or ``level:type=path``; one alone is the local level, its union the national.
    crs
        Empty: chosen from the extent.
    """
    if (folder / FILE).is_file():
        raise InvalidInput(f"{folder} is a workspace already; choose another folder")
    asked = {"name": name, "crs": crs or "EPSG:3857", "timezone": timezone, "start": start}
    parse_settings(asked, "init")
    given = areas_from_user_files(boundaries, crs)
    lines = [f"name = {_quoted(name)}", f"crs = {_quoted(given.areas.crs)}", f"timezone = {_quoted(timezone)}"]
    lines += [f"start = {start.isoformat()}", *_cell_setting(given.areas), ""]

    def fill(new: Path) -> None:
        (new / FILE).write_text("\n".join(lines), "utf-8")
        Workspace.open(new)
        write_areas(given.areas, new / "areas.parquet")

    _make_folder(folder, fill)
    return open_workspace(folder), given.remarks


def _require_sample(workspace: Workspace, sample: str) -> None:
    """Raise InvalidInput for a workspace of someone's own: the sample's incidents must not get into it."""
    there, bundled = workspace.settings, Workspace.open(SAMPLES / sample).settings
    if (there.name, there.crs, there.attribution) != (bundled.name, bundled.crs, bundled.attribution):
        raise InvalidInput(
            f"{workspace.folder} holds the workspace {there.name}, not the sample {sample}; "
            f"open it with: ilpgeo serve --workspace {workspace.folder}, or choose another folder for the demo"
        )


def _cell_setting(areas: Areas) -> list[str]:
    """Return the line for the cell size where the usual one would make more cells than a model is quick on."""
    west, south, east, north = (float(each) for each in shapely.total_bounds(areas.geometry))
    usual = Settings("", areas.crs, "UTC", date.min).cell_m
    least = math.sqrt((east - west) * (north - south) / _CELLS)
    return [f"cell_m = {math.ceil(least / 50) * 50}"] if least > usual else []


def _quoted(text: str) -> str:
    # A JSON text is a TOML basic string, once DEL is escaped as well.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _make_folder(folder: Path, fill: Callable[[Path], None]) -> None:
    """Fill a new folder beside `folder` and move it there: it appears whole or not at all."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidInput(f"{folder} is in use for something else; choose an empty or a new folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        new = Path(made) / "new"
        new.mkdir()
        fill(new)
        if folder.exists():
            folder.rmdir()
        new.rename(folder)
