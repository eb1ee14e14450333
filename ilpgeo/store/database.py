"""The database of records: its address, its transactions, its schema brought up to date.

SQLite in the workspace by default; PostgreSQL by its address. Only portable SQL is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ilpgeo.core.errors import InvalidInput, StoreBusy
from ilpgeo.store.lock import locked

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

FILE = "records.sqlite"
LOCK = ".records.lock"


class Database:
    """One workspace's database of records. Safe to share between threads.

    Parameters
    ----------
    folder
        The workspace.
    url
        Address of a database; empty: SQLite in the workspace, made when something is first recorded.
    timeout_s
        How long a change waits for another process.
    """

    def __init__(self, folder: Path, url: str = "", timeout_s: float = 30.0) -> None:
        self._folder = folder
        self._url = url
        self._timeout_s = timeout_s

    @property
    def is_begun(self) -> bool:
        """Whether anything was ever recorded; a look that loads no database."""
        return bool(self._url) or (self._folder / FILE).is_file()

    def stamp(self) -> str:
        """Return another text after each change; empty before the first."""
        if self._url:
            from ilpgeo.store.record_tables import rows_so_far

            with self.reading() as connection:
                return "" if connection is None else rows_so_far(connection)
        file = self._folder / FILE
        if not file.is_file():
            return ""
        about = file.stat()
        return f"{about.st_mtime_ns:x}.{about.st_size:x}"

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection whose work is recorded whole at the end, or not at all."""
        from ilpgeo.store.schema import bring_up_to_date, one_at_a_time

        with self._told(), locked(self._folder / LOCK, self._timeout_s), self._engine.begin() as connection:
            one_at_a_time(connection)
            bring_up_to_date(connection)
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection | None]:
        """Yield a connection; None where nothing was ever recorded."""
        if not self.is_begun:
            yield None
            return
        from ilpgeo.store.schema import State, state

        with self._told():
            with self._engine.connect() as connection:
                found = state(connection)
            if found is State.EMPTY:
                yield None
                return
            if found is State.OLD:
                with self.writing():
                    pass
            with self._engine.connect() as connection:
                yield connection

    @cached_property
    def _engine(self) -> Engine:
        from sqlalchemy import NullPool, create_engine
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError

        if self._url:
            try:
                return create_engine(self._url, pool_pre_ping=True)
            except (ArgumentError, NoSuchModuleError) as error:
                raise InvalidInput(
                    "records_url is no address of a database; write it as postgresql+psycopg://host/name"
                ) from error
        # Nothing is kept open between calls: the file can be copied, moved and removed at any time.
        file = f"sqlite:///{(self._folder / FILE).resolve()}"
        return create_engine(file, poolclass=NullPool, connect_args={"timeout": self._timeout_s})

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say in our own words what the database complains of."""
        from sqlalchemy.exc import DatabaseError, OperationalError

        where = "the database of records" if self._url else self._folder / FILE
        try:
            yield
        except OperationalError as error:
            raise StoreBusy(f"{where} cannot be used now: {error.orig}; try again, or check the disk") from error
        except DatabaseError as error:
            raise InvalidInput(f"{where} cannot be read: {error.orig}; restore it from a copy") from error
