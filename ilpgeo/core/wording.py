"""Numbers, days and changes in the words people read, on screens and in products alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from ilpgeo.core.area_words import many_of, one_of
from ilpgeo.core.query import Period

LEAST_FOR_PERCENT = 20
TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"  # turn the direction of text
_PERCENT = re.compile(r"(\d) ?%")
# The part of the program that refuses, before a colon.
_PART = re.compile(r"^[a-z][a-z_-]*(?: [A-Za-z_*-]+){0,4}: ")
_DAY = re.compile(r"\b\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8]|29(?<!02-29)|3[01])\b")


@dataclass(frozen=True, slots=True)
class Change:
    """A change in a mark, a word for the style sheet, and plain words."""

    arrow: str
    direction: str
    text: str


def number(value: float) -> str:
    """Return a count or an expectation: one decimal below ten unless whole, thousands apart.

    >>> number(1204), number(3.26), number(17.8)
    ('1,204', '3.3', '18')
    """
    if value != round(value) and abs(value) < 9.95:
        return f"{value:.1f}"
    return f"{value:,.0f}"


def area(km2: float) -> str:
    """Return an area with two digits after the point, and more where they would say it is none.

    >>> area(0.0675), area(0.0025)
    ('0.07 km²', '0.0025 km²')
    """
    return f"{km2:,.2f} km\u00b2" if km2 >= 0.01 else f"{km2:.2g} km\u00b2"


def signed(value: float) -> str:
    """Return a difference with its sign, a true minus, and one decimal.

    >>> signed(2.61), signed(0)
    ('+2.6', '+0.0')
    """
    return f"{value:+.1f}".replace("-", "\u2212")


def interval(low_high: tuple[float, float]) -> str:
    """Return an interval, ``8\u201317``; equal ends are one number."""
    low, high = number(low_high[0]), number(low_high[1])
    return low if low == high else f"{low}\u2013{high}"


def share(value: float) -> str:
    """Return a share of one as a percentage, a decimal below ten.

    >>> share(0.46), share(0.934), share(0.012), share(0.0004)
    ('46\u202f%', '93\u202f%', '1.2\u202f%', 'under 0.1\u202f%')
    """
    if 0 < value < 0.0005:
        return "under 0.1\u202f%"
    return f"{number(100 * value) if value < 0.0995 else f'{100 * value:.0f}'}\u202f%"


def plural(n: int, one: str, many: str = "") -> str:
    """Return ``1 area``, ``3 areas``."""
    return f"{number(n)} {one if n == 1 else many or one + 's'}"


def not_given_words(n: int, agencies: Sequence[str]) -> str:
    """Return that a picture leaves sources out because an agency may not have them: how many, not which."""
    verb = "is" if n == 1 else "are"
    return f"{plural(n, 'source')} {verb} not in this picture: not given to {' or '.join(agencies)}"


def marks_of_sources(made_for: str, n_left_out: int, *, is_weighted: bool) -> tuple[str, ...]:
    """Return in a few words each for whom a picture is made, how many sources it leaves out, that it is weighted."""
    return (
        *[f"made for {made_for}"] * bool(made_for),
        *[f"{plural(n_left_out, 'source')} left out"] * bool(n_left_out),
        *["order weighted by grading"] * is_weighted,
    )


def known(n: int | None) -> str:
    """Return a count, or that it is withheld."""
    return "withheld" if n is None else number(n)


def counted(n: int | None, one: str) -> str:
    """Return ``3 incidents``, or that their number is withheld."""
    return f"{one}s: number withheld" if n is None else plural(n, one)


def day(value: date) -> str:
    """Return a day, ``31 Dec 2021``."""
    return f"{value.day} {value:%b %Y}"


def moment(at: datetime, zone: tzinfo) -> str:
    """Return a moment by the clock of a time zone.

    >>> from datetime import UTC, timedelta, timezone
    >>> moment(datetime(2026, 11, 28, 2, 5, tzinfo=UTC), timezone(timedelta(hours=-5)))
    '27 Nov 2026, 21:05'
    """
    there = at.astimezone(zone)
    return f"{day(there.date())}, {there:%H:%M}"


def span(period: Period) -> str:
    """Return a period without repeating what both ends share; a whole month is its name."""
    start, end = period.start, period.end
    if period.is_whole_months:
        if (start.year, start.month) == (end.year, end.month):
            return f"{start:%B %Y}"
        return f"{start:%b}{'' if start.year == end.year else f' {start.year}'} \u2013 {end:%b %Y}"
    if start == end:
        return day(start)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}\u2013{day(end)}"
    if start.year == end.year:
        return f"{start.day} {start:%b} \u2013 {day(end)}"
    return f"{day(start)} \u2013 {day(end)}"


def months(period: Period) -> int:
    """Return how many calendar months a period touches."""
    return (period.end.year - period.start.year) * 12 + period.end.month - period.start.month + 1


def age(last: date, today: date) -> str:
    """Return how old the last day of data is, in the largest unit that says enough."""
    days = (today - last).days
    if days <= 1:
        return "up to date"
    for unit_days, unit in ((730, "year"), (61, "month"), (14, "week")):
        if days >= unit_days:
            return f"{plural(round(days / {'year': 365.25, 'month': 30.44, 'week': 7}[unit]), unit)} old"
    return f"{days} days old"


def change(n: int | None, before: int | None, against: str) -> Change:
    """Return the change from `before` to `n`; a percentage only where it rests on enough.

    Parameters
    ----------
    n, before
        Counts; None when withheld or not covered.
    against
        The period compared with in words (``the 28 days before``).
    """
    if n is None or before is None:
        return Change("", "unknown", f"no comparison with {against}")
    if n == before:
        return Change("=", "same", f"same as {against} ({number(before)})")
    more = n > before
    by = (
        f"{max(1, round(100 * abs(n - before) / before))}\u202f%"
        if before >= LEAST_FOR_PERCENT
        else number(abs(n - before))
    )
    return Change(
        "\u25b2" if more else "\u25bc",
        "more" if more else "fewer",
        f"{by} {'more' if more else 'fewer'} than {against} ({number(before)})",
    )


def listed(names: list[str]) -> str:
    """Return names as one phrase, ``A, B and C``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def opening(text: str) -> str:
    """Return a sentence with its first letter large."""
    return text[:1].upper() + text[1:]


