"""A small workspace that has one of everything, as the items of a file."""

from typing import Any


def item(type_name: str, external_id: str, **facts: Any) -> dict[str, Any]:
    """One item of a file."""
    return {"type": type_name, "externalId": external_id, **facts}


def objective(external_id: str, **facts: Any) -> dict[str, Any]:
    return item("Objective", external_id, **{"cycle": "2026", "title": f"Objective {external_id}", **facts})


def key_result(external_id: str, objective: str = "o1", **facts: Any) -> dict[str, Any]:
    return item("KeyResult", external_id, **{"objective": objective, "title": f"Key result {external_id}", **facts})


def check_in(external_id: str, **facts: Any) -> dict[str, Any]:
    return item("CheckIn", external_id, **{"keyResult": "k1", "at": "2026-03-01T09:00:00Z", **facts})


def alignment(objective: str, parent: str, **facts: Any) -> dict[str, Any]:
    return {"type": "Alignment", "objective": objective, "parent": parent, **facts}


def person(external_id: str, **facts: Any) -> dict[str, Any]:
    return item("Person", external_id, **{"name": f"Person {external_id}", **facts})


def team(external_id: str, **facts: Any) -> dict[str, Any]:
    return item("Team", external_id, **{"name": f"Team {external_id}", **facts})


def cycle(external_id: str, starts: str, ends: str, **facts: Any) -> dict[str, Any]:
    facts = {"name": f"Cycle {external_id}", "kind": "CUSTOM", **facts}
    return item("Cycle", external_id, startsOn=starts, endsOn=ends, **facts)


def kpi(external_id: str, **facts: Any) -> dict[str, Any]:
    return item("Kpi", external_id, **{"name": f"KPI {external_id}", **facts})


def kpi_target(external_id: str, kpi: str, starts: str, **facts: Any) -> dict[str, Any]:
    return item("KpiTarget", external_id, kpi=kpi, startsOn=starts, **facts)


def measurement(kpi: str, on: str, value: str, **facts: Any) -> dict[str, Any]:
    return {"type": "Measurement", "kpi": kpi, "on": on, "value": value, **facts}


def participant(**facts: Any) -> dict[str, Any]:
    return {"type": "Participant", **facts}


def kpi_link(key_result: str, kpi: str, **facts: Any) -> dict[str, Any]:
    return {"type": "KpiLink", "keyResult": key_result, "kpi": kpi, **facts}


def link(external_id: str, **facts: Any) -> dict[str, Any]:
    url = f"https://example.com/{external_id}"
    return {"type": "Link", "externalId": external_id, "title": "Work", "url": url, **facts}


def carry_over(objective: str, **facts: Any) -> dict[str, Any]:
    return {"type": "CarryOver", "objective": objective, "cycle": "h1", **facts}


def known(item: dict[str, Any]) -> tuple[Any, ...]:
    """What an item is known by: its external id, or else what it is about."""
    about = (
        ("externalId", "system")
        if "externalId" in item
        else ("kpi", "on", "keyResult", "role", "team", "person", "objective", "cycle", "initiative")
    )
    return (item["type"], *(item.get(name) for name in about))


