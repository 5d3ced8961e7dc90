"""A process of its own that uses a cluster until its standard input ends; no test."""

import json
import os
import signal
import sys
from pathlib import Path

from service.embedded import running

# Tests that run in the background may have been started with the signal ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
folder, wants = Path(sys.argv[1]), sys.argv[2:]
with running(folder, throwaway="throwaway" in wants) as cluster:
    for name in (want.removeprefix("database=") for want in wants if want.startswith("database=")):
        cluster.ensure_database(name)
    server = int((cluster.data / "postmaster.pid").read_text().split()[0])
    facts = {"server": server, "uid": os.geteuid(), "version": cluster.version, "bin": str(cluster.tools.bin)}
    print(json.dumps(facts), flush=True)
    sys.stdin.read()
