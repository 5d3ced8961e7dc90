"""Another version of the service beside this one: its data made by its own code, its server on a copy of them."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import UUID

import orjson

from bench.data import DataSet, copied
from bench.servers import OURS, Server, server
from service.settings import ROOT

# Runs this benchmark with the service of the folder that it is started in.
HOLD_SCRIPT = """
import importlib.util, sys, orjson
spec = importlib.util.spec_from_file_location("bench", sys.argv[1], submodule_search_locations=[sys.argv[2]])
sys.modules["bench"] = importlib.util.module_from_spec(spec)
from bench.data import data_set
with data_set() as data:
    facts = [data.url, data.serving, str(data.organization_id), data.key, data.postgres]
    print(orjson.dumps(facts).decode(), flush=True)
    sys.stdin.read()
"""


@contextmanager
def held_data(folder: Path) -> Iterator[DataSet]:
    """The data set of a version, created by its own commands and held until the end. Exits if it makes none."""
    arguments = [str(ROOT / "bench" / "__init__.py"), str(ROOT / "bench")]
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD_SCRIPT, *arguments],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    line = ""
    while not line.startswith("["):
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"{folder} made no data.")
    url, serving, organization_id, key, postgres = orjson.loads(line)
    try:
        yield DataSet(url, serving, UUID(organization_id), key, postgres)
    finally:
        process.stdin.close()
        process.wait()


@contextmanager
def old_and_new(folder: Path, executor: str = OURS) -> Iterator[tuple[tuple[Server, DataSet], tuple[Server, DataSet]]]:
    """The running servers of another version and of this one, each with its stored data set."""
    with ExitStack() as stack:
        pairs = []
        for name, version in (("old", folder.resolve()), ("new", ROOT)):
            data = stack.enter_context(held_data(version))
            copy = stack.enter_context(copied(data, name))
            pairs.append((stack.enter_context(server(executor, copy, version, log=name)), data))
        yield pairs[0], pairs[1]
