"""The queries that are measured; `bench/documents/statements.py` has the same by hand."""

from bench.documents.document import Document

RESULTS = "keyResults { externalId title target current progress }"
OWNER = "owner { externalId name }"
OBJECTIVE = f"externalId title level progress {OWNER} {RESULTS}"

SMALL = f"""{{ objective(externalId: "objective-25") {{ {OBJECTIVE} children(first: 100) {{ nodes {{
    externalId title progress }} }} }} }}"""
TREE = f"""{{ objectives(first: 20, filter: {{level: {{eq: COMPANY}}}}) {{ nodes {{ {OBJECTIVE}
    children(first: 100) {{ nodes {{ {OBJECTIVE}
    children(first: 100) {{ nodes {{ {OBJECTIVE} }} }} }} }} }} }} }}"""
LIST = """{ objectives(first: 50, filter: {level: {eq: TEAM}, progress: {lt: 0.5}},
    orderBy: {field: TITLE, direction: DESC}) { totalCount nodes {
    externalId title progress owner { name } team { name } } } }"""
KEY_RESULTS = """{ keyResults(first: 100, filter: {progress: {gte: 0.9}, kind: {eq: INCREASE}},
    orderBy: {field: TITLE}) { totalCount nodes { externalId title current target objective { title } } } }"""
LOOKED_UP = [25, 312, 1_875, 4_999, 9_000]
LOOKUPS = (
    "{"
    + " ".join(
        f'o{number}: objective(externalId: "objective-{number}") {{ title level progress }}'
        f' k{number}: keyResult(externalId: "objective-{number}-kr-1") {{ title current target }}'
        for number in LOOKED_UP
    )
    + ' person(externalId: "person-7") { name } }'
)
ANCESTORS = """{ objectives(first: 50, filter: {level: {eq: INDIVIDUAL}},
    orderBy: {field: POSITION, direction: DESC}) { nodes { externalId ancestors { externalId title progress } } } }"""
DESCENDANTS = """{ objective(externalId: "objective-3") { title descendants(first: 100, maxDepth: 3) { totalCount
    edges { depth node { externalId title progress owner { name } } } } } }"""
PAGES = """{ objectives(first: 10, filter: {level: {eq: COMPANY}}) { nodes { title
    children(first: 3) { totalCount nodes { title keyResults { title
    checkIns(first: 2) { totalCount nodes { value at confidence } } } } } } } }"""
COMPUTED = """{ objectives(first: 100, filter: {level: {eq: TEAM}}) { nodes { externalId pace progressReason status
    statusReason staleness statusDiverges nextCheckInDueAt
    keyResults { externalId pace progressReason status statusReason staleness } } } }"""
EVENTS = """{ events(first: 50) { nodes { recordedAt verb subjectType reason actor { name }
    objective { title } changes } } }"""
BOARD = """{ kpis(first: 40, filter: {category: {eq: "board"}}) { nodes { externalId name unit current
    currentPeriodStart target status attainment } } }"""
SERIES = """{ kpi(externalId: "daily") { name series(bucket: MONTHLY, from: "2021-01-01", to: "2025-12-31") {
    startsOn endsOn value count } } }"""

READS = (
    Document("small", SMALL, 300),
    Document("tree", TREE, 30),
    Document("list", LIST, 40),
    Document("key-results", KEY_RESULTS, 40),
    Document("lookups", LOOKUPS, 150),
    Document("ancestors", ANCESTORS, 60),
    Document("descendants", DESCENDANTS, 60),
    Document("nested-pages", PAGES, 60),
    Document("computed", COMPUTED, 40),
    Document("events", EVENTS, 100),
    Document("kpi-board", BOARD, 60),
    Document("kpi-series", SERIES, 40),
)
