"""The error of the embedded Postgres."""


class EmbeddedPostgresError(RuntimeError):
    """The embedded Postgres cannot be found, started or stopped; the message says what to do."""
