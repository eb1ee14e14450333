"""Why an area ranks where it does, in words and numbers, the most telling first."""

from __future__ import annotations

from ilpgeo.core.briefing import Reason
from ilpgeo.prioritise.evidence import Facts, Setting

CHANCE = 0.01  # a list of 100 areas then shows about one change that chance alone made
NO_DATA = Reason("quality", "no data in the days the expectation rests on")

_Found = tuple[bool, Reason] | None  # whether it sets the area apart, and the sentence


def reasons(facts: Facts, setting: Setting) -> tuple[Reason, ...]:
    """Return the reasons of an area with an estimate: those that set it apart first, each part in a fixed order.

    The order is volume, change, harm, persistence, last year, significance, quality. Many areas are looked at, each
    by itself: a difference is called one where chance alone makes it once in a hundred times.
    """
    found = (
        _volume(facts, setting),
        _change(facts, setting),
        _harm(facts, setting),
        _persistence(facts, setting),
        _last_year(facts),
        _significance(facts, setting),
        _certainty(facts, setting),
        _exposure(facts, setting),
    )
    telling: list[Reason] = []
    others: list[Reason] = []
    for each in found:
        if each is not None:
            (telling if each[0] else others).append(each[1])
    return (*telling, *others)


def _volume(facts: Facts, setting: Setting) -> _Found:
    text = f"{facts.n:,} incident{'' if facts.n == 1 else 's'} in {_days(setting.period_days)}"
    if setting.n_ranked < 2 or not setting.typical:
        return True, Reason("volume", text, facts.n)
    ratio = facts.n / setting.typical
    typical = f"the {setting.typical_word} {setting.unit}"
    if 0.8 <= ratio <= 1.25:
        return False, Reason("volume", f"{text}, about as many as {typical}", facts.n)
    return ratio > 1, Reason("volume", f"{text}, {ratio:.1f} times {typical}", facts.n)


def _change(facts: Facts, setting: Setting) -> _Found:
    if facts.previous < 0:
        return False, Reason("change", "no data for the period before")
    return _compared("change", f"the {_days(setting.period_days)} before", facts.n, facts.previous, facts.change_p)


def _last_year(facts: Facts) -> _Found:
    if facts.last_year < 0:
        return False, Reason("last_year", "no data for the same period last year")
    return _compared("last_year", "the same period last year", facts.n, facts.last_year, facts.last_year_p)


def _compared(kind: str, against: str, n: int, before: int, p: float) -> _Found:
    counts = f"({n:,} after {before:,})"
    if p >= CHANCE:
        return False, Reason(kind, f"within the usual range of {against} {counts}", min(n, before))
    size = f" {abs(n / before - 1):.0%}" if before else ""
    word = "up" if n > before else "down"
    return True, Reason(kind, f"{word}{size} on {against} {counts}, more than chance explains", min(n, before))


def _harm(facts: Facts, setting: Setting) -> _Found:
    if setting.n_offences < 2 or not facts.share > 0:
        return None
    # The shares tell what is left as well as the driver, so the sentence rests on both counts.
    smallest = min(facts.driver_n, facts.trained_n - facts.driver_n)
    text = f"{facts.driver} makes {facts.share:.0%} of the score"
    if abs(facts.share - facts.plain_share) >= 0.05:
        text += f" from {facts.plain_share:.0%} of the expected incidents"
    return facts.share >= 0.5, Reason("harm", text, smallest)


def _persistence(facts: Facts, setting: Setting) -> _Found:
    if facts.hits == 0 or facts.periods < 3:
        return None
    text = f"in the top quarter in {facts.hits} of the last {facts.periods} periods of {_days(setting.period_days)}"
    return 2 * facts.hits >= facts.periods, Reason("persistence", text, facts.hit_low)


def _significance(facts: Facts, setting: Setting) -> _Found:
    if setting.n_ranked < 2:
        return None
    if 0.05 < facts.above < 0.95:
        text = f"not clearly above or below the average {setting.unit}"
        return False, Reason("significance", text, facts.trained_n)
    side, chance = ("above", facts.above) if facts.above >= 0.95 else ("below", 1 - facts.above)
    sure = "over 99 %" if chance > 0.99 else f"{100 * chance:.0f} %"
    text = f"expected to stay {side} the average {setting.unit}, {sure} sure"
    return side == "above", Reason("significance", text, facts.trained_n)


def _certainty(facts: Facts, setting: Setting) -> _Found:
    if facts.high - facts.low <= max(2, setting.n_ranked // 4):
        return None
    text = f"its rank is uncertain: anywhere from {facts.low} to {facts.high} of {setting.n_ranked}"
    return True, Reason("quality", text, facts.trained_n)


def _exposure(facts: Facts, setting: Setting) -> _Found:
    if facts.exposure_days >= 0.9 * setting.most_days:
        return None
    days = f"{facts.exposure_days:.0f} days of data, elsewhere up to {setting.most_days:.0f}"
    return True, Reason("quality", f"the expectation rests on {days}")


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"
