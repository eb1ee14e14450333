"""What is stamped on every product: how it is to be handled, when it was made, until when it is good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ilpgeo.core.errors import InvalidInput

KEPT_DAYS = 7
MOST_LETTERS = 80


@dataclass(frozen=True, slots=True)
class Marking:
    """The stamp of a product.

    Attributes
    ----------
    handling
        The force's own handling mark (``OFFICIAL``); empty where none is set, and the product says so.
    made_on, expires_on
        The day it was made, and the last day it may be used.
    """

    handling: str
    made_on: date
    expires_on: date

    def __post_init__(self) -> None:
        if self.expires_on < self.made_on:
            raise InvalidInput(
                f"it would expire on {self.expires_on}, before it is made ({self.made_on}); choose a later day"
            )
        if len(self.handling) > MOST_LETTERS:
            raise InvalidInput(f"a handling mark has at most {MOST_LETTERS} letters, not {len(self.handling)}")

    @property
    def shown(self) -> str:
        """The mark as it stands on every page."""
        return self.handling or "No handling mark set"


def expiry(text: str, made_on: date) -> date:
    """Return the last day something is good for, from a date or from days such as ``7d``.

    Examples
    --------
    >>> expiry("7d", date(2026, 1, 1)), expiry("2026-03-01", date(2026, 1, 1))
    (datetime.date(2026, 1, 8), datetime.date(2026, 3, 1))
    """
    try:
        if text.endswith("d") and text[:-1].isdecimal():
            return made_on + timedelta(days=int(text[:-1]))
        return date.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(f"expiry {text!r} is neither a date of the form YYYY-MM-DD nor days such as 90d") from error
