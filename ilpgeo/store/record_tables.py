"""The tables of the records, in SQLAlchemy Core. Moments are ISO texts in UTC: the same in every database."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Column, Connection, Float, Integer, MetaData, String, Table, Text, inspect
from sqlalchemy.schema import CreateTable


def tables() -> dict[str, Table]:
    """Return the tables by name."""
    known = MetaData()
    publications = [
        Column("id", String(32), unique=True, nullable=False),
        *(Column(name, String(200), nullable=False) for name in ("model", "offence", "area", "level")),
        Column("settings", Text, nullable=False),
        Column("cell_m", Float, nullable=False),
        *(Column(name, Text, nullable=False) for name in ("note", "reason", "recipe", "verdict")),
        *(Column(name, String(200), nullable=False) for name in ("owner", "approver", "data_version")),
        *(Column(name, String(32), nullable=False) for name in ("published_at", "expires_on")),
    ]
    withdrawals = [
        Column("publication", String(32), unique=True, nullable=False),
        Column("withdrawn_at", String(32), nullable=False),
        Column("by", String(200), nullable=False),
        Column("why", Text, nullable=False),
    ]
    findings = [
        Column("kind", String(16), nullable=False),
        Column("subject", Text, nullable=False),
        Column("version", String(200), nullable=False),
        Column("finding", Text, nullable=False),
        Column("refusal", Text, nullable=False),
        Column("made_at", String(32), nullable=False),
    ]
    columns = {"publications": publications, "withdrawals": withdrawals, "findings": findings}
    return {name: Table(name, known, _number(), *each) for name, each in columns.items()}


def _number() -> Column[int]:
    return Column("number", Integer, primary_key=True, autoincrement=True)


def make_tables(connection: Connection, known: Mapping[str, Table]) -> None:
    """Make the tables that are not there yet."""
    for table in known.values():
        connection.execute(CreateTable(table, if_not_exists=True))


def has_tables(connection: Connection, known: Mapping[str, Table]) -> bool:
    """Return whether every table is there."""
    return set(known) <= set(inspect(connection).get_table_names())
