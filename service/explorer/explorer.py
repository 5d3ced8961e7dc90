"""The page itself: its form, its content security policy, and the files that it loads."""

import secrets
from pathlib import Path

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from service.explorer.examples import load_examples
from service.explorer.files import load_files, respond
from service.explorer.key_access import may_see_key

PAGES = Path(__file__).parent / "pages"
GRAPHIQL = Path(__file__).parent / "graphiql"
GRAPHIQL_FILES = ("graphiql.js", "graphiql.css", "worker-editor.js", "worker-json.js", "worker-graphql.js")
GRAPHIQL_PAGE_FILES = ("graphiql-page.js", "graphiql-page.css")
PLAIN_FILES = ("plain.js", "plain.css")

COMMON_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; connect-src 'self'; img-src data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
PLAIN_POLICY = f"{COMMON_POLICY}; style-src 'self'"
# Monaco, the editor of GraphiQL, places every line by style attributes, has its fonts in the style sheet, and checks
# documents in workers.
GRAPHIQL_POLICY = f"{COMMON_POLICY}; style-src 'self' 'unsafe-inline'; font-src data:; worker-src 'self'"


class Explorer:
    """Serves the page; `key` is the API key that a person at this machine finds filled in.

    `graphiql` is the folder with the files of GraphiQL; where one is missing, the plain page is served.
    """

    def __init__(self, key: str | None = None, graphiql: Path = GRAPHIQL) -> None:
        self._key = key
        self._examples = [example.as_dict() for example in load_examples()]
        try:
            files = load_files(graphiql, GRAPHIQL_FILES)
        except FileNotFoundError:
            self._files = load_files(PAGES, PLAIN_FILES)
            self._template, self._policy = (PAGES / "plain.html").read_text("utf-8"), PLAIN_POLICY
        else:
            self._files = files | load_files(PAGES, GRAPHIQL_PAGE_FILES)
            self._template, self._policy = (PAGES / "graphiql.html").read_text("utf-8"), GRAPHIQL_POLICY

    def page(self, request: Request) -> Response:
        """The page as HTML, with the key only for those who may see it."""
        nonce = secrets.token_urlsafe(16)
        config = {"key": self._key if may_see_key(request) else None, "examples": self._examples}
        html = self._template.replace("{{ nonce }}", nonce).replace("{{ config }}", embed_json(config))
        headers = {
            "Content-Security-Policy": self._policy.format(nonce=nonce),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        }
        return HTMLResponse(html, headers=headers)

    async def file(self, request: Request) -> Response:
        """One of the files that the page loads, by the path parameter `name`."""
        file = self._files.get(request.path_params["name"])
        if file is None:
            raise HTTPException(404)
        return await respond(request, file)


def embed_json(value: object) -> str:
    """JSON that can stand inside a script element, which no text in it can close."""
    return orjson.dumps(value).decode().replace("<", "\\u003c")
