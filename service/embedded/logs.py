"""The server's log file: what it says when something failed, and how long it may grow."""

from pathlib import Path

from service.embedded.errors import EmbeddedPostgresError

LAST_LINES = 15
LAST_BYTES = 8_000
MOST_BYTES = 10_000_000


def failed(what: str, log: Path) -> EmbeddedPostgresError:
    """An error that ends with the last lines of the log and says where it is."""
    lines = "\n".join(tail(log).splitlines()[-LAST_LINES:])
    return EmbeddedPostgresError(f"{what}. Its log, {log}, ends with:\n{lines}")


def tail(log: Path) -> str:
    """The last bytes of the log as text; empty when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - LAST_BYTES))
            return file.read().decode(errors="replace")
    except FileNotFoundError:
        return ""


def rotate(log: Path) -> None:
    """Put a log aside that has grown long, over the one put aside before."""
    if log.exists() and log.stat().st_size > MOST_BYTES:
        log.replace(log.with_suffix(".log.old"))
