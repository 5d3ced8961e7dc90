"""GraphQL Code Generator with the client preset and strict scalars, then the TypeScript compiler on what it makes."""

import pytest

from tests.clients.project import Prepare, Project, Ran
from tests.clients.variants import Fault, Types, with_fault


def generated(project: Project) -> Ran:
    return project.run("@graphql-codegen/cli", "--config", "codegen.json", tool="graphql-codegen")


def test_documents_become_types(prepare: Prepare, sdl: str) -> None:
    project = prepare(sdl, "codegen", "codegen.json")
    ran = generated(project)
    assert ran.returncode == 0, ran.stderr
    types = project.type_check()
    assert types.returncode == 0, types.stdout


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        pytest.param(
            lambda types: types["ObjectiveConnection"].fields.pop("pageInfo"),
            'Cannot query field "pageInfo" on type "ObjectiveConnection"',
            id="a connection without pageInfo",
        ),
        pytest.param(
            lambda types: setattr(types["Decimal"], "name", "Money"),
            "Unknown scalar type Money",
            id="a scalar unheard of",
        ),
    ],
)
def test_faults_are_found(prepare: Prepare, sdl: str, fault: Fault, complaint: str) -> None:
    ran = generated(prepare(with_fault(sdl, fault), "codegen", "codegen.json"))
    assert ran.returncode == 1
    assert complaint in ran.stderr


def test_what_becomes_nullable_no_longer_type_checks(prepare: Prepare, sdl: str) -> None:
    def nullable(types: Types) -> None:
        field = types["Cycle"].fields["endsOn"]
        field.type = field.type.of_type

    project = prepare(with_fault(sdl, nullable), "codegen", "codegen.json")
    assert generated(project).returncode == 0
    types = project.type_check()
    assert types.returncode != 0
    assert "Type 'string | null | undefined' is not assignable to type 'string'" in types.stdout
