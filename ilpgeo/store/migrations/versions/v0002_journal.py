"""The journal: every document of the intelligence cycle with all its revisions."""

from alembic import op
from sqlalchemy import Column, Integer, String, Text, UniqueConstraint

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the journal."""
    op.create_table(
        "journal",
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("kind", String(64), nullable=False),
        Column("id", String(64), nullable=False),
        Column("revision", Integer, nullable=False),
        Column("document", Text, nullable=False),
        Column("made_at", String(32), nullable=False),
        Column("made_by", String(200), nullable=False),
        UniqueConstraint("kind", "id", "revision", name="one_of_each_revision"),
        if_not_exists=True,
    )
