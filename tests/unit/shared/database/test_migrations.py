from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from shared.database import tables
from shared.database.columns import Base
from shared.database.engine import Database
from shared.database.migrate import migrate


def test_the_migrated_schema_is_the_one_the_tables_describe(database: Database) -> None:
    assert tables.__all__
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_migrating_twice_changes_nothing(database: Database) -> None:
    before = inspect(database.engine).get_table_names()
    migrate(database.engine)
    assert inspect(database.engine).get_table_names() == before
