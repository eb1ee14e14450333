"""A page's view: one in the session, the same in the address line.

Fields start from the view that was opened (by a link, the back button, a button that sets many fields at once) and
speak for themselves from then on; each opening gives them new keys, so that a field never fights with the address over
its value.

An act that leaves fields or sets them waits until they were read: moved in haste just before, they hold what no run has
seen yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import streamlit as st

from ilpgeo.ui import again
from ilpgeo.ui.view import Address

V = TypeVar("V")
Reader = Callable[[Mapping[str, Sequence[str]]], tuple[V, tuple[str, ...]]]


class Held(Generic[V]):
    """The view of one page.

    Parameters
    ----------
    name
        Of the page; what the session keeps is named by it.
    to_address
        Returns the address parameters that bring a view back.
    """

    def __init__(self, name: str, to_address: Callable[[V], Address]) -> None:
        self._name, self._to_address = name, to_address

    def load(self, read: Reader[V]) -> tuple[str, ...]:
        """Open the view that the address asks for, where it is a new one; return what could not be followed.

        An address without parameters is the page's own door: it leads back to where the person was.
        """
        address = _address()
        is_known = self._get("view") is not None and (
            not address or address == self._get("written") or bool(self._get("is-new", False)) or again.is_own()
        )
        if is_known:
            if not address:
                self.start_anew(self.current())
            return ()
        shown, notes = read(address)
        self.start_anew(shown)
        self._set("written", address)
        return notes

    def start_anew(self, shown: V) -> None:
        """Show this view and let the fields start from it."""
        self._set("view", shown)
        self._set("start", shown)
        self._set("opening", self._get("opening", 0) + 1)
        self._set("is-new", True)

    def ask(self, act: Callable[[V], V], *, is_opening: bool = True) -> None:
        """Have the view changed by an act once the fields have been read; a callback comes before them.

        Parameters
        ----------
        is_opening
            False for an act that only leaves fields: those that stay go on as they are.
        """
        self._set("asked", [*self._get("asked", []), (act, is_opening)])

    def act(self) -> None:
        """Do what was asked, now that the fields have been read and put, and draw the page again."""
        asked: list[tuple[Callable[[V], V], bool]] = self._get("asked", [])
        if not asked:
            return
        self._set("asked", [])
        shown = self.current()
        for act, _ in asked:
            shown = act(shown)
        if any(is_opening for _, is_opening in asked):
            self.start_anew(shown)
        else:
            self._set("view", shown)
            self._set("start", shown)
            self._set("is-new", True)
        again.draw_again()

    def current(self) -> V:
        """Return the view of this session; `load` comes first."""
        shown: V = self._get("view")
        return shown

    def start(self) -> V:
        """Return the view that the fields started from."""
        shown: V = self._get("start")
        return shown

    def key(self, name: str) -> str:
        """Return a field's key, new with every opening."""
        return f"{name}-{self._get('opening')}"

    def put(self, shown: V) -> None:
        """Make this the view of the session; `save` writes it to the address line at the end of the run."""
        if shown != self.current():
            self._set("view", shown)
            self._set("is-new", True)

    def save(self) -> None:
        """Write the view into the address line.

        The address that came with a question may be older than the one written last, which the browser was yet to hear
        of: only where both are this one is there nothing to write.
        """
        address = self._to_address(self.current())
        if not address == _address() == self._get("written"):
            st.query_params.from_dict(address)
        self._set("written", address)
        self._set("is-new", False)

    def _get(self, what: str, default: Any = None) -> Any:
        return st.session_state.get(f"ilpgeo-{self._name}-{what}", default)

    def _set(self, what: str, value: Any) -> None:
        st.session_state[f"ilpgeo-{self._name}-{what}"] = value


def _address() -> Address:
    return {name: st.query_params.get_all(name) for name in st.query_params}
