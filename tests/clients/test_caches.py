"""Caches of Apollo Client and Graphcache with the code of docs/clients.md, against the service; then without parts."""

import re

from tests.clients.observing import Observations, lay_out, observe
from tests.clients.project import Prepare
from tests.kit.client import Client

QUARTERS = ["12", "15"]
LISTS = [["Churn", "Promoter score", "Tickets"], ["Tickets", "Promoter score"], ["Costs", "Gain"]]
RENAMED = [["Churn", "Promoters", "Tickets"], ["Tickets", "Promoters"], ["Costs", "Gain"]]
# What differs where no pages are put together.
FIRST_PAGES_ONLY = {
    "measurements": ["15", "14"],
    "lists": [LISTS[0][:2], *LISTS[1:]],
    "nodes": LISTS[0][:2],
    "renamed": [RENAMED[0][:2], *RENAMED[1:]],
}
KEYLESS = (
    "KpiScorecard",
    "KpiCategoryCounts",
    "KpiForecast",
    "KpiMeasurementRevision",
    "KpiPerspectiveCounts",
    "KpiSeriesBucket",
    "KpiTeamCounts",
)
SUBJECT = re.compile(r"\w+ field of an? \w+|inline fragment on `\w+`|config for `\w+`|type condition is `\w+`")
# What both clients come to.
OBSERVED: Observations = {
    "boards": [3, 2],
    "series": [QUARTERS, ["15"]],
    "forecast": "21",
    "measurements": ["15", "14", "13", "12"],
    "lists": LISTS,
    "role": "OWNER",
    "keyResults": 1,
    "renamed": RENAMED,
    "needsAttention": ["Promoters", "Churn", "Tickets"],
    "requestsToRename": ["POST"],
    "redAfterRecording": 1,
    "seriesAfterRecording": None,
    "warnings": [],
}
APOLLO = {
    **OBSERVED,
    "node": ["__typename", "id", "unit"],
    "nodes": ["Tickets"],
    "seriesAfterOtherFields": None,
    "currentAfterRecording": "10",
    "results": [],
}
URQL = {
    **OBSERVED,
    "node": ["id", "unit"],
    "nodes": LISTS[0],
    "seriesAfterOtherFields": QUARTERS,
    "methods": ["GET", "GET", "GET"],
    "totalCount": 3,
}


async def test_apollo_client(prepare: Prepare, sdl: str, endpoint: str, client: Client) -> None:
    project = prepare(sdl)
    lay_out(project)
    assert await observe(project, "apollo.js", endpoint, client) == APOLLO


async def test_urql(prepare: Prepare, sdl: str, endpoint: str, client: Client) -> None:
    project = prepare(sdl)
    lay_out(project)
    assert await observe(project, "urql.js", endpoint, client) == URQL


async def test_apollo_client_without_policies(prepare: Prepare, sdl: str, endpoint: str, client: Client) -> None:
    project = prepare(sdl)
    lay_out(
        project,
        ("apollo.js", "{ possibleTypes, typePolicies }", "{ typePolicies }"),
        ("apollo.js", "each(names, { merge: false })", "({})"),
        ("apollo.js", "  KpiScorecard: { merge: true },\n", ""),
        ("apollo.js", "  KpiForecast: { merge: true },\n", ""),
        ("apollo.js", "cache.evict({ id: cache.identify(kpi), fieldName });", ""),
        ("apollo.js", 'cache.evict({ id: "ROOT_QUERY", fieldName: "kpiScorecard" });', ""),
    )
    different = differing(await observe(project, "apollo.js", endpoint, client), APOLLO)
    assert different == {
        "boards": [None, 2],
        "forecast": None,
        "node": ["__typename", "unit"],
        "needsAttention": None,
        "redAfterRecording": 0,
        "seriesAfterRecording": QUARTERS,
        "warnings": {
            "kpiScorecard field of a Query",
            "forecast field of a Kpi",
            "inline fragment on `Node`",
            "keyResults field of a Objective",
        },
    }


async def test_apollo_client_without_pagination(prepare: Prepare, sdl: str, endpoint: str, client: Client) -> None:
    project = prepare(sdl)
    lay_out(project, ("apollo.js", "each(names, relayStylePagination(keyArgs))", "({})"))
    assert differing(await observe(project, "apollo.js", endpoint, client), APOLLO) == FIRST_PAGES_ONLY


async def test_apollo_client_without_key_arguments(prepare: Prepare, sdl: str, endpoint: str, client: Client) -> None:
    project = prepare(sdl)
    lay_out(project, ("apollo.js", "relayStylePagination(keyArgs)", "relayStylePagination()"))
    # The list that came last is taken for each of them.
    assert differing(await observe(project, "apollo.js", endpoint, client), APOLLO) == {
        "lists": [LISTS[2]] * 3,
        "nodes": LISTS[2],
        "renamed": [LISTS[2]] * 3,
    }


async def test_urql_without_configuration(prepare: Prepare, sdl: str, endpoint: str, client: Client) -> None:
    project = prepare(sdl)
    lay_out(project, ("urql.js", "{ possibleTypes, keys, resolvers, updates }", "{}"))
    assert differing(await observe(project, "urql.js", endpoint, client), URQL) == {
        **FIRST_PAGES_ONLY,
        "redAfterRecording": 0,
        "seriesAfterRecording": QUARTERS,
        "warnings": {"type condition is `Node`", *(f"config for `{name}`" for name in KEYLESS)},
    }


def differing(observed: Observations, expected: Observations) -> Observations:
    """What was observed otherwise than expected; of warnings, what each is about."""
    assert observed.keys() == expected.keys()
    different = {name: value for name, value in observed.items() if value != expected[name]}
    if "warnings" in different:
        different["warnings"] = {subject(warning) for warning in different["warnings"]}
    return different


def subject(warning: str) -> str:
    """The field, type or fragment that a warning names; all of it where it is another warning."""
    named = SUBJECT.search(warning)
    return named[0] if named else warning
