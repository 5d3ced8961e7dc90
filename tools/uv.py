"""Runs the uv next to this Python with the index, certificates and proxy of pip.

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

# Sections of the configuration of pip that apply to `install`; later ones take precedence.
SECTIONS = ("global", "download", "install", ":env:")
# Variables that pip reads in addition to its own settings, in its order.
CA_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
TRUE = ("1", "true", "yes", "on", "y", "t")


def main(arguments: list[str]) -> None:
    """Replaces this process by uv with the arguments."""
    settings = parse_pip_config(ask_pip())
    environment = dict(os.environ)
    environment.update(uv_variables(settings, environment, has_system_certificates=has_system_certificates()))
    uv = str(Path(sys.executable).with_name("uv"))
    os.execve(uv, [uv, *uv_arguments(settings, arguments)], environment)


def ask_pip() -> str:
    """The output of `pip config list`, which covers the files and variables of pip; empty if it fails."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"]
    completed = subprocess.run(command, capture_output=True, text=True, check=False)
    if completed.returncode:
        print(f"pip's configuration is left out, since pip cannot read it:\n{completed.stderr}", file=sys.stderr)
        return ""
    return completed.stdout


def parse_pip_config(listing: str) -> dict[str, str]:
    """The settings for `install` by name without section, from lines like global.cert='/x'."""
    sections: dict[str, dict[str, str]] = {section: {} for section in SECTIONS}
    for line in listing.splitlines():
        key, equals, value = line.partition("=")
        section, _, name = key.partition(".")
        if equals and section in sections:
            sections[section][name] = str(ast.literal_eval(value))
    return {name: value for section in SECTIONS for name, value in sections[section].items()}


def uv_variables(
    settings: Mapping[str, str], environment: Mapping[str, str], *, has_system_certificates: bool
) -> dict[str, str]:
    """The variables of uv that correspond to the settings of pip, except those that are set already."""
    variables: dict[str, str] = {}

    def set_variable(name: str, value: str | None, *synonyms: str) -> None:
        """Sets a variable unless it or one of its synonyms is set."""
        if value and not any(environment.get(each) for each in (name, *synonyms)):
            variables[name] = value

    set_variable("UV_DEFAULT_INDEX", settings.get("index-url"), "UV_INDEX_URL")
    extra = existing_locations(settings.get("extra-index-url", "").split())
    set_variable("UV_INDEX", " ".join(extra), "UV_EXTRA_INDEX_URL")
    # pip uses the best version of all indexes; the default of uv is the first index that has a package.
    set_variable("UV_INDEX_STRATEGY", "unsafe-best-match" if "UV_INDEX" in variables else None)
    set_variable("UV_FIND_LINKS", ",".join(existing_locations(settings.get("find-links", "").split())))
    set_variable("UV_INSECURE_HOST", " ".join(settings.get("trusted-host", "").split()))
    set_variable("UV_HTTP_TIMEOUT", settings.get("timeout") or settings.get("default-timeout"))
    set_variable("SSL_CLIENT_CERT", settings.get("client-cert"))
    proxy = settings.get("proxy", "")
    for name in ("HTTP_PROXY", "HTTPS_PROXY") if proxy else ():
        set_variable(name, proxy if "://" in proxy else f"http://{proxy}", name.lower(), "ALL_PROXY", "all_proxy")
    certificates = settings.get("cert") or next(filter(None, map(environment.get, CA_BUNDLES)), None)
    if certificates:
        variable = "SSL_CERT_DIR" if Path(certificates).is_dir() else "SSL_CERT_FILE"
        set_variable(variable, certificates, "SSL_CERT_FILE", "SSL_CERT_DIR")
    elif has_system_certificates:
        set_variable("UV_SYSTEM_CERTS", "true", "UV_NATIVE_TLS", "SSL_CERT_FILE", "SSL_CERT_DIR")
    return variables


def uv_arguments(settings: Mapping[str, str], arguments: list[str]) -> list[str]:
    """The arguments, with `--no-index` if needed, which has no variable."""
    if settings.get("no-index", "").lower() in TRUE and arguments[:2] == ["pip", "install"]:
        return [*arguments[:2], "--no-index", *arguments[2:]]
    return arguments


def existing_locations(locations: Iterable[str]) -> list[str]:
    """The URLs and the existing folders: pip ignores missing folders, uv does not."""
    return [location for location in locations if (folder := local_path(location)) is None or folder.is_dir()]


def local_path(location: str) -> Path | None:
    """The path of a folder or of a file URL; None for other URLs."""
    url = urlsplit(location)
    if url.scheme == "file":
        return Path(url2pathname(url.path))
    return None if "://" in location else Path(location).expanduser()


def has_system_certificates() -> bool:
    """Whether the system has certificates. A slim container may have none; then uv uses its own."""
    if sys.platform in ("darwin", "win32"):
        return True
    paths = ssl.get_default_verify_paths()
    return bool(paths.cafile) or bool(paths.capath and any(Path(paths.capath).iterdir()))


if __name__ == "__main__":
    main(sys.argv[1:])
