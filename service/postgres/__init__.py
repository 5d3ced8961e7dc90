"""Postgres: connections, their pool, transactions' settings, tables in common, migrations and replicas."""
