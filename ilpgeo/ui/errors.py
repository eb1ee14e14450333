"""What a person sees when something fails: the message of our own errors, a calm reference for all others."""

from __future__ import annotations

import logging
import secrets
from types import TracebackType

import streamlit as st

from ilpgeo.core import wording as words
from ilpgeo.core.errors import IlpgeoError, NotAllowed

log = logging.getLogger("ilpgeo.ui")


def guarded() -> Guard:
    """Show what goes wrong inside instead of breaking the page; details go to the log only.

    A form has a container for the message above its button: below it, it would lie out of sight in most windows.
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
        _show(error)
        return True


def _show(error: Exception) -> None:
    if isinstance(error, NotAllowed):
        st.warning(words.refused(error), icon=":material/lock:")
    elif isinstance(error, IlpgeoError):
        st.warning(words.refused(error), icon=":material/info:")
    else:
        reference = secrets.token_hex(4)
        log.error("reference %s", reference, exc_info=error)
        st.error(
            f"Something went wrong, reference {reference}. Your data are untouched; reload the page, and if it "
            "happens again give this reference to the data manager.",
            icon=":material/error:",
        )
