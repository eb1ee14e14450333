"""A made-up city behind the pipeline's calls: 140 areas in six districts, so that screens can be tested alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely
import shapely.affinity

from ilpgeo.core.errors import NotAllowed
from ilpgeo.core.publications import Measured, ModelCard, Publication, Verdict
from ilpgeo.core.recipes import Entry
from ilpgeo.core.settings import Settings, Workspace
from ilpgeo.core.types import (
    Access,
    AreaPicture,
    Areas,
    Briefing,
    FileReport,
    Hotspot,
    HotspotSet,
    Level,
    Period,
    Priority,
    Quality,
    Query,
    Reason,
    Released,
    Tier,
    TrendPoint,
)
from ilpgeo.pipeline import Forecaster
from ilpgeo.safeguards.release import release_card

NOW = date(2022, 1, 1)
DISTRICTS = ("Eastgate", "North Field", "Old Harbour", "Riverside", "St Anne", "West End")
OFFENCES = ("assault", "burglary", "robbery", "theft over", "vehicle theft")
FIRST = ("Mill", "King", "Abbey", "Queen", "Station", "Castle", "Market", "Bridge", "Church", "Victoria")
SECOND = ("Park", "Heights", "Corners", "Village", "Green", "Gardens", "Junction", "Hill", "Bay", "Flats",
          "Mount Pleasant East", "Common", "Row", "Cross")  # fmt: skip


@lru_cache
def city() -> Areas:
    """Return a tessellation of 140 neighbourhoods, six districts and the city."""
    rng = np.random.default_rng(7)
    centre = np.array([630_000.0, 4_840_000.0])
    outline = shapely.Point(*centre).buffer(14_000).intersection(shapely.box(612_000, 4_833_000, 648_000, 4_860_000))
    seeds = []
    while len(seeds) < 140:
        spot = centre + rng.normal(0, 7_500, 2)
        if outline.contains(shapely.Point(*spot)):
            seeds.append(spot)
    cells = shapely.voronoi_polygons(shapely.MultiPoint(np.array(seeds)), extend_to=outline)
    polygons = np.array([shapely.intersection(cell, outline) for cell in cells.geoms])
    middle = shapely.get_coordinates(shapely.centroid(polygons))
    hubs = centre + 8_000 * np.array([[np.cos(a), np.sin(a)] for a in np.linspace(0, 2 * np.pi, 7)[:-1]])
    nearest = np.argmin(((middle[:, None] - hubs) ** 2).sum(2), axis=1)
    districts = np.array([shapely.union_all(polygons[nearest == at]) for at in range(6)])
    names = [f"{a} {b}" for b in SECOND for a in FIRST]
    return Areas(
        id=(*(f"N{at:03d}" for at in range(140)), *(f"D{at}" for at in range(6)), "C"),
        name=(*names, *DISTRICTS, "Fakeville"),
        type=np.array([0] * 140 + [1] * 6 + [2]),
        parent=np.concatenate([140 + nearest, np.full(6, 146), [-1]]),
        population=np.full(147, np.nan),
        geometry=np.concatenate([polygons, districts, [shapely.union_all(districts)]]),
        types=("neighbourhood", "district", "city"),
        levels=(Level.LOCAL, Level.REGIONAL, Level.NATIONAL),
        crs="EPSG:32617",
        derived=(("neighbourhood", "made up for tests"),),
    )


@dataclass
class Store:
    """A store that knows its files and offences and no more."""

    precision: str = "hour"
    is_empty: bool = False
    edition: str = "v1"

    def version(self) -> str:
        return self.edition

    def files(self) -> tuple[FileReport, ...]:
        if self.is_empty:
            return ()
        return (
            FileReport(
                "f",
                "city.csv",
                "police",
                9,
                9,
                precision=self.precision,
                first=date(2019, 1, 1),
                last=date(2021, 12, 31),
            ),
        )

    def daily_counts(self, selection) -> pa.Table:
        return pa.table({"offence": pa.array(OFFENCES).dictionary_encode()})

    def series_counts(self, selection) -> pa.Table:
        none = pa.array([], pa.dictionary(pa.int32(), pa.string()))
        return pa.table({"series": none, "area": none, "source": none, "n": pa.array([], pa.int64())})


UNTESTED = ModelCard(
    Entry("blend"), "Forecast (blend)", "Blends counts & their surroundings.", cell_m=150.0, learn_days=1096
)
VERDICT = Verdict(
    Measured(0.364, 0.358, 0.369), Measured(0.360, 0.354, 0.366), Measured(0.004, 0.003, 0.005), "2%", 13.5, "28d", 26,
    Period(date(2020, 1, 5), date(2021, 12, 31)), 1096, 55_321,
)  # fmt: skip
WORSE = replace(VERDICT, hit_rate=Measured(0.31, 0.30, 0.32), difference=Measured(-0.05, -0.06, -0.04))
PUBLISHED = Publication(
    id="p1", model=Entry("kde", {"bandwidth_m": 200.0}), offence="", area="", level=None, cell_m=150.0,
    note="Agreed with the <b>district", owner="A. Analyst", approver="C. Chief", reason="", data_version="v1",
    recipe="", verdict=VERDICT, published_at=datetime(2026, 3, 1, tzinfo=UTC), expires_on=date(2026, 5, 30),
)  # fmt: skip


@dataclass
class City:
    """The fake pipeline: install its methods over the real calls."""

    store: Store = field(default_factory=Store)
    asked: list[Query] = field(default_factory=list)
    broken: bool = False
    geocoded: float = 0.93
    card: ModelCard = field(default_factory=lambda: UNTESTED)
    foreseen: list[tuple[Forecaster, Query]] = field(default_factory=list)

    def open_workspace(self, folder, version=""):
        settings = Settings(
            "Fakeville", "EPSG:32617", "America/Toronto", date(2014, 1, 1),
            labels={"local": "Neighbourhoods", "regional": "Districts", "national": "City"},
            harm_source="Canadian Crime Severity Index 2021",
            attribution="Made-up data for tests.",
        )  # fmt: skip
        return Opened(Workspace(Path(folder), settings), city(), self.store)

    def now(self, opened, as_of=None):
        return as_of or NOW

    def brief(self, opened, query: Query, access: Access, as_of=None) -> Released[Briefing]:
        self.asked.append(query)
        if self.broken:
            raise RuntimeError("secret detail")
        access.require(query.level)
        if access.areas and not set(query.areas) & set(access.areas):
            raise NotAllowed("the role commander does not cover this area; ask the data manager")
        told = briefing(query, as_of or NOW)
        return Released(
            replace(told, quality=replace(told.quality, geocoded_share=self.geocoded)), ("Counts under 5 are withheld",)
        )

    def picture(self, opened, query, area, access, as_of=None) -> Released[AreaPicture]:
        rng = np.random.default_rng(abs(hash(area)) % 1000)
        steps = []
        for at in range(26):
            period = Period.ending(NOW - timedelta(days=1 + 28 * (25 - at)), 28)
            base = 30 + 8 * np.sin(at / 2)
            steps.append(
                TrendPoint(
                    period,
                    int(base + rng.integers(-8, 9)) if at != 9 else None,
                    (base - 7, base + 9) if at > 12 else None,
                )
            )
        hours = 1 + 0.8 * np.sin((np.arange(24) - 15) / 24 * 2 * np.pi)
        week = np.outer(np.array([0.8, 0.7, 0.8, 0.9, 1.2, 1.6, 1.3]), hours) * rng.uniform(0.6, 1.4, (7, 24))
        mix = (("assault", 21), ("robbery", 12), ("burglary", 9), ("vehicle theft", 6), ("theft over", None))
        at = city().at(area)
        return Released(
            AreaPicture(area, city().name[at], tuple(steps), week, "from 412 incidents; 9 % of times unknown", mix)
        )

    def model_card(self, opened, query, access, today) -> Released[ModelCard]:
        return release_card(self.card)

    def needs_tests(self, opened) -> bool:
        return False

    def forecast(self, opened, forecaster, query, access, as_of=None, seed=0, top_share=0.02, most=None):
        self.foreseen.append((forecaster, query))
        at = city().at(query.areas[0])
        middle = city().geometry[at].representative_point()
        spots = tuple(
            Hotspot(f"h{k}", f"{name}", k + 1, 19 - 6 * k, 0.07, 271.0, 0.31 - 0.1 * k, "peak Fri 22\u2013Sat 02",
                    shapely.affinity.translate(middle.buffer(160 - 30 * k), 420 * k, -250 * k), 3.4 - k, n_period)
            for k, (name, n_period) in enumerate((
                ("Mill Rd / Dock St", 9), ("Station forecourt", None), ("Northern edge of the market", 5),
            ))
        )  # fmt: skip
        learnt = Period.ending(NOW - timedelta(days=1), forecaster.learn_days)
        window = Period(NOW, NOW + timedelta(days=query.period.days - 1))
        return Released(HotspotSet("Forecast", query, learnt, spots, 61, 0, "EPSG:32617", "v1", window))


@dataclass(frozen=True, eq=False)
class Opened:
    """Stands for pipeline.Opened."""

    workspace: Workspace
    areas: Areas
    store: Store


def briefing(query: Query, now: date) -> Briefing:
    """Return a ranking in which the same areas always come out the same."""
    areas = city()
    at_type = areas.types.index(query.area_type or areas.types_at(query.level)[0])
    chosen = areas.within(query.areas)
    while at_type and int(chosen[areas.of_type(areas.types[at_type])].sum()) <= 1:
        at_type -= 1
    positions = [at for at in areas.of_type(areas.types[at_type]) if chosen[at]]
    share = 0.45 if query.offences else 1.0
    rng = np.random.default_rng(3)
    strength = {at: float(v) for at, v in zip(range(len(areas)), rng.gamma(1.1, 18, len(areas)), strict=True)}
    positions.sort(key=lambda at: -strength[at])
    blank = [at for at in positions if at % 37 == 5]
    ranked = [at for at in positions if at not in blank]
    made = []
    for place, at in enumerate(ranked, start=1):
        mean = strength[at] * share * query.period.days / 28 * (12 if at_type else 1)
        n = int(mean * 1.05)
        quiet = n < 5
        tier = (Tier.CRITICAL if place <= max(1, len(ranked) * 0.03) else Tier.HIGH if place <= len(ranked) * 0.09
                else Tier.ELEVATED if place <= len(ranked) * 0.22 else Tier.ROUTINE)  # fmt: skip
        spread = 1.64 * np.sqrt(mean + 1)
        reasons = (
            Reason("harm", "Robbery makes up 46 % of its harm, against 22 % in the whole city"),
            Reason("change", "A third more than in the 28 days before, beyond the usual swing"),
            Reason("time", "Friday 22:00 to Saturday 02:00 holds 21 % of the incidents"),
            Reason("persistence", "In the top ten in 9 of the last 13 periods"),
        )
        made.append(
            Priority(
                areas.id[at],
                areas.name[at],
                areas.name[areas.parent[at]] if at_type == 0 else "",
                place,
                (max(1, place - 2), place + 1 + place // 5),
                tier,
                mean * 40,
                mean,
                (max(0.0, mean - spread), mean + spread),
                None if quiet else n,
                None if quiet else max(5, int(n * (0.7 + 0.6 * ((at * 7) % 10) / 10))),
                None if quiet else max(5, int(n * 1.1)),
                None if quiet else int(mean * 13),
                {"robbery": 0.46},
                reasons[: 1 + at % 4] if place > 3 else reasons,
                suppressed=quiet,
            )
        )
    made += [
        Priority(areas.id[at], areas.name[at], areas.name[areas.parent[at]], None, None, Tier.NO_DATA, None, None, None,
                 None, None, None, None, {}, (Reason("quality", "No source covers this area in the period"),))
        for at in blank
    ]  # fmt: skip
    shown = sum(each.n or 0 for each in made)
    held = 2 * sum(each.suppressed for each in made)
    return Briefing(
        query=replace(query, area_type=query.area_type or areas.types[at_type]),
        ranked_level=areas.levels[at_type],
        ranked_type=areas.types[at_type],
        now=now,
        window=Period(now, now + timedelta(days=query.period.days - 1)),
        trained_on=Period.ending(now - timedelta(days=1), 365),
        priorities=tuple(made),
        total=shown + held + 23,
        unplaced=23,
        suppressed_total=held,
        previous_total=int((shown + held) * 1.09),
        last_year_total=int((shown + held) * 0.97),
        tier_rule="Critical: at least 80 % sure to rank in the top 5 %. High: 80 % sure of the top 10 %. "
        "Elevated: at least 50 % sure to rank in the top 25 %. All others: routine.",
        quality=Quality(
            0.93, 0.012, 0.04, ("1 January carries a pile of default dates", "1,204 times known to the day only")
        ),
        version="v1",
    )


CALLS = ("open_workspace", "now", "brief", "picture", "model_card", "needs_tests", "forecast")
