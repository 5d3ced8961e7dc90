"""Configures the log of the process: one JSON object per line on stdout, for structlog and the standard library."""

import logging.config
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, BinaryIO

import orjson
import structlog
from structlog.typing import EventDict, Processor

from service.http.exception_text import exception_text


def first_line_of_asyncio(_logger: Any, _method: str, event_dict: EventDict) -> EventDict:
    """Leaves out what asyncio tells of a failed task: the representations of its exception and of its arguments."""
    if event_dict.get("logger") == "asyncio":
        event_dict["event"] = str(event_dict["event"]).partition("\n")[0]
    return event_dict


SHARED_PROCESSORS: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.ExceptionRenderer(exception_text),
    first_line_of_asyncio,
]


class LineLogger:
    """Writes a line to a stream at once. A line that cannot be written is lost: a full disk must not fail a request."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream, self.name = stream, name

    def msg(self, line: bytes) -> None:
        """Writes a line."""
        try:
            self._stream.write(line + b"\n")
            self._stream.flush()
        except (OSError, ValueError):
            # ValueError: the stream is closed.
            return

    debug = info = warning = error = exception = critical = msg


# Where the lines of requests go; None: nowhere.
_requests: LineLogger | None = None


def configure(level: str = "INFO") -> None:
    """Configures logging. To be called once, before the server starts with `log_config=None`.

    Loggers of structlog write without the standard library, which takes twice the time of a line.
    """
    global _requests
    _requests = LineLogger(sys.stdout.buffer, "access") if logging.getLevelName(level.upper()) <= logging.INFO else None
    structlog.configure(
        processors=[*SHARED_PROCESSORS, structlog.processors.JSONRenderer(serializer=dump_event)],
        logger_factory=_logger_factory(sys.stdout.buffer),
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": {"()": formatter}},
            "handlers": {
                "stdout": {
                    "class": "logging.StreamHandler",
                    "stream": "ext://sys.stdout",
                    "formatter": "json",
                }
            },
            "root": {"handlers": ["stdout"], "level": level.upper()},
            "loggers": {
                "uvicorn": {"handlers": [], "propagate": True},
                "uvicorn.error": {"handlers": [], "propagate": True},
                # Its lines would repeat those of the access log without their ids.
                "uvicorn.access": {"handlers": [], "propagate": False, "level": "CRITICAL"},
            },
        }
    )


def log_request(values: dict[str, Any]) -> None:
    """Logs a request, if requests are logged. The line is as structlog makes it, which takes five times as long."""
    if _requests is not None:
        timestamp = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        rest = {"event": "request", "level": "info", "logger": _requests.name, "timestamp": timestamp}
        _requests.msg(orjson.dumps(values | rest))


def formatter() -> logging.Formatter:
    """The formatter for records of the standard library."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED_PROCESSORS,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(
                serializer=lambda *args, **options: dump_event(*args, **options).decode()
            ),
        ],
    )


def dump_event(event: Any, default: Any, **_: Any) -> bytes:
    """An event as JSON. `default` converts values that have no JSON form."""
    return orjson.dumps(event, default=default, option=orjson.OPT_NON_STR_KEYS)


def _logger_factory(stream: BinaryIO) -> Callable[[str], LineLogger]:
    return lambda name: LineLogger(stream, name)
