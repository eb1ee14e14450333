"""Publishing a model: its back-test first, then who stands for it, why, and until when; and what was published."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from html import escape

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.errors import NotFound
from ilpgeo.core.publications import Draft, Publication, Verdict
from ilpgeo.core.recipes import Entry
from ilpgeo.core.types import Level
from ilpgeo.models.registry import model_class
from ilpgeo.reports import card_words
from ilpgeo.ui import again, cache, last_act, markup, model_card, working
from ilpgeo.ui.errors import guarded
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.submit import submit

USUAL_DAYS = 90
_ASKED, _OWNER, _TOLD = "ilpgeo-publish-asked", "ilpgeo-publish-owner", "publications"
_JUST = "ilpgeo-published-just"


def publishing(around: Frame, draft: Draft, *, key: str, tested: pipeline.Tested | None = None) -> None:
    """Draw the way to a publication: the back-test, what it says, the form.

    Parameters
    ----------
    draft
        The model with its settings, offence, area, cell size and, where it is not the usual one, its back-test.
    key
        The place on the page; unique there.
    tested
        The draft's back-test, where the page made it already; None: it is made here when asked for.
    """
    markup.show(
        f'<div class="ilp-head"><h2 class="ilp-h">Publish {escape(title_of(draft.model))}</h2>'
        f'<p class="ilp-fine">{escape(scope_words(around, draft))}</p></div>'
    )
    subject = (around.key, str(draft.model), draft.offence, draft.area, draft.cell_m)
    if st.session_state.get(_JUST) == subject:
        markup.show('<p class="ilp-prose">This model was published a moment ago; the list tells how it stands.</p>')
        st.button("Publish it once more", key=f"{key}-again", on_click=_forget)
        return
    tested = tested or _tested(around, draft, key)
    if tested is None:
        return
    with guarded():
        verdict = pipeline.verdict_on(tested, draft.model)
        least = around.settings.small_count
        if verdict.is_empty or verdict.n < least:
            markup.show(f'<p class="ilp-prose">Fewer than {least} incidents in the windows: nothing can be said.</p>')
            return
        markup.show(told(verdict, title_of(draft.model)))
        if _form(around, draft, verdict, tested, key):
            st.session_state[_JUST] = subject
            again.draw_again()


def _forget() -> None:
    st.session_state.pop(_JUST, None)


def _tested(around: Frame, draft: Draft, key: str) -> pipeline.Tested | None:
    """Return the draft's back-test: kept, or made now that it was asked for."""
    recipe = draft.recipe.text() if draft.recipe else ""
    question = (around.key, str(draft.model), draft.offence, draft.area, draft.cell_m, recipe, around.access)
    kept = cache.tested()
    if kept.get(question) is None and st.session_state.get(_ASKED) != question:
        markup.show(
            '<p class="ilp-prose">What commanders see is tested first: on windows already past that the model had not '
            "seen, beside the prior count. On a large city this takes a minute.</p>"
        )
        st.button("Test it", key=f"{key}-test", icon=":material/science:", on_click=_ask, args=(question,))
        return None
    with guarded():
        return working.worked_out(
            kept,
            question,
            lambda progress: pipeline.judge_draft(around.opened, draft, around.access, progress),
            f"Testing: {title_of(draft.model)}",
            key=f"{key}-testing",
        )
    return None


def _ask(question: object) -> None:
    st.session_state[_ASKED] = question


def told(verdict: Verdict, title: str) -> str:
    """Return the verdict as markup: red where the model lost."""
    lost = f'<p class="ilp-alarm" role="alert">{escape(card_words.lost(verdict))}.</p>' if verdict.is_loss else ""
    return (
        f'<div class="ilp-verdict">{lost}{model_card.rates(verdict, title)}'
        f'<p class="ilp-fine">{words.plural(verdict.n_windows, "window")} of {card_words.length(verdict.horizon)}, '
        f"{words.span(verdict.tested_on)}, {words.number(verdict.n)} incidents; learned from the "
        f"{words.plural(verdict.learnt_days, 'day')} before each.</p></div>"
    )


