"""What a slide is drawn from, and the pieces every slide is made of. Whatever comes from data is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.query import Period
from ilpgeo.core.rooms import Slide
from ilpgeo.core.types import Access, Briefing, Priority, Query, Released
from ilpgeo.maps.legend import tier_line
from ilpgeo.maps.palette import Theme, mark_svg
from ilpgeo.maps.wall import tier_map
from ilpgeo.reports import sentences
from ilpgeo.ui import cache, scope

if TYPE_CHECKING:
    from ilpgeo.maps.shapes import AreaShapes

N_AREAS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One slide and the workspace it is drawn from.

    Attributes
    ----------
    key, records
        What kept results depend on.
    access
        How far the wall may see.
    today
        The day by the workspace's clock.
    """

    slide: Slide
    key: cache.Key
    records: str
    opened: pipeline.Opened
    access: Access
    today: date

    @property
    def shapes(self) -> AreaShapes:
        """The boundaries drawn."""
        return cache.shapes(self.key.folder, self.key.tables, self.opened)

    @property
    def query(self) -> Query:
        """The question the slide answers."""
        areas, slide = self.opened.areas, self.slide
        area_type = slide.area_type or scope.first_type(areas)
        within = (slide.area,) if slide.area else ()
        offences = (slide.offence,) if slide.offence else ()
        return Query(scope.level_of(areas, area_type), self._period(), area_type, within, offences)

    def _period(self) -> Period:
        if not self.slide.days:
            return pipeline.default_period(self.opened)
        last = cache.now(self.key, self.opened, None) - timedelta(days=1)
        return Period.ending(last, self.slide.days)

    def brief(self) -> Released[Briefing]:
        """Return the ranked areas."""
        return cache.brief(self.key, self.opened, self.query, self.access, None)


def first_areas(briefing: Briefing) -> tuple[Priority, ...]:
    """Return the areas a slide names."""
    return tuple(each for each in briefing.priorities if each.rank is not None)[:N_AREAS]


def ranked_map(
    scene: Scene, released: Released[Briefing], first: Sequence[Priority], *, is_near: bool = False, note: str = ""
) -> str:
    """Return the map of the ranked areas, those a slide names with their rank, over its legend or a note."""
    picture = tier_map(released, scene.shapes, [each.id for each in first], is_near=is_near)
    under = f'<div class="wall-legend">{escape(note)}</div>' if note else tier_line(Theme.DARK)
    return f"{picture}{under}"


def layout(over: str, sentence: str, picture: str, rows: Iterable[str], *, kind: str) -> str:
    """Return a slide: what it is about, one sentence, one picture, at most five rows.

    Parameters
    ----------
    over, sentence
        Plain text.
    picture, rows
        Markup.
    """
    listed = "".join(f"<li>{row}</li>" for row in rows)
    return (
        f'<div class="slide {kind}"><header><p class="over">{escape(over)}</p><h1>{escape(sentence)}</h1></header>'
        f'<div class="picture">{picture}</div><ol class="areas">{listed}</ol></div>'
    )


def message(title: str, text: str) -> str:
    """Return a slide that says something in words only; both are plain text, lines of `text` stay lines."""
    lines = "".join(f'<p dir="auto">{escape(line)}</p>' for line in text.split("\n") if line)
    size = "long" if len(text) > 160 else ""
    return f'<div class="slide words {size}"><h1 dir="auto">{escape(title)}</h1>{lines}</div>'


def about(briefing: Briefing) -> str:
    """Return what is ranked, of what, expected when, and what was counted: the line over the sentence."""
    kind = words.opening(words.many(briefing.ranked_type))
    offences = words.listed(list(briefing.query.offences)) if briefing.query.offences else "all offences"
    return (
        f"{kind}, {offences}, ranked by harm \u00b7 expected {words.span(briefing.window)}, 90\u202f% interval \u00b7 "
        f"counted {words.span(briefing.query.period)}"
        + "".join(f" \u00b7 {each}" for each in sentences.marks_of_sources(briefing))
    )


def named(priority: Priority, under: str, beside: str) -> str:
    """Return one row: rank, tier mark and name; `under` and `beside` are markup."""
    rank = "\u2013" if priority.rank is None else str(priority.rank)
    return (
        f'<b class="rank">{rank}</b><div class="who"><strong><bdi>{escape(priority.name)}</bdi></strong>'
        f'<div class="under">{under}</div></div><div class="beside">{beside}</div>'
    )


def tier(priority: Priority) -> str:
    """Return a tier as mark and word."""
    mark = mark_svg(priority.tier, Theme.DARK, 30)
    return f'<span class="tier {priority.tier.replace(" ", "-")}">{mark}{escape(words.opening(priority.tier))}</span>'


def expected(priority: Priority) -> str:
    """Return the expectation with its interval."""
    if priority.expected is None or priority.expected_interval is None:
        return "<i>withheld: too few</i>"
    return f"<b>{words.number(priority.expected)}</b><i>{words.interval(priority.expected_interval)}</i>"
