"""Opens files or standard input and output for a command. An unusable file ends the command."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Any, TypeVar

from service.cli.console import fail

R = TypeVar("R")
STANDARD = Path("-")
BLOCK_BYTES = 65_536


@contextmanager
def open_input(file: Path) -> Iterator[Iterator[bytes]]:
    """The bytes of a file or of standard input, in blocks of any length. Exits with 1 if it cannot be read."""
    with ExitStack() as stack:
        if file == STANDARD:
            source = _standard_stream(sys.stdin, "Standard input")
        else:
            source = stack.enter_context(_run_or_fail(f"{file} cannot be read:", file.open, "rb"))
        # Calls `read` until it returns b"", which means the end of the file.
        yield iter(lambda: _run_or_fail(f"{file} cannot be read:", source.read, BLOCK_BYTES), b"")


@contextmanager
def open_output(file: Path) -> Iterator[Callable[[bytes], int]]:
    """A function that writes to a file or to standard output. Exits with 1 if it cannot be written."""
    problem = f"{file} cannot be written:"
    target = (
        _standard_stream(sys.stdout, "Standard output") if file == STANDARD else _run_or_fail(problem, file.open, "wb")
    )
    try:
        yield lambda block: _run_or_fail(problem, target.write, block)
        # Flushed here, so that `close` cannot fail.
        _run_or_fail(problem, target.flush)
    finally:
        if file != STANDARD:
            with suppress(OSError):
                target.close()


def _run_or_fail(problem: str, action: Callable[..., R], *arguments: Any) -> R:
    try:
        return action(*arguments)
    except BrokenPipeError:
        # The reader of the output has ended, such as `head`. The command ends without a message.
        raise
    except OSError as error:
        fail(problem, error.strerror or str(error))


def _standard_stream(stream: Any, name: str) -> IO[bytes]:
    if stream is None:
        fail(f"{name} is closed.")
    buffer: IO[bytes] = stream.buffer
    return buffer
