"""What a person sees when something fails: the message of our own errors, a calm reference for all others."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType

import streamlit as st

from ilpgeo.core import wording as words
from ilpgeo.core.errors import Conflict, IlpgeoError, NotAllowed
from ilpgeo.ui import markup

log = logging.getLogger("ilpgeo.ui")


@dataclass(frozen=True, slots=True)
class Message:
    """What is said of an error, and how grave it looks."""

    text: str
    icon: str
    is_grave: bool = False

    def show(self) -> None:
        """Draw it."""
        (st.error if self.is_grave else st.warning)(markup.literal(self.text), icon=self.icon)


def message_of(error: Exception) -> Message:
    """Return what is said of an error; details of one that is not ours go to the log only."""
    if isinstance(error, NotAllowed):
        return Message(words.refused(error), ":material/lock:")
    if isinstance(error, Conflict):
        return Message(words.refused(error), ":material/group:")
    if isinstance(error, IlpgeoError):
        return Message(words.refused(error), ":material/info:")
    reference = secrets.token_hex(4)
    log.error("reference %s", reference, exc_info=error)
    return Message(
        f"Something went wrong, reference {reference}. Your data are untouched; reload the page, and if it happens "
        "again give this reference to the data manager.",
        ":material/error:",
        is_grave=True,
    )


def not_followed(notes: Sequence[str]) -> None:
    """Say what of a link could not be followed; nothing where all of it was."""
    if notes:
        said = ". ".join(notes) + ". The rest of the link is followed."
        st.info(markup.literal(said), icon=":material/link:")


def guarded() -> Guard:
    """Show what goes wrong inside instead of breaking the page.

    What a form is refused for is told by its button: see `submit`.
    """
    return Guard()


class Guard:
    """The block that `guarded` makes; a type of its own, which tells mypy that the page goes on after a failure."""

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        message_of(error).show()
        return True
