"""The catalogue of codes in docs/api.md is up to date, and has every code that the code base can answer with."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from service.errors import RequestError
from service.http import header_errors
from service.settings import ROOT
from tests.docs.codes import TOP_LEVEL, codes, user_error_codes
from tests.docs.page import section

# Where top-level errors come from. Whatever looks like a code there is one, but for a level of the log.
PLACES = ("service/errors.py", "service/reading/budget.py", "service/auth.py", "service/http", "schema/execution")
CODE = re.compile(r"[A-Z]{5,}(_[A-Z]+)*|[A-Z]+(_[A-Z]+)+")
NO_CODES = {"CRITICAL"}


def sources(place: str) -> list[Path]:
    path = ROOT / place
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def texts(path: Path) -> Iterator[str]:
    """The string literals of a file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def request_errors(kind: type[RequestError] = RequestError) -> Iterator[type[RequestError]]:
    """A kind of error and all that derive from it."""
    yield kind
    for each in kind.__subclasses__():
        yield from request_errors(each)


def test_the_catalogue_is_up_to_date() -> None:
    assert section("codes").strip() == codes().strip(), "run `python -m tests.docs.write` and review the difference"


def test_every_top_level_code_of_the_code_base_is_in_it() -> None:
    found = {text for place in PLACES for path in sources(place) for text in texts(path) if CODE.fullmatch(text)}
    assert found - NO_CODES == TOP_LEVEL.keys()


def test_no_error_of_a_request_has_another_code_or_is_defined_elsewhere_with_one() -> None:
    everywhere = [path for folder in ("service", "schema") for path in sources(folder)]
    own = [each for path in everywhere for each in re.findall(r'^    code = "(\w+)"$', path.read_text("utf-8"), re.M)]
    assert {*own, *(kind.code for kind in request_errors())} <= TOP_LEVEL.keys()


def test_the_statuses_are_those_of_the_code() -> None:
    told = {(kind.code, kind.status) for kind in request_errors()}
    told |= {
        (each.code, each.status) for each in vars(header_errors).values() if isinstance(each, header_errors.HeaderError)
    }
    # Only fields come to these, which are answered 200 with what the other fields have.
    told -= {("FORBIDDEN", 403), ("COMMIT_UNCONFIRMED", 500)}
    told -= {("TOO_MANY_MEASUREMENTS", 400), ("TOO_MANY_SEARCHES", 400)}
    assert [(code, status) for code, status in told if str(status) not in TOP_LEVEL[code].status] == []


def test_every_code_of_user_errors_is_described() -> None:
    assert [
        code for code, text in user_error_codes().items() if not text or f"| `{code}` |" not in section("codes")
    ] == []