AT = "2026-02-01T09:00:00Z"
HALF_OF_IT = check_in("c1", value="5", confidence=0.5, note="Half of it", author="p1")
SMALL = [
    person("p1", email="p1@example.com", avatarUrl="https://example.com/1", locale="de-AT", timeZone="Europe/Vienna"),
    person("p2", email="p2@example.com", role="ADMIN"),
    item("ServiceAccount", "a1", name="Service account a1", role="MEMBER"),
    team("t1", color="#1A73E8", locale="en", timeZone="Europe/London", avatarUrl="https://example.com/t1.png"),
    team("t2", parent="t1"),
    {"type": "Membership", "team": "t1", "person": "p1", "role": "LEAD"},
    item("Pillar", "l1", name="Pillar l1", description="What it is about"),
    cycle("2026", "2026-01-01", "2026-12-31", kind="YEAR", state="ACTIVE"),
    cycle("h1", "2026-01-01", "2026-06-30", parent="2026"),
    objective(
        "o1", description="Why", owner="p1", team="t1", pillar="l1", perspective="CUSTOMER", progressSource="BOTH"
    ),
    *(objective(f"o{number}") for number in range(2, 7)),
    participant(objective="o2", person="p1", role="CO_OWNER"),
    participant(objective="o2", team="t1", role="READER"),
    participant(objective="o2", person="p2", role="CONTRIBUTOR"),
    participant(objective="o3", person="p2", role="FOLLOWER"),
    key_result("k1", kind="INCREASE", baseline="0", target="10", unit="points", unitKind="NUMBER", owner="p2"),
    key_result("k2", kind="MILESTONE"),
    key_result("k3", "o3", kind="REACH", target="1", valueSource="ALIGNED_OBJECTIVES"),
    key_result("k4", "o2", kind="AT_LEAST", target="5"),
    kpi("s1", definition="What is sold", unit="EUR", owner="p1", team="t1", parent="s3", perspective="FINANCIAL"),
    kpi("s2", formula="[s1] / lag([s1], 1) - 1", direction="LOWER", graceDays=3),
    kpi("s3", source="CHILDREN_SUM", unit="EUR", unitKind="CURRENCY", currency="EUR", displayDecimals=2),
    kpi("s4", valueType="QUALITATIVE", scale=["bad", "fair", "good"], frequency="DAILY", timeZone="Europe/Berlin"),
    participant(kpi="s1", team="t2", role="READER"),
    kpi_target("g1", "s1", "2026-01-01", endsOn="2026-06-30", value="100", amber="0.8"),
    measurement("s1", "2026-01-01", "50", source="Ledger", reason="First of all"),
    measurement("s1", "2026-02-01", "75.5"),
    measurement("s4", "2026-03-31", "2"),
    key_result("k5", "o4", kind="REACH", target="151", valueSource="KPI", sourceKpi="s1"),
    kpi_link("k1", "s2", role="GUARDRAIL"),
    kpi_link("k1", "s1", role="MEASURE"),
    kpi_link("k1", "s1", role="GUARDRAIL"),
    item("Milestone", "m1", keyResult="k2", title="The first stage", weight=2, doneAt="2026-02-01T09:00:00Z"),
    item("Milestone", "m2", keyResult="k2", title="The second stage"),
    link("PROJ-1", objective="o1", system="jira", title="Epic"),
    link("PROJ-1", keyResult="k1", system="github"),
    link("board", kpi="s1", system="web"),
    item("Initiative", "w1", title="Work", state="IN_PROGRESS", progress="0.25", dueOn="2026-03-31", owner="p1"),
    item("Initiative", "w2", title="Initiative w2", visibility="TEAM", team="t1"),
    participant(initiative="w1", person="p2", role="CONTRIBUTOR"),
    {"type": "InitiativeKeyResult", "initiative": "w1", "keyResult": "k1"},
    {"type": "InitiativeKeyResult", "initiative": "w1", "keyResult": "k4"},
    item("InitiativeCheckIn", "n1", initiative="w1", progress="0.25", note="Slow", author="p1", at=AT),
    item("InitiativeCheckIn", "n2", initiative="w1", state="IN_PROGRESS", replaces="n1", author="p1", at=AT),
    item("InitiativeCheckIn", "n3", initiative="w2", progress="0.5", recorder="p2", serviceAccount="a1", at=AT),
    link("PROJ-2", initiative="w1", system="jira"),
    alignment("o2", "o1", weight=3),
    HALF_OF_IT,
    check_in("c2", keyResult="k4", value="4.5", status="AT_RISK", author="p2", serviceAccount="a1"),
    carry_over("o2", decision="ABANDON", decidedAt="2026-02-01T09:00:00Z"),
    carry_over("o3", decision="MODIFY", successor="o5", decidedAt="2026-02-02T09:00:00Z"),
    carry_over("o3", keyResult="k3", decision="ABANDON", decidedAt="2026-02-02T09:00:01Z"),
]
# The lines the other way round, but for check-ins that replace others: those come after what they replace.
BACKWARDS = SMALL[::-1]
BACKWARDS.sort(key=lambda item: "replaces" in item)