def refused(error: Exception) -> str:
    """Return why something was refused as the screens write it: whole sentences, without the name of the part refusing.

    On the command line the part is worth knowing; on a screen the form is in sight. A file's name stays.

    >>> from ilpgeo.core.errors import InvalidInput
    >>> faults = ("say what is not known", "an owner is needed")
    >>> refused(InvalidInput("gap: " + "; ".join(faults), faults))
    'Say what is not known. An owner is needed.'
    >>> refused(InvalidInput("tasking: choose a place first; what you typed stays here"))
    'Choose a place first; what you typed stays here.'
    >>> refused(InvalidInput("towns.csv: column name is missing"))
    'towns.csv: column name is missing.'
    """
    said, faults = str(error).strip(), tuple(getattr(error, "faults", ()))
    told = "; ".join(faults)
    subject = said[: -len(told)] if faults and said.endswith(told) else ""
    if subject and not _PART.fullmatch(subject):
        faults = (said,)
    parts = faults or (_PART.sub("", said, count=1),)
    return " ".join(_sentence(part) for part in parts)


def _sentence(text: str) -> str:
    text = text.strip()
    first = text.split(" ", 1)[0]
    # A name of a file is written as it is.
    text = text if "." in first[:-1] or "/" in first else opening(text)
    return text if text.endswith((".", "!", "?")) else f"{text}."


def many(area_type: str) -> str:
    """Return the plural of an area type; a known plural stays as it is."""
    return many_of(area_type)


def areas(n: int, area_type: str) -> str:
    """Return how many areas of a type there are: ``1 ward``, ``140 wards``."""
    return plural(n, one_of(area_type), many_of(area_type))


def cut(words: str, most: int) -> str:
    """Return words with an ellipsis where they are longer than `most` letters."""
    return words if len(words) <= most else f"{words[: most - 1]}\u2026"


def spoken(text: str) -> str:
    """Return what a model found as the screens write it: a large first letter, days and percentages in one form.

    >>> spoken("half are at 17% of them (90 % interval 12% to 21%) up to 2021-12-31.")
    'Half are at 17\u202f% of them (90\u202f% interval 12\u202f% to 21\u202f%) up to 31 Dec 2021'
    """
    told = _PERCENT.sub("\\1\u202f%", text.rstrip("."))
    return opening(_DAY.sub(lambda found: day(date.fromisoformat(found.group())), told))
