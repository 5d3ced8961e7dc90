"""Commands in this process, as an operator types them, over a database and variables of the test's choice."""

import asyncio
import os
from typing import NamedTuple
from unittest.mock import patch

from typer.testing import CliRunner

from service.__main__ import app
from service.cli.configuration import settings


class Ended(NamedTuple):
    """How a command ended: exit code, stdout as `answers`, and stderr."""

    code: int
    answers: str
    stderr: str


def run_command(*arguments: str, input: bytes | str | None = None, **variables: str) -> Ended:
    """Runs `okrgraph` with these variables and none else of its own; anything but an exit is raised."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("OKRGRAPH_", "HOST", "PORT"))
    }
    settings.cache_clear()
    try:
        with patch.dict(os.environ, {**environment, **variables}, clear=True):
            result = CliRunner().invoke(app, list(arguments), input=input)
    finally:
        settings.cache_clear()
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)


async def run_async(*arguments: str, input: bytes | str | None = None, **variables: str) -> Ended:
    """`run_command` in a thread, as a command has its own event loop."""
    return await asyncio.to_thread(run_command, *arguments, input=input, **variables)
