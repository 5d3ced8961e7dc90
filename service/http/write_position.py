"""The header `X-Write-Position`, by which a client reads its own writes from any process and replica."""

import re

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from service.errors import BadUserInput

HEADER = "X-Write-Position"
# Positions are 64 bits.
POSITION = re.compile(r"[0-9]{1,19}")


def parse_position(headers: Headers) -> int:
    """The log position that a request must see; 0 without the header. Raises BadUserInput."""
    value = headers.get(HEADER, "0")
    if not POSITION.fullmatch(value):
        raise BadUserInput(f"Send as {HEADER} what a response to a mutation had there, or leave the header out.")
    return int(value)


def add_position(request: Request, response: Response) -> None:
    """Adds the log position of the writes of a request to its response, if there is a replica."""
    if (position := getattr(request.state, "written", None)) is not None:
        response.headers[HEADER] = str(position)
