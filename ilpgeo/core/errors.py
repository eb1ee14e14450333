"""The errors ilpgeo raises on purpose: what was wrong, where, what to do.

Each is also a builtin, so that callers who know nothing of ilpgeo can catch it.
"""

from __future__ import annotations

from collections.abc import Sequence


class IlpgeoError(Exception):
    """Base of every error whose message is meant for the person at the screen."""


class InvalidInput(IlpgeoError, ValueError):
    """A value, file or setting that cannot be used; the message says why and what to do.

    Parameters
    ----------
    message
        What was wrong, where (file, row, column), what to do.
    faults
        Every fault found, when several were collected before raising.
    """

    def __init__(self, message: str, faults: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.faults = tuple(faults)


class Conflict(InvalidInput):
    """Someone else changed the same thing meanwhile; the message says who and when. Nothing was recorded."""


class NotFound(IlpgeoError, LookupError):
    """A workspace, area, model, version or file that does not exist."""


class NotAllowed(IlpgeoError, PermissionError):
    """The role or scope of the user does not cover what was asked."""


class StoreBusy(IlpgeoError, TimeoutError):
    """Another process holds the store's lock for longer than the time allowed."""


class Cancelled(IlpgeoError):
    """The person who asked does not want the answer any more."""


def raise_all(faults: Sequence[str], *, subject: str) -> None:
    """Raise one InvalidInput that lists every fault; do nothing when there is none."""
    if faults:
        raise InvalidInput(f"{subject}: " + "; ".join(faults), faults)
