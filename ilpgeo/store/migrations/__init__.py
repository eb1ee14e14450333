"""The steps of the records' schema, run by Alembic; a step that was released is never changed."""
