"""Which media type an answer has, by the Accept header alone."""

import pytest
from starlette.datastructures import Headers

from service.http.negotiation import choose_media_type, prefers_html
from service.http.request_errors import NotAcceptable

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}; charset=utf-8, {JSON}; charset=utf-8", GRAPHQL),
        (f"{GRAPHQL},{JSON};q=0.9", GRAPHQL),
        (f"{GRAPHQL};q=0.8,{JSON};q=0.9", JSON),
        (f"{JSON}, {GRAPHQL}", JSON),
        (f"*/*, {GRAPHQL}", GRAPHQL),
        (f"{GRAPHQL};q=0, */*;q=0.1", JSON),
        ("text/html,application/xhtml+xml,*/*;q=0.8", JSON),
        ("Application/JSON; Charset=UTF-8", JSON),
        ('application/json; charset="utf-8"', JSON),
    ],
)
def test_the_best_of_what_the_client_takes(accept: str | None, expected: str) -> None:
    assert choose_media_type(Headers({} if accept is None else {"accept": accept})) == expected


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "text/*",
        f"{JSON};q=0",
        f"{JSON};q=nan",
        f"{JSON};q=2",
        f"{JSON};q=x",
        f"{JSON}; charset=latin-1",
        ";;,=",
    ],
)
def test_nothing_that_the_client_takes(accept: str) -> None:
    with pytest.raises(NotAcceptable):
        choose_media_type(Headers({"accept": accept}))


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", True),
        ("text/html", True),
        ("*/*, text/html", True),
        ("text/html, application/json", True),
        ("application/json;q=0.9, text/html", True),
        ("application/json, text/html", False),
        ("text/html;q=0.9, application/json", False),
        ("text/html;q=0.9, */*", False),
        ("text/html;q=0", False),
        ("text/*", False),
        ("*/*", False),
        (JSON, False),
        ("", False),
        (None, False),
    ],
)
def test_html_is_for_those_who_weigh_it_most(accept: str | None, expected: bool) -> None:
    assert prefers_html(Headers({} if accept is None else {"accept": accept})) is expected
