"""GraphQL Code Generator with the client preset and strict scalars, then the TypeScript compiler on its output."""

import pytest
from graphql import GraphQLNonNull
from tests.clients.conftest import Prepare, Project, Ran
from tests.clients.variants import Fault, with_fault


def generated(project: Project) -> Ran:
    return project.run("@graphql-codegen/cli", "--config", "codegen.json", tool="graphql-codegen")


def test_documents_become_types(prepare: Prepare, sdl: str) -> None:
    project = prepare(sdl, "codegen")
    ran = generated(project)
    assert ran.returncode == 0, ran.stderr
    types = project.type_check()
    assert types.returncode == 0, types.stdout


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        (lambda types: types["ObjectiveConnection"].fields.pop("pageInfo"), "x"),
        (lambda types: setattr(types["Decimal"], "name", "Money"), "x"),
    ],
)
def test_faults_are_found(prepare: Prepare, sdl: str, fault: Fault, complaint: str) -> None:
    ran = generated(prepare(with_fault(sdl, fault), "codegen"))
    assert ran.returncode == 1
    assert complaint in ran.stderr


def test_fault_reaches_types(prepare: Prepare, sdl: str) -> None:
    def fault(types):
        types["Cycle"].fields["endsOn"].type = types["Cycle"].fields["endsOn"].type.of_type
    project = prepare(with_fault(sdl, fault), "codegen")
    assert generated(project).returncode == 0
    types = project.type_check()
    assert types.stdout == 1
