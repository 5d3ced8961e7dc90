"""The scopes that an operation needs, which an API key with fewer is refused."""

from collections.abc import Mapping

from cachetools import LRUCache
from graphql import DocumentNode, GraphQLObjectType, GraphQLSchema, OperationDefinitionNode, get_named_type

from schema.selections import selections
from service.errors import Forbidden
from service.people.scopes import ALL_SCOPES, READ, WRITE, Scopes

MAX_CACHED_OPERATIONS = 1_000

# The area of the types of each concept, by the package that declares them; the first that fits counts.
AREAS: Mapping[str, str] = {
    "schema.activity": "EVENTS",
    "schema.alignment": "GOALS",
    "schema.attention": "GOALS",
    "schema.audit": "AUDIT",
    "schema.carry_overs": "GOALS",
    "schema.check_ins": "GOALS",
    "schema.cycle_report": "GOALS",
    "schema.cycles": "GOALS",
    "schema.events": "EVENTS",
    "schema.goal_stats": "GOALS",
    "schema.initiatives": "GOALS",
    "schema.key_results": "GOALS",
    "schema.kpis": "KPIS",
    "schema.links": "GOALS",
    "schema.objectives": "GOALS",
    "schema.participants": "GOALS",
    "schema.people.api_keys": "API_KEYS",
    "schema.people.status_policies": "GOALS",
    "schema.people": "PEOPLE",
    "schema.pillars": "GOALS",
    "schema.share_tokens": "SHARE_TOKENS",
    "schema.workspace": "WORKSPACE",
}
# Who one is, and where: every key may read it. A cadence is read with what has it.
WITHOUT_AREA = frozenset({"CheckInCadence", "Organization", "Viewer"})
# Payloads of mutations whose area depends on the goal in their input. Each of these mutations checks it by itself.
OF_INPUT = frozenset({"ParticipantPayload"})


def needed_scopes(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> Mapping[str, str]:
    """The scopes that a valid operation needs, each with the name of a field that needs it.

    Every object of an area needs the scope to read it, wherever it stands, and a field of Mutation the scope to write
    the area of its payload, but for those of OF_INPUT. Fields that a variable leaves out count.
    """
    needed: dict[str, str] = {}
    for each in selections(schema, document, operation):
        scope = f"{area_of(each.returned)}_{WRITE if each.parent is schema.mutation_type else READ}"
        if scope in ALL_SCOPES:
            needed.setdefault(scope, each.name)
    return needed


def area_of(graphql_type: object) -> str | None:
    """The area of a type of objects, or of the objects in a list; None for what belongs to no area."""
    if not isinstance(graphql_type, GraphQLObjectType) or graphql_type.name in WITHOUT_AREA | OF_INPUT:
        return None
    for name in ("nodes", "node"):
        if name in graphql_type.fields:
            return area_of(get_named_type(graphql_type.fields[name].type))
    definition = graphql_type.extensions.get("strawberry-definition")
    module = f"{definition.origin.__module__}." if definition is not None else ""
    return next((area for package, area in AREAS.items() if module.startswith(f"{package}.")), None)


class ScopeCheck:
    """Refuses operations that the scopes of an API key do not allow."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        # Each entry holds its operation, so that the id of it is not reused.
        self._needed: LRUCache[int, tuple[OperationDefinitionNode, Mapping[str, str]]] = LRUCache(MAX_CACHED_OPERATIONS)

    def check(self, scopes: Scopes | None, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        """Raises Forbidden if an operation needs scopes that are not there, and names all of them. None: all are."""
        if scopes is None:
            return
        if id(operation) not in self._needed:
            self._needed[id(operation)] = (operation, needed_scopes(self._schema, document, operation))
        missing = {scope: field for scope, field in self._needed[id(operation)][1].items() if scope not in scopes}
        if missing:
            needs = ", ".join(f"{scope} (needed by `{field}`)" for scope, field in sorted(missing.items()))
            raise Forbidden(f"Your API key lacks scopes for this operation: {needs}. Use a key that has them.")
