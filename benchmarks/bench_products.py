"""Products: a briefing as a whole command and as a warm call, the drawing beside the bare libraries' own ways."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.bench_start import timed
from benchmarks.measuring import Row, compared, limited
from benchmarks.table import command
from ilpgeo import pipeline
from ilpgeo.core.types import Access, Level, Query
from ilpgeo.reports.area_map import area_map
from ilpgeo.reports.drawing import Drawing, Label
from ilpgeo.reports.formats import FORMATS
from ilpgeo.reports.geofiles import write_geopackage
from ilpgeo.reports.layers import area_layer
from ilpgeo.reports.sheets import Sheet
from ilpgeo.reports.slide_shapes import Slide

BELOW_S = 3.0
AREA = "neighbourhood:075"


def with_fpdf2(drawing: Drawing) -> bytes:
    """Draw with fpdf2 alone, as its manual shows: a path object for each shape."""
    from fpdf import FPDF

    page = FPDF()
    page.add_page()
    page.set_font("helvetica", size=8)
    for part in drawing.parts:
        if isinstance(part, Label):
            page.text(part.x, part.y, part.text)
            continue
        with page.new_path() as path:
            path.style.fill_color = part.ink.fill if part.ink.fill and part.is_closed else None
            path.style.stroke_color = part.ink.stroke or None
            path.style.stroke_width = part.ink.width_mm
            path.style.auto_close = False
            for ring in part.rings:
                path.move_to(*ring[0].tolist())
                for point in ring[1:].tolist():
                    path.line_to(*point)
                if part.is_closed:
                    path.close()
    return bytes(page.output())


def with_sheets(drawing: Drawing, product: pipeline.Product) -> bytes:
    """Draw the same on a page of ours."""
    sheet = Sheet("Map", "Toronto", product.marking, "v")
    sheet.add_page()
    sheet.draw(drawing, 15, 30)
    return sheet.content()


def with_python_pptx(drawing: Drawing) -> bytes:
    """Draw with python-pptx alone, as its manual shows: its own builder of freeforms."""
    from pptx import Presentation
    from pptx.util import Mm

    deck = Presentation()
    shapes = deck.slides.add_slide(deck.slide_layouts[6]).shapes
    for part in drawing.parts:
        if isinstance(part, Label):
            shapes.add_textbox(Mm(part.x), Mm(part.y), Mm(30), Mm(5)).text_frame.text = part.text
            continue
        start, *rest = part.rings
        builder = shapes.build_freeform(*(start[0] * 36000).round().astype(int).tolist())
        for at, ring in enumerate((start, *rest)):
            points = (ring * 36000).round().astype(int).tolist()
            if at:
                builder.move_to(*points[0])
            builder.add_line_segments([tuple(point) for point in points[1:]], close=part.is_closed)
        builder.convert_to_shape()
    return saved(deck)


def with_slides(drawing: Drawing) -> bytes:
    """Draw the same on a slide of ours."""
    from pptx import Presentation

    deck = Presentation()
    Slide(deck.slides.add_slide(deck.slide_layouts[6])).draw(drawing, 0, 0)
    return saved(deck)


def saved(deck: Any) -> bytes:
    """Return a deck's bytes."""
    content = io.BytesIO()
    deck.save(content)
    return content.getvalue()


def with_geopandas(product: pipeline.Product, path: Path) -> None:
    """Write the ranked areas with geopandas alone: no style, no table beside them."""
    import geopandas as gpd

    layer = area_layer(product.briefing, product.areas)
    path.unlink(missing_ok=True)
    gpd.GeoDataFrame(list(layer.rows), geometry=list(layer.geometry), crs=4326).to_file(path, driver="GPKG")


def with_ours(product: pipeline.Product, path: Path) -> None:
    """Write the ranked areas with their style and what they rest on."""
    path.unlink(missing_ok=True)
    write_geopackage([area_layer(product.briefing, product.areas)], {"title": "x"}, path)


def run(rounds: int = 5) -> list[Row]:
    """Return one row for each command, each warm call, and each drawing beside the bare library's own way."""
    rows = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        pipeline.make_demo("toronto", folder / "toronto")
        for ending in (".pdf", ".pptx"):
            for area in ("", AREA):
                told = ["report", "--workspace", str(folder / "toronto"), "--level", "local"]
                told += ["--area", area] if area else []
                timing = timed([*told, "--output", str(folder / f"x{ending}")], rounds)
                of = "an area" if area else "a level"
                rows.append(
                    Row(f"ilpgeo report {ending}, {of}", timing, demand=f"below {BELOW_S:g} s",
                        met=timing.wall_s < BELOW_S, note="a process from start to end, 240,000 incidents")
                )  # fmt: skip
        told = ["meeting", "--workspace", str(folder / "toronto"), "--level", "local"]
        for ending in (".pdf", ".pptx"):
            timing = timed([*told, "--output", str(folder / f"pack{ending}")], rounds)
            rows.append(
                Row(f"ilpgeo meeting {ending}, a level", timing, demand=f"below {BELOW_S:g} s",
                    met=timing.wall_s < BELOW_S, note="a process from start to end; the demo's taskings and gaps")
            )  # fmt: skip
        opened = pipeline.open_workspace(folder / "toronto")
        query = Query(Level.LOCAL, pipeline.default_period(opened))
        product = pipeline.product(opened, query, Access(), pipeline.marking(opened))
        for ending, each in FORMATS.items():
            rows.append(
                limited(
                    f"Briefing of a level as {ending}, warm",
                    lambda each=each: each.make(product),
                    rounds,
                    below_s=BELOW_S,
                )
            )
        drawing = area_map(product, 180.0, 108.0)
        rows += compared(
            "Map of 140 areas on a page", "ours",
            {"ours": lambda: with_sheets(drawing, product), "fpdf2": lambda: with_fpdf2(drawing)}, rounds,
            note="the same shapes; ours embeds its fonts too",
        )  # fmt: skip
        rows += compared(
            "Map of 140 areas on a slide", "ours",
            {"ours": lambda: with_slides(drawing), "python-pptx": lambda: with_python_pptx(drawing)}, rounds,
            note="the same shapes; the bare ones are not painted",
        )  # fmt: skip
        rows += compared(
            "140 ranked areas as GeoPackage", "ours",
            {"ours": lambda: with_ours(product, folder / "a.gpkg"),
             "geopandas": lambda: with_geopandas(product, folder / "b.gpkg")}, rounds,
            note="ours with style and table about",
        )  # fmt: skip
    return rows


if __name__ == "__main__":
    command("products", run)
