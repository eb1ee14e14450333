"""What a model's card says, in plain words: which model, how it was tested, how long it is good for."""

from __future__ import annotations

from collections.abc import Callable

from ilpgeo.core import wording as words
from ilpgeo.core.errors import NotFound
from ilpgeo.core.params import params_of
from ilpgeo.core.publications import Drift, Measured, ModelCard, Publication, Verdict
from ilpgeo.core.recipes import Entry
from ilpgeo.models.registry import model_class


def heading(card: ModelCard) -> str:
    """Return which model looks ahead, and why not the one that would have come before it."""
    passed, said = card.passed_over, ""
    if passed is not None and card.fault:
        said = f". The one {passed.owner} published cannot be used: {card.fault}."
    elif passed is not None:
        said = f". The one {passed.owner} published expired on {words.day(passed.expires_on)}."
    if card.publication is not None:
        return f"Published model: {card.title}{said}"
    return f"No published model: the default forecast (blend) is shown{said or '.'}"


def expiry(publication: Publication) -> str:
    """Return how long a publication is good for."""
    return f"Expires {words.day(publication.expires_on)}."


def alarms(card: ModelCard) -> tuple[str, ...]:
    """Return what surely speaks against the model: it lost to the prior count, or does worse than tested."""
    said = []
    if card.verdict is not None and card.verdict.is_loss:
        reason = "" if card.publication is None else f" Shown all the same: {card.publication.reason}"
        said.append(f"{lost(card.verdict)}.{reason}")
    if card.drift is not None and card.drift.has_drifted:
        said.append(_drifted(card.drift))
    return tuple(said)


def warnings(card: ModelCard) -> tuple[str, ...]:
    """Return what may speak against the model: it does other than tested, which may still be chance."""
    if card.drift is None or card.drift.has_drifted or not card.drift.is_outside:
        return ()
    return (_outside(card.drift),)


def evidence(card: ModelCard, offence: str, everywhere: str, notes: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return what the back-test was, or why there is none, and how the model does since.

    Parameters
    ----------
    offence
        The one asked about, empty for all.
    everywhere
        Name of the whole jurisdiction.
    notes
        What the release gate remarked.
    """
    said = []
    if card.verdict is not None:
        said.append(_tested(card, card.verdict, offence, everywhere))
    elif card.untested:
        said.append(f"It cannot be tested on these data: {card.untested}.")
    elif not notes:
        said.append("Not tested on these data yet.")
    said += [f"{note}." for note in notes]
    if card.drift is not None and not card.drift.is_outside:
        said.append(_steady(card.drift))
    return tuple(said)


def caption(verdict: Verdict) -> str:
    """Return what the hit rates are of."""
    ground = f"{verdict.ground.removesuffix('%')}\u202f%" if verdict.ground.endswith("%") else verdict.ground
    return f"Incidents to come that were caught on {ground} of the ground ({verdict.flagged_km2:,.1f}\u00a0km\u00b2)"


def rates(verdict: Verdict, title: str) -> tuple[tuple[str, str, str], ...]:
    """Return (name, hit rate, 95 % interval) of the model, the prior count, and their difference."""
    rows = (
        (title, verdict.hit_rate, _percent),
        ("Prior count", verdict.prior, _percent),
        ("Difference", verdict.difference, _points),
    )
    return tuple((name, written(each.value), _between(each, written)) for name, each, written in rows)


def lost(verdict: Verdict) -> str:
    """Return that a model lost to the prior count, and how surely."""
    surely = "surely catches" if verdict.is_sure_loss else "caught"
    return f"It {surely} less than the prior count ({_points(verdict.difference.value)})"


def signed(publication: Publication) -> str:
    """Return who stands for a publication, why, when, with which settings; the data version is to follow."""
    agreed = f", agreed by {publication.approver}" if publication.approver else ""
    settings = settings_words(publication.model)
    made = words.opening(f"{settings + ', ' if settings else ''}cells of {publication.cell_m:g}\u00a0m")
    return (
        f"\u201c{publication.note}\u201d {publication.owner}{agreed}, {words.day(publication.published_at.date())}. "
        f"{made}; data version "
    )


def length(horizon: str) -> str:
    """Return the length of a window in words.

    >>> length("28d"), length("1m")
    ('28 days', '1 month')
    """
    return words.plural(int(horizon[:-1]), "month" if horizon.endswith("m") else "day")


def settings_words(model: Entry) -> str:
    """Return the settings that differ from the model's own, in the words of its form.

    >>> settings_words(Entry("kde", {"bandwidth_m": 200.0, "kernel": "gaussian"}))
    'bandwidth 200 m, kernel gaussian'
    """
    try:
        known = {param.name: param for param in params_of(model_class(model.name))}
    except NotFound:
        known = {}
    return ", ".join(
        known[name].told(value) if name in known else f"{name} {value}" for name, value in model.settings.items()
    )


def _between(each: Measured, written: Callable[[float], str]) -> str:
    if not each.has_interval:
        return "too few windows"
    return f"{written(each.low)} to {written(each.high)}"


def _percent(value: float) -> str:
    return f"{100 * value:.1f}\u202f%"


def _points(value: float) -> str:
    return f"{words.signed(100 * value)} points"


def _drifted(drift: Drift) -> str:
    since = "" if drift.since is None else f", {words.span(drift.since)}"
    return (
        f"It does worse than tested: {_percent(drift.live.value)} caught in the "
        f"{words.plural(drift.n_windows, 'window')} since{since}, below the {_percent(drift.expected.low)} its "
        f"back-test allows for. The prior count caught {_percent(drift.prior.value)}. Have it tested anew."
    )


def _outside(drift: Drift) -> str:
    is_below = drift.live.value < drift.expected.low
    border = f"below the {_percent(drift.expected.low)}" if is_below else f"above the {_percent(drift.expected.high)}"
    meant = "that may still be chance: watch it" if is_below else "it does better than tested"
    return (
        f"Since it was tested: {_percent(drift.live.value)} caught in {words.plural(drift.n_windows, 'window')}, "
        f"{border} its back-test allows for; {meant}. The prior count caught {_percent(drift.prior.value)}."
    )


def _steady(drift: Drift) -> str:
    if not drift.is_judged:
        return f"Too early to say how it does since: {words.plural(drift.n_windows, 'whole window')} of 4 needed."
    return (
        f"Since it was tested: {_percent(drift.live.value)} caught in {words.plural(drift.n_windows, 'window')}, as "
        f"its back-test leads to expect; the prior count {_percent(drift.prior.value)}."
    )


def _tested(card: ModelCard, verdict: Verdict, offence: str, everywhere: str) -> str:
    only = f", not on {offence} alone" if offence and card.tested_offence != offence else ""
    what = card.tested_offence or f"all offences together{only}"
    return (
        f"Tested on {words.plural(verdict.n_windows, 'window')} of {length(verdict.horizon)} it had not seen, "
        f"{words.span(verdict.tested_on)}, with {words.number(verdict.n)} incidents: {what}, "
        f"{card.tested_area or everywhere}; learned from the {words.plural(verdict.learnt_days, 'day')} before each."
    )
