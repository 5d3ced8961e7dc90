"""What an operator sets: wrong values end a command with 2 and a sentence each, unknown variables are named."""

import re
from typing import Any

import pytest

from service.cli.configuration import KNOWN_VARIABLES, TOOL_VARIABLES
from service.settings import ROOT, Settings, parse_database_url, variable_of
from tests.kit.commands import Ended, run_command

NOWHERE = "postgresql://okrgraph@127.0.0.1:1/okrgraph"
URL_FORM = "Allowed is postgresql://user:password@host:port/database."
OPTIONS = (
    "host, passfile, port, prepared_statement_cache_size, service, servicefile, ssl, sslmode, target_session_attrs"
)
MODES = "disable, allow, prefer, require, verify-ca, verify-full"
WRONG = {
    ("PORT", "abc"): "PORT is 'abc'. Allowed is a whole number from 1 to 65535.",
    ("PORT", "0"): "PORT is '0'. Allowed is a whole number from 1 to 65535.",
    ("PORT", "65536"): "PORT is '65536'. Allowed is a whole number from 1 to 65535.",
    ("PORT", "80.5"): "PORT is '80.5'. Allowed is a whole number from 1 to 65535.",
    ("OKRGRAPH_POOL_SIZE", "x"): "OKRGRAPH_POOL_SIZE is 'x'. Allowed is a whole number from 1 to 10000.",
    ("OKRGRAPH_POOL_SIZE", "0"): "OKRGRAPH_POOL_SIZE is '0'. Allowed is a whole number from 1 to 10000.",
    ("OKRGRAPH_BODY_LIMIT", "-1"): "OKRGRAPH_BODY_LIMIT is '-1'. Allowed is a whole number from 1 on.",
    ("OKRGRAPH_EXECUTOR", "foo"): "OKRGRAPH_EXECUTOR is 'foo'. Allowed is breadth-first or graphql-core.",
    ("OKRGRAPH_EXPLORER", "maybe"): "OKRGRAPH_EXPLORER is 'maybe'. Allowed is true or false.",
    (
        *("OKRGRAPH_LOG_LEVEL", "loud"),
    ): "OKRGRAPH_LOG_LEVEL is 'loud'. Allowed is DEBUG or INFO or WARNING or ERROR or CRITICAL.",
    (
        *("OKRGRAPH_STATEMENT_TIMEOUT", "inf"),
    ): "OKRGRAPH_STATEMENT_TIMEOUT is 'inf'. Allowed is a number from 0.001 to 1000000.",
    (
        *("OKRGRAPH_STATEMENT_TIMEOUT", "0.0001"),
    ): "OKRGRAPH_STATEMENT_TIMEOUT is '0.0001'. Allowed is a number from 0.001 to 1000000.",
    ("OKRGRAPH_POOL_TIMEOUT", "nan"): "OKRGRAPH_POOL_TIMEOUT is 'nan'. Allowed is a number from 0.001 to 1000000.",
    (
        *("OKRGRAPH_KEY_CACHE_SECONDS", "-1"),
    ): "OKRGRAPH_KEY_CACHE_SECONDS is '-1'. Allowed is a number from 0 to 1000000.",
}
WRONG_URLS = {
    "nonsense": "it is not a URL",
    "postgresql://u:secret@h:abc/x": "it is not a URL",
    "mysql://u:secret@h/x": "its scheme is mysql",
    "postgresql+psycopg2://u:secret@h/x": "its scheme is postgresql+psycopg2",
    "postgresql://u:secret@h:65536/x": "its port is not from 1 to 65535",
    "postgresql://u:secret@h/x?port=many": "its hosts, ports or numbers do not fit",
    "postgresql://u:secret@h/x?connect_timeout=5": f"it has the option connect_timeout, and only {OPTIONS} can be used",
    "postgresql://u:secret@h/x?sslmode=on": f"its sslmode is none of {MODES}",
}


@pytest.mark.parametrize(("variable", "value"), WRONG, ids="=".join)
def test_a_wrong_value(variable: str, value: str) -> None:
    assert run_command("doctor", **{variable: value}) == Ended(2, "", WRONG[variable, value] + "\n")


