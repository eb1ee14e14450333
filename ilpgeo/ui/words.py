"""The words of the screens: those that every product is written in."""

from ilpgeo.core.wording import (
    LEAST_FOR_PERCENT,
    Change,
    age,
    change,
    counted,
    day,
    interval,
    known,
    listed,
    many,
    months,
    number,
    opening,
    plural,
    share,
    span,
)

__all__ = [
    "LEAST_FOR_PERCENT",
    "Change",
    "age",
    "change",
    "counted",
    "day",
    "interval",
    "known",
    "listed",
    "many",
    "months",
    "number",
    "opening",
    "plural",
    "share",
    "span",
]