def _form(around: Frame, draft: Draft, verdict: Verdict, tested: pipeline.Tested, key: str) -> bool:
    """Draw the form; return whether it was published now."""
    today = around.settings.today()
    levels = ["", *(each.value for each in Level if around.areas.types_at(each))]

    def named(level: str) -> str:
        return around.settings.labels.get(level, level.capitalize()) if level else "Every level"

    with st.form(f"{key}-form", border=False):
        level = st.selectbox("Shown at", levels, 0, named, key=f"{key}-level")
        note = st.text_area("Note", key=f"{key}-note", height=68, help="Why this model, for those who read its card.")
        owner = st.text_input("Owner", st.session_state.get(_OWNER, ""), key=f"{key}-owner", help="Who stands for it.")
        approver = st.text_input("Agreed by (may stay empty)", key=f"{key}-approver")
        until = st.date_input(
            "Last day it is shown", today + timedelta(days=USUAL_DAYS), min_value=today, key=f"{key}-expires",
            format="YYYY-MM-DD",
        )  # fmt: skip
        reason = ""
        if verdict.is_loss:
            reason = st.text_area(
                "Why is it shown although it loses to the prior count?", key=f"{key}-reason", height=68,
                help="It stands in red on the card.",
            )  # fmt: skip
        pressed = submit("Publish", key=f"{key}-form", about=draft, icon=":material/publish:")
        if pressed is None:
            return False
    with pressed:
        full = replace(
            draft, level=Level(level) if level else None, note=note, owner=owner, approver=approver, reason=reason,
            expires_on=until if isinstance(until, date) else None,
        )  # fmt: skip
        made = pipeline.publish(around.opened, full, around.access, tested, today)
        st.session_state[_OWNER] = made.owner
        last_act.tell(_TOLD, f"Published: commanders see it from now on, to {words.day(made.expires_on)}.")
        st.session_state.pop(_ASKED, None)
        return True
    return False


def publications(around: Frame, *, key: str) -> None:
    """Draw what was published, newest first, each with a way to withdraw it."""
    last_act.show(_TOLD)
    records = cache.records(around.opened)
    found = cache.publications(around.key, records, around.opened, around.access) if records else ()
    if not found:
        markup.show('<p class="ilp-fine">Nothing is published: commanders see the default forecast (blend).</p>')
        return
    today = around.settings.today()
    markup.show(
        f'<div class="ilp-head"><h2 class="ilp-h">{words.plural(len(found), "publication")}, newest first</h2></div>'
    )
    for each in found:
        with st.container(key=f"{key}-{each.id}", gap=None):
            markup.show(row(around, each, today))
            if each.is_valid(today):
                with st.popover("Withdraw", type="tertiary", key=f"{key}-withdraw-{each.id}"):
                    _withdrawal(around, each, key)


def _withdrawal(around: Frame, each: Publication, key: str) -> None:
    with st.form(f"{key}-out-{each.id}", border=False):
        by = st.text_input("Your name", st.session_state.get(_OWNER, ""), key=f"{key}-by-{each.id}")
        why = st.text_input("Why it is withdrawn", key=f"{key}-why-{each.id}")
        pressed = submit("Withdraw it", key=f"{key}-out-{each.id}", is_main=False)
        if pressed is None:
            return
    with pressed:
        pipeline.withdraw_publication(around.opened, each.id, around.access, by, why)
        last_act.tell(_TOLD, "Withdrawn: commanders see what stood before, or the default.")
        again.draw_again()


def row(around: Frame, each: Publication, today: date) -> str:
    """Return one publication as markup: what, where, how it did, who, until when."""
    place = Draft(each.model, each.offence, each.area, each.level)
    shown = pipeline.shown_verdict(around.opened, each, around.view.query, around.access)
    lost = " ilp-lost" if shown.value is not None and shown.value.is_loss else ""
    caught = ". ".join(shown.notes)
    if shown.value is not None:
        rate, prior = shown.value.hit_rate.value, shown.value.prior.value
        caught = f"Caught {100 * rate:.1f}\u202f%, the prior count {100 * prior:.1f}\u202f%"
    return (
        f'<div class="ilp-published{lost}"><strong>{escape(title_of(each.model))}</strong> '
        f"<span>{escape(standing(each, today))}</span>"
        f"<p>{escape(scope_words(around, place))}</p>"
        f"<p>{escape(caught)}. \u201c{escape(each.note)}\u201d "
        f"{escape(each.owner)}, {words.day(each.published_at.date())}.</p></div>"
    )


def standing(each: Publication, today: date) -> str:
    """Return whether a publication stands, in words."""
    if each.withdrawn_at is not None:
        return f"withdrawn {words.day(each.withdrawn_at.date())} by {each.withdrawn_by}: {each.withdrawn_why}"
    if not each.is_valid(today):
        return f"expired {words.day(each.expires_on)}"
    return f"to {words.day(each.expires_on)}"


def scope_words(around: Frame, draft: Draft) -> str:
    """Return what and where a draft is for, and its settings."""
    areas = around.areas
    place = around.settings.name
    if draft.area:
        place = areas.name[areas.at(draft.area)] if draft.area in areas.position else f"area {draft.area}"
    level = f", {around.settings.labels.get(draft.level.value, draft.level.value)}" if draft.level else ""
    told = card_words.settings_words(draft.model)
    settings = f", {told}" if told else ""
    cells = f", cells of {draft.cell_m:g} m" if draft.cell_m else ""
    return f"For {draft.offence or 'every offence'} in {place}{level}{settings}{cells}"


def title_of(model: Entry) -> str:
    """Return a model's title; its name where there is no such model any more."""
    try:
        return model_class(model.name).title
    except NotFound:
        return model.name