@pytest.mark.parametrize("variable", ["DATABASE_URL", "READ_DATABASE_URL", "MIGRATE_DATABASE_URL"])
@pytest.mark.parametrize("url", WRONG_URLS)
def test_a_wrong_url_is_not_repeated(variable: str, url: str) -> None:
    stderr = f"OKRGRAPH_{variable} cannot be used: {WRONG_URLS[url]}. {URL_FORM}\n"
    assert run_command("migrate", **{f"OKRGRAPH_{variable}": url}) == Ended(2, "", stderr)


@pytest.mark.parametrize("command", ["serve", "migrate", "doctor", "export", "import -", "key list", "key create"])
def test_all_wrong_values_are_told_at_once(command: str) -> None:
    wrong = {"PORT": "abc", "OKRGRAPH_POOL_SIZE": "x", "OKRGRAPH_EXECUTOR": "foo"}
    code, answers, stderr = run_command(*command.split(), OKRGRAPH_DATABASE_URL="nonsense", **wrong)
    assert (code, answers) == (2, "")
    expected = [WRONG[each] for each in wrong.items()]
    assert sorted(stderr.splitlines()) == sorted(
        [*expected, f"OKRGRAPH_DATABASE_URL cannot be used: it is not a URL. {URL_FORM}"]
    )


def test_commands_that_read_no_settings_work_with_wrong_ones() -> None:
    assert run_command("generate", "--objectives", "1", PORT="abc").code == 0
    assert run_command("serve", "--help", PORT="abc").code == 0


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("postgres://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        ("postgresql://u:p@h:6432/d?sslmode=require", "postgresql+asyncpg://u:p@h:6432/d?ssl=require"),
        ("postgresql+asyncpg://postgres@/d?host=/folder", "postgresql+asyncpg://postgres@/d?host=%2Ffolder"),
        ("postgresql:///d", "postgresql+asyncpg:///d"),
    ],
)
def test_urls_that_can_be_used(text: str, url: str) -> None:
    assert parse_database_url(text).render_as_string(hide_password=False) == url


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (dict.fromkeys(KNOWN_VARIABLES, ""), {}),
        ({"OKRGRAPH_LOG_LEVEL": "debug"}, {"log_level": "DEBUG"}),
        # What Kubernetes sets beside a service of the name okrgraph.
        ({"OKRGRAPH_PORT": "tcp://10.0.0.1:80"}, {}),
        ({"port": "65535", "okrgraph_pool_size": "3"}, {"port": 65535, "pool_size": 3}),
    ],
)
def test_values_that_can_be_used(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: dict[str, Any]
) -> None:
    for name in (*KNOWN_VARIABLES, *variables):
        monkeypatch.delenv(name, raising=False)
    defaults = Settings().model_dump()
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert Settings().model_dump() == {**defaults, **expected}


def test_unknown_variables_are_named_and_nothing_fails() -> None:
    unknown = {"OKRGRAPH_POL_SIZE": "3", "OKRGRAPH_PORT": "80", "OKRGRAPH_ZZZ": "", "OKRGRAPH_FUZZ": "1"}
    code, answers, stderr = run_command("organization", "list", OKRGRAPH_DATABASE_URL=NOWHERE, **unknown)
    assert (code, answers) == (3, "")
    *warnings, last = stderr.splitlines()
    assert warnings == [
        "Warning: OKRGRAPH_POL_SIZE is not a variable of okrgraph. Did you mean OKRGRAPH_POOL_SIZE?",
        "Warning: OKRGRAPH_PORT is not a variable of okrgraph. Did you mean PORT?",
        "Warning: OKRGRAPH_ZZZ is not a variable of okrgraph.",
    ]
    assert last.startswith("The database cannot be reached: ")


def test_every_variable_of_this_repository_is_known() -> None:
    sources = [
        *(path for folder in ("service", "schema", "tests", "bench") for path in (ROOT / folder).rglob("*.py")),
        *(ROOT / name for name in ("Makefile", "Dockerfile", "README.md")),
    ]
    named = {
        name
        for path in sources
        for name in re.findall(r"OKRGRAPH_[A-Z][A-Z_]*[A-Z]", path.read_text())
        if not path.name.startswith("test_command")
    }
    # One that a test sets to see that it gets no further.
    assert named - KNOWN_VARIABLES - TOOL_VARIABLES == {"OKRGRAPH_TEST_SECRET"}


def test_the_readme_lists_all_variables_with_their_defaults() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    listed = dict(rows)
    assert set(listed) == {variable_of(name) for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        if not name.endswith(("database_url", "data_folder")):
            default = "none" if field.default in ((), None) else str(field.default)
            assert listed[variable_of(name)] == default
