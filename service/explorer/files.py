"""The files of the explorer pages, held in memory in compressed form."""

import gzip
import hashlib
from collections.abc import Iterable
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from service.values.record import record

MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}


@record
class StaticFile:
    """One file, compressed by gzip."""

    media_type: str
    compressed: bytes
    etag: str


def load_files(folder: Path, names: Iterable[str]) -> dict[str, StaticFile]:
    """Files of a folder by name, each stored as `<name>` or as `<name>.gz`. Raises FileNotFoundError."""
    return {name: _load(folder, name) for name in names}


def _load(folder: Path, name: str) -> StaticFile:
    packed = folder / f"{name}.gz"
    # With a fixed time, so that the same content has the same ETag after a restart.
    compressed = packed.read_bytes() if packed.exists() else gzip.compress((folder / name).read_bytes(), mtime=0)
    etag = f'"{hashlib.sha256(compressed).hexdigest()[:32]}"'
    return StaticFile(MEDIA_TYPES[Path(name).suffix], compressed, etag)


async def respond(request: Request, file: StaticFile) -> Response:
    """The response with a file, compressed if the client accepts that, or 304 if the client has the file."""
    headers = {
        "ETag": file.etag,
        "Cache-Control": "no-cache",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        # Applies to workers, which load nothing.
        "Content-Security-Policy": "default-src 'none'",
    }
    if file.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.compressed, media_type=file.media_type, headers={**headers, "Content-Encoding": "gzip"})
    content = await run_in_threadpool(gzip.decompress, file.compressed)
    return Response(content, media_type=file.media_type, headers=headers)
