"""`python -m ilpgeo.pipeline`: compile every kernel, at the end of an install, so that no click waits for it.

The whole line is run once on a toy workspace, which also shows that the installation works. With the word `beside` it
is done for a server, where it was not yet: at the lowest priority, for as long as the server lives.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Thread

from ilpgeo import pipeline
from ilpgeo.core import kernel_marks
from ilpgeo.core.recipes import Entry, Recipe
from ilpgeo.core.types import Access, Level, Period, Query
from ilpgeo.store.lock import try_lock

BESIDE = "beside"
_PERIOD = Period(date(2021, 3, 1), date(2021, 3, 28))
_LOCK = ".lock"
_PAUSE_S = 1.0


def main(words: list[str]) -> None:
    """Compile all kernels and note that it is done; one process at a time, beside a server only what is missing."""
    is_beside = words == [BESIDE]
    if is_beside:
        os.nice(19)
        _end_with(os.getppid())
    with _alone():
        if is_beside and kernel_marks.is_compiled():
            return
        compile_kernels()
        kernel_marks.note_compiled()


@contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other process compiles for the same folder."""
    home = kernel_marks.home()
    if home is None:
        yield
        return
    while (held := try_lock(home / _LOCK)) is None:
        time.sleep(_PAUSE_S)
    try:
        yield
    finally:
        held.release()


def _end_with(asked_by: int) -> None:
    """End this process when the one that asked for it has ended; numba's files are whole or not there."""

    def watch() -> None:
        while os.getppid() == asked_by:
            time.sleep(_PAUSE_S)
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def compile_kernels() -> None:
    """Compile and cache every numba kernel by using each once on a toy, what the first clicks need first."""
    from ilpgeo.models.compile import compile_kernels as compile_models

    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        opened, _ = pipeline.make_workspace(
            folder / "toy", (_boundaries(folder),), name="Toy", crs="EPSG:32633", timezone="UTC", start=date(2000, 1, 1)
        )
        for file in _incidents(folder):
            pipeline.ingest(opened, file)
        query = Query(Level.LOCAL, _PERIOD)
        pipeline.brief(opened, query, Access())
        pipeline.picture(opened, query, opened.areas.id[0], Access())
        pipeline.hotspots(opened, pipeline.build_model("kde", {}), query, Access())
        recipe = Recipe(models=(Entry("kde"),), horizon="1d", windows=3, learn_days=14, last=_PERIOD.end)
        pipeline.backtest(opened, recipe, Access())
    compile_models()


def _boundaries(folder: Path) -> str:
    features = []
    for name, west in (("West", 13.0), ("East", 13.1)):
        east = west + 0.1
        ring = [[west, 52.0], [east, 52.0], [east, 52.1], [west, 52.1], [west, 52.0]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"name": name}, "geometry": shape})
    path = folder / "districts.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return str(path)


def _incidents(folder: Path) -> tuple[Path, Path]:
    """Write a file with references and clock times, and one with neither: the two ways through ingest."""
    places = [(52.01 + 0.001 * (k % 40), 13.01 + 0.004 * (k % 45)) for k in range(200)]
    timed, plain = folder / "timed.csv", folder / "plain.csv"
    rows = [f"{k},{lat},{lon},2021-03-{k % 28 + 1:02} 1{k % 10}:30,Theft" for k, (lat, lon) in enumerate(places)]
    timed.write_text("\n".join(["reference,latitude,longitude,datetime,offence", *rows]), "utf-8")
    rows = [f"{lat},{lon},2021-03-{k % 28 + 1:02},Theft" for k, (lat, lon) in enumerate(places)]
    plain.write_text("\n".join(["latitude,longitude,date,offence", *rows]), "utf-8")
    return timed, plain


if __name__ == "__main__":
    main(sys.argv[1:])
