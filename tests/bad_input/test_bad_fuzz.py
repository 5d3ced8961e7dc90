"""Whatever is sent, the answer says what is wrong with it, and never that something is wrong with us."""

from pathlib import Path
from typing import Any

import hypothesis_graphql
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bad_input.asking import Asker, codes_of
from tests.bad_input.fuzzing import LITERALS, document_with_ids, moves, with_ids
from tests.kit.examples import examples
from tests.kit.inputs import MUTATION

SDL = (Path(__file__).parents[2] / "schema" / "schema.graphql").read_text()
PATIENT = settings(
    derandomize=True,
    deadline=None,
    database=None,
    print_blob=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
LISTS = """{ cycles { nodes { startsOn elapsed } } organization { onTrackPace } objectives(last: 20) { nodes {
    progress progressRaw status pace confidence keyResults { current target progress status } } }
    kpis { nodes { current attainment status trend series { value } forecast(at: "2027-01-01") { value } } }
    kpiScorecard { score largestChanges { id } } }"""
TOLD = {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED", "BAD_REQUEST"}

# Deferred, since to make them takes a second, in all processes that share the tests.
QUERIES = st.deferred(lambda: hypothesis_graphql.queries(SDL, custom_scalars=LITERALS))
MUTATIONS = st.deferred(lambda: hypothesis_graphql.mutations(SDL, custom_scalars=LITERALS))


async def check(asker: Asker, document: str, variables: Any = None) -> bool:
    asker.clock.advance(seconds=1)
    response = await asker.post(document, variables)
    codes = codes_of(response)
    assert set(codes) <= TOLD, response.text
    return not codes


@settings(PATIENT, max_examples=30)
@given(document=QUERIES)
async def test_any_query(asker: Asker, document: str) -> None:
    await check(asker, document_with_ids(document, list(asker.estate.ids.values())))


@settings(PATIENT, max_examples=30)
@given(document=MUTATIONS)
async def test_any_mutation(asker: Asker, document: str) -> None:
    await check(asker, document_with_ids(document, list(asker.estate.ids.values())))


@settings(PATIENT, max_examples=examples(100, 240))
@given(move=moves())
async def test_any_input(asker: Asker, move: tuple[str, dict[str, Any]]) -> None:
    mutation, input = move
    kind = MUTATION.fields[mutation].args["input"].type
    document = f"mutation($input: {kind}) {{ {mutation}(input: $input) {{ userErrors {{ code message field }} }} }}"
    await check(asker, document, {"input": with_ids(mutation, input, list(asker.estate.ids.values()))})
    if mutation.startswith(("organization", "cycle", "keyResult", "kpi")):
        assert await check(asker, LISTS)
