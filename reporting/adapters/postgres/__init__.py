"""The embedded PostgreSQL server: found, prepared, started and stopped by us alone."""
