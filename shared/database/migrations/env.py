"""Alembic's entry: runs the history on the connection that ``shared.database.migrate`` hands over."""

from alembic import context
from sqlalchemy import Connection

from shared.database import tables
from shared.database.columns import Base

assert tables.__all__, "importing the tables registers them with Base"  # noqa: S101 (a reason to import, said aloud)

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",  # SQLite alters a table by copying it
    compare_type=True,
    transactional_ddl=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
