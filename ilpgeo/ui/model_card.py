"""The card of the model behind a forecast: what it is, how it was tested, how long it is good for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core.errors import NotFound
from ilpgeo.core.params import params_of
from ilpgeo.core.publications import Drift, Measured, ModelCard, Publication, Verdict
from ilpgeo.core.recipes import Entry
from ilpgeo.core.types import HotspotSet, Query, Released
from ilpgeo.models.registry import model_class
from ilpgeo.ui import cache, markup, words, working
from ilpgeo.ui.frame import Frame


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """The forecast inside an area: the card of its model, its hotspots, and the question."""

    card: Released[ModelCard]
    hotspots: Released[HotspotSet]
    query: Query


_ASKED = "ilpgeo-test-asked"


def model_card(around: Frame, outlook: Outlook) -> None:
    """Draw the card; where the default was not tested for the question, a button tests it."""
    released, query = outlook.card, outlook.query
    card = released.value
    offence = query.offences[0] if len(query.offences) == 1 else ""
    markup.show(html(card, offence, around.settings.name, released.notes))
    is_tested = (card.verdict is not None or bool(card.untested) or bool(released.notes)) and (
        card.tested_offence == offence
    )
    if card.publication is not None or is_tested:
        return
    asked = (around.key, offence)
    if st.session_state.get(_ASKED) != asked:
        label = f"Test it for {offence}" if offence else "Test it now"
        st.button(label, key="test-default", icon=":material/science:", on_click=_ask, args=(asked,))
        return
    told = working.worked_out(
        cache.default_verdicts(),
        asked,
        lambda progress: pipeline.judge_default(around.opened, offence, progress),
        "Testing the forecast on windows already past",
        key="test-default",
    )
    if told is not None:
        st.session_state.pop(_ASKED, None)
        st.rerun()


def _ask(asked: tuple[cache.Key, str]) -> None:
    st.session_state[_ASKED] = asked


def html(card: ModelCard, offence: str, everywhere: str, notes: tuple[str, ...] = ()) -> str:
    """Return the card as markup.

    Parameters
    ----------
    offence
        The one asked about, empty for all.
    everywhere
        Name of the whole jurisdiction.
    """
    verdict = card.verdict
    parts = [_head(card), f'<p class="ilp-fine">{escape(card.summary)}</p>']
    if verdict is not None and verdict.is_loss:
        parts.append(_loss(verdict, card.publication))
    if card.drift is not None and card.drift.has_drifted:
        parts.append(_drifted(card.drift))
    if verdict is not None:
        parts.append(rates(verdict, card.title))
        parts.append(f'<p class="ilp-fine">{escape(_tested(card, verdict, offence, everywhere))}</p>')
    elif card.untested:
        parts.append(f'<p class="ilp-fine">It cannot be tested on these data: {escape(card.untested)}.</p>')
    elif not notes:
        parts.append('<p class="ilp-fine">Not tested on these data yet.</p>')
    parts += [f'<p class="ilp-fine">{escape(note)}.</p>' for note in notes]
    if card.drift is not None and not card.drift.has_drifted:
        parts.append(f'<p class="ilp-fine">{escape(_steady(card.drift))}</p>')
    if card.publication is not None:
        parts.append(_signed(card.publication))
    return f'<section class="ilp-model" aria-label="The model behind the forecast">{"".join(parts)}</section>'


def _head(card: ModelCard) -> str:
    if card.publication is not None:
        return (
            f"<h3>Published model: {escape(card.title)}</h3>"
            f'<p class="ilp-fine"><b>Expires {words.day(card.publication.expires_on)}.</b></p>'
        )
    passed = card.passed_over
    if passed is None:
        said = ""
    elif card.fault:
        said = f" The one {escape(passed.owner)} published cannot be used: {escape(card.fault)}."
    else:
        said = f" The one {escape(passed.owner)} published expired on {words.day(passed.expires_on)}."
    return f"<h3>No published model: the default forecast (blend) is shown.{said}</h3>"


def rates(verdict: Verdict, title: str) -> str:
    """Return the model's hit rate with its interval beside the prior count's, as markup."""
    rows = (
        (title, verdict.hit_rate, _percent),
        ("Prior count", verdict.prior, _percent),
        ("Difference", verdict.difference, _points),
    )
    lines = "".join(
        f"<tr><th scope='row'>{escape(name)}</th><td>{written(each.value)}</td><td>{_between(each, written)}</td></tr>"
        for name, each, written in rows
    )
    lost = " ilp-lost" if verdict.is_loss else ""
    ground = f"{verdict.ground.removesuffix('%')}\u202f%" if verdict.ground.endswith("%") else verdict.ground
    return (
        f'<table class="ilp-rates{lost}"><caption>Incidents to come that were caught on {ground} of the ground '
        f"({verdict.flagged_km2:,.1f}\u00a0km\u00b2)</caption>"
        f"<thead><tr><th></th><th scope='col'>Hit rate</th><th scope='col'>95 % interval</th></tr></thead>"
        f"<tbody>{lines}</tbody></table>"
    )


def _between(each: Measured, written: Callable[[float], str]) -> str:
    if not each.has_interval:
        return "too few windows"
    return f"{written(each.low)} to {written(each.high)}"


def _percent(value: float) -> str:
    return f"{100 * value:.1f}\u202f%"


def _points(value: float) -> str:
    return f"{100 * value:+.1f}".replace("-", "\u2212") + " points"


def lost(verdict: Verdict) -> str:
    """Return that a model lost to the prior count, and how surely."""
    surely = "surely catches" if verdict.is_sure_loss else "caught"
    return f"It {surely} less than the prior count ({_points(verdict.difference.value)})"


def _loss(verdict: Verdict, publication: Publication | None) -> str:
    reason = "" if publication is None else f" Shown all the same: {escape(publication.reason)}"
    return f'<p class="ilp-alarm" role="alert">{escape(lost(verdict))}.{reason}</p>'


def _drifted(drift: Drift) -> str:
    since = "" if drift.since is None else f", {words.span(drift.since)}"
    return (
        f'<p class="ilp-alarm" role="alert">It does worse than tested: {_percent(drift.live.value)} caught in the '
        f"{words.plural(drift.n_windows, 'window')} since{since}, below the {_percent(drift.expected.low)} its "
        f"back-test allows for. The prior count caught {_percent(drift.prior.value)}. Have it tested anew.</p>"
    )


def _steady(drift: Drift) -> str:
    if not drift.is_judged:
        return f"Too early to say how it does since: {words.plural(drift.n_windows, 'whole window')} of 4 needed."
    return (
        f"Since it was tested: {_percent(drift.live.value)} caught in {words.plural(drift.n_windows, 'window')}, as "
        f"its back-test leads to expect; the prior count {_percent(drift.prior.value)}."
    )


def length(horizon: str) -> str:
    """Return the length of a window in words.

    >>> length("28d"), length("1m")
    ('28 days', '1 month')
    """
    return words.plural(int(horizon[:-1]), "month" if horizon.endswith("m") else "day")


def _tested(card: ModelCard, verdict: Verdict, offence: str, everywhere: str) -> str:
    only = f", not on {offence} alone" if offence and card.tested_offence != offence else ""
    what = card.tested_offence or f"all offences together{only}"
    return (
        f"Tested on {words.plural(verdict.n_windows, 'window')} of {length(verdict.horizon)} it had not seen, "
        f"{words.span(verdict.tested_on)}, with {words.number(verdict.n)} incidents: {what}, "
        f"{card.tested_area or everywhere}; learned from the {words.plural(verdict.learnt_days, 'day')} before each."
    )


def _signed(publication: Publication) -> str:
    agreed = f", agreed by {escape(publication.approver)}" if publication.approver else ""
    settings = settings_words(publication.model)
    return (
        f'<p class="ilp-fine">\u201c{escape(publication.note)}\u201d {escape(publication.owner)}{agreed}, '
        f"{words.day(publication.published_at.date())}. {escape(settings + ', ' if settings else '')}"
        f"cells of {publication.cell_m:g}\u00a0m; data version "
        f'<span class="ilp-whole">{escape(publication.data_version)}</span>.</p>'
    )


def settings_words(model: Entry) -> str:
    """Return the settings that differ from the model's own, in the words of its form.

    >>> settings_words(Entry("kde", {"bandwidth_m": 200.0, "kernel": "gaussian"}))
    'bandwidth 200 m, kernel gaussian'
    """
    try:
        known = {param.name: param for param in params_of(model_class(model.name))}
    except NotFound:
        known = {}
    told = []
    for name, value in model.settings.items():
        label, unit = (known[name].label.lower(), known[name].unit) if name in known else (name, "")
        told.append(
            f"{label} {value:g} {unit}".rstrip() if isinstance(value, float) else f"{label} {value} {unit}".rstrip()
        )
    return ", ".join(told)


def today(around: Frame) -> date:
    """Return the day by the clock where the workspace is."""
    return today_in(around.settings.timezone)


def today_in(timezone: str) -> date:
    """Return the day by the clock in a time zone."""
    return datetime.now(ZoneInfo(timezone)).date()
