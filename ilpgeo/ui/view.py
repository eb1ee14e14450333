"""What one screen shows: the question, the selected area, the comparison; to and from the address line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.grading import GradeWeights
from ilpgeo.core.sources import LONGEST
from ilpgeo.core.types import Areas, Level, Period, Query
from ilpgeo.ui import scope

Address = dict[str, list[str]]


class Comparison(StrEnum):
    """What the period is compared with."""

    PREVIOUS = "previous"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class View:
    """The whole state of a screen.

    Attributes
    ----------
    query
        The question.
    area
        Id of the selected area; empty means the one ranked first.
    comparison
        What the period is compared with.
    as_of
        The day the picture is drawn for; None is the day after the last complete day of data.
    """

    query: Query
    area: str = ""
    comparison: Comparison = Comparison.PREVIOUS
    as_of: date | None = None

    def asking(self, query: Query) -> View:
        """Return the view of another question; the selected area is let go."""
        return replace(self, query=query, area="")

    @property
    def baseline(self) -> Period:
        """The period compared with."""
        period = self.query.period
        return period.previous() if self.comparison is Comparison.PREVIOUS else period.year_before()


@dataclass(frozen=True, slots=True)
class Known:
    """What an address may name: the workspace's areas, offences and sources, and the first day without data."""

    areas: Areas
    offences: tuple[str, ...]
    sources: tuple[str, ...]
    now: date


def to_address(view: View) -> Address:
    """Return the address parameters that bring this view back; empty ones are left out."""
    query = view.query
    address = {
        "level": [query.level.value],
        "type": [query.area_type],
        "in": list(query.areas),
        "period": [str(query.period)],
        "offence": list(query.offences),
        "source": list(query.sources),
        "for": [query.made_for],
        "weights": [query.weights.text if query.weights else ""],
        "area": [view.area],
        "compare": [view.comparison.value],
        "as-of": [view.as_of.isoformat() if view.as_of else ""],
    }
    return {name: values for name, values in address.items() if any(values)}


def from_address(address: Mapping[str, Sequence[str]], default: View, known: Known) -> tuple[View, tuple[str, ...]]:
    """Return the view an address asks for, and a plain sentence for every part that could not be followed.

    Whatever is missing or cannot be used is taken from `default`.
    """
    notes: list[str] = []
    first = {name: values[0] for name, values in address.items() if values and values[0]}
    query = default.query
    if "level" in first:
        query = _ranked(query, first["level"], first.get("type", ""), known.areas, notes)
    query = replace(
        query,
        period=_period(first["period"], query.period, known.now, notes) if "period" in first else query.period,
        areas=_listed("area", address.get("in", ()), tuple(known.areas.position), notes),
        offences=_listed("offence", address.get("offence", ()), known.offences, notes),
        sources=_listed("source", address.get("source", ()), known.sources, notes),
        made_for=first.get("for", "")[:LONGEST],
        weights=_weights(first["weights"], notes) if "weights" in first else None,
    )
    query = scope.fitted(known.areas, query)
    area = "".join(_listed("area", [first["area"]] if "area" in first else [], tuple(known.areas.position), notes))
    comparison = default.comparison
    if "compare" in first:
        if first["compare"] in set(Comparison):
            comparison = Comparison(first["compare"])
        else:
            notes.append(f"The link asks for a comparison {first['compare']!r} that does not exist")
    as_of = default.as_of
    if "as-of" in first:
        try:
            as_of = date.fromisoformat(first["as-of"])
        except ValueError:
            notes.append(f"The link's as-of day {first['as-of']!r} is not a date")
    return View(query, area, comparison, as_of), tuple(notes)


def _ranked(query: Query, level: str, area_type: str, areas: Areas, notes: list[str]) -> Query:
    if level not in set(Level) or not areas.types_at(Level(level)):
        notes.append(f"The link asks for a level {level!r} that this workspace does not have")
        return query
    if area_type and area_type not in areas.types_at(Level(level)):
        notes.append(f"The link asks for an area type {area_type!r} that the {level} level does not have")
        area_type = ""
    return replace(query, level=Level(level), area_type=area_type or areas.types_at(Level(level))[0])


def _weights(text: str, notes: list[str]) -> GradeWeights | None:
    try:
        return GradeWeights.parse(text)
    except InvalidInput:
        notes.append(f"The link's weights by grading {text!r} are not five numbers from 0 to 1")
        return None


def _period(text: str, default: Period, now: date, notes: list[str]) -> Period:
    try:
        period = Period.parse(text)
    except InvalidInput as error:
        notes.append(f"The link's {error}")
        return default
    if period.end >= now:
        notes.append(f"The link's period {text} reaches past the last day of data")
        return default
    return period


def _listed(what: str, wanted: Sequence[str], known: tuple[str, ...], notes: list[str]) -> tuple[str, ...]:
    have = set(known)
    notes += [f"The link names an {what} {each!r} that this workspace does not have".replace("an source", "a source")
              for each in wanted if each not in have]  # fmt: skip
    return tuple(each for each in dict.fromkeys(wanted) if each in have)
