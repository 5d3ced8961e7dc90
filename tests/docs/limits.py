"""All limits that a client can meet, for docs/api.md, with the numbers of the code."""

from schema import workspace
from schema.execution.documents import document_cache, variable_errors, variables
from schema.execution.documents.limits import Limits
from schema.execution.running import response_size
from schema.kpis.bucket_loading import MAX_SERIES_LENGTH
from schema.kpis.measurements import mutations
from schema.kpis.series import MAX_BUCKETS
from schema.objective_creation import MAX_PARTS
from schema.relay.node import MAX_NODE_IDS
from schema.relay.page_arguments import DEFAULT_PAGE_SIZE
from service import auth
from service.alignment import descendants
from service.carry_overs.commands import MAX_CARRIED
from service.check_ins.record_commands import MAX_CHECK_INS
from service.http import header_errors, request, throttle
from service.kpis import queries
from service.kpis.series import downsample
from service.objective_duplication import MAX_DUPLICATED
from service.reading import budget, filters, keyset
from service.rollup.goal_statistics_queries import MAX_GROUPS
from service.rollup.history_buckets import MAX_BUCKETS as MAX_HISTORY_BUCKETS
from service.rollup.history_loading import MAX_EVALUATIONS, MAX_OBJECTIVES
from service.settings import Settings, variable_of
from service.values import parsing, weights
from service.values.names import to_camel_case
from service.writing.batches import MAX_BATCH_SIZE
from service.writing.texts import text_limits
from tests.docs.page import table

VALIDATION, BAD_INPUT = "`GRAPHQL_VALIDATION_FAILED`", "`BAD_USER_INPUT`"
TOO_LARGE, TIMEOUT = "`PAYLOAD_TOO_LARGE`", "`OPERATION_TIMEOUT`"
Row = tuple[str, str, str]


def number(value: float) -> str:
    """A number with its thousands apart."""
    return f"{value:,}".removesuffix(".0").replace(",", " ")


def setting(name: str, unit: str = "s") -> str:
    """The default of a setting, and the variable that changes it."""
    return f"{number(Settings.model_fields[name].default)} {unit} (`{variable_of(name)}`)"


def documents_rows() -> list[Row]:
    """What a document may be."""
    of = Limits()
    return [
        ("document", f"{number(document_cache.MAX_DOCUMENT_BYTES)} bytes", f"{VALIDATION}, `limit` is `document`"),
        ("tokens of a document", number(document_cache.MAX_DOCUMENT_TOKENS), "`GRAPHQL_PARSE_FAILED`"),
        ("depth; introspection is not counted", number(of.max_depth), f"{VALIDATION}, `depth`"),
        ("aliases", number(of.max_aliases), f"{VALIDATION}, `aliases`"),
        ("fields at the root of a query", number(of.max_root_fields), f"{VALIDATION}, `rootFields`"),
        ("fields at the root of a mutation", number(of.max_mutations), f"{VALIDATION}, `rootFields`"),
        ("directives", number(of.max_directives), f"{VALIDATION}, `directives`"),
        ("fields selected again in the same selection set", number(of.max_repeats), f"{VALIDATION}, `repeats`"),
        ("values in variables, an object counted as 6", number(variables.MAX_VALUES), BAD_INPUT),
        ("the same of a `workspaceImport` or `cycleCarryOver`", number(variables.MAX_BULK_VALUES), BAD_INPUT),
        (
            "errors of validation that are listed",
            number(document_cache.MAX_VALIDATION_ERRORS),
            "the others are left out",
        ),
        ("errors of variables that are listed", number(variable_errors.MAX_LISTED_ERRORS), "the others are left out"),
    ]


def requests_rows() -> list[Row]:
    """What a request and its response may be."""
    largest, errors = (
        response_size.MAX_RESPONSE_BYTES // 1_000_000,
        response_size.MAX_RESPONSE_BYTES // response_size.BYTES_PER_ERROR,
    )
    anonymous = f"{number(request.MAX_ANONYMOUS_BODY_BYTES)} bytes"
    headers = f"{header_errors.MAX_HEADERS}, together {number(header_errors.MAX_HEADER_BYTES)} bytes"
    return [
        ("body", setting("body_limit", "bytes"), TOO_LARGE),
        ("body of a `workspaceImport` or `cycleCarryOver`", setting("bulk_body_limit", "bytes"), TOO_LARGE),
        ("body without a valid API key", anonymous, "`UNAUTHENTICATED`"),
        ("nesting of the JSON", f"{request.MAX_NESTING} levels", "`BAD_REQUEST`"),
        ("lists, objects and commas in the JSON", number(request.MAX_JSON_TOKENS), TOO_LARGE),
        ("different names in the objects of the JSON", number(request.MAX_JSON_NAMES), TOO_LARGE),
        ("URL", f"{number(header_errors.MAX_URL_LENGTH)} bytes", "`URL_TOO_LONG`"),
        ("headers", headers, "`HEADERS_TOO_LARGE`"),
        ("response", f"about {largest} MB, or {number(errors)} errors", "`RESPONSE_TOO_LARGE`"),
        (
            "keys that are not valid, from one address",
            f"{auth.MAX_FAILURES_A_MINUTE} in {number(throttle.WINDOW_SECONDS)} s",
            "`TOO_MANY_AUTHENTICATION_FAILURES`",
        ),
    ]


