"""The files of a command, or its standard input and output: one that cannot be used ends the command."""

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
def opened(file: Path) -> Iterator[Iterator[bytes]]:
    """The bytes of a file, or of standard input, in blocks of any length. Exits with 1 when they cannot be read."""
    with ExitStack() as stack:
        if file == STANDARD:
            source = _standard(sys.stdin, "Standard input")
        else:
            source = stack.enter_context(_tried(f"{file} cannot be read:", file.open, "rb"))
        # A function with an end: nothing is what is read of it there.
        yield iter(lambda: _tried(f"{file} cannot be read:", source.read, BLOCK_BYTES), b"")


@contextmanager
def written(file: Path) -> Iterator[Callable[[bytes], int]]:
    """What writes to a file, or to standard output. Exits with 1 when it cannot be written."""
    problem = f"{file} cannot be written:"
    target = _standard(sys.stdout, "Standard output") if file == STANDARD else _tried(problem, file.open, "wb")
    try:
        yield lambda block: _tried(problem, target.write, block)
        # Nothing is left in memory then, so that closing has nothing to say.
        _tried(problem, target.flush)
    finally:
        if file != STANDARD:
            with suppress(OSError):
                target.close()


def _tried(problem: str, action: Callable[..., R], *arguments: Any) -> R:
    try:
        return action(*arguments)
    except BrokenPipeError:
        # Whoever reads the output has seen enough, as `head` does; the command ends without a word.
        raise
    except OSError as error:
        fail(problem, error.strerror or str(error))


def _standard(stream: Any, name: str) -> IO[bytes]:
    if stream is None:
        fail(f"{name} is closed.")
    buffer: IO[bytes] = stream.buffer
    return buffer
