"""Writes the generated parts of docs/api.md, docs/authorization.md and docs/cycles.md anew: `python -m
tests.docs.write`."""

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.docs import authorization_tables, cycle_tables
from tests.docs.codes import codes
from tests.docs.limits import limits
from tests.docs.page import PAGE

Parts = Mapping[str, Callable[[], str]]
PARTS: Mapping[Path, Parts] = {
    PAGE: {"codes": codes, "limits": limits},
    cycle_tables.PAGE: {"states": cycle_tables.states, "steps": cycle_tables.steps},
    authorization_tables.PAGE: {
        "roles": authorization_tables.roles,
        "goals": authorization_tables.goals,
        "denials": authorization_tables.denials,
    },
}


def written(page: str, parts: Parts) -> str:
    """A page with its generated parts as the code base has them."""
    for name, made in parts.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, rest = page.split(begin)
        page = f"{before}{begin}\n{made().strip()}\n\n{end}{rest.split(end)[1]}"
    return page


if __name__ == "__main__":
    for path, parts in PARTS.items():
        path.write_text(written(path.read_text("utf-8"), parts), "utf-8")
