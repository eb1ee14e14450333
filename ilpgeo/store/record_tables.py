"""The tables of the records as queries name them; how they are made is in `migrations`."""

from __future__ import annotations

from sqlalchemy import Connection, TableClause, column, func, select, table

_COLUMNS = {
    "publications": (
        "number", "id", "model", "offence", "area", "level", "settings", "cell_m", "note", "reason", "recipe",
        "verdict", "owner", "approver", "data_version", "published_at", "expires_on",
    ),
    "withdrawals": ("number", "publication", "withdrawn_at", "by", "why"),
    "findings": ("number", "kind", "subject", "version", "finding", "refusal", "made_at"),
    "journal": ("number", "kind", "id", "revision", "document", "made_at", "made_by"),
}  # fmt: skip


def tables() -> dict[str, TableClause]:
    """Return the tables by name. Moments are ISO texts in UTC: the same in every database."""
    return {name: table(name, *map(column, columns)) for name, columns in _COLUMNS.items()}


def rows_so_far(connection: Connection) -> str:
    """Return the last number of every table: another text after each row that is added."""
    newest = [select(func.max(each.c.number)).scalar_subquery() for each in tables().values()]
    return "-".join(str(number or 0) for number in connection.execute(select(*newest)).one())
