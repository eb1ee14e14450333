"""Publishing: an analyst stands for a model, and the commander's screen shows it until it expires."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from ilpgeo.core.errors import IlpgeoError, InvalidInput, NotAllowed, NotFound, raise_all
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.core.publications import Draft, ModelCard, Publication, Verdict
from ilpgeo.core.query import Level
from ilpgeo.core.types import Access, Query, Released
from ilpgeo.core.wording import opening, signed
from ilpgeo.pipeline.catalogue import build_model
from ilpgeo.pipeline.foreseen import Forecaster
from ilpgeo.pipeline.opened import Opened
from ilpgeo.pipeline.recorded import records_of
from ilpgeo.pipeline.scope import line_of
from ilpgeo.pipeline.source_register import not_given, readers
from ilpgeo.pipeline.staged import lacking
from ilpgeo.pipeline.standing import default_forecaster, known_default_verdict, usual_recipe, verdict_on
from ilpgeo.pipeline.tested import Tested, backtest, entry_of
from ilpgeo.safeguards.scope import apply_access


def judge_draft(opened: Opened, draft: Draft, access: Access, progress: Progress = unwatched) -> Tested:
    """Return the back-test of a draft: as its recipe says, else the usual one."""
    _require_scope(opened, draft.area, draft.level, access)
    recipe = draft.recipe or usual_recipe(opened, draft.model)
    recipe = replace(
        recipe,
        models=(draft.model,),
        cell_m=draft.cell_m or float(opened.workspace.settings.cell_m),
        areas=(draft.area,) if draft.area else (),
        offences=(draft.offence,) if draft.offence else (),
    )
    return backtest(opened, recipe, access, progress)


def publish(
    opened: Opened,
    draft: Draft,
    access: Access,
    tested: Tested | None = None,
    today: date | None = None,
    progress: Progress = unwatched,
) -> Publication:
    """Record a publication and return it.

    Parameters
    ----------
    tested
        The back-test of the draft, where it was made already; None makes it now.
    today
        None is the day by the clock.

    Raises
    ------
    NotAllowed
        When the role does not publish, or not there.
    InvalidInput
        Without note, owner or an expiry to come; for a model that cannot be tested; for one that caught less than the
        prior count, without a reason; for a back-test of something else.
    """
    access.require_publishing()
    _require_scope(opened, draft.area, draft.level, access)
    today = today or opened.workspace.settings.today()
    raise_all(_missing(draft, today), subject="publication")
    tested = tested or judge_draft(opened, draft, access, progress)
    _require_same(opened, draft, tested)
    verdict = verdict_on(tested, draft.model)
    raise_all(_doubts(opened, draft, verdict), subject="publication")
    expires_on = draft.expires_on
    assert expires_on is not None, "an expiry that is missing was refused above"
    return records_of(opened).publish(
        Publication(
            id="",
            model=entry_of(build_model(draft.model.name, draft.model.settings)),
            offence=draft.offence,
            area=draft.area,
            level=draft.level,
            cell_m=tested.recipe.cell_m,
            note=draft.note.strip(),
            owner=draft.owner.strip(),
            approver=draft.approver.strip(),
            reason=draft.reason.strip() if verdict.is_loss else "",
            data_version=tested.recipe.version,
            recipe=tested.recipe.text(),
            verdict=verdict,
            published_at=datetime.now(UTC).replace(microsecond=0),
            expires_on=expires_on,
        )
    )


def _missing(draft: Draft, today: date) -> list[str]:
    faults = []
    if not draft.note.strip():
        faults.append("a note is needed: why this model is published")
    if not draft.owner.strip():
        faults.append("an owner is needed: the name of who stands for it")
    if draft.expires_on is None:
        faults.append("an expiry is needed: the last day it is shown")
    elif draft.expires_on < today:
        faults.append(f"it would expire on {draft.expires_on}, before today; choose a day to come")
    return faults


def _doubts(opened: Opened, draft: Draft, verdict: Verdict) -> list[str]:
    least = opened.workspace.settings.small_count
    if verdict.is_empty or verdict.n < least:
        return [f"fewer than {least} incidents in the windows: nothing can be said of it; test more or longer windows"]
    if verdict.is_loss and not draft.reason.strip():
        surely = "surely " if verdict.is_sure_loss else ""
        return [
            f"it {surely}catches less than the prior count ({signed(100 * verdict.difference.value)} points): "
            "state the reason why it is to be shown all the same"
        ]
    return []


def _require_same(opened: Opened, draft: Draft, tested: Tested) -> None:
    """Raise InvalidInput for the back-test of another model, place, offence or data version."""
    recipe, cell_m = tested.recipe, draft.cell_m or float(opened.workspace.settings.cell_m)
    is_same = (
        recipe.areas == ((draft.area,) if draft.area else ())
        and recipe.offences == ((draft.offence,) if draft.offence else ())
        and recipe.cell_m == cell_m
        and recipe.version == opened.store.version()
    )
    if not is_same:
        raise InvalidInput("this back-test is of another area, offence, cell size or data version; test it again")


def _require_scope(opened: Opened, area: str, level: Level | None, access: Access) -> None:
    """Raise NotAllowed or NotFound for a place or level that is not the role's."""
    for each in (level,) if level else tuple(access.levels):
        access.require(each)
    if area:
        opened.areas.at(area)
    if access.areas and not area:
        raise NotAllowed(f"the role {access.role} does not cover everywhere; choose an area of its own")
    if access.areas and not opened.areas.within(access.areas)[opened.areas.at(area)]:
        raise NotAllowed(f"the role {access.role} does not cover {opened.areas.name[opened.areas.at(area)]}")


