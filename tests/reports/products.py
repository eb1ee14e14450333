"""Products of a toy city, plain and hostile, for tests of what people carry away: no figure is of anywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import shapely

from ilpgeo.core.briefing import AreaPicture, Hotspot, HotspotSet, Quality, Reason, Released, TrendPoint
from ilpgeo.core.products import Marking
from ilpgeo.core.publications import Measured, ModelCard, Verdict
from ilpgeo.core.query import Level, Period, Query
from ilpgeo.core.recipes import Entry
from ilpgeo.core.settings import Settings
from ilpgeo.core.space import Areas
from ilpgeo.pipeline.products import Product
from ilpgeo.reports.formats import FORMATS
from tests.maps import toy

MADE = date(2022, 1, 3)
HOSTILE = "=cmd|'/C calc'!A0<script>alert(1)</script>\u202egpj.exe \u2066{{7*7}}\u0007\n\"&amp;%s"
SHOWN = "=cmd|'/C calc'!A0<script>alert(1)</script>gpj.exe {{7*7}} \"&amp;%s"  # what is left of it, as plain text
UNKNOWN = "\U0001f692\u0ba8\u0ba4\u0bbf"  # letters that no font of a document has
SCRIPTS = "شارع/東京/강남/שדרות/Łódź/Αθήνα/नदी/ถนน/" + UNKNOWN
LONG = "Quarter of the " + "very " * 120 + "long name"
VERDICT = Verdict(
    Measured(0.364, 0.358, 0.369), Measured(0.360, 0.354, 0.366), Measured(0.004, 0.001, 0.007), "2%", 13.5, "28d", 26,
    Period(date(2020, 1, 1), date(2021, 12, 28)), 1096, 60_000,
)  # fmt: skip


def settings(**changed: object) -> Settings:
    return replace(
        Settings("Toy City", toy.CRS, "America/Toronto", date(2014, 1, 1), attribution="Open data of Toy City."),
        **changed,
    )


def picture(area: str, name: str, offence: str = "Assault") -> Released[AreaPicture]:
    rng = np.random.default_rng(5)
    steps = [toy.PERIOD.shifted(-7 * at) for at in range(20, 0, -1)]
    points = tuple(
        TrendPoint(
            Period(each.start, each.start + timedelta(days=6)),
            None if at == 6 else int(rng.integers(20, 40)),
            (18.0, 42.0),
        )
        for at, each in enumerate(steps)
    )
    week = (2 * rng.gamma(2, 0.5, (7, 24))).round().clip(0, 6) / 2
    mix = ((offence, 61), ("Break and enter", 21), ("Arson", None))
    return Released(
        AreaPicture(area, name, points, week, "1 Jan 2021 to 31 Dec 2021", mix), ("Counts under 5 are withheld",)
    )


def hotspots(name: str, middle: shapely.Point) -> Released[HotspotSet]:
    """Return two hotspots around a point, the first with a hole in it."""
    x, y = middle.x, middle.y
    ring = shapely.box(x - 300, y - 300, x + 300, y + 300).difference(shapely.box(x - 80, y - 80, x + 80, y + 80))
    beside = shapely.box(x - 300, y + 400, x + 100, y + 600)
    spots = (
        Hotspot("h1", name, 1, 90, 3.0, 30.0, 0.1, "Sat 00:00-04:00", ring, 9.3, None),
        Hotspot("h2", "Mill Road", 2, 40, 1.0, 40.0, 0.05, "time of week unknown", beside, 4.0, 7),
    )
    found = HotspotSet("Forecast", Query(Level.LOCAL, toy.PERIOD), toy.PERIOD, spots, 900, 1, toy.CRS, "v1", toy.WINDOW)
    return Released(found, ("1 hotspot with fewer than 5 incidents withheld",))


def product(
    *,
    subject: str = "",
    word: str = "Assault",
    name: str = "",
    handling: str = "OFFICIAL",
    gaps: int = 9,
    n: int = 40,
    **changed: object,
) -> Product:
    """Return a product; `subject` may be an area's id, `name` the name of the first ranked area and of all else."""
    areas = toy.city(n)
    briefing = toy.briefing(areas, gaps=gaps)
    first, *rest = briefing.value.priorities
    first = replace(
        first,
        n=77,
        rank_interval=(1, 1),
        reasons=(Reason("volume", f"most {word}", 10), Reason("time", "busiest Sat 00:00-04:00, 2.1 times", 9)),
    )
    if name:
        first = replace(first, name=name, parent=name)
        areas = renamed(areas, first.id, name)
    told = replace(briefing.value, priorities=(first, *rest), query=replace(briefing.value.query, offences=(word,)))
    told = replace(told, quality=Quality(0.99, 0.01, 0.1, (f"boundaries of {name or 'the city'} are not official",)))
    briefing = Released(told, ("Counts under 5 are withheld",))
    top = areas.id[-1]
    subject = first.id if subject == "first" else subject
    is_one = any(each.id == subject for each in told.priorities)
    card = ModelCard(
        Entry("blend"), "Forecast (blend)", "Blends counts & their surroundings.", 150.0, 1096, verdict=VERDICT
    )
    made = Product(
        briefing=briefing,
        subject=subject,
        standing=briefing if is_one else None,
        picture=picture(subject or top, name or "Toy City", word),
        leading=() if is_one else tuple(picture(each.id, each.name, word) for each in told.priorities[:3]),
        hotspots=hotspots(name or "Church Street", areas.geometry[areas.at(subject)].centroid) if subject else None,
        no_hotspots="",
        card=Released(card),
        areas=areas,
        settings=settings(name=name or "Toy City", attribution=name or "Open data of Toy City."),
        marking=Marking(handling, MADE, MADE + timedelta(days=7)),
        as_of=None,
    )
    return replace(made, **changed) if changed else made


def renamed(areas: Areas, area: str, name: str) -> Areas:
    names = tuple(name if each == area else old for each, old in zip(areas.id, areas.name, strict=True))
    return replace(areas, name=names)


def save(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@cache
def made(ending: str, **about: str) -> bytes:
    """Return a product's file, made once for all tests that look into it."""
    return FORMATS[ending].make(product(**about))
