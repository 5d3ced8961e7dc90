"""The header by which a client reads what it has written, also where another process and a replica answer."""

import re

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from service.errors import BadUserInput

HEADER = "X-Write-Position"
# Positions are 64 bits.
POSITION = re.compile(r"[0-9]{1,19}")


def parse_position(headers: Headers) -> int:
    """The position that a request wants to see; 0 without one. Raises BadUserInput."""
    value = headers.get(HEADER, "0")
    if not POSITION.fullmatch(value):
        raise BadUserInput(f"Send as {HEADER} what a response to a mutation had there, or leave the header out.")
    return int(value)


def add_position(request: Request, response: Response) -> None:
    """Adds the position of what a request has written to its response, where there is a replica."""
    if (position := getattr(request.state, "written", None)) is not None:
        response.headers[HEADER] = str(position)
