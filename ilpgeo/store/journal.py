"""The journal of documents: every revision a row with its document as JSON; rows are added and never changed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ilpgeo.core.errors import Conflict, InvalidInput, NotFound
from ilpgeo.core.recorded import Change, D, Recorded
from ilpgeo.store.database import Database

if TYPE_CHECKING:
    from sqlalchemy import Connection, TableClause

_LONGEST_NAME = 200


class DatabaseJournal:
    """The journal of one workspace, in its database of records. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, changes: Sequence[Change[D]], by: str) -> tuple[Recorded[D], ...]:
        """Record changes together, all or none; return them as recorded.

        Raises
        ------
        InvalidInput
            Without a name in `by`.
        Conflict
            When a document has a newer revision than the one a change is based on; nothing is recorded.
        """
        by = by.strip()
        if not by or len(by) > _LONGEST_NAME:
            raise InvalidInput(f"the name of who records this is needed, at most {_LONGEST_NAME} characters")
        with self._database.writing() as connection:
            return tuple(self._record(connection, change, by) for change in changes)

    def save(self, value: D, *, by: str, id: str = "", based_on: int = 0) -> Recorded[D]:
        """Record one change; see `record`."""
        return self.record([Change(value, id, based_on)], by)[0]

    def newest(self, kind: type[D]) -> tuple[Recorded[D], ...]:
        """Return the newest revision of every document of a kind, in the order they were begun."""
        first: dict[str, Any] = {}
        last: dict[str, Any] = {}
        for row in self._rows(kind):
            first.setdefault(row.id, row)
            last[row.id] = row
        return tuple(_recorded(kind, last[each], first[each]) for each in first)

    def one(self, kind: type[D], id: str) -> Recorded[D]:
        """Return the newest revision of a document, or raise NotFound."""
        found = self.history(kind, id)
        if not found:
            raise NotFound(f"there is no {kind.NAME} {id!r}")
        return found[-1]

    def history(self, kind: type[D], id: str) -> tuple[Recorded[D], ...]:
        """Return every revision of a document, oldest first; empty when there is none."""
        rows = list(self._rows(kind, id))
        return tuple(_recorded(kind, row, rows[0]) for row in rows)

    def _rows(self, kind: type[D], id: str = "") -> Iterable[Any]:
        with self._database.reading() as connection:
            return [] if connection is None else self._read(connection, kind, id)

    def _read(self, connection: Connection, kind: type[D], id: str = "") -> list[Any]:
        from sqlalchemy import select

        wanted = select(self._table).where(self._table.c.kind == kind.KIND).order_by(self._table.c.number)
        return list(connection.execute(wanted.where(self._table.c.id == id) if id else wanted))

    def _record(self, connection: Connection, change: Change[D], by: str) -> Recorded[D]:
        import msgspec

        kind = type(change.value)
        before = self._read(connection, kind, change.id) if change.id else []
        if change.based_on and not before:
            raise NotFound(f"there is no {kind.NAME} {change.id!r}")
        if before and before[-1].revision != change.based_on:
            raise Conflict(_changed_meanwhile(kind.NAME, before[-1]))
        row = {
            "kind": kind.KIND,
            "id": change.id or uuid.uuid4().hex[:12],
            "revision": change.based_on + 1,
            "document": msgspec.json.encode(change.value).decode(),
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "made_by": by,
        }
        connection.execute(self._table.insert(), row)
        made = self._read(connection, kind, str(row["id"]))
        return _recorded(kind, made[-1], made[0])

    @cached_property
    def _table(self) -> TableClause:
        from ilpgeo.store.record_tables import tables

        return tables()["journal"]


def _changed_meanwhile(name: str, newest: Any) -> str:
    when = datetime.fromisoformat(newest.made_at)
    return (
        f"this {name} was changed by {newest.made_by} on {when:%d %B %Y at %H:%M} UTC, after you opened it; "
        "nothing of yours was saved: look at their version, then save again"
    )


def _recorded(kind: type[D], row: Any, first: Any) -> Recorded[D]:
    import msgspec

    try:
        value = msgspec.json.decode(row.document, type=kind)
    except msgspec.ValidationError as error:
        raise InvalidInput(f"{kind.NAME} {row.id} cannot be read from the records: {error}") from error
    moments = [datetime.fromisoformat(each.made_at) for each in (row, first)]
    return Recorded(row.id, row.revision, value, moments[0], row.made_by, moments[1], first.made_by)
