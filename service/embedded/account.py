"""The operating system account that Postgres runs as, because it refuses to run as root."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from io import BufferedWriter
from pathlib import Path

from service.embedded.errors import EmbeddedPostgresError

# Nothing else of ours goes into the server: its environment can be read, and ours may hold secrets.
KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
# A valid locale lets macOS start the server; a time zone saves initdb the search for it.
SET_VARIABLES = {"LC_ALL": "C", "TZ": "UTC", "PGCLIENTENCODING": "UTF8"}


@dataclass(frozen=True)
class Account:
    """A user of this machine; `switch` when it is another one than this process runs as."""

    name: str
    uid: int
    gid: int
    switch: bool

    def run(
        self,
        command: Sequence[str],
        *,
        text: str | None = None,
        log: BufferedWriter | None = None,
        keep: Sequence[int] = (),
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end as this account, feeding it `text`.

        Its output is in `stdout`, or goes to `log`: a command that leaves a daemon behind needs a log,
        since the daemon would keep a pipe open. Raises OSError when the account cannot execute it.
        """
        return subprocess.run(
            command,
            check=False,
            input=text or "",
            stdout=log or subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            pass_fds=keep,
            cwd="/",
            env={name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ} | SET_VARIABLES,
            # Its own session: the Ctrl-C in our terminal is for us, and we stop the server in order.
            start_new_session=True,
            user=self.uid if self.switch else None,
            group=self.gid if self.switch else None,
            extra_groups=[] if self.switch else None,
        )

    def can_enter(self, folder: Path) -> bool:
        """Whether the account gets into the folder: asked of the kernel, not read from mode bits."""
        return self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]).returncode == 0


def own_account() -> Account:
    """The account of this process; raises EmbeddedPostgresError when it has no name."""
    return account_of(os.geteuid())


def account_of(uid: int) -> Account:
    """The account of a uid; raises EmbeddedPostgresError when it has no name, which Postgres demands."""
    import pwd  # absent on Windows, where running() refuses

    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedPostgresError(
            f"uid {uid} has no user name, which Postgres needs: add one, or set OKRGRAPH_DATABASE_URL."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=uid != os.geteuid())


def unprivileged_account() -> Account:
    """Whom root runs Postgres as; raises EmbeddedPostgresError when there is nobody."""
    import pwd

    for name in ("postgres", "nobody"):
        try:
            return account_of(pwd.getpwnam(name).pw_uid)
        except KeyError:
            continue
    raise EmbeddedPostgresError(
        "Postgres refuses to run as root, and there is no user `postgres` or `nobody` to run it as:"
        " add one with `useradd --system postgres`, start as another user, or set OKRGRAPH_DATABASE_URL."
    )
