"""Runs the uv beside this Python with pip's index, certificates and proxy: where pip can install, uv can.

Only the standard library of Python 3.11 is used, since this runs before anything is installed.
"""

import ast
import os
import ssl
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

# Sections of pip's configuration that speak of installing, the later ones before the earlier.
SECTIONS = ("global", "download", "install", ":env:")
# What pip reads besides its own settings, in its order.
CA_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
TRUE = ("1", "true", "yes", "on", "y", "t")


def main(arguments: list[str]) -> None:
    """Becomes uv, called with the arguments."""
    settings = parse_pip_config(ask_pip())
    environment = dict(os.environ)
    environment.update(uv_variables(settings, environment, has_system_certificates=has_system_certificates()))
    uv = str(Path(sys.executable).with_name("uv"))
    os.execve(uv, [uv, *uv_arguments(settings, arguments)], environment)


def ask_pip() -> str:
    """What `pip config list` says, which knows pip's files and its variables; nothing where it fails."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"pip's configuration is left out, since pip cannot read it:\n{done.stderr}", file=sys.stderr)
        return ""
    return done.stdout


def parse_pip_config(listed: str) -> dict[str, str]:
    """The settings that hold for installing, by their names without a section, of lines like global.cert='/x'."""
    sections: dict[str, dict[str, str]] = {section: {} for section in SECTIONS}
    for line in listed.splitlines():
        key, equals, value = line.partition("=")
        section, _, name = key.partition(".")
        if equals and section in sections:
            sections[section][name] = str(ast.literal_eval(value))
    return {name: value for section in SECTIONS for name, value in sections[section].items()}


def uv_variables(
    settings: Mapping[str, str], environment: Mapping[str, str], *, has_system_certificates: bool
) -> dict[str, str]:
    """The variables of uv that say what pip's settings do, but for those that the operator has set."""
    wanted: dict[str, str] = {}

    def want(name: str, value: str | None, *same: str) -> None:
        """Sets a variable, unless it or one that means the same is set."""
        if value and not any(environment.get(each) for each in (name, *same)):
            wanted[name] = value

    want("UV_DEFAULT_INDEX", settings.get("index-url"), "UV_INDEX_URL")
    extra = present(settings.get("extra-index-url", "").split())
    want("UV_INDEX", " ".join(extra), "UV_EXTRA_INDEX_URL")
    # pip takes the best version of all indexes, uv by itself the first index that knows a package.
    want("UV_INDEX_STRATEGY", "unsafe-best-match" if "UV_INDEX" in wanted else None)
    want("UV_FIND_LINKS", ",".join(present(settings.get("find-links", "").split())))
    want("UV_INSECURE_HOST", " ".join(settings.get("trusted-host", "").split()))
    want("UV_HTTP_TIMEOUT", settings.get("timeout") or settings.get("default-timeout"))
    want("SSL_CLIENT_CERT", settings.get("client-cert"))
    proxy = settings.get("proxy", "")
    for name in ("HTTP_PROXY", "HTTPS_PROXY") if proxy else ():
        want(name, proxy if "://" in proxy else f"http://{proxy}", name.lower(), "ALL_PROXY", "all_proxy")
    certificates = settings.get("cert") or next(filter(None, map(environment.get, CA_BUNDLES)), None)
    if certificates:
        variable = "SSL_CERT_DIR" if Path(certificates).is_dir() else "SSL_CERT_FILE"
        want(variable, certificates, "SSL_CERT_FILE", "SSL_CERT_DIR")
    elif has_system_certificates:
        want("UV_SYSTEM_CERTS", "true", "UV_NATIVE_TLS", "SSL_CERT_FILE", "SSL_CERT_DIR")
    return wanted


def uv_arguments(settings: Mapping[str, str], arguments: list[str]) -> list[str]:
    """The arguments, with the one that has no variable: to use no index at all."""
    if settings.get("no-index", "").lower() in TRUE and arguments[:2] == ["pip", "install"]:
        return [*arguments[:2], "--no-index", *arguments[2:]]
    return arguments


def present(places: Iterable[str]) -> list[str]:
    """URLs, and folders that are there: pip passes over those that are missing, uv does not."""
    return [place for place in places if (folder := local_path(place)) is None or folder.is_dir()]


def local_path(place: str) -> Path | None:
    """The path of a folder or of a file URL; None for other URLs."""
    url = urlsplit(place)
    if url.scheme == "file":
        return Path(url2pathname(url.path))
    return None if "://" in place else Path(place).expanduser()


def has_system_certificates() -> bool:
    """Whether the system has certificates of its own; a slim container may have none, and uv brings some."""
    if sys.platform in ("darwin", "win32"):
        return True
    paths = ssl.get_default_verify_paths()
    return bool(paths.cafile) or bool(paths.capath and any(Path(paths.capath).iterdir()))


if __name__ == "__main__":
    main(sys.argv[1:])
