"""The operating system account that runs Postgres, which refuses to run as root."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from io import BufferedWriter
from pathlib import Path

from service.embedded.errors import EmbeddedPostgresError

# No other variable is passed on: the environment of the server is readable, and ours may contain secrets.
INHERITED_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
# macOS needs a valid locale. With TZ set, initdb does not search for the time zone.
SET_VARIABLES = {"LC_ALL": "C", "TZ": "UTC", "PGCLIENTENCODING": "UTF8"}


@dataclass(frozen=True)
class Account:
    """A user of this machine. `switch` means that it is not the user of this process."""

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
        inherited_files: Sequence[int] = (),
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end as this account, with `text` as standard input.

        Its output is in `stdout`, or goes to `log`. A command that starts a daemon needs a log, since the daemon would
        keep a pipe open. `inherited_files` are file descriptors. Raises OSError if the account cannot execute it.
        """
        return subprocess.run(
            command,
            check=False,
            input=text or "",
            stdout=log or subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            pass_fds=inherited_files,
            cwd="/",
            env={name: os.environ[name] for name in INHERITED_VARIABLES if name in os.environ} | SET_VARIABLES,
            # A separate session, so that Ctrl-C in the terminal does not reach the server.
            start_new_session=True,
            user=self.uid if self.switch else None,
            group=self.gid if self.switch else None,
            extra_groups=[] if self.switch else None,
        )

    def can_enter(self, folder: Path) -> bool:
        """Whether the account can enter a folder, according to the kernel, not to mode bits."""
        return self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]).returncode == 0


def own_account() -> Account:
    """The account of this process. Raises EmbeddedPostgresError if it has no name."""
    return account_of(os.geteuid())


def account_of(uid: int) -> Account:
    """The account of a uid. Raises EmbeddedPostgresError if it has no name, which Postgres requires."""
    import pwd  # absent on Windows, where running() refuses

    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedPostgresError(
            f"uid {uid} has no user name, which Postgres needs: add one, or set OKRGRAPH_DATABASE_URL."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=uid != os.geteuid())


def unprivileged_account() -> Account:
    """The account that root runs Postgres as. Raises EmbeddedPostgresError if there is none."""
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
