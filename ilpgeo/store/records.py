"""The records of publications: what analysts stand for and what tests said. Rows are added and never changed."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ilpgeo.core.errors import InvalidInput, NotFound
from ilpgeo.core.publications import Drift, Publication, Verdict
from ilpgeo.core.query import Level
from ilpgeo.core.recipes import Entry
from ilpgeo.store.database import Database
from ilpgeo.store.verdicts import drift_of, drift_text, verdict_of, verdict_text

if TYPE_CHECKING:
    from sqlalchemy import Connection, TableClause

_TEXTS = (
    "offence", "area", "note", "owner", "approver", "reason", "data_version", "recipe",
)  # fmt: skip


class Records:
    """Publications, their withdrawals and what tests said, of one workspace. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(self, publication: Publication) -> Publication:
        """Record a publication; return it with the id it was given."""
        made = replace(publication, id=uuid.uuid4().hex[:12])
        row = {name: getattr(made, name) for name in _TEXTS}
        row |= {
            "id": made.id,
            "model": made.model.name,
            "settings": json.dumps(dict(made.model.settings)),
            "level": made.level.value if made.level else "",
            "cell_m": made.cell_m,
            "verdict": verdict_text(made.verdict),
            "published_at": _moment(made.published_at),
            "expires_on": made.expires_on.isoformat(),
        }
        with self._database.writing() as connection:
            connection.execute(self._table("publications").insert(), row)
        return made

    def withdraw(self, publication: str, by: str, why: str) -> Publication:
        """Record that a publication does not stand any more; return it as it is now.

        Raises
        ------
        InvalidInput
            Without a name or a reason, or when it was withdrawn before.
        NotFound
            When there is no such publication.
        """
        if not (by.strip() and why.strip()):
            raise InvalidInput("a withdrawal needs the name of who withdraws it, and why")
        with self._database.writing() as connection:
            found = next((each for each in self._read(connection) if each.id == publication), None)
            if found is None:
                raise NotFound(f"there is no publication {publication!r}")
            if found.withdrawn_at is not None:
                raise InvalidInput(f"{publication} was withdrawn by {found.withdrawn_by} already")
            row = {"publication": publication, "withdrawn_at": _moment(datetime.now(UTC)), "by": by.strip()}
            connection.execute(self._table("withdrawals").insert(), {**row, "why": why.strip()})
            return next(each for each in self._read(connection) if each.id == publication)

    def publications(self) -> tuple[Publication, ...]:
        """Return every publication there ever was, newest first, with its withdrawal where there is one."""
        with self._database.reading() as connection:
            return () if connection is None else self._read(connection)

    def note_test(self, subject: str, version: str, verdict: Verdict | None, refusal: str = "") -> None:
        """Record what a test said, or why it could not be made.

        Parameters
        ----------
        subject
            What was tested: a recipe as text.
        version
            The store version it was tested on.
        """
        text = verdict_text(verdict) if verdict is not None else ""
        self._note("test", subject, version, text, refusal)

    def test(self, subject: str, version: str) -> tuple[Verdict | None, str] | None:
        """Return the newest word on a test: the verdict, or None and why it could not be made; None: not tested."""
        found = self._noted("test", subject, version)
        return None if found is None else (verdict_of(found[0]) if found[0] else None, found[1])

    def note_drift(self, publication: str, version: str, drift: Drift) -> None:
        """Record how a publication does on the data of a version."""
        self._note("drift", publication, version, drift_text(drift), "")

    def drift(self, publication: str, version: str) -> Drift | None:
        """Return how a publication does on the data of a version; None where that was not worked out."""
        found = self._noted("drift", publication, version)
        return None if found is None else drift_of(found[0])

    def _note(self, kind: str, subject: str, version: str, finding: str, refusal: str) -> None:
        row = {"kind": kind, "subject": subject, "version": version, "finding": finding, "refusal": refusal}
        with self._database.writing() as connection:
            connection.execute(self._table("findings").insert(), {**row, "made_at": _moment(datetime.now(UTC))})

    def _noted(self, kind: str, subject: str, version: str) -> tuple[str, str] | None:
        with self._database.reading() as connection:
            if connection is None:
                return None
            table = self._table("findings").c
            wanted = (table.kind == kind) & (table.subject == subject) & (table.version == version)
            newest = _select(table.finding, table.refusal).where(wanted).order_by(table.number.desc())
            found = connection.execute(newest).first()
        return None if found is None else (str(found[0]), str(found[1]))

    def _read(self, connection: Connection) -> tuple[Publication, ...]:
        gone = {row.publication: row for row in connection.execute(_select(self._table("withdrawals")))}
        table = self._table("publications")
        rows = connection.execute(_select(table).order_by(table.c.number.desc()))
        return tuple(_publication(row, gone.get(row.id)) for row in rows)

    def _table(self, name: str) -> TableClause:
        return self._tables[name]

    @cached_property
    def _tables(self) -> dict[str, TableClause]:
        from ilpgeo.store.record_tables import tables

        return tables()


def _select(*what: Any) -> Any:
    from sqlalchemy import select

    return select(*what)


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds")


def _publication(row: Any, gone: Any) -> Publication:
    return Publication(
        id=row.id,
        model=Entry(row.model, json.loads(row.settings)),
        level=Level(row.level) if row.level else None,
        cell_m=row.cell_m,
        verdict=verdict_of(row.verdict),
        published_at=datetime.fromisoformat(row.published_at),
        expires_on=date.fromisoformat(row.expires_on),
        withdrawn_at=None if gone is None else datetime.fromisoformat(gone.withdrawn_at),
        withdrawn_by="" if gone is None else gone.by,
        withdrawn_why="" if gone is None else gone.why,
        **{name: getattr(row, name) for name in _TEXTS},
    )
