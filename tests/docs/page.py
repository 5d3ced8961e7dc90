"""Pages of docs as the tests read them: their examples in their order, and the parts of them that are generated."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from service.settings import ROOT

PAGE = ROOT / "docs" / "api.md"
VISIBILITY_PAGE = ROOT / "docs" / "visibility.md"
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Example:
    """An operation of the page with its variables and its response, and the line it begins at; `who` sends it."""

    line: int
    query: str
    who: str
    status: int = 200
    variables: dict[str, Any] = field(default_factory=dict)
    response: Any = None


def fences(path: Path = PAGE) -> Iterator[tuple[int, list[str], str]]:
    """Line, words of the info string and text of each code block."""
    page = path.read_text("utf-8")
    for found in FENCE.finditer(page):
        yield page.count("\n", 0, found.start()) + 1, found[1].split(), found[2]


def examples(path: Path = PAGE) -> list[Example]:
    """The operations, each with the blocks of JSON that follow it. Raises ValueError for a block that is none of
    those that are executed."""
    found: list[Example] = []
    for line, info, text in fences(path):
        match info:
            case ["graphql", *who]:
                found.append(Example(line, text, "".join(who) or "ada"))
            case ["json", "variables"]:
                found[-1].variables = orjson.loads(text)
            case ["json", "response", *status]:
                found[-1].status, found[-1].response = int("".join(status) or 200), orjson.loads(text)
            case ["python" | "text", "client.py" | "output"]:
                continue
            case _:
                raise ValueError(f"{path.name}:{line}: a block of {' '.join(info)!r} would not be executed")
    return found


def block(*info: str) -> str:
    """The text of the one block with this info string."""
    [text] = [text for _, words, text in fences() if words == list(info)]
    return text


def section(name: str, path: Path = PAGE) -> str:
    """What stands between the markers of a generated part."""
    [found] = re.findall(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", path.read_text("utf-8"), re.DOTALL)
    return found


def table(names: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [names, ("---",) * len(names), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
