"""The card of the model behind a forecast: what it is, how it was tested, how long it is good for."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core.publications import ModelCard, Verdict
from ilpgeo.core.types import HotspotSet, Query, Released
from ilpgeo.reports import card_words
from ilpgeo.ui import again, cache, markup, working
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
        again.draw_again()


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
    parts = [f"<h3>{escape(card_words.heading(card))}</h3>"]
    if card.publication is not None:
        parts.append(_fine(f"<b>{card_words.expiry(card.publication)}</b>"))
    parts.append(_fine(escape(card.summary)))
    parts += [f'<p class="ilp-alarm" role="alert">{escape(alarm)}</p>' for alarm in card_words.alarms(card)]
    parts += [_fine(f'<strong role="status">{escape(warning)}</strong>') for warning in card_words.warnings(card)]
    if card.verdict is not None:
        parts.append(rates(card.verdict, card.title))
    parts += [_fine(escape(said)) for said in card_words.evidence(card, offence, everywhere, notes)]
    if card.publication is not None:
        version = f'<span class="ilp-whole">{escape(card.publication.data_version)}</span>'
        parts.append(_fine(f"{escape(card_words.signed(card.publication))}{version}."))
    return f'<section class="ilp-model" aria-label="The model behind the forecast">{"".join(parts)}</section>'


def _fine(markup: str) -> str:
    return f'<p class="ilp-fine">{markup}</p>'


def rates(verdict: Verdict, title: str) -> str:
    """Return the model's hit rate with its interval beside the prior count's, as markup."""
    lines = "".join(
        f"<tr><th scope='row'>{escape(name)}</th><td>{rate}</td><td>{between}</td></tr>"
        for name, rate, between in card_words.rates(verdict, title)
    )
    lost = " ilp-lost" if verdict.is_loss else ""
    return (
        f'<table class="ilp-rates{lost}"><caption>{escape(card_words.caption(verdict))}</caption>'
        f"<thead><tr><th></th><th scope='col'>Hit rate</th><th scope='col'>95 % interval</th></tr></thead>"
        f"<tbody>{lines}</tbody></table>"
    )
