"""GraphQL Code Generator with the client preset and strict scalars, then the TypeScript compiler on what it makes."""

from tests.clients.project import Prepare, Project, Ran
from tests.clients.variants import Types, with_fault


def generated(project: Project) -> Ran:
    return project.run("@graphql-codegen/cli", "--config", "codegen.json", tool="graphql-codegen")


def test_documents_become_types(prepare: Prepare, sdl: str) -> None:
    project = prepare(sdl, "codegen", "codegen.json")
    ran = generated(project)
    assert ran.returncode == 0, ran.stderr
    types = project.type_check()
    assert types.returncode == 0, types.stdout


def test_a_scalar_unheard_of_is_found(prepare: Prepare, sdl: str) -> None:
    ran = generated(
        prepare(with_fault(sdl, lambda types: setattr(types["Decimal"], "name", "Money")), "codegen", "codegen.json")
    )
    assert ran.returncode == 1
    assert "Unknown scalar type Money" in ran.stderr


def test_what_becomes_nullable_no_longer_type_checks(prepare: Prepare, sdl: str) -> None:
    def nullable(types: Types) -> None:
        field = types["Cycle"].fields["endsOn"]
        field.type = field.type.of_type

    project = prepare(with_fault(sdl, nullable), "codegen", "codegen.json")
    assert generated(project).returncode == 0
    types = project.type_check()
    assert types.returncode != 0
    assert "Type 'string | null | undefined' is not assignable to type 'string'" in types.stdout
