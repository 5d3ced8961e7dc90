"""The log file of the server: its end as part of errors, and its rotation."""

from pathlib import Path

from service.embedded.errors import EmbeddedPostgresError

MAX_SHOWN_LINES = 15
MAX_SHOWN_BYTES = 8_000
MAX_LOG_BYTES = 10_000_000


def error_with_log(problem: str, log: Path) -> EmbeddedPostgresError:
    """An error for a problem, with the path and the last lines of the log."""
    lines = "\n".join(read_log_end(log).splitlines()[-MAX_SHOWN_LINES:])
    return EmbeddedPostgresError(f"{problem}. Its log, {log}, ends with:\n{lines}")


def read_log_end(log: Path) -> str:
    """The last bytes of the log as text; empty if there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - MAX_SHOWN_BYTES))
            return file.read().decode(errors="replace")
    except FileNotFoundError:
        return ""


def rotate_log(log: Path) -> None:
    """Renames a log of more than MAX_LOG_BYTES to `.log.old`, replacing the previous one."""
    if log.exists() and log.stat().st_size > MAX_LOG_BYTES:
        log.replace(log.with_suffix(".log.old"))
