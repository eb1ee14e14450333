"""Publications, their withdrawals, and what tests said. Databases made before there were steps have them already."""

from alembic import op
from sqlalchemy import Column, Float, Integer, String, Text

revision = "0001"
down_revision = None


def _number() -> Column[int]:
    return Column("number", Integer, primary_key=True, autoincrement=True)


def upgrade() -> None:
    """Make the tables that are not there."""
    op.create_table(
        "publications",
        _number(),
        Column("id", String(32), unique=True, nullable=False),
        *(Column(name, String(200), nullable=False) for name in ("model", "offence", "area", "level")),
        Column("settings", Text, nullable=False),
        Column("cell_m", Float, nullable=False),
        *(Column(name, Text, nullable=False) for name in ("note", "reason", "recipe", "verdict")),
        *(Column(name, String(200), nullable=False) for name in ("owner", "approver", "data_version")),
        *(Column(name, String(32), nullable=False) for name in ("published_at", "expires_on")),
        if_not_exists=True,
    )
    op.create_table(
        "withdrawals",
        _number(),
        Column("publication", String(32), unique=True, nullable=False),
        Column("withdrawn_at", String(32), nullable=False),
        Column("by", String(200), nullable=False),
        Column("why", Text, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "findings",
        _number(),
        Column("kind", String(16), nullable=False),
        Column("subject", Text, nullable=False),
        Column("version", String(200), nullable=False),
        Column("finding", Text, nullable=False),
        Column("refusal", Text, nullable=False),
        Column("made_at", String(32), nullable=False),
        if_not_exists=True,
    )
