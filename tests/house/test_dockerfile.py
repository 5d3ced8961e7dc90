"""The Dockerfile makes of this repository what it promises; there need not be an engine to say so."""

import ast
import json
import re
import shlex
from typing import NamedTuple

from service.__main__ import app
from service.settings import ROOT, Settings


class Instruction(NamedTuple):
    """One instruction and the stage that it belongs to, counted from 0."""

    stage: int
    name: str
    text: str


def instructions() -> list[Instruction]:
    """The instructions of the Dockerfile, continued lines joined."""
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.lstrip().startswith("#")]
    found: list[Instruction] = []
    stage = -1
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        if line.strip():
            name, _, text = line.partition(" ")
            stage += name == "FROM"
            found.append(Instruction(stage, name, text.strip()))
    return found


ALL = instructions()
LAST = max(each.stage for each in ALL)


def last(name: str) -> str:
    """The one instruction of this name in the final stage."""
    [text] = [each.text for each in ALL if (each.stage, each.name) == (LAST, name)]
    return text


def environment() -> dict[str, str]:
    """What the final stage sets."""
    return dict(pair.split("=", 1) for pair in shlex.split(last("ENV")))


def copied(stage: int) -> list[tuple[str, str]]:
    """Sources and targets of COPY."""
    pairs = []
    for each in ALL:
        if (each.stage, each.name) == (stage, "COPY"):
            *sources, target = [word for word in each.text.split() if not word.startswith("--")]
            pairs += [(source, target) for source in sources]
    return pairs


def test_there_are_two_stages_on_the_same_slim_python() -> None:
    bases = [each.text.split() for each in ALL if each.name == "FROM"]
    assert bases == [["python:3.13-slim", "AS", "builder"], ["python:3.13-slim"]]


def test_what_is_copied_is_there_and_not_ignored() -> None:
    sources = [source for source, _ in copied(0)]
    assert [source for source in sources if not (ROOT / source).exists()] == []
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert rules[0] == "*"
    assert sorted(rule[1:] for rule in rules if rule[0] == "!") == sorted(sources)


def test_all_that_the_service_needs_is_copied() -> None:
    folders = {source for source, _ in copied(0)}
    # pyproject.toml says the version where the package is not installed.
    assert {"service", "schema", "migrations", "demo", "pyproject.toml", "LICENSE"} <= folders
    # They stay beside each other, as `settings.ROOT` expects them.
    assert all(target == f"/app/{source}" for source, target in copied(0) if source != "requirements.lock")


def test_graphiql_comes_along_where_it_was_fetched_and_is_not_needed() -> None:
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    assert "**/node_modules" in rules
    assert [rule for rule in rules if "graphiql" in rule] == []
    assert not re.search(r"npm|node|graphiql", " ".join(each.text for each in ALL))


def test_dependencies_come_from_the_lock_as_wheels() -> None:
    [install] = [each.text for each in ALL if each.name == "RUN" and "requirements.lock" in each.text]
    assert "--require-hashes" in install
    assert "--only-binary :all:" in install


def test_the_final_stage_installs_nothing() -> None:
    runs = " ".join(each.text for each in ALL if (each.stage, each.name) == (LAST, "RUN"))
    assert not re.search(r"\b(apt|apt-get|pip|uv|gcc|make)\b", runs)
    assert copied(LAST) == [("/venv", "/venv"), ("/app", "/app")]
    assert all("--from=builder" in each.text for each in ALL if (each.stage, each.name) == (LAST, "COPY"))


def test_the_user_is_not_root_and_owns_the_data() -> None:
    user, data = last("USER"), last("VOLUME")
    setup = last("RUN")
    assert user not in ("root", "0")
    assert re.search(rf"useradd .*--create-home .*{user}\b", setup)
    assert re.search(rf"install --directory --owner {user} .*{data}$", setup)
    order = [each.name for each in ALL if each.stage == LAST]
    # What is changed below a volume after it was declared is lost.
    assert order.index("RUN") < order.index("VOLUME")


def test_the_environment_is_what_settings_read() -> None:
    found = environment()
    assert found["OKRGRAPH_DATA_FOLDER"] == last("VOLUME")
    assert (found["HOST"], found["PORT"]) == ("0.0.0.0", last("EXPOSE"))
    assert int(found["PORT"]) == Settings.model_fields["port"].default
    known = {f"OKRGRAPH_{name.upper()}" for name in Settings.model_fields}
    assert {name for name in found if name.startswith("OKRGRAPH_")} <= known


def test_it_serves_and_stops_by_signal() -> None:
    command = json.loads(last("CMD"))
    assert command == ["okrgraph", "serve"]
    assert "serve" in {each.callback.__name__ for each in app.registered_commands if each.callback}
    assert last("STOPSIGNAL") == "SIGTERM"


def test_health_is_whether_it_is_ready_asked_by_python() -> None:
    options, _, command = last("HEALTHCHECK").partition("CMD ")
    assert {option.partition("=")[0] for option in options.split()} >= {"--interval", "--timeout", "--start-period"}
    program, flag, code = json.loads(command)
    assert (program, flag) == ("python", "-c")
    ast.parse(code)
    assert "'/ready'" in code
    assert "os.environ['PORT']" in code