def lists_rows() -> list[Row]:
    """What may be asked of lists and series."""
    years = MAX_SERIES_LENGTH.days // 366
    return [
        ("`first`, `last`", f"1 to {keyset.MAX_PAGE_SIZE}, {DEFAULT_PAGE_SIZE} when left out", BAD_INPUT),
        ("`ids` of `nodes`, `externalIds` of `objectivesByExternalIds` and its like", number(MAX_NODE_IDS), BAD_INPUT),
        ("`maxDepth` of `descendants`", f"1 to {descendants.MAX_DEPTH}", BAD_INPUT),
        ("nesting of a filter", f"{filters.MAX_FILTER_DEPTH} levels", BAD_INPUT),
        ("members of `in`, `and` and `or`", f"{filters.MAX_LIST_MEMBERS} each", BAD_INPUT),
        ("comparisons of a filter", number(filters.MAX_COMPARISONS), BAD_INPUT),
        ("comparisons with `contains` in a request", number(budget.MAX_SEARCHES), "`TOO_MANY_SEARCHES`"),
        ("measurements and periods in a request", number(budget.MAX_MEASUREMENTS), "`TOO_MANY_MEASUREMENTS`"),
        ("a `series`", f"{years} years", BAD_INPUT),
        ("buckets of a `history`", f"1 to {MAX_HISTORY_BUCKETS}", BAD_INPUT),
        ("objectives of a `history`, all below them among them", f"1 to {number(MAX_OBJECTIVES)}", BAD_INPUT),
        ("these objectives times buckets", f"1 to {number(MAX_EVALUATIONS)}", BAD_INPUT),
        ("`maxBuckets` of a `series`", f"{downsample.MIN_BUCKETS} to {number(MAX_BUCKETS)}", BAD_INPUT),
        (
            "KPIs of a `kpiScorecard`, of `kpiStats`, and of `kpis` by what is computed",
            number(queries.MAX_SCORECARD_KPIS),
            BAD_INPUT,
        ),
        ("groups of `goalStats` and `keyResultStats`", number(MAX_GROUPS), BAD_INPUT),
    ]


def values_rows() -> list[Row]:
    """What may be sent to be stored."""
    texts: dict[int, list[str]] = {}
    for name, (limit, _) in sorted(text_limits().items()):
        texts.setdefault(limit, []).append(f"`{to_camel_case(name)}`")
    digits = f"{parsing.MAX_INTEGER_DIGITS} digits before the point, {parsing.MAX_FRACTION_DIGITS} after it are kept"
    years = f"the years {parsing.MIN_YEAR} to {parsing.MAX_YEAR}"
    points = f"1 to {number(mutations.MAX_MEASUREMENTS)}"
    return [
        ("`measurements` of `kpiMeasurementsRecord` and `kpiMeasurementsDelete`", points, BAD_INPUT),
        ("`keyResults`, `alignments` and `links` of `objectiveCreate`, each", number(MAX_PARTS), BAD_INPUT),
        ("Items of a batch mutation such as `objectivesUpdate`", f"1 to {number(MAX_BATCH_SIZE)}", BAD_INPUT),
        ("`checkIns` of `checkInsRecord` and `initiativeCheckInsRecord`", f"1 to {number(MAX_CHECK_INS)}", BAD_INPUT),
        ("`items` of `workspaceImport`", number(workspace.MAX_ITEMS), "`TOO_MANY_ITEMS` in `userErrors`"),
        (
            "Objectives that `objectiveDuplicate` copies",
            number(MAX_DUPLICATED),
            "`DUPLICATE_TOO_LARGE` in `userErrors`",
        ),
        ("`items` of `cycleCarryOver`", number(MAX_CARRIED), "`CARRY_OVER_TOO_LARGE` in `userErrors`"),
        *(
            (", ".join(sorted(names)), f"{number(limit)} characters", "`TOO_LONG` in `userErrors`")
            for limit, names in sorted(texts.items())
        ),
        ("Decimal", digits, BAD_INPUT),
        ("JSON number for a Decimal", f"up to {number(parsing.MAX_JSON_NUMBER)}", BAD_INPUT),
        ("Date, DateTime", years, BAD_INPUT),
        ("`weight`", f"0 to {number(weights.MAX_WEIGHT)}", "`WEIGHT_OUT_OF_RANGE` in `userErrors`"),
    ]


def times_rows() -> list[Row]:
    """How long anything may take."""
    return [
        ("an operation", setting("operation_timeout"), TIMEOUT),
        ("a `workspaceImport` or `cycleCarryOver`", setting("import_timeout"), TIMEOUT),
        ("one SQL statement", setting("statement_timeout"), TIMEOUT),
        ("waiting for a row that another request changes", setting("lock_timeout"), TIMEOUT),
        ("waiting for a database connection", setting("pool_timeout"), "`SERVICE_UNAVAILABLE`"),
        ("connections to the database of one organization", setting("tenant_share", "of all"), "`SERVICE_UNAVAILABLE`"),
        ("until the headers have arrived", setting("header_timeout"), "`REQUEST_TIMEOUT`"),
        ("until the body has arrived", setting("body_timeout"), "`REQUEST_TIMEOUT`"),
        ("an idle connection after an answer", setting("keep_alive_timeout"), "the connection ends"),
        ("until a revoked key is out of use", setting("key_cache_seconds"), "`UNAUTHENTICATED`"),
    ]


def limits() -> str:
    """The table of limits, as the page has it."""
    rows = [*documents_rows(), *requests_rows(), *lists_rows(), *values_rows(), *times_rows()]
    return table(("what", "limit", "beyond it"), rows)
