"""An issuer of the package oidc-provider in a process of its own, and what a person does on its pages."""

import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import httpx2
import pytest

from tests.kit.npm import installed

HERE = Path(__file__).parent / "issuer"
START_SECONDS = 30
MAX_STEPS = 12


class RealIssuer:
    """The issuer on one port. Each start makes new keys."""

    def __init__(self, folder: Path) -> None:
        (folder / "node_modules").symlink_to(installed(HERE))
        shutil.copy(HERE / "issuer.mjs", folder)
        shutil.copy(HERE / "package.json", folder)
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self._port = listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns once it answers. Skips the test where this Node cannot run it."""
        errors = self._folder / "errors"
        self._process = subprocess.Popen(
            ["node", "issuer.mjs", str(self._port)],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=errors.open("wb"),
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
                return
            except OSError:
                if self._process.poll() is not None:
                    pytest.skip(f"this Node cannot run oidc-provider:\n{errors.read_text()[-500:]}")
                time.sleep(0.05)
        pytest.fail("oidc-provider does not listen")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


async def sign_in_by_hand(url: str, login: str) -> str:
    """What a person does in a browser that is sent to `url`: logs in, consents, and is sent back to this URL."""
    site = httpx2.URL(url).host
    async with httpx2.AsyncClient() as browser:
        response = await browser.get(url)
        for _ in range(MAX_STEPS):
            if response.is_redirect:
                location = response.headers["location"]
                target = httpx2.URL(location) if ":" in location.split("/")[0] else response.url.join(location)
                if target.host != site:
                    return location
                response = await browser.get(target)
            else:
                assert response.status_code == 200, response.text
                action, prompt = (
                    re.findall(each, response.text)[0] for each in (r'action="([^"]+)"', r'value="(\w+)"')
                )
                form = {"prompt": prompt, "login": login, "password": "any"}
                response = await browser.post(response.url.join(action), data=form)
    raise AssertionError("The issuer never sends the browser back.")
