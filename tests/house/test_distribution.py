"""Every declared statement can be placed by Citus on the machine of its organization, or is named here; each rule finds
a fault."""

import pytest

from tests.kit import distribution
from tests.kit.distribution import problems
from tests.kit.service_statements import declared_statements

ALL_ORGANIZATIONS = "about all organizations"
# By module and rule, why statements of it break the rule.
EXCEPTIONS = {
    ("service.cli.connection", distribution.TENANT): ALL_ORGANIZATIONS,
    # The lookups of credentials of several organizations are used on one machine only.
    ("service.people.acting_lookup", distribution.TENANT): ALL_ORGANIZATIONS,
    ("service.people.queries", distribution.TENANT): ALL_ORGANIZATIONS,
    ("service.share_tokens.queries", distribution.TENANT): ALL_ORGANIZATIONS,
    ("service.sign_in.person_lookup", distribution.TENANT): ALL_ORGANIZATIONS,
}


def test_each_declared_statement_can_be_placed() -> None:
    declared = list(declared_statements())
    assert len(declared) > 300
    broken: dict[tuple[str, str], list[str]] = {}
    for each in declared:
        for problem in problems(each.sql, each.organizations):
            broken.setdefault((each.module, problem.rule), []).append(f"{each.name}: {problem.where}")
    assert {key: places for key, places in broken.items() if key not in EXCEPTIONS} == {}
    assert [key for key in EXCEPTIONS if key not in broken] == [], "Mended: take the exception away."


FAULTS = [
    ("SELECT o.id FROM objectives o", distribution.TENANT),
    ("SELECT o.id FROM objectives o WHERE o.organization_id = $1 OR o.id = $2", distribution.TENANT),
    ("SELECT o.id FROM objectives o WHERE o.organization_id = ANY($1)", distribution.TENANT),
    ("SELECT g.id FROM organizations g WHERE g.name = $1", distribution.TENANT),
    (
        "SELECT o.id FROM objectives o WHERE o.organization_id = $1 AND EXISTS (SELECT 1 FROM alignments a"
        " WHERE a.organization_id = o.organization_id AND a.objective_id = o.id)",
        distribution.TENANT,
    ),
    (
        "SELECT o.id FROM objectives o JOIN cycles y ON y.id = o.cycle_id WHERE o.organization_id = $1",
        distribution.TENANT,
    ),
    (
        "WITH objectives AS (SELECT * FROM objectives) SELECT id FROM objectives WHERE organization_id = $1",
        distribution.TENANT,
    ),
    ("UPDATE objectives SET title = $2 WHERE id = $3", distribution.TENANT),
    (
        "SELECT o.id FROM objectives o JOIN cycles y ON y.organization_id = $2 AND y.id = o.cycle_id"
        " WHERE o.organization_id = $1",
        distribution.PARAMETER,
    ),
    ("SELECT o.id FROM objectives o JOIN staged s ON s.id = o.id WHERE o.organization_id = $1", distribution.LOCAL),
    (
        "UPDATE objectives AS t SET status_since = CAST(n.since AS timestamptz[]) FROM unnest($2::uuid[], $3::text[])"
        " AS n (id, since) WHERE t.organization_id = $1 AND t.id = n.id",
        distribution.STABLE,
    ),
    (
        "INSERT INTO pillars (organization_id, id) SELECT $1, n.id FROM unnest($2::uuid[]) AS n (id)",
        distribution.PLACED,
    ),
    (
        "INSERT INTO check_ins (organization_id, id) SELECT g.id, n.id FROM organizations g,"
        " unnest($2::uuid[]) AS n (id) WHERE g.id = $1",
        distribution.NUMBERED,
    ),
    (
        "WITH kpis_of (id) AS (SELECT o.owner_id FROM objectives o WHERE o.organization_id = $1"
        " UNION SELECT 1 AS id) SELECT id FROM kpis_of",
        distribution.NAMED,
    ),
    ("BEGIN; SET LOCAL ROLE okrgraph_app; SELECT pg_advisory_xact_lock(1)", distribution.LOCK),
]
FINE = [
    "SELECT o.id FROM objectives o JOIN cycles y ON y.organization_id = o.organization_id WHERE o.organization_id = $1",
    "SELECT g.id FROM organizations g WHERE g.id = $1 AND (g.name = $2 AND g.id <> $2)",
    "WITH objectives AS (SELECT * FROM objectives WHERE organization_id = $1) SELECT * FROM objectives",
    "WITH RECURSIVE up AS (SELECT id FROM objectives WHERE organization_id = $1 UNION SELECT up.id FROM up)"
    " SELECT * FROM up",
    "SELECT t.id FROM pg_catalog.pg_type t",
    "SELECT version_num FROM alembic_version",
    "BEGIN; SET LOCAL ROLE okrgraph_app",
    "SELECT pg_advisory_xact_lock(1); SELECT 1 FROM people WHERE organization_id = $1",
    "INSERT INTO pillars (organization_id, id) VALUES ($1, $2)",
    "INSERT INTO check_ins (organization_id, id) VALUES ($1, $2)",
    "WITH owners (id) AS (SELECT o.owner_id AS id FROM objectives o WHERE o.organization_id = $1 UNION SELECT 1)"
    " SELECT id FROM owners",
    "WITH owners (id) AS (SELECT o.owner_id FROM objectives o WHERE o.organization_id = $1) SELECT id FROM owners",
    "INSERT INTO pillars (organization_id, id) SELECT g.id, n.id FROM organizations g, unnest($2::uuid[]) AS n (id)"
    " WHERE g.id = $1",
    "SELECT o.id FROM objectives o WHERE o.organization_id = $1 FOR NO KEY UPDATE OF o",
]


@pytest.mark.parametrize(("sql", "rule"), FAULTS)
def test_a_planted_fault_is_found(sql: str, rule: str) -> None:
    assert [problem.rule for problem in problems(sql, {"$1", "$2"} if rule == distribution.PARAMETER else {"$1"})] == [
        rule
    ]


@pytest.mark.parametrize("sql", FINE)
def test_nothing_else_is_found(sql: str) -> None:
    assert problems(sql, {"$1"}) == []
