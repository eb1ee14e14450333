"""What a person sees when something fails: the message of our own errors, a calm reference for all others."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from ilpgeo.core import wording as words
from ilpgeo.core.errors import IlpgeoError, NotAllowed

log = logging.getLogger("ilpgeo.ui")


@contextmanager
def guarded() -> Iterator[None]:
    """Show what goes wrong inside instead of breaking the page; details go to the log only."""
    try:
        yield
    except NotAllowed as error:
        st.warning(words.refused(error), icon=":material/lock:")
    except IlpgeoError as error:
        st.warning(words.refused(error), icon=":material/info:")
    except Exception:
        reference = secrets.token_hex(4)
        log.exception("reference %s", reference)
        st.error(
            f"Something went wrong, reference {reference}. Your data are untouched; reload the page, and if it "
            "happens again give this reference to the data manager.",
            icon=":material/error:",
        )
