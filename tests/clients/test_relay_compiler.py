"""relay-compiler, on documents that page and refetch."""

import pytest
from tests.clients.conftest import Prepare, Project, Ran
from tests.clients.variants import Fault, with_fault


def compiled(project: Project) -> Ran:
    return project.run("relay-compiler", "relay.config.json", "--noWatchman")


def test_documents_compile(prepare: Prepare, sdl: str) -> None:
    project = prepare(sdl, "relay")
    ran = compiled(project)
    assert ran.returncode == 0, ran.stderr
    made = project.folder / "src" / "__generated__"
    assert "children(first: $count, after: $cursor)" in (made / "ObjectiveChildrenPaginationQuery.graphql.ts").read_text()
    assert "node(id: $id)" in (made / "NodeHistoryRefetchQuery.graphql.ts").read_text()
    types = project.type_check()
    assert types.returncode == 0, types.stdout


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        (lambda types: types["ObjectiveConnection"].fields.pop("pageInfo"), "x"),
        (lambda types: types["PageInfo"].fields.pop("endCursor"), "x"),
        (lambda types: types["ObjectiveEdge"].fields.pop("cursor"), "x"),
        (lambda types: types["Objective"].fields["children"].args.pop("after"), "x"),
        (lambda types: types["Query"].fields.pop("node"), "x"),
        (lambda types: types.__setitem__("Decimal", setattr(types["Decimal"], "name", "Money") or types["Decimal"]), "x"),
        (lambda types: setattr(types["ObjectiveDescendantConnection"], "name", "Descendants"), "x"),
    ],
)
def test_faults_are_found(prepare: Prepare, sdl: str, fault: Fault, complaint: str) -> None:
    ran = compiled(prepare(with_fault(sdl, fault), "relay"))
    assert ran.returncode == 1
    assert complaint in ran.stderr
