"""The front page at `/`, with links to the API and its schema."""

import base64
import hashlib
from collections.abc import Awaitable, Callable
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from service.http.negotiation import prefers_html

NAME = "okrgraph"
DESCRIPTION = "A headless GraphQL service for OKRs and KPIs."
STYLE = "body{font-family:system-ui,sans-serif;line-height:1.5;margin:3rem auto;max-width:40rem;padding:0 1rem}"
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; img-src data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def front_page_endpoint(*, has_explorer: bool) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of the front page: HTML for browsers, else JSON, with a link to the explorer if there is one."""
    common = {"Vary": "Accept", "Cache-Control": "public, max-age=60", "X-Content-Type-Options": "nosniff"}
    html_headers = {**common, "Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
    links = {"graphql": "/graphql", "schema": "/schema.graphql"} | ({"explorer": "/graphql"} if has_explorer else {})
    html = render_html(has_explorer)

    async def respond(request: Request) -> Response:
        if prefers_html(request.headers):
            return HTMLResponse(html, headers=html_headers)
        return JSONResponse({"name": NAME, "description": DESCRIPTION, **links}, headers=common)

    return respond


def render_html(has_explorer: bool) -> str:
    """The HTML page. Its links are relative, so that a proxy can serve it below a path."""
    explorer = '<li><a href="graphql">Explorer</a>: try the API in the browser</li>\n' if has_explorer else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{NAME}</title>
<link rel="icon" href="data:,">
<style>{STYLE}</style>
</head>
<body>
<h1>{NAME}</h1>
<p>{escape(DESCRIPTION)} The API is at <code>/graphql</code>: send queries and mutations by POST as JSON, with
your API key in the header <code>Authorization: Bearer okr_…</code>.</p>
<ul>
{explorer}<li><a href="schema.graphql">Schema</a>: all types and fields, with descriptions</li>
</ul>
</body>
</html>
"""
