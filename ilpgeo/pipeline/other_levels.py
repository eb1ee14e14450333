"""Information up and down: what a level publishes appears on the level above and below it as its product."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache

from ilpgeo.core.assessment import Assessment
from ilpgeo.core.errors import InvalidInput, NotAllowed
from ilpgeo.core.notices import FromLevel, FromLevels, Notice, ProductKind
from ilpgeo.core.query import Level
from ilpgeo.core.recorded import Recorded
from ilpgeo.core.types import Access
from ilpgeo.core.wording import span
from ilpgeo.pipeline.opened import Opened
from ilpgeo.pipeline.recorded import journal_of, records_of, records_stamp
from ilpgeo.pipeline.source_register import kept_back, not_given

N_SENTENCES = 2


def from_other_levels(opened: Opened, level: Level, scope: tuple[str, ...], access: Access, today: date) -> FromLevels:
    """Return what the next level above and the next below have published and is still good.

    A product is seen where its area holds the scope, lies in it, or is everywhere. One of a lower level goes up only
    where every source with incidents may be shown at this level: what it says may rest on any of them.
    For the same reason an agency that is not given every source sees no product of another level.

    Parameters
    ----------
    scope
        The areas looked at; empty means everywhere.

    Raises
    ------
    NotAllowed
        When the role does not cover the level.
    """
    access.require(level)
    there = [each for each in Level if opened.areas.types_at(each)]
    at = there.index(level)
    above, below = there[at + 1 : at + 2], there[max(0, at - 1) : at]
    areas = scope or access.areas
    found = [
        each
        for each in _published(opened, records_stamp(opened))
        if (each.expires is None or today <= each.expires) and _concerns(opened, each.area, areas)
    ]
    up = [each for each in found if each.level in below]
    down = [each for each in found if each.level in above]
    if not_given(opened, (access.agency,) if access.agency else ()):
        return FromLevels((), (), n_kept_back=len(up) + len(down), kept_from=access.agency)
    is_free = not kept_back(opened, level, ())
    return FromLevels(tuple(down), tuple(up) if is_free else (), n_kept_back=0 if is_free else len(up))


def put_out(
    opened: Opened, notice: Notice, access: Access, by: str, today: date, id: str = "", based_on: int = 0
) -> Recorded[Notice]:
    """Record a product for the levels above and below, or a new version of it.

    Raises
    ------
    NotAllowed
        When the role does not publish, or not for this level and area.
    InvalidInput
        When it would be over before it is out.
    Conflict
        When somebody changed it after the revision the change is based on.
    """
    access.require_publishing()
    access.require(notice.level)
    if notice.area:
        opened.areas.at(notice.area)
    if access.areas and not (notice.area and opened.areas.within(access.areas)[opened.areas.at(notice.area)]):
        raise NotAllowed(f"the role {access.role} does not speak for this area; choose one of its own")
    if notice.expires < today and not notice.withdrawn:
        raise InvalidInput(f"it would expire on {notice.expires}, before today; choose a day to come")
    return journal_of(opened).save(notice, by=by, id=id, based_on=based_on)


def notices(opened: Opened, level: Level, access: Access) -> tuple[Recorded[Notice], ...]:
    """Return what people put out for a level, newest first; taken-back ones left out."""
    access.require(level)
    seen = opened.areas.within(access.areas)
    return tuple(
        each
        for each in reversed(journal_of(opened).newest(Notice))
        if each.value.level is level
        and not each.value.withdrawn
        and (not access.areas or (each.value.area in opened.areas.position and seen[opened.areas.at(each.value.area)]))
    )


def take_back(opened: Opened, notice: Recorded[Notice], access: Access, by: str, why: str) -> Recorded[Notice]:
    """Record that a product does not stand any more; raise InvalidInput without a reason."""
    if not why.strip():
        raise InvalidInput("say why it is taken back")
    gone = replace(notice.value, withdrawn=why.strip())
    return put_out(opened, gone, access, by, notice.value.expires, notice.id, notice.revision)


def _concerns(opened: Opened, area: str, scope: tuple[str, ...]) -> bool:
    areas = opened.areas
    if not area or not scope:
        return True
    if area not in areas.position:
        return False
    line = {areas.id[at] for at in areas.line(areas.at(area))}
    return bool(line & set(scope)) or bool(areas.within((area,))[[areas.at(each) for each in scope]].any())


@lru_cache(maxsize=8)
def _published(opened: Opened, stamp: str) -> tuple[FromLevel, ...]:
    """Return all that stands at any level, newest first."""
    if not stamp:
        return ()
    found = [*_models(opened), *_assessments(opened), *_notices(opened)]
    return tuple(sorted(found, key=lambda each: each.made_at, reverse=True))


def _models(opened: Opened) -> Iterator[FromLevel]:
    from ilpgeo.pipeline.catalogue import model_classes

    titles = {model.name: model.title for model in model_classes()}
    for each in records_of(opened).publications():
        if each.withdrawn_at is None and each.level is not None:
            yield _product(
                opened, ProductKind.MODEL, each.level, each.area, titles.get(each.model.name, each.model.name),
                each.note, f"data version {each.data_version}", "", each.owner, each.published_at, each.expires_on,
            )  # fmt: skip


def _assessments(opened: Opened) -> Iterator[FromLevel]:
    journal = journal_of(opened)
    for newest in journal.newest(Assessment):
        signed = [each for each in journal.history(Assessment, newest.id) if each.value.is_signed]
        if not signed:
            continue
        last = signed[-1]
        value = last.value
        text = " ".join(f"{each}." for each in value.text[:N_SENTENCES])
        yield _product(
            opened, ProductKind.ASSESSMENT, value.level, value.areas[0] if len(value.areas) == 1 else "",
            f"{value.place}, {span(value.period)}", text,
            f"version {last.revision}, data version {value.data_version}", "",
            value.signed_by, last.made_at, None,
        )  # fmt: skip


def _notices(opened: Opened) -> Iterator[FromLevel]:
    for each in journal_of(opened).newest(Notice):
        value = each.value
        rests_on = f", data version {value.data_version}" if value.data_version else ""
        if not value.withdrawn:
            yield _product(
                opened, value.kind, value.level, value.area, value.title, value.text,
                f"version {each.revision}{rests_on}", value.handling, each.made_by, each.made_at, value.expires,
            )  # fmt: skip


def _product(
    opened: Opened,
    kind: ProductKind,
    level: Level,
    area: str,
    title: str,
    text: str,
    version: str,
    handling: str,
    by: str,
    at: datetime,
    expires: date | None,
) -> FromLevel:
    areas, settings = opened.areas, opened.workspace.settings
    place = areas.name[areas.at(area)] if area in areas.position else area or settings.name
    return FromLevel(kind, level, area, place, title, text, version, handling or settings.handling, by, at, expires)
