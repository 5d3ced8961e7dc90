"""uv installs from where pip does: a mirror with a private certificate authority, a plain one, a folder."""

import hashlib
import os
import shutil
import ssl
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

from service.settings import ROOT

NAME, VERSION = "okrgraph-test-wheel", "1.0"
STEM = NAME.replace("-", "_")
WHEEL = f"{STEM}-{VERSION}-py3-none-any.whl"
LEFT_OUT = ("PIP_", "UV_", "SSL_", "REQUESTS_", "CURL_", "HTTP_", "HTTPS_", "ALL_", "NO_PROXY")
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing."""


class Mirror(NamedTuple):
    """A simple index that is served, and the certificate of its authority."""

    url: str
    authority: Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simple index with one wheel, whose only module says that it is there."""
    made = tmp_path_factory.mktemp("index")
    package = made / "simple" / NAME
    package.mkdir(parents=True)
    files = {
        f"{STEM}.py": "PRESENT = True\n",
        f"{STEM}-{VERSION}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {VERSION}\n",
        f"{STEM}-{VERSION}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(package / WHEEL, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
        record = f"{STEM}-{VERSION}.dist-info/RECORD"
        wheel.writestr(record, "".join(f"{name},,\n" for name in (*files, record)))
    digest = hashlib.sha256((package / WHEEL).read_bytes()).hexdigest()
    (package / "index.html").write_text(f'<!DOCTYPE html><a href="{WHEEL}#sha256={digest}">{WHEEL}</a>')
    return made


def served(folder: Path, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serves a folder while it is used; the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def plain(folder: Path) -> Iterator[str]:
    for port in served(folder):
        yield f"http://127.0.0.1:{port}/simple"


@pytest.fixture(scope="module")
def mirror(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirror]:
    at = tmp_path_factory.mktemp("certificates")
    (at / "server.ext").write_text("subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")
    new = ("-newkey", "rsa:2048", "-nodes")
    usage = ("-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")
    for command in (
        ("req", "-x509", *new, *usage, "-days", "2", "-subj", "/CN=Authority", "-keyout", "ca.key", "-out", "ca.pem"),
        ("req", *new, "-subj", "/CN=mirror", "-keyout", "server.key", "-out", "server.csr"),
        (
            *("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"),
            *("-days", "2", "-extfile", "server.ext", "-out", "server.pem"),
        ),
    ):
        subprocess.run(["openssl", *command], cwd=at, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(at / "server.pem", at / "server.key")
    for port in served(folder, context):
        yield Mirror(f"https://127.0.0.1:{port}/simple", at / "ca.pem")


class Machine:
    """Installs the wheel as on a machine where nothing is set but what a test sets."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.target = folder, folder / "target"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.upper().startswith(LEFT_OUT)},
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "XDG_CONFIG_DIRS": str(folder),
            "PIP_CONFIG_FILE": str(folder / "pip.conf"),
            "UV_CACHE_DIR": str(folder / "cache"),
        }

    def configure(self, *lines: str) -> None:
        (self.folder / "pip.conf").write_text("[global]\n" + "".join(f"{line}\n" for line in lines))

    def install(self, **variables: str) -> tuple[bool, str]:
        """Whether the wheel is installed, and what was said."""
        options = ("--python", sys.executable, "--target", str(self.target), "--no-deps")
        done = subprocess.run(
            [sys.executable, str(ROOT / "tools" / "uv.py"), "pip", "install", *options, f"{NAME}=={VERSION}"],
            env={**self.environment, **variables},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        present = (self.target / f"{STEM}.py").is_file()
        assert present == (done.returncode == 0), done.stderr
        return present, done.stderr


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@needs_openssl
def test_a_mirror_behind_a_private_authority(machine: Machine, mirror: Mirror) -> None:
    machine.configure(f"index-url = {mirror.url}", f"cert = {mirror.authority}")
    done, said = machine.install()
    assert done, said


@needs_openssl
def test_pips_variables(machine: Machine, mirror: Mirror) -> None:
    done, said = machine.install(PIP_INDEX_URL=mirror.url, PIP_CERT=str(mirror.authority))
    assert done, said


@needs_openssl
def test_certificates_that_requests_was_told(machine: Machine, mirror: Mirror) -> None:
    machine.configure(f"index-url = {mirror.url}", "cert =")
    done, said = machine.install(REQUESTS_CA_BUNDLE=str(mirror.authority))
    assert done, said


@needs_openssl
def test_a_certificate_that_nobody_knows_is_refused(machine: Machine, mirror: Mirror) -> None:
    machine.configure(f"index-url = {mirror.url}", "cert =")
    done, said = machine.install(UV_HTTP_RETRIES="0")
    assert (done, "certificate" in said) == (False, True)


@needs_openssl
def test_a_host_to_trust(machine: Machine, mirror: Mirror) -> None:
    machine.configure(f"index-url = {mirror.url}", "cert =", "trusted-host = 127.0.0.1")
    done, said = machine.install()
    assert done, said


def test_a_plain_mirror(machine: Machine, plain: str) -> None:
    machine.configure(f"index-url = {plain}")
    done, said = machine.install()
    assert done, said


def test_one_more_index_beside_folders_that_are_missing(machine: Machine, plain: str, folder: Path) -> None:
    machine.configure(
        f"index-url = {plain.replace('simple', 'empty')}",
        f"extra-index-url = file://{folder}/missing/simple {plain}",
        f"find-links = {folder}/missing",
    )
    done, said = machine.install()
    assert done, said


def test_a_folder_and_no_index(machine: Machine, folder: Path) -> None:
    machine.configure("no-index = true", f"find-links = {folder}/missing {folder}/simple/{NAME}")
    done, said = machine.install()
    assert done, said


def test_what_uv_was_told_wins(machine: Machine, plain: str) -> None:
    machine.configure(f"index-url = {plain.replace('simple', 'empty')}")
    assert not machine.install()[0]
    done, said = machine.install(UV_DEFAULT_INDEX=plain)
    assert done, said


def test_a_configuration_that_pip_cannot_read(machine: Machine, plain: str) -> None:
    (machine.folder / "pip.conf").write_text("nonsense\n")
    done, said = machine.install(UV_DEFAULT_INDEX=plain)
    assert done, said
    assert said.startswith("pip's configuration is left out, since pip cannot read it:\n")


def test_make_installs_by_the_script() -> None:
    installs = [line.strip() for line in (ROOT / "Makefile").read_text().splitlines() if " pip install " in line]
    by_pip, *others = installs
    assert by_pip.endswith("uv==$(UV_VERSION)")
    assert len(others) == 4
    assert all(line.startswith("@$(UV) pip install ") for line in others)
    assert "UV := $(BIN)/python tools/uv.py\n" in (ROOT / "Makefile").read_text()
