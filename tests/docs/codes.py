"""All codes of errors, for docs/api.md: those of `userErrors` from the schema, the others with what is told here."""

import re
from typing import Any, NamedTuple

from schema.mutations.user_errors import UserErrorCode
from tests.docs.page import table

FIX = "Correct the request."
NONE_IN_JSON = "400; 200 as `application/json`"
WAIT = "Wait for `Retry-After`, then send it again."


class Told(NamedTuple):
    """What a client is told of a code of top-level errors: when it comes, with which status, and what to do."""

    meaning: str
    status: str
    repeat: str
    action: str


TOP_LEVEL = {
    "ACT_AS_FORBIDDEN": Told(
        "The credentials may not act on behalf of people.",
        "403",
        "no",
        "Send no `Okrgraph-Act-As`, or use an API key of a service account with the scope `ACT_AS`.",
    ),
    "ACT_AS_INVALID": Told(
        "The header `Okrgraph-Act-As` has no id of a person.",
        "400",
        "no",
        "Send the id of a person, or `externalId:` and the external id in percent-encoding.",
    ),
    "ACT_AS_PERSON_UNKNOWN": Told(
        "The organization has no such person to act for, or the person is archived.",
        "403; 200 in a field",
        "no",
        "Create or restore the person, or act for another one.",
    ),
    "BAD_REQUEST": Told("The request is not a GraphQL request as the service takes them.", "400", "no", FIX),
    "BAD_USER_INPUT": Told(
        "An argument or a variable has a value that cannot be meant.",
        f"200 where a field was executed; else {NONE_IN_JSON}",
        "no",
        "Correct the value. `extensions.inputPath` says which one where it is known.",
    ),
    "COMMITTED_WITHOUT_RESULT": Told(
        "Something that the request asked for is committed. Its result is not available.",
        "500; 200 in a field",
        "read first",
        "Read what is there. Send again what is missing, or all of it if all of it can be repeated.",
    ),
    "COMMIT_UNCONFIRMED": Told(
        "The connection to the database was lost during the commit. The change is done or it is not.",
        "200",
        "read first",
        "Read whether it is there, or send it again if it can be repeated.",
    ),
    "FORBIDDEN": Told(
        "The role of the person does not allow the change; the scopes of the key, or the share token, do not allow the "
        "operation.",
        "200 in a field; 403 for scopes and share tokens",
        "no",
        "Use a key of a person with another role or with other scopes, or leave out what the message names.",
    ),
    "GRAPHQL_PARSE_FAILED": Told(
        "The document is not GraphQL, or has too many tokens.", NONE_IN_JSON, "no", "Correct the document."
    ),
    "GRAPHQL_VALIDATION_FAILED": Told(
        "The document does not fit the schema, or is over a limit. Then `extensions` has `limit` and `maximum`.",
        NONE_IN_JSON,
        "no",
        "Correct the document, or split it.",
    ),
    "HEADERS_TOO_LARGE": Told("The headers are too many or too large.", "431", "no", "Send fewer headers."),
    "INTERNAL_SERVER_ERROR": Told(
        "A bug of the service. `extensions.id` is the id of its line in the log.",
        "500; 200 in a field",
        "read first",
        "Report the id to the operator. Read what is there before a mutation is sent again.",
    ),
    "METHOD_NOT_ALLOWED": Told("The method is neither GET nor POST, or a mutation was sent by GET.", "405", "no", FIX),
    "NOT_ACCEPTABLE": Told(
        "The header `Accept` allows none of the two media types of answers.",
        "406",
        "no",
        "Accept `application/graphql-response+json`.",
    ),
    "OPERATION_RESOLUTION_FAILURE": Told(
        "The document has several operations, or none of the given `operationName`.",
        NONE_IN_JSON,
        "no",
        "Send the right `operationName`.",
    ),
    "OPERATION_TIMEOUT": Told(
        "The operation or one of its statements took too long. What bears this error was not done.",
        "503; 200 where other fields have data",
        "yes",
        f"{WAIT} Ask for less if it comes again. A `workspaceImport` or `cycleCarryOver` has no `Retry-After`: send "
        "fewer items. Nor has "
        "an `organizationDelete`: the operator does it on the command line.",
    ),
    "PAYLOAD_TOO_LARGE": Told(
        "The body is larger than allowed, or has too many parts.", "413", "no", "Send several requests."
    ),
    "REQUEST_TIMEOUT": Told(
        "The headers or the body did not arrive in time. Nothing was done.", "408", "yes", "Send it again."
    ),
    "RESPONSE_TOO_LARGE": Told(
        "The response would be too large. What a mutation has changed stays changed.",
        "200",
        "no",
        "Ask for smaller pages, fewer levels or fewer fields.",
    ),
    "SERVICE_UNAVAILABLE": Told(
        "The service or its database is busy or stopping, or the issuer of the token cannot be reached. What bears "
        "this error was not done.",
        "503; 200 where other fields have data",
        "yes",
        f"{WAIT} Without that header wait a second.",
    ),
    "TOO_MANY_AUTHENTICATION_FAILURES": Told(
        "Too many keys or tokens that are not valid came from this address.", "429", "yes", WAIT
    ),
    "TOO_MANY_MEASUREMENTS": Told(
        "The request reads too many measurements and periods.",
        "200",
        "no",
        "Ask for fewer KPIs, a shorter time or longer periods.",
    ),
    "TOO_MANY_SEARCHES": Told(
        "The request has too many comparisons with `contains`.", "200", "no", "Send several requests."
    ),
    "UNAUTHENTICATED": Told(
        "There is no API key or token, or it is not valid.", "401", "no", "Send a valid key, or sign in again."
    ),
    "UNSUPPORTED_MEDIA_TYPE": Told(
        "The body is not declared as JSON in UTF-8, or is compressed.",
        "415",
        "no",
        "Send `Content-Type: application/json` and an uncompressed body.",
    ),
    "URL_TOO_LONG": Told("The URL is too long.", "414", "no", "Send the document by POST."),
}


def user_error_codes() -> dict[str, str]:
    """The codes of `userErrors` with their descriptions in the schema."""
    definition: Any = UserErrorCode.__strawberry_definition__
    return {value.name: value.description for value in definition.values}


def shown(text: str) -> str:
    """A text whose names in angle brackets Markdown does not take for HTML; inside of code they are safe."""
    return "".join(each if each.startswith("`") else each.replace("<", r"\<") for each in re.split(r"(`[^`]*`)", text))


def codes() -> str:
    """The catalogue of codes, as the page has it."""
    top = [(f"`{code}`", *told) for code, told in sorted(TOP_LEVEL.items())]
    users = [(f"`{code}`", shown(text)) for code, text in sorted(user_error_codes().items())]
    return "\n".join(
        [
            "### Codes of top-level errors\n",
            table(("code", "meaning", "HTTP status", "send again", "what to do"), top),
            "### Codes of userErrors\n",
            table(("code", "what was wrong, and what to do"), users),
        ]
    )