def publications(opened: Opened, access: Access) -> tuple[Publication, ...]:
    """Return every publication that speaks of a place the role sees, newest first."""
    found = records_of(opened).publications()
    if not access.areas:
        return found
    seen = opened.areas.within(access.areas)
    return tuple(each for each in found if not each.area or seen[opened.areas.at(each.area)])


def withdraw_publication(opened: Opened, publication: str, access: Access, by: str, why: str) -> Publication:
    """Record that a publication does not stand any more; raise NotAllowed, NotFound or InvalidInput."""
    access.require_publishing()
    found = next((each for each in publications(opened, access) if each.id == publication), None)
    if found is None:
        raise NotFound(f"there is no publication {publication!r}; `ilpgeo publications` lists them")
    _require_scope(opened, found.area, found.level, access)
    return records_of(opened).withdraw(publication, by, why)


def shown_verdict(opened: Opened, publication: Publication, query: Query, access: Access) -> Released[Verdict | None]:
    """Return what the back-test of a publication said, as far as the readers of a question may see it; else the reason.

    Parameters
    ----------
    query
        What is on the screen beside it: of it counts for whom the screen is made.
    """
    from ilpgeo.safeguards.release import release_verdict

    least, kept = opened.workspace.settings.small_count, _kept_back(opened, query, access)
    return release_verdict(publication.verdict, least, kept_back=opening(kept))


def _kept_back(opened: Opened, query: Query, access: Access) -> str:
    """Return why the readers of a question may not see what tests say; empty where they may."""
    named = readers(query, access)
    return f"its tests rest on sources not given to {' and '.join(named)}" if not_given(opened, named) else ""


def publication_for(opened: Opened, query: Query, today: date) -> Publication | None:
    """Return the publication to show for a question: the one that fits most closely, of several the newest.

    Closeness goes by area (the one asked about, then those it lies in), then offence, then level. None: the default.
    """
    return next(iter(_valid(opened, query, today)), None)


def _valid(opened: Opened, query: Query, today: date) -> list[Publication]:
    """Return what is published for a question and has not expired, as `publication_for` prefers them."""
    line = _line(opened, query)
    fitting = [each for each in records_of(opened).publications() if each.is_valid(today) and each.fits(query, line)]
    return sorted(fitting, key=lambda each: each.specificity(line), reverse=True)


def _line(opened: Opened, query: Query) -> tuple[str, ...]:
    return line_of(opened.areas, query.areas[0]) if len(query.areas) == 1 else ()


def model_card(opened: Opened, query: Query, access: Access, today: date) -> Released[ModelCard]:
    """Return which model looks ahead for a question, and what is known of it; nothing is worked out here."""
    from ilpgeo.safeguards.release import release_card

    query = apply_access(query, access, opened.areas)
    raw = _card(opened, query, today)
    kept = _kept_back(opened, query, access)
    if kept:
        raw = replace(raw, verdict=None, drift=None, untested=kept)
    return release_card(raw, opened.workspace.settings.small_count)


def _card(opened: Opened, query: Query, today: date) -> ModelCard:
    """Return the card of the first publication that can be run, else of the default."""
    passed_over, fault = None, ""
    for each in _valid(opened, query, today):
        found = _fault(opened, each)
        if not found:
            return replace(_published_card(opened, each), passed_over=passed_over, fault=fault)
        if passed_over is None:
            passed_over, fault = each, found
    return _default_card(opened, query, passed_over or _lapsed(opened, query, today), fault)


def _fault(opened: Opened, publication: Publication) -> str:
    """Return why a published model cannot be run any more, empty when it can."""
    try:
        model = build_model(publication.model.name, publication.model.settings)
    except IlpgeoError as error:
        return str(error)
    missing = lacking(opened, type(model))
    return f"it needs {' and '.join(missing)}, which this workspace does not have" if missing else ""


def _lapsed(opened: Opened, query: Query, today: date) -> Publication | None:
    line = _line(opened, query)
    fitting = [
        each
        for each in records_of(opened).publications()
        if each.withdrawn_at is None and each.expires_on < today and each.fits(query, line)
    ]
    return max(fitting, key=lambda each: each.specificity(line), default=None)


def _published_card(opened: Opened, publication: Publication) -> ModelCard:
    records, model = records_of(opened), build_model(publication.model.name, publication.model.settings)
    return ModelCard(
        model=publication.model,
        title=model.title,
        summary=model.summary,
        cell_m=publication.cell_m,
        learn_days=publication.verdict.learnt_days,
        publication=publication,
        verdict=publication.verdict,
        tested_offence=publication.offence,
        tested_area=_name(opened, publication.area),
        drift=records.drift(publication.id, opened.store.version()),
    )


def _default_card(opened: Opened, query: Query, passed_over: Publication | None, fault: str) -> ModelCard:
    default = default_forecaster(opened)
    model = build_model(default.model.name, default.model.settings)
    found, offence = None, ""
    for each in (*query.offences[:1] * (len(query.offences) == 1), ""):
        found, offence = known_default_verdict(opened, each), each
        if found is not None:
            break
    verdict, refusal = found or (None, "")
    return ModelCard(
        model=default.model,
        title=model.title,
        summary=model.summary,
        cell_m=default.cell_m,
        learn_days=default.learn_days,
        passed_over=passed_over,
        fault=fault,
        verdict=verdict,
        untested=refusal,
        tested_offence=offence,
    )


def forecaster_of(card: ModelCard) -> Forecaster:
    """Return what looks ahead on a card."""
    return Forecaster(card.model, card.cell_m, card.learn_days)


def _name(opened: Opened, area: str) -> str:
    return opened.areas.name[opened.areas.at(area)] if area else ""
