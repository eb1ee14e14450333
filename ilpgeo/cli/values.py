"""Words of the command line read as values, and how far a command is."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.grading import GradeWeights
from ilpgeo.core.query import Access, Period

if TYPE_CHECKING:
    from ilpgeo.pipeline import Opened

Command = Callable[[argparse.Namespace], tuple[dict[str, Any] | list[Any], str]]


def day(text: str) -> date:
    """Return a date."""
    try:
        return Period.parse(text).start
    except InvalidInput as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date of the form YYYY-MM-DD from 1900 to 2200") from error


def seed(text: str) -> int:
    """Return a seed of random numbers."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 0 or more")
    return int(text)


def period(text: str) -> Period:
    """Return a period of days."""
    try:
        return Period.parse(text)
    except InvalidInput as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def pairs(texts: Sequence[str], form: str, *, is_last: bool = False) -> dict[str, str]:
    """Return key and value of each text, parted at its first equals sign, or its last."""
    pairs = {}
    for text in texts:
        key, equals, value = text.rpartition("=") if is_last else text.partition("=")
        if not (key and equals and value):
            raise InvalidInput(f"{text!r} is not of the form {form}")
        pairs[key] = value
    return pairs


def metres_east_north(text: str) -> tuple[float, float]:
    """Return a shift of the grid."""
    try:
        east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form X,Y in metres, such as 50,0") from error
    return east, north


def lat_lon(text: str) -> tuple[float, float]:
    """Return a place on the ground."""
    try:
        lat, lon = (float(part) for part in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form LAT,LON, such as 43.6532,-79.3832") from error
    return lat, lon


def moment(text: str) -> datetime:
    """Return a moment by the workspace's clock."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a moment such as 2021-12-17T18:00") from error


def access_of(opened: Opened) -> Access:
    """Return the access of who asks on the command line: of the workspace's own agency, where it names one."""
    return Access(agency=opened.workspace.settings.agency)


def grade_weights(opened: Opened, text: str) -> GradeWeights | None:
    """Return the weights by grading asked for: ``agreed``, five numbers, or none for an empty text."""
    from ilpgeo import pipeline

    if text != "agreed":
        return GradeWeights.parse(text) if text else None
    agreed = pipeline.grade_weights(opened)
    if agreed is None:
        raise InvalidInput("no weights by grading are agreed; set them: ilpgeo sources weights --weights ... --by NAME")
    return agreed.value


def shown(value: Any) -> str:
    """Return a value of a table as it is printed."""
    return f"{value:.4g}" if isinstance(value, float) else "-" if value is None else str(value)


def count_rows(name: str) -> Callable[[int, int | None], None]:
    """Return a progress callback that rewrites one line of a terminal, and is silent in a pipe."""

    def show(done: int, in_all: int | None) -> None:
        if sys.stderr.isatty():
            share = f" of {in_all:,}" if in_all else ""
            sys.stderr.write(f"\r{name}: {done:,}{share} rows")
            if in_all and done >= in_all:
                sys.stderr.write("\n")
            sys.stderr.flush()

    return show
