"""The license is the one that the package, the container and the README say."""

import hashlib
import tomllib

from service.settings import ROOT

# Of the text as the Apache Software Foundation publishes it.
APACHE_2_0 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"


def test_the_license_is_the_apache_license_as_it_is() -> None:
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == APACHE_2_0
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert (project["license"], project["license-files"]) == ("Apache-2.0", ["LICENSE"])


def test_the_readme_leads_to_license_and_security() -> None:
    readme = (ROOT / "README.md").read_text()
    for name in ("LICENSE", "SECURITY.md"):
        assert f"]({name})" in readme
        assert (ROOT / name).is_file()
