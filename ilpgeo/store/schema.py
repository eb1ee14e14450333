"""The schema of the records: where it stands, and the steps that bring it up to date (Alembic)."""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from ilpgeo.core.errors import InvalidInput

NEWEST = "0002"
_STEPS = Path(__file__).parent / "migrations"
_FIRST_TABLE, _WHERE_IT_STANDS = "publications", "alembic_version"
_LOCK_NUMBER = 0x696C7067  # any number of our own


class State(Enum):
    """How a database's schema compares with the one this program knows."""

    EMPTY = auto()
    OLD = auto()
    CURRENT = auto()


def state(connection: Connection) -> State:
    """Return where a database stands; raise InvalidInput when a newer program made it."""
    names = inspect(connection).get_table_names()
    if _WHERE_IT_STANDS not in names:
        return State.OLD if _FIRST_TABLE in names else State.EMPTY
    stands = connection.execute(text(f"select version_num from {_WHERE_IT_STANDS}")).scalar()
    if stands is not None and str(stands) > NEWEST:
        raise InvalidInput(
            f"the records were made by a newer ilpgeo (their form is {stands}, this one knows {NEWEST}); update ilpgeo"
        )
    return State.CURRENT if stands == NEWEST else State.OLD


def one_at_a_time(connection: Connection) -> None:
    """Wait, in PostgreSQL, until no other machine writes; SQLite's lock is beside its file."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"select pg_advisory_xact_lock({_LOCK_NUMBER})"))


def bring_up_to_date(connection: Connection) -> None:
    """Take the steps that a database has not taken yet, in the transaction of `connection`."""
    if state(connection) is State.CURRENT:
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, NEWEST)
