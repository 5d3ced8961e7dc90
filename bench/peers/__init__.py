"""Servers of other makers, each a file for Node beside this one, installed by npm when they are first needed."""

import filecmp
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.data import FOLDER, DataSet, plain_url
from bench.documents import postgraphile
from bench.servers import Server, Unavailable, free_port, started

SOURCES = Path(__file__).parent
INSTALLED = FOLDER / "peers"
LOCK = "package-lock.json"
YOUNG_GENERATION = "--max-semi-space-size=64"
INSTALL_SECONDS = 600


class Peer(NamedTuple):
    """A peer: its title, its file, options of Node, and whether it is told the organization in its environment."""

    title: str
    file: str
    options: tuple[str, ...] = ()
    knows_organization: bool = True


_PEERS = {
    "postgraphile": Peer("PostGraphile 5", "postgraphile.mjs", knows_organization=False),
    "postgraphile-protected": Peer("PostGraphile 5 with the same protection", "postgraphile.mjs"),
    "mercurius": Peer("fastify, mercurius with `jit: 1` and loaders", "mercurius.mjs"),
    "graphql-jit": Peer("graphql-jit, dataloader, the same protection", "graphql-jit.mjs", knows_organization=False),
}
PEERS = {
    **_PEERS,
    **{
        f"{name}-64": peer._replace(title=f"{peer.title}, `{YOUNG_GENERATION}`", options=(YOUNG_GENERATION,))
        for name, peer in _PEERS.items()
    },
}


@contextmanager
def peer(name: str, data: DataSet) -> Iterator[Server]:
    """A running peer. Raises Unavailable."""
    chosen = PEERS[name]
    node = _installed_node()
    port = free_port()
    environment = {"DATABASE_URL": plain_url(data.url), "NODE_ENV": "production", "PORT": str(port)}
    if chosen.knows_organization:
        environment["ORGANIZATION"] = str(data.organization_id)
    documents: Mapping[str, str] = postgraphile.DOCUMENTS if name.startswith("postgraphile") else {}
    command = [str(node), *chosen.options, str(INSTALLED / chosen.file)]
    with started(name, data, port, command, environment, INSTALLED, documents=documents) as running_server:
        yield running_server


def _installed_node() -> Path:
    """The Node of the installed packages; installs them if the list of packages has changed."""
    INSTALLED.mkdir(parents=True, exist_ok=True)
    for source in SOURCES.glob("*.mjs"):
        shutil.copy(source, INSTALLED)
    node = INSTALLED / "node_modules" / ".bin" / "node"
    lock = INSTALLED / LOCK
    if node.exists() and lock.exists() and filecmp.cmp(SOURCES / LOCK, lock, shallow=False):
        return node
    npm = shutil.which("npm")
    if npm is None:
        raise Unavailable("npm is not installed")
    for name in ("package.json", LOCK):
        shutil.copy(SOURCES / name, INSTALLED)
    try:
        completed = subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund"], cwd=INSTALLED, check=False, timeout=INSTALL_SECONDS
        )
    except subprocess.TimeoutExpired:
        lock.unlink()
        raise Unavailable("npm did not install it in time") from None
    if completed.returncode or not node.exists():
        lock.unlink()
        raise Unavailable("npm could not install it")
    return node
