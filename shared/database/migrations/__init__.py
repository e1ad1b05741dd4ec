"""The one history of the schema, for MySQL and SQLite alike."""
