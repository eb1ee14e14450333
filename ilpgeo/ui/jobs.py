"""Work that may last: done beside the script, watched, and given up when nobody wants it any more.

Pure of Streamlit: `working` shows a job, `cache` keeps what it brings.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from ilpgeo.core.errors import Cancelled
from ilpgeo.core.protocols import Progress

T = TypeVar("T")


class Job(Generic[T]):
    """One piece of work in a thread of its own.

    Parameters
    ----------
    work
        Called once with a `Progress` that it reports to; what it returns or raises is the result.
    """

    def __init__(self, work: Callable[[Progress], T]) -> None:
        self.share = 0.0
        self._work = work
        self._is_done, self._is_wanted = threading.Event(), True
        self._value: T | None = None
        self._error: BaseException | None = None
        threading.Thread(target=self._run, name="ilpgeo-job", daemon=True).start()

    def _run(self) -> None:
        try:
            self._value = self._work(self._report)
        except BaseException as error:  # noqa: BLE001  (handed to the one who waits)
            self._error = error
        self._is_done.set()

    def _report(self, share: float) -> None:
        self.share = min(max(share, self.share), 1.0)
        if not self._is_wanted:
            raise Cancelled("Stopped, as asked")

    def cancel(self) -> None:
        """Ask the work to end; it does at its next report."""
        self._is_wanted = False

    def wait(self, seconds: float) -> bool:
        """Return whether it is done, after waiting at most so long."""
        return self._is_done.wait(seconds)

    def result(self) -> T:
        """Return what the work brought, or raise what it raised; waits for its end."""
        self._is_done.wait()
        if self._error is not None:
            raise self._error
        return self._value  # type: ignore[return-value]


class Kept(Generic[T]):
    """The results of the last questions, at most `most` of them; safe to share between threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._results: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, question: Hashable) -> T | None:
        """Return what is kept for a question."""
        with self._lock:
            if question in self._results:
                self._results.move_to_end(question)
            return self._results.get(question)

    def put(self, question: Hashable, result: T) -> T:
        """Keep a result and return it; the one asked for least recently goes."""
        with self._lock:
            self._results[question] = result
            self._results.move_to_end(question)
            while len(self._results) > self._most:
                self._results.popitem(last=False)
        return result
