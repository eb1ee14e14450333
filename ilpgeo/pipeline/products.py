"""All that a product people carry away is made from: the released picture of one area or level, in one value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.products import Marking
from ilpgeo.core.publications import ModelCard
from ilpgeo.core.settings import Settings
from ilpgeo.core.types import Access, AreaPicture, Areas, Briefing, HotspotSet, Priority, Query, Released
from ilpgeo.core.wording import refused
from ilpgeo.pipeline.foreseen import forecast
from ilpgeo.pipeline.opened import Opened
from ilpgeo.pipeline.pictured import picture
from ilpgeo.pipeline.published import forecaster_of, model_card
from ilpgeo.pipeline.ranked import brief

HOTSPOT_SHARE = 0.1  # of one area's ground, as on the commander's screen
MOST_HOTSPOTS = 10
MOST_PICTURED = 3


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """What a product shows; all that counts incidents passed the release gate.

    Attributes
    ----------
    briefing
        The ranked areas: of the level, or of what lies in the area the product is about.
    subject
        Id of the area the product is about; empty for a level.
    standing
        The ranking in which the subject itself has its place; None for a level, and for what stands alone of its kind.
    picture
        Trend, time of week and offence mix of the subject, or of the smallest area that holds all that is ranked.
    leading
        The same of the areas that rank first; none where the subject is one of the ranked areas.
    hotspots, no_hotspots
        The hotspots expected in the subject; None for a level, or where there can be none, and then why.
    card
        The card of the model that expects them.
    areas, settings, marking
        The boundaries, the workspace's settings, the stamp.
    as_of
        The day it was asked to look from; None is the day after the last complete day of data.
    """

    briefing: Released[Briefing]
    subject: str
    standing: Released[Briefing] | None
    picture: Released[AreaPicture] | None
    leading: tuple[Released[AreaPicture], ...]
    hotspots: Released[HotspotSet] | None
    no_hotspots: str
    card: Released[ModelCard]
    areas: Areas
    settings: Settings
    marking: Marking
    as_of: date | None

    @property
    def priority(self) -> Priority | None:
        """The subject's own place among its peers."""
        ranked = self.standing.value.priorities if self.standing else ()
        return next((each for each in ranked if each.id == self.subject), None)

    @property
    def subject_name(self) -> str:
        """The subject's name; of a level, the scope's."""
        if self.subject:
            return self.areas.name[self.areas.at(self.subject)]
        return self.settings.name

    @property
    def notes(self) -> tuple[str, ...]:
        """What the release gate remarked."""
        told = [self.briefing, self.picture, *self.leading, self.hotspots]
        return tuple(dict.fromkeys(note for each in told if each is not None for note in each.notes))


def product(
    opened: Opened, query: Query, access: Access, stamp: Marking, area: str = "", as_of: date | None = None
) -> Product:
    """Return what a product of a level, or of one area in it, is made from.

    Parameters
    ----------
    query
        The level, period, offences and sources; its scope, where no area is named.
    area
        What the product is about. Of an area that holds others, those are ranked; one of the finest kind is shown where
        it stands among all.
    as_of
        Look from this day, blind to what came later.

    Raises
    ------
    NotAllowed, NotFound, InvalidInput
        As for `brief`.
    """
    areas = opened.areas
    number = int(areas.type[areas.at(area)]) if area else -1
    if area:
        query = replace(query, areas=(area,) if number > 0 else ())
    briefing = brief(opened, query, access, as_of)
    asked = briefing.value.query
    card = model_card(opened, replace(asked, areas=(area,) if area else asked.areas), access, stamp.made_on)
    ranked = [each.id for each in briefing.value.priorities if each.rank is not None]
    pictured = area or _whole(areas, asked.areas, ranked)
    is_among_them = any(each.id == area for each in briefing.value.priorities)
    leading = () if is_among_them else tuple(ranked[:MOST_PICTURED])
    hotspots, no_hotspots = _hotspots(opened, card.value, asked, access, area, as_of)
    return Product(
        briefing=briefing,
        subject=area,
        standing=_standing(opened, asked, access, area, as_of) if area else None,
        picture=picture(opened, asked, pictured, access, as_of) if pictured else None,
        leading=tuple(picture(opened, asked, each, access, as_of) for each in leading),
        hotspots=hotspots,
        no_hotspots=no_hotspots,
        card=card,
        areas=areas,
        settings=opened.workspace.settings,
        marking=stamp,
        as_of=as_of,
    )


def _whole(areas: Areas, scope: tuple[str, ...], ranked: list[str]) -> str:
    """Return the one area that is the scope, else the smallest that holds all that is ranked; empty where none does."""
    if scope or not ranked:
        return scope[0] if len(scope) == 1 else ""
    lines = [areas.line(areas.at(each)) for each in ranked]
    shared = set(lines[0]).intersection(*lines[1:])
    return next((areas.id[at] for at in lines[0] if at in shared), "")


def _standing(opened: Opened, asked: Query, access: Access, area: str, as_of: date | None) -> Released[Briefing] | None:
    areas = opened.areas
    number = int(areas.type[areas.at(area)])
    if len(areas.of_type(areas.types[number])) < 2:
        return None
    peers = replace(asked, level=areas.levels[number], area_type=areas.types[number], areas=())
    released = brief(opened, peers, access, as_of)
    return released if any(each.id == area for each in released.value.priorities) else None


def _hotspots(
    opened: Opened, card: ModelCard, asked: Query, access: Access, area: str, as_of: date | None
) -> tuple[Released[HotspotSet] | None, str]:
    if not area:
        return None, ""
    inside, look = replace(asked, areas=(area,)), forecaster_of(card)
    try:
        found = forecast(opened, look, inside, access, as_of, top_share=HOTSPOT_SHARE, most=MOST_HOTSPOTS)
    except InvalidInput as error:
        return None, refused(error)
    return found, ""
