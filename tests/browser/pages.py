"""What a browser does on a page, and an empty page of another site."""

from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request

# A name that the browser resolves to loopback, as one can that belongs to somebody else.
FOREIGN_HOST = "foreign.example"

NOTE_VIOLATIONS = """
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => {
        window.violations.push(`${event.effectiveDirective} ${event.blockedURI}`);
    });
"""
FETCH = """
    async ([url, options]) => {
        try {
            const response = await fetch(url, options);
            return {
                status: response.status,
                requestId: response.headers.get("x-request-id"),
                body: await response.text(),
            };
        } catch (error) {
            return { error: error.name };
        }
    }
"""


class Visit:
    """One page of a browser, with every request that it makes and everything that it complains about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[Request] = []
        self.complaints: list[str] = []
        page.context.on("request", lambda request: self.requests.append(request))
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    @classmethod
    async def begin(cls, context: BrowserContext) -> "Visit":
        await context.add_init_script(NOTE_VIOLATIONS)
        return cls(await context.new_page())

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    async def fetch(self, url: str, **options: Any) -> Mapping[str, Any]:
        """What `fetch` on the page comes to: status and body, or the name of the error."""
        return await self.page.evaluate(FETCH, [url, options])

    async def violations(self) -> list[str]:
        """What the content security policy of the page forbade."""
        return await self.page.evaluate("window.violations")

    def sites(self) -> set[str]:
        """Scheme, host and port of everything requested."""
        parts = [urlsplit(request.url) for request in self.requests]
        return {f"{each.scheme}://{each.netloc}" for each in parts}


class PageServer:
    """Serves an empty page under every path, on a free port."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _EmptyPage)
        self.port = self._server.server_port
        self.origin = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "PageServer":
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _EmptyPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b'<!doctype html><link rel="icon" href="data:,"><title>A page</title>')

    def log_message(self, *_: object) -> None:
        """Quiet."""
