"""Renders the explorer page with its content security policy, and serves its files."""

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
# Monaco, the editor of GraphiQL, needs style attributes, fonts inside the style sheet, and workers.
GRAPHIQL_POLICY = f"{COMMON_POLICY}; style-src 'self' 'unsafe-inline'; font-src data:; worker-src 'self'"


class Explorer:
    """Serves the page. `key` is the API key that is filled in for a browser on this machine.

    `graphiql` is the folder with the files of GraphiQL. If one is missing, the plain page is served.
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
        """The page as HTML. It contains the key only if the request may see it."""
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
        """The response with the file `name`, a path parameter. Raises HTTPException 404."""
        file = self._files.get(request.path_params["name"])
        if file is None:
            raise HTTPException(404)
        return await respond(request, file)


def embed_json(value: object) -> str:
    """JSON that is safe inside a script element: no string in it can close the element."""
    return orjson.dumps(value).decode().replace("<", "\\u003c")
