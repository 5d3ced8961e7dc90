"""What goes wrong with the embedded Postgres, told so that an operator can act on it."""


class EmbeddedPostgresError(RuntimeError):
    """The embedded Postgres cannot be found, started or stopped; the message says what to do."""
