"""relay-compiler, on documents that page and refetch."""

import pytest

from tests.clients.project import Prepare, Project, Ran
from tests.clients.variants import Fault, with_fault


def compiled(project: Project) -> Ran:
    return project.run("relay-compiler", "relay.config.json", "--noWatchman")


def test_documents_compile(prepare: Prepare, sdl: str) -> None:
    project = prepare(sdl, "relay", "relay.config.json", "src/KpiList.ts", "src/recordMeasurements.ts")
    ran = compiled(project)
    assert ran.returncode == 0, ran.stderr
    made = project.folder / "src" / "__generated__"
    paging = (made / "ObjectiveChildrenPaginationQuery.graphql.ts").read_text()
    assert "children(first: $count, after: $cursor)" in paging
    refetching = (made / "NodeHistoryRefetchQuery.graphql.ts").read_text()
    assert "node(id: $id)" in refetching
    types = project.type_check()
    assert types.returncode == 0, types.stdout


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        pytest.param(
            lambda types: types["ObjectiveConnection"].fields.pop("pageInfo"),
            "Expected the field type 'ObjectiveConnection' to expose a 'pageInfo' field",
            id="a connection without pageInfo",
        ),
        pytest.param(
            lambda types: types["PageInfo"].fields.pop("endCursor"),
            "to expose a 'pageInfo { endCursor }' field",
            id="PageInfo without endCursor",
        ),
        pytest.param(
            lambda types: types["ObjectiveDescendantEdge"].fields.pop("cursor"),
            "to expose a 'edges { cursor }' field",
            id="an edge without cursor",
        ),
        pytest.param(
            lambda types: types["Objective"].fields["children"].args.pop("after"),
            "Unknown argument 'after' on field 'Objective.children'",
            id="a connection without after",
        ),
        pytest.param(
            lambda types: types["Query"].fields.pop("node"),
            "The type `Query` has no field `node`",
            id="nothing to refetch by",
        ),
        pytest.param(
            lambda types: setattr(types["Objective"], "interfaces", ()),
            "the type of this fragment ('Objective') can never occur for parent type 'Node'",
            id="an object that is no Node",
        ),
        pytest.param(
            lambda types: setattr(types["Decimal"], "name", "Money"),
            "Expected the JS type for 'Money' to be defined",
            id="a scalar unheard of",
        ),
    ],
)
def test_faults_are_found(prepare: Prepare, sdl: str, fault: Fault, complaint: str) -> None:
    ran = compiled(prepare(with_fault(sdl, fault), "relay", "relay.config.json"))
    assert ran.returncode == 1
    assert complaint in ran.stderr
