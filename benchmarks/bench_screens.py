"""The server's part of a change on the commander's screen, warm: the answer, and the layers the map is sent.

Ranked answers are forgotten before each round and another area is selected in each; counts, boundaries and the
incidents of the days learned from are kept, as in a running dashboard.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

from benchmarks import national
from benchmarks.measuring import Row, interleaved
from benchmarks.table import command
from ilpgeo import pipeline
from ilpgeo.core.types import Access, Level, Period, Query
from ilpgeo.maps.areas_map import priority_layer
from ilpgeo.maps.layers import hotspot_layer
from ilpgeo.maps.shapes import Shelf, area_shapes
from ilpgeo.pipeline import ranked as answers

GOAL_S = 0.3
SAMPLES = {"toronto": "Toronto", "england-wales": "England and Wales"}


def changes(sample: str, folder: Path) -> dict[str, Callable[[], object]]:
    """Return what the server does for each kind of change, ready to be called."""
    opened = pipeline.make_demo(sample, folder / sample)
    shapes = area_shapes(opened.areas, Shelf(folder / "shapes", ""))
    access, period = Access(), pipeline.default_period(opened)
    local = Query(Level.LOCAL, period, opened.areas.types_at(Level.LOCAL)[0])
    longer = Period(period.end - timedelta(days=364), period.end)
    if pipeline.open_workspace(folder / sample).store.files()[0].precision == "month":
        longer = longer.whole_months()
    model = pipeline.build_model("kde", {})
    rank = count(1)

    def ranked(query: Query) -> None:
        answers._brief.cache_clear()
        priority_layer(pipeline.brief(opened, query, access), shapes, None)

    def selected(query: Query) -> None:
        answers._brief.cache_clear()
        released = pipeline.brief(opened, query, access)
        wanted = next(rank)
        area = next(each.id for each in released.value.priorities if each.rank == wanted)
        priority_layer(released, shapes, area, is_open=True)
        hotspot_layer(
            pipeline.hotspots(opened, model, replace(released.value.query, areas=(area,)), access), has_legend=False
        )
        pipeline.picture(opened, released.value.query, area, access)

    levels = {f"level: {level}": lambda level=level: ranked(Query(level, period)) for level in Level}
    return {
        **levels,
        "period: a year, local": lambda: ranked(local.during(longer)),
        "another area selected, with hotspots and pictures": lambda: selected(local),
    }


def run(rounds: int = 5) -> list[Row]:
    """Return one row for each kind of change on each sample; the demand is Toronto's. The national picture follows."""
    rows = []
    with tempfile.TemporaryDirectory() as made:
        for sample, name in SAMPLES.items():
            for change, timing in interleaved(changes(sample, Path(made)), rounds).items():
                demand, met = (f"below {GOAL_S:g} s", timing.wall_s < GOAL_S) if sample == "toronto" else ("", None)
                rows.append(Row(f"Screen, {name}, {change}", timing, demand=demand, met=met))
        rows += national.rows(Path(made) / "national", rounds)
    return rows


if __name__ == "__main__":
    command("screens", run)
